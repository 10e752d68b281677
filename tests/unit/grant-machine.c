/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine behind the grant table tests; see grant-machine.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grant-machine.h"

#include <hv/alloc.h>
#include <hv/guest-access.h>
#include <hv/hypercall.h>
#include <hv/printk.h>

#include <asm/current.h>
#include <asm/mm.h>

#define MUST(cond)                                                        \
    do {                                                                  \
        if (!(cond)) {                                                    \
            fprintf(stderr, "grant-machine.c:%d: %s\n", __LINE__, #cond); \
            abort();                                                      \
        }                                                                 \
    } while (0)

struct domain domains[NR_DOMAINS];
struct slot slots[NR_DOMAINS][NR_SLOTS];
unsigned int pages_out, preempt_after, continuations, page_alloc_fail, flushes, cache_flushes;
const void *fault_at;
void (*on_frame_get)(void);

static struct vcpu vcpus[NR_DOMAINS];
static uint8_t memory[ALL_FRAMES][PAGE_SIZE] __aligned(4096);
static struct frame frames[ALL_FRAMES];
struct frame *const frame_table = frames;
uint64_t frame_limit = ALL_FRAMES;
static bool page_used[ALL_FRAMES];
static unsigned int stale[ALL_FRAMES]; /* TLB entries of what is out of the page tables */
static bool loose[ALL_FRAMES];         /* taken from a domain, neither given to another nor freed */
static unsigned int preempt_count;
static struct {
    bool armed;
    unsigned long cmd, arg, count;
} next_call;

/* frames */

void *map_frame(mfn_t m)
{
    MUST(m.n < ALL_FRAMES);
    return memory[m.n];
}

paddr_t virt_to_phys(const void *va)
{
    return (paddr_t)((const uint8_t *)va - memory[0]);
}

void domain_release_frame(struct frame *pg)
{
    MUST(!stale[pg - frames]); /* a TLB may still reach it */
    pg->owner = NULL;
}

int frame_get_and_type(struct frame *pg, const struct domain *d, uint64_t type)
{
    if (on_frame_get)
        on_frame_get();
    if (!frame_get(pg, d))
        return -EINVAL;
    if ((pg->type & TYPE_COUNT_MASK) && type_of(pg->type) != type) {
        frame_put(pg);
        return -EBUSY;
    }
    pg->type = type << TYPE_SHIFT | ((pg->type & TYPE_COUNT_MASK) + 1);
    return 0;
}

void frame_put_and_type(struct frame *pg)
{
    MUST(type_of(pg->type) == TYPE_WRITABLE && (pg->type & TYPE_COUNT_MASK));
    MUST(!stale[pg - frames]); /* a TLB may still write to it */
    pg->type--;
    frame_put(pg);
}

void frame_free(struct frame *pg, unsigned int order)
{
    MUST(!order && !pg->owner && !(pg->refs & FRAME_COUNT_MASK));
    loose[pg - frames] = false;
}

int domain_steal_frame(struct domain *d, struct frame *pg)
{
    if (pg->owner != d)
        return -EINVAL;
    if ((pg->refs & FRAME_COUNT_MASK) != 1 || (pg->refs & FRAME_XENHEAP))
        return -EBUSY;
    pg->refs = 0;
    pg->owner = NULL;
    d->tot_pages--;
    loose[pg - frames] = true;
    return 0;
}

int domain_assign_frame(struct domain *d, struct frame *pg)
{
    MUST(!pg->owner && !pg->refs);
    if (d->tot_pages >= d->max_pages)
        return -EINVAL;
    d->tot_pages++;
    loose[pg - frames] = false;
    pg->owner = d;
    pg->refs = FRAME_ALLOCATED | 1;
    pg->type = 0;
    return 0;
}

uint64_t frame_new(unsigned int dom)
{
    for (uint64_t i = 1; i < GUEST_FRAMES; i++)
        if (!frames[i].owner && !frames[i].refs) {
            MUST(!domain_assign_frame(&domains[dom], &frames[i]));
            memset(memory[i], 0, PAGE_SIZE);
            return i;
        }
    MUST(!"a free frame");
}

uint64_t frame_refs(uint64_t frame)
{
    return (frames[frame].refs & FRAME_COUNT_MASK) - 1;
}

uint64_t frame_writers(uint64_t frame)
{
    return type_of(frames[frame].type) == TYPE_WRITABLE ? frames[frame].type & TYPE_COUNT_MASK : 0;
}

void *frame_bytes(uint64_t frame)
{
    return memory[frame];
}

void frame_make_table(uint64_t frame)
{
    frames[frame].type = TYPE_L1 << TYPE_SHIFT | 1;
}

/* the hypervisor's memory */

void *page_alloc(unsigned int order)
{
    MUST(!order);
    if (page_alloc_fail && !--page_alloc_fail)
        return NULL;
    for (unsigned int i = GUEST_FRAMES; i < ALL_FRAMES; i++)
        if (!page_used[i]) {
            page_used[i] = true;
            pages_out++;
            return memset(memory[i], 0, PAGE_SIZE);
        }
    return NULL;
}

void page_free(void *va, unsigned int order)
{
    uint64_t i = virt_to_phys(va) >> PAGE_SHIFT;

    MUST(!order && i < ALL_FRAMES && page_used[i] && !frames[i].owner);
    page_used[i] = false;
    pages_out--;
}

void domain_share_page(struct domain *d, void *va, bool writable)
{
    struct frame *pg = frame_of(paddr_to_mfn(virt_to_phys(va)));

    MUST(writable && !pg->owner);
    pg->owner = d;
    pg->refs = FRAME_XENHEAP | 1;
    pg->type = 0;
}

void domain_unshare_page(void *va)
{
    struct frame *pg = frame_of(paddr_to_mfn(virt_to_phys(va)));

    MUST(pg->owner && (pg->refs & FRAME_COUNT_MASK) == 1);
    pg->owner = NULL;
    pg->refs = 0;
    page_free(va, 0);
}

void *heap_alloc(size_t size)
{
    return malloc(size);
}

void *heap_zalloc(size_t size)
{
    return calloc(1, size);
}

void heap_free(void *p)
{
    free(p);
}

/* domains */

struct domain *domain_get_by_id(domid_t id)
{
    if (id >= NR_DOMAINS)
        return NULL;
    domain_get(&domains[id]);
    return &domains[id];
}

/* The first domain may ask about all, the others about themselves. */
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

/* guest memory and hypercalls */

static bool faults(const void *p, size_t size)
{
    const char *at = p;

    return !p || (fault_at && (const char *)fault_at >= at && (const char *)fault_at < at + size);
}

int guest_copy_from(void *dst, const void *guest_src, size_t size)
{
    if (faults(guest_src, size))
        return -EFAULT;
    memcpy(dst, guest_src, size);
    return 0;
}

int guest_copy_to(void *guest_dst, const void *src, size_t size)
{
    if (faults(guest_dst, size))
        return -EFAULT;
    memcpy(guest_dst, src, size);
    return 0;
}

bool hypercall_preempt_check(void)
{
    if (!preempt_after || ++preempt_count < preempt_after)
        return false;
    preempt_count = 0;
    return true;
}

long hypercall_continue(unsigned int op, unsigned long a1, unsigned long a2, unsigned long a3,
                        unsigned long a4 __unused)
{
    MUST(op == __HYPERVISOR_grant_table_op && !next_call.armed);
    next_call.armed = true;
    next_call.cmd = a1;
    next_call.arg = a2;
    next_call.count = a3;
    return 0;
}

long gnttab(unsigned int cmd, void *ops, unsigned int count)
{
    long rc = do_grant_table_op(cmd, (unsigned long)ops, count, 0, 0);

    while (next_call.armed) {
        MUST(rc == 0);
        next_call.armed = false;
        continuations++;
        rc = do_grant_table_op(next_call.cmd, next_call.arg, next_call.count, 0, 0);
    }
    for (unsigned int i = 0; i < ALL_FRAMES; i++)
        MUST(!stale[i] && !loose[i]); /* nothing of that outlives the hypercall */
    return rc;
}

/* page tables */

int arch_grant_map(uint64_t host_addr, mfn_t frame, unsigned int flags)
{
    uint64_t slot = (host_addr >> PAGE_SHIFT) - 1;
    struct slot *s;

    if (slot >= NR_SLOTS)
        return GNTST_bad_virt_addr;
    s = &slots[current->domain->id][slot];
    if (s->present)
        return GNTST_general_error;
    *s = (struct slot){ .present = true, .frame = frame.n, .flags = flags };
    return GNTST_okay;
}

int arch_grant_unmap(uint64_t host_addr, mfn_t frame, uint64_t new_addr, unsigned int flags)
{
    struct slot *table = slots[current->domain->id];
    uint64_t slot = (host_addr >> PAGE_SHIFT) - 1, from = (new_addr >> PAGE_SHIFT) - 1;

    if (slot >= NR_SLOTS || !table[slot].present || table[slot].frame != frame.n)
        return GNTST_general_error;
    if ((table[slot].flags ^ flags) & GNTMAP_readonly)
        return GNTST_general_error;
    if (new_addr && from >= NR_SLOTS)
        return GNTST_bad_virt_addr;
    stale[frame.n]++;
    table[slot].present = false;
    if (new_addr) {
        table[slot] = table[from];
        table[from].present = false;
    }
    return GNTST_okay;
}

void arch_grant_flush(void)
{
    flushes++;
    memset(stale, 0, sizeof(stale));
}

mfn_t arch_gfn_to_mfn(const struct domain *d __unused, gfn_t frame)
{
    return mfn(frame.n);
}

gfn_t arch_grant_frame_gfn(const struct domain *d __unused, mfn_t frame)
{
    return gfn(frame.n);
}

void arch_grant_transferred(struct domain *d, gfn_t slot, mfn_t frame)
{
    MUST(frame_of(frame)->owner == d);
    d->outstanding_claim = slot.n; /* where the tests look for it */
}

int arch_cache_flush(const void *va, size_t size, unsigned int op)
{
    MUST(size && size <= PAGE_SIZE && op);
    MUST(virt_to_phys(va) + size <= sizeof(memory));
    cache_flushes++;
    return 0;
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

void printk(const char *fmt, ...)
{
    char line[256];
    va_list args;

    va_start(args, fmt);
    vsnprintf(line, sizeof(line), fmt, args);
    va_end(args);
}

/* the tests' own */

void machine_run_as(unsigned int dom)
{
    current = &vcpus[dom];
}

void machine_start(void)
{
    memset(domains, 0, sizeof(domains));
    memset(vcpus, 0, sizeof(vcpus));
    memset(frames, 0, sizeof(frames));
    memset(slots, 0, sizeof(slots));
    memset(stale, 0, sizeof(stale));
    memset(loose, 0, sizeof(loose));
    memset(page_used, 0, sizeof(page_used));
    pages_out = preempt_after = continuations = page_alloc_fail = flushes = cache_flushes = 0;
    preempt_count = 0;
    next_call.armed = false;
    fault_at = NULL;
    on_frame_get = NULL;
    for (unsigned int i = 0; i < NR_DOMAINS; i++) {
        domains[i].id = (domid_t)i;
        domains[i].refs = 1;
        domains[i].max_pages = GUEST_FRAMES;
        vcpus[i].domain = &domains[i];
        MUST(!grant_table_init(&domains[i], MAX_GRANT_FRAMES, MAX_MAPTRACK_FRAMES));
    }
    machine_run_as(0);
}

void machine_stop(void)
{
    on_frame_get = NULL;
    for (unsigned int i = 0; i < NR_DOMAINS; i++)
        while (grant_release_mappings(&domains[i]))
            ;
    for (uint64_t i = 1; i < GUEST_FRAMES; i++)
        if (frames[i].owner)
            MUST(!frame_refs(i) && !frame_writers(i));
    for (unsigned int i = 0; i < NR_DOMAINS; i++) {
        MUST(domains[i].refs == 1);
        for (grant_ref_t ref = 0; ref < grant_entries_locked(domains[i].grant_table); ref++)
            MUST(!grant_active_of(domains[i].grant_table, ref)->pins);
        grant_table_destroy(&domains[i]);
    }
    MUST(!pages_out);
}

void grant_write(unsigned int dom, grant_ref_t ref, uint16_t flags, domid_t to, uint64_t frame)
{
    const struct grant_table *gt = domains[dom].grant_table;

    if (gt->version == 1)
        *grant_v1_of(gt, ref) =
            (struct grant_entry_v1){ .flags = flags, .domid = to, .frame = (uint32_t)frame };
    else
        *grant_v2_of(gt, ref) = (union grant_entry_v2){
            .full_page = { .hdr = { .flags = flags, .domid = to }, .frame = frame }
        };
}

uint16_t grant_marks(unsigned int dom, grant_ref_t ref)
{
    const struct grant_table *gt = domains[dom].grant_table;

    return (gt->version == 1 ? grant_v1_of(gt, ref)->flags : *grant_status_of(gt, ref)) &
           (GTF_reading | GTF_writing);
}
