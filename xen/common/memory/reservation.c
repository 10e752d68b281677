/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory for a domain and back: increase, decrease, populate_physmap. All three answer how many
 * extents are done, and so nothing else but that when something is wrong.
 */
#include <hv/alloc.h>
#include <hv/errno.h>
#include <hv/guest-access.h>
#include <hv/hypercall.h>
#include <hv/memory.h>
#include <hv/printk.h>

#include <asm/current.h>

#include "private.h"

#define NO_NODE         0xffU
#define MAX_ORDER_GUEST 9U
#define PREEMPT_EVERY   32U /* frames between looks at the clock; a power of two */

struct reservation {
    struct xen_memory_reservation r;
    struct domain *d;
    unsigned int address_bits;
};

unsigned int memory_max_order(const struct domain *caller)
{
    return caller->is_privileged || caller->is_hardware ? FRAME_MAX_ORDER : MAX_ORDER_GUEST;
}

void memory_set_gpfns(mfn_t m, unsigned int order, gfn_t first)
{
    for (uint64_t i = 0; i < 1ULL << order; i++)
        arch_set_gpfn(mfn_add(m, i), first.n == INVALID_GFN.n ? first : gfn(first.n + i));
}

/* An extent of fresh frames for the domain; false if that cannot be. */
static bool give_extent(struct reservation *c, gfn_t first, mfn_t *out)
{
    unsigned int order = c->r.extent_order;
    struct frame *pg;

    /* Before the work of clearing; the limit is enforced when they are assigned. */
    if (READ_ONCE(c->d->tot_pages) + (1ULL << order) > READ_ONCE(c->d->max_pages))
        return false;
    pg = claim_frame_alloc(c->d, order, c->address_bits);
    if (!pg)
        return false;
    *out = frame_mfn(pg);
    /* First: once it is the domain's, another vcpu may give it back again. */
    memory_set_gpfns(*out, order, first);
    if (domain_assign_frames(c->d, pg, order)) {
        memory_set_gpfns(*out, order, INVALID_GFN);
        frame_free(pg, order);
        return false;
    }
    return true;
}

/* Ends the domain's ownership. Its mappings of the frame may keep it until they go. */
static bool take_frame(struct domain *d, mfn_t m)
{
    struct frame *pg = frame_of(m);

    if (!mfn_is_valid(m) || !frame_get(pg, d))
        return false;
    /* A page of ours that it sees was never counted: nothing to take. */
    if (!(READ_ONCE(pg->refs) & FRAME_XENHEAP))
        domain_drop_owner_ref(pg);
    frame_put(pg);
    return true;
}

/* Tells the guest where its extent is; who cannot be told does not get it. */
static bool tell(struct reservation *c, unsigned long i, mfn_t first)
{
    uint64_t n = first.n;

    if (!guest_write(c->r.extent_start, i, &n))
        return true;
    for (uint64_t k = 0; k < 1ULL << c->r.extent_order; k++)
        take_frame(c->d, mfn(n + k));
    return false;
}

static bool increase(struct reservation *c, unsigned long i)
{
    mfn_t first;

    if (!give_extent(c, INVALID_GFN, &first))
        return false;
    return !c->r.extent_start.p || tell(c, i, first);
}

static bool populate(struct reservation *c, unsigned long i)
{
    mfn_t first;
    uint64_t n;

    /* Memory that comes when it is touched needs an address space that we translate. */
    if (c->r.mem_flags & XENMEMF_populate_on_demand)
        return false;
    if (guest_read(&n, c->r.extent_start, i))
        return false;
    return give_extent(c, gfn(n), &first) && tell(c, i, first);
}

static bool decrease(struct reservation *c, unsigned long i)
{
    uint64_t n;

    if (guest_read(&n, c->r.extent_start, i))
        return false;
    for (uint64_t k = 0; k < 1ULL << c->r.extent_order; k++)
        if (n + k < n || !take_frame(c->d, mfn(n + k)))
            return false;
    return true;
}

static bool copy_in(struct reservation *c, const struct memop *m)
{
    unsigned int node;

    if (guest_copy_from(&c->r, m->arg, sizeof(c->r)))
        return false;
    /* Indices are kept in the command when preempted, and addresses must not wrap. */
    if (c->r.nr_extents > ~0UL >> 6 || m->start >= c->r.nr_extents)
        return false;
    if (c->r.extent_order > memory_max_order(current->domain))
        return false;
    c->address_bits = XENMEMF_get_address_bits(c->r.mem_flags);
    if (c->address_bits && c->address_bits <= PAGE_SHIFT)
        return false;
    /* All memory is one node's. */
    node = XENMEMF_get_node(c->r.mem_flags);
    return !(c->r.mem_flags & XENMEMF_exact_node_request) || node == 0 || node == NO_NODE;
}

/* True to stop before extent @i. */
static bool stop_before(const struct memop *m, const struct reservation *c, unsigned long i)
{
    unsigned long every = MAX(PREEMPT_EVERY >> MIN(c->r.extent_order, 5U), 1U);

    return i != m->start && !(i & (every - 1)) && hypercall_preempt_check();
}

long memop_reservation(struct memop *m)
{
    bool (*one)(struct reservation *, unsigned long) = m->cmd == XENMEM_increase_reservation
                                                           ? increase
                                                       : m->cmd == XENMEM_decrease_reservation
                                                           ? decrease
                                                           : populate;
    struct release_batch batch;
    struct reservation c;
    unsigned long i;

    if (!copy_in(&c, m))
        return (long)m->start;
    c.d = domain_get_target(c.r.domid);
    if (!c.d)
        return (long)m->start;
    domain_release_begin(&batch, c.d);
    for (i = m->start; i < c.r.nr_extents; i++) {
        if (stop_before(m, &c, i)) {
            m->preempted = true;
            break;
        }
        if (!one(&c, i))
            break;
    }
    domain_release_end(&batch);
    domain_put(c.d);
    m->start = i;
    return (long)i;
}
