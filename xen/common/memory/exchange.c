/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * exchange: a PV domain gives frames and gets as many others, which lie together or below an
 * address, at places in its own numbering that it chooses. Done in chunks as large as the larger
 * of the two extents. A chunk first takes the old frames and finds the new ones; until both are
 * there all can be put back, and from then on nothing fails. The domain is charged for the frames
 * all the while, so nobody can take the room that it needs to get them back.
 */
#include <hv/alloc.h>
#include <hv/errno.h>
#include <hv/guest-access.h>
#include <hv/hypercall.h>
#include <hv/memory.h>

#include <asm/current.h>

#include "private.h"

#define LIST_MAX (1UL << 44) /* entries of 8 bytes that the address space has room for */

struct exchange {
    struct xen_memory_exchange x;
    struct domain *d;
    unsigned int address_bits;
    uint64_t in_per, out_per; /* extents in a chunk */
    uint32_t old_frames;      /* chained by frame.next: without owner, still charged */
    uint32_t new_extents;     /* the first frames of extents; their gpfn waits in frame.type */
};

static void chain(uint32_t *head, struct frame *pg)
{
    pg->next = *head;
    *head = (uint32_t)frame_mfn(pg).n;
}

static struct frame *unchain(uint32_t *head)
{
    struct frame *pg = &frame_table[*head];

    *head = pg->next;
    return pg;
}

static int take_old(struct exchange *c, uint64_t chunk)
{
    for (uint64_t i = 0; i < c->in_per; i++) {
        uint64_t n;

        if (guest_read(&n, c->x.in.extent_start, chunk * c->in_per + i))
            return -EFAULT;
        for (uint64_t k = 0; k < 1ULL << c->x.in.extent_order; k++) {
            if (n + k < n || !mfn_is_valid(mfn(n + k)) ||
                domain_detach_frame(c->d, frame_of(mfn(n + k))))
                return -EINVAL;
            chain(&c->old_frames, frame_of(mfn(n + k)));
        }
    }
    return 0;
}

/* In reverse, so that the chain has the first extent first. */
static int find_new(struct exchange *c, uint64_t chunk)
{
    for (uint64_t i = c->out_per; i-- > 0;) {
        struct frame *pg;
        uint64_t gpfn;

        if (guest_read(&gpfn, c->x.out.extent_start, chunk * c->out_per + i))
            return -EFAULT;
        pg = claim_frame_alloc(NULL, c->x.out.extent_order, c->address_bits);
        if (!pg)
            return -ENOMEM;
        pg->type = gpfn;
        chain(&c->new_extents, pg);
    }
    return 0;
}

static void undo(struct exchange *c)
{
    while (c->new_extents != FRAME_NONE) {
        struct frame *pg = unchain(&c->new_extents);

        pg->type = TYPE_NONE;
        frame_free(pg, c->x.out.extent_order);
    }
    /* What was known of their mappings is lost, so no mapping may be left in a TLB. */
    if (c->old_frames != FRAME_NONE)
        arch_domain_flush_tlb(c->d);
    while (c->old_frames != FRAME_NONE) {
        struct frame *pg = unchain(&c->old_frames);

        if (domain_attach_frames(c->d, pg, 0)) { /* it dies meanwhile */
            domain_uncharge(c->d, 1);
            arch_set_gpfn(frame_mfn(pg), INVALID_GFN);
            frame_free(pg, 0);
        }
    }
}

static int commit(struct exchange *c, uint64_t chunk)
{
    unsigned int order = c->x.out.extent_order;
    int ret = 0;

    for (uint64_t i = 0; i < c->out_per; i++) {
        struct frame *pg = unchain(&c->new_extents);
        uint64_t n = frame_mfn(pg).n, gpfn = pg->type;

        pg->type = TYPE_NONE;
        memory_set_gpfns(mfn(n), order, gfn(gpfn));
        if (domain_attach_frames(c->d, pg, order)) { /* it dies: nothing more for it */
            memory_set_gpfns(mfn(n), order, INVALID_GFN);
            domain_uncharge(c->d, 1ULL << order);
            frame_free(pg, order);
            continue;
        }
        if (guest_write(c->x.out.extent_start, chunk * c->out_per + i, &n))
            ret = -EFAULT;
    }
    arch_domain_flush_tlb(c->d);
    while (c->old_frames != FRAME_NONE) {
        struct frame *pg = unchain(&c->old_frames);

        arch_set_gpfn(frame_mfn(pg), INVALID_GFN);
        frame_free(pg, 0);
    }
    return ret;
}

static int exchange_chunk(struct exchange *c, uint64_t chunk)
{
    int ret = take_old(c, chunk);

    if (!ret)
        ret = find_new(c, chunk);
    if (ret)
        undo(c);
    else
        ret = commit(c, chunk);
    return ret;
}

/* Both lists have as many frames, and the number can be computed. */
static bool sizes_match(const struct xen_memory_exchange *x)
{
    return x->in.nr_extents <= ~0UL >> x->in.extent_order &&
           x->out.nr_extents <= ~0UL >> x->out.extent_order &&
           x->in.nr_extents << x->in.extent_order == x->out.nr_extents << x->out.extent_order;
}

static int check(struct exchange *c)
{
    const struct xen_memory_exchange *x = &c->x;
    unsigned int order = MAX(x->in.extent_order, x->out.extent_order);

    if (x->in.domid != x->out.domid || x->nr_exchanged > x->in.nr_extents)
        return -EINVAL;
    if (order > memory_max_order(current->domain))
        return -EPERM;
    if (!sizes_match(x))
        return -EINVAL;
    if (x->in.nr_extents > LIST_MAX || x->out.nr_extents > LIST_MAX)
        return -EFAULT;
    c->in_per = 1ULL << (order - x->in.extent_order);
    c->out_per = 1ULL << (order - x->out.extent_order);
    if (x->nr_exchanged % c->in_per)
        return -EINVAL;
    c->address_bits = XENMEMF_get_address_bits(x->out.mem_flags);
    return 0;
}

static int exchange_all(struct exchange *c, struct memop *m)
{
    uint64_t chunk = c->x.nr_exchanged / c->in_per, chunks = c->x.in.nr_extents / c->in_per;
    int ret = 0;

    for (; chunk < chunks; chunk++) {
        if (hypercall_preempt_check() && chunk * c->in_per > c->x.nr_exchanged) {
            m->preempted = true;
            break;
        }
        ret = exchange_chunk(c, chunk);
        if (ret)
            break;
    }
    c->x.nr_exchanged = chunk * c->in_per;
    return ret;
}

long memop_exchange(struct memop *m)
{
    struct exchange c = { .old_frames = FRAME_NONE, .new_extents = FRAME_NONE };
    struct xen_memory_exchange *guest = m->arg;
    int ret;

    if (guest_copy_from(&c.x, guest, sizeof(c.x)))
        return -EFAULT;
    ret = check(&c);
    if (ret || c.x.nr_exchanged == c.x.in.nr_extents)
        return ret;
    c.d = domain_get_target(c.x.in.domid);
    if (!c.d)
        return -ESRCH;
    ret = exchange_all(&c, m);
    domain_put(c.d);
    if (guest_copy_to(&guest->nr_exchanged, &c.x.nr_exchanged, sizeof(c.x.nr_exchanged))) {
        m->preempted = false; /* it would begin again */
        return -EFAULT;
    }
    return ret;
}
