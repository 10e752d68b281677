/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine behind the tests of memory_op; see memory-world.h. */
#include "memory-world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <hv/grant.h>
#include <hv/guest-access.h>
#include <hv/hypercall.h>
#include <hv/printk.h>

#include <asm/current.h>
#include <asm/mm.h>

#define MUST(cond)                                                       \
    do {                                                                 \
        if (!(cond)) {                                                   \
            fprintf(stderr, "memory-world.c:%d: %s\n", __LINE__, #cond); \
            abort();                                                     \
        }                                                                \
    } while (0)

struct domain domains[DOMAINS];
static struct domain xen_owner;
struct domain *dom_xen = &xen_owner;
uint64_t m2p_table[FRAMES];
bool in_tlb[FRAMES];
unsigned int flushes, preempt_every, continuations, shared_frames;
const void *read_fault, *write_fault;

static struct vcpu vcpus[DOMAINS];
static uint8_t memory[FRAMES][PAGE_SIZE] __aligned(4096);
static struct frame frames[FRAMES];
struct frame *const frame_table = frames;
uint64_t frame_limit = FRAMES;
static unsigned int preempt_count;
static uint64_t total;
static struct {
    bool armed;
    unsigned long cmd, arg;
} next_call;

/* frames */

void *map_frame(mfn_t m)
{
    MUST(m.n < FRAMES && !in_tlb[m.n]);
    return memory[m.n];
}

uint8_t *frame_bytes(uint64_t n)
{
    return memory[n];
}

paddr_t virt_to_phys(const void *va)
{
    return (paddr_t)((const uint8_t *)va - memory[0]);
}

void arch_domain_flush_tlb(struct domain *d)
{
    MUST(d);
    flushes++;
    memset(in_tlb, 0, sizeof(in_tlb));
}

void arch_set_gpfn(mfn_t m, gfn_t pfn)
{
    MUST(m.n < FRAMES);
    m2p_table[m.n] = pfn.n;
}

uint64_t arch_maximum_gpfn(const struct domain *d)
{
    return d->id;
}

long arch_memory_op(unsigned int cmd __unused, void *arg __unused)
{
    return -ENOSYS;
}

/* domains */

struct domain *domain_get_by_id(domid_t id)
{
    if (id >= DOMAINS)
        return NULL;
    domain_get(&domains[id]);
    return &domains[id];
}

int domain_target_get(domid_t id, struct domain **out)
{
    struct domain *d = id == DOMID_SELF ? current->domain : domain_get_by_id(id);

    if (!d)
        return -ESRCH;
    if (id == DOMID_SELF)
        domain_get(d);
    *out = d;
    if (d == current->domain || current->domain->is_privileged)
        return 0;
    d->refs--;
    return -EPERM;
}

struct domain *domain_get_target(domid_t id)
{
    domid_t me = current->domain->id;

    if (id == DOMID_SELF)
        id = me;
    return me && id != me ? NULL : domain_get_by_id(id);
}

void domain_put(struct domain *d)
{
    MUST(d->refs > 1);
    d->refs--;
}

unsigned int grant_max_frames(const struct domain *d __unused, bool status)
{
    return status ? 1 : shared_frames;
}

int grant_get_shared_frame(struct domain *d, unsigned int idx, mfn_t *out)
{
    MUST(idx < shared_frames);
    *out = mfn(d->id * 100ULL + idx);
    return 0;
}

int grant_get_status_frame(struct domain *d __unused, unsigned int idx __unused,
                           mfn_t *out __unused)
{
    return -EINVAL; /* a version 1 table */
}

/* guest memory and hypercalls */

static bool touches(const void *p, size_t size, const void *bad)
{
    const char *at = p, *b = bad;

    return !p || (b && b >= at && b < at + size);
}

int guest_copy_from(void *dst, const void *guest_src, size_t size)
{
    if (touches(guest_src, size, read_fault))
        return -EFAULT;
    memcpy(dst, guest_src, size);
    return 0;
}

int guest_copy_to(void *guest_dst, const void *src, size_t size)
{
    if (touches(guest_dst, size, write_fault))
        return -EFAULT;
    memcpy(guest_dst, src, size);
    return 0;
}

bool hypercall_preempt_check(void)
{
    if (!preempt_every || ++preempt_count < preempt_every)
        return false;
    preempt_count = 0;
    return true;
}

long hypercall_continue(unsigned int op, unsigned long a1, unsigned long a2,
                        unsigned long a3 __unused, unsigned long a4 __unused)
{
    MUST(op == __HYPERVISOR_memory_op && !next_call.armed);
    next_call.armed = true;
    next_call.cmd = a1;
    next_call.arg = a2;
    return 0;
}

long memory_op(unsigned int cmd, void *arg)
{
    long ret = do_memory_op(cmd, (unsigned long)arg, 0, 0, 0);

    while (next_call.armed) {
        next_call.armed = false;
        continuations++;
        ret = do_memory_op(next_call.cmd, next_call.arg, 0, 0, 0);
    }
    return ret;
}

long reserve(unsigned int cmd, void *list, unsigned long count, unsigned int order, domid_t id)
{
    struct xen_memory_reservation r = { .nr_extents = count, .extent_order = order, .domid = id };

    r.extent_start.p = list;
    return memory_op(cmd, &r);
}

/* what must not happen */

void spin_lock_wait(struct spinlock *l __unused, uint16_t ticket __unused)
{
    MUST(!"a free lock");
}

void panic(const char *fmt, ...)
{
    fprintf(stderr, "panic: %s\n", fmt);
    abort();
}

/* the tests' own */

void world_run_as(unsigned int dom)
{
    current = &vcpus[dom];
}

static uint64_t list_length(const struct domain *d)
{
    uint64_t n = 0;

    for (uint32_t i = d->page_list; i != FRAME_NONE; i = frames[i].next, n++) {
        MUST(frames[i].owner == d && (frames[i].refs & FRAME_COUNT_MASK));
        MUST(!in_tlb[i] || frames[i].owner == d);
    }
    return n;
}

void world_check(void)
{
    uint64_t owned = 0, claims = 0;

    for (unsigned int i = 0; i < DOMAINS; i++) {
        MUST(list_length(&domains[i]) == domains[i].tot_pages);
        MUST(domains[i].refs == 1U + (domains[i].page_list != FRAME_NONE));
        owned += domains[i].tot_pages;
        claims += domains[i].outstanding_claim;
    }
    MUST(owned + frame_free_count() == total);
    MUST(claims == claim_total());
    for (unsigned int i = FIRST_FREE; i < FRAMES; i++)
        if (!frames[i].owner)
            MUST(m2p_table[i] == NO_PFN);
}

void world_start(void)
{
    static bool added;

    memset(domains, 0, sizeof(domains));
    memset(vcpus, 0, sizeof(vcpus));
    memset(in_tlb, 0, sizeof(in_tlb));
    memset(m2p_table, 0xff, sizeof(m2p_table));
    memset(memory, 0xa5, sizeof(memory)); /* what another domain left */
    flushes = preempt_every = continuations = preempt_count = 0;
    read_fault = write_fault = NULL;
    shared_frames = 8;
    if (!added)
        frame_alloc_add(mfn(FIRST_FREE), FRAMES - FIRST_FREE);
    added = true;
    total = FRAMES - FIRST_FREE;
    for (unsigned int i = 0; i < DOMAINS; i++) {
        domains[i].id = (domid_t)i;
        domains[i].refs = 1;
        domains[i].is_privileged = !i;
        domains[i].page_list = FRAME_NONE;
        domains[i].max_pages = FRAMES;
        vcpus[i].domain = &domains[i];
    }
    world_run_as(0);
    world_check();
}

void world_stop(void)
{
    read_fault = write_fault = NULL;
    world_check();
    for (unsigned int i = 0; i < DOMAINS; i++) {
        claim_release(&domains[i]);
        while (domains[i].page_list != FRAME_NONE)
            domain_drop_owner_ref(&frames[domains[i].page_list]);
    }
    world_check();
    MUST(frame_free_count() == total);
}
