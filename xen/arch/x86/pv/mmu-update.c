/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hypercalls that change page-table entries: mmu_update and update_va_mapping. */
#include "pte.h"

#include <hv/errno.h>
#include <hv/guest-access.h>
#include <hv/hypercall.h>
#include <hv/sched.h>

#include <asm/guest-words.h>
#include <asm/mm.h>
#include <asm/pv.h>

#define PREEMPT_EVERY 64  /* updates between looks at the clock; a power of two */
#define READ_AT_ONCE  32U /* a divisor of that */

/* Set in an update's address unless it is one of an entry, with A and D kept or not. */
#define OTHER_COMMANDS (7ULL & ~MMU_PT_UPDATE_PRESERVE_AD)

int pv_foreign_domain(unsigned int id, struct domain **out)
{
    if (likely(id == DOMID_SELF)) {
        *out = current->domain;
        domain_get(*out);
        return 0;
    }
    if (id == DOMID_XEN && !current->domain->is_privileged)
        return -EPERM;
    if (id == DOMID_IO || id == DOMID_XEN) {
        *out = id == DOMID_IO ? dom_io : dom_xen;
        domain_get(*out);
        return 0;
    }
    return domain_target_get((domid_t)id, out);
}

/* A word in a page that is no table in use: ordinary memory of the guest's. */
static int write_plain(struct frame *pg, unsigned int offset, uint64_t val, struct domain *d)
{
    uint64_t *page;
    int ret = frame_get_and_type(pg, d, TYPE_WRITABLE);

    if (ret)
        return ret == -EBUSY ? -EINVAL : ret;
    page = map_frame(frame_mfn(pg));
    WRITE_ONCE(page[offset / 8], val);
    unmap_frame(page);
    frame_put_and_type(pg);
    return 0;
}

static int update_entry_locked(const mmu_update_t *u, struct domain *pt_owner,
                               struct domain *page_owner)
{
    uint64_t ptr = u->ptr & ~7ULL;
    mfn_t m = paddr_to_mfn(ptr);
    struct frame *pg = frame_of(m);
    uint64_t type;

    if (unlikely(!mfn_is_valid(m) || pg->owner != pt_owner))
        return -EINVAL;
    type = READ_ONCE(pg->type);
    /* With the lock held, a table that is in use stays one. */
    if (likely((type & TYPE_COUNT_MASK) && type_of(type) >= TYPE_L1 && type_of(type) <= TYPE_L4)) {
        if (unlikely(!(type & TYPE_VALIDATED)))
            return -EINVAL;
        return pt_entry_set(pg, (ptr & ~PAGE_MASK) / 8, u->val, page_owner,
                            PT_MAY_STOP |
                                ((u->ptr & 7) == MMU_PT_UPDATE_PRESERVE_AD ? PT_PRESERVE_AD : 0));
    }
    return write_plain(pg, ptr & ~PAGE_MASK, u->val, pt_owner);
}

static bool is_l1_in_use(const struct frame *pg)
{
    uint64_t type = READ_ONCE(pg->type);

    return (type & (TYPE_MASK | TYPE_VALIDATED)) == (TYPE_L1 << TYPE_SHIFT | TYPE_VALIDATED) &&
           (type & TYPE_COUNT_MASK);
}

static uint64_t *entry_at(void *table, uint64_t ptr)
{
    return (uint64_t *)table + (ptr & ~PAGE_MASK) / 8;
}

/* If @ptr is for an entry of a level-1 table of @d's in use: its page, and the table. Else ~0. */
static paddr_t l1_table_locked(uint64_t ptr, const struct domain *d, void **table)
{
    mfn_t m = paddr_to_mfn(ptr);

    if ((ptr & OTHER_COMMANDS) || !mfn_is_valid(m) || frame_of(m)->owner != d ||
        !is_l1_in_use(frame_of(m)))
        return ~0ULL;
    *table = map_frame(m);
    return ptr & PAGE_MASK;
}

static int update_m2p(const mmu_update_t *u, struct domain *d)
{
    mfn_t m = paddr_to_mfn(u->ptr);
    struct frame *pg = frame_of(m);

    if (!mfn_is_valid(m) || !frame_get(pg, d))
        return -EINVAL;
    m2p_set(m, u->val);
    frame_put(pg);
    return 0;
}

/* Not inline, so that the loop around it keeps its registers. */
static __attribute__((noinline)) int
update_one_locked(const mmu_update_t *u, struct domain *pt_owner, struct domain *page_owner)
{
    switch (u->ptr & 7) {
    case MMU_NORMAL_PT_UPDATE:
    case MMU_PT_UPDATE_PRESERVE_AD:
    case MMU_PT_UPDATE_NO_TRANSLATE: return update_entry_locked(u, pt_owner, page_owner);
    case MMU_MACHPHYS_UPDATE: return update_m2p(u, page_owner);
    default: return -ENOSYS;
    }
}

struct mmu_owners {
    struct domain *pt, *page;
};

/* foreigndom: whose memory in the low half, whose tables (plus one; 0 is the caller) in the high.
 */
static int owners_get(unsigned int foreigndom, struct mmu_owners *o)
{
    unsigned int pt = foreigndom >> 16;
    int ret = pv_foreign_domain(pt ? pt - 1 : DOMID_SELF, &o->pt);

    if (ret)
        return ret;
    ret = pv_foreign_domain(foreigndom & 0xffff, &o->page);
    if (ret)
        domain_put(o->pt);
    return ret;
}

static void owners_put(struct mmu_owners *o)
{
    domain_put(o->page);
    domain_put(o->pt);
}

/*
 * The call that kernels make most: one entry of a level-1 table of their own, which is in use.
 * False sends it the ordinary way, before anything was changed.
 */
static bool update_one_of_own(const mmu_update_t *req)
{
    struct domain *d = current->domain;
    struct frame *pg;
    mmu_update_t u;
    bool done;
    mfn_t m;

    if (guest_read_two_words((uint64_t *)&u, req))
        return false;
    m = paddr_to_mfn(u.ptr);
    pg = frame_of(m);
    if ((u.ptr & OTHER_COMMANDS) || !mfn_is_valid(m) || READ_ONCE(pg->owner) != d)
        return false;
    spin_lock(&d->arch.mmu_lock);
    /* map_frame() without a call */
    done = likely(is_l1_in_use(pg)) && pte_l1_set_quick(entry_at(mfn_to_virt(m), u.ptr), u.val, d,
                                                        u.ptr & MMU_PT_UPDATE_PRESERVE_AD);
    spin_unlock(&d->arch.mmu_lock);
    return done;
}

/*
 * Updates in a row, under the lock; returns how many were done before the one that *ret is the
 * error of. A level-1 table is looked up once for all that follow in it: those change only the type
 * counts of writable frames, so it stays what it is.
 */
static unsigned int update_run_locked(const mmu_update_t *u, unsigned int n,
                                      const struct mmu_owners *o, long *ret)
{
    const mmu_update_t *first = u, *end = u + n;
    paddr_t page = ~0ULL;
    void *table = NULL;

    *ret = 0;
    for (; u < end; u++) {
        if (unlikely((u->ptr & (PAGE_MASK | OTHER_COMMANDS)) != page))
            page = l1_table_locked(u->ptr, o->pt, &table);
        if (likely(page != ~0ULL) &&
            likely(pte_l1_set_quick(entry_at(table, u->ptr), u->val, o->page,
                                    u->ptr & MMU_PT_UPDATE_PRESERVE_AD)))
            continue;
        page = ~0ULL;
        *ret = update_one_locked(u, o->pt, o->page);
        if (unlikely(*ret))
            break;
    }
    return (unsigned int)(u - first);
}

/* All of a call's, from guest memory. Returns how many were done; *ret is -ERESTART if preempted.
 */
static unsigned int update_batch_locked(const mmu_update_t *reqs, unsigned int n,
                                        const struct mmu_owners *o, long *ret)
{
    mmu_update_t u[READ_AT_ONCE];
    unsigned int i = 0, some, ran;

    *ret = 0;
    while (i < n) {
        if (i && !(i % PREEMPT_EVERY) && hypercall_preempt_check()) {
            *ret = -ERESTART;
            break;
        }
        some = MIN(n - i, READ_AT_ONCE - i % READ_AT_ONCE);
        /* What can be read before a page that is not there is carried out. */
        if (guest_copy_from(u, &reqs[i], some * sizeof(u[0]))) {
            some = 1;
            *ret = guest_copy_from(u, &reqs[i], sizeof(u[0]));
            if (*ret)
                break;
        }
        ran = update_run_locked(u, some, o, ret);
        i += ran;
        if (*ret)
            break;
    }
    return i;
}

static __attribute__((noinline)) long update_many(const mmu_update_t *reqs, unsigned int count,
                                                  unsigned int *pdone, unsigned int foreigndom)
{
    unsigned int n = count & ~MMU_UPDATE_PREEMPTED, i, done = 0;
    struct mmu_owners o;
    long ret;

    if (count & MMU_UPDATE_PREEMPTED && pdone)
        if (guest_copy_from(&done, pdone, sizeof(done)))
            return -EFAULT;
    ret = owners_get(foreigndom, &o);
    if (ret)
        return ret;
    spin_lock(&o.pt->arch.mmu_lock);
    i = update_batch_locked(reqs, n, &o, &ret);
    spin_unlock(&o.pt->arch.mmu_lock);
    owners_put(&o);
    if (ret == -ERESTART &&
        current->arch.pv.old_table) /* this one was done; what it replaced waits */
        i++;
    done += i;
    /* What was done is done: that the count cannot be told is no error of the updates. */
    if (pdone)
        (void)!guest_copy_to(pdone, &done, sizeof(done));
    if (ret == -ERESTART)
        return hypercall_continue(__HYPERVISOR_mmu_update, (unsigned long)(reqs + i),
                                  (n - i) | MMU_UPDATE_PREEMPTED, (unsigned long)pdone, foreigndom);
    return ret;
}

long do_mmu_update(unsigned long ureqs, unsigned long count, unsigned long pdone,
                   unsigned long foreigndom, unsigned long a5 __unused)
{
    const mmu_update_t *reqs = (const mmu_update_t *)ureqs;

    if (unlikely(current->arch.pv.old_table) && pv_old_table_release(current))
        return hypercall_continue(__HYPERVISOR_mmu_update, ureqs, count, pdone, foreigndom);
    if (count == 1 && foreigndom == DOMID_SELF && !pdone && update_one_of_own(reqs))
        return 0;
    return update_many(reqs, (unsigned int)count, (unsigned int *)pdone, (unsigned int)foreigndom);
}

/* UVMF_*: what to flush, and where, after a mapping changed. */
static int flush_after(vaddr_t va, unsigned long flags)
{
    struct domain *d = current->domain;
    unsigned long bitmap_ptr = flags & ~UVMF_FLUSHTYPE_MASK;
    struct cpumask mask;
    int ret = 0;

    if ((flags & UVMF_FLUSHTYPE_MASK) != UVMF_TLB_FLUSH &&
        (flags & UVMF_FLUSHTYPE_MASK) != UVMF_INVLPG)
        return 0;
    if (bitmap_ptr == UVMF_LOCAL) {
        if ((flags & UVMF_FLUSHTYPE_MASK) == UVMF_INVLPG)
            tlb_flush_page_local(va);
        else
            tlb_flush_local();
        return 0;
    }
    if (bitmap_ptr == UVMF_ALL)
        mask = d->dirty_cpus;
    else
        ret = pv_vcpu_bitmap_to_cpus(d, (const void *)bitmap_ptr, &mask);
    if (ret)
        return ret;
    if ((flags & UVMF_FLUSHTYPE_MASK) == UVMF_INVLPG)
        tlb_flush_mask_page(&mask, va);
    else
        tlb_flush_mask(&mask);
    return 0;
}

static int update_va(vaddr_t va, uint64_t val, unsigned long flags, struct domain *owner)
{
    struct vcpu *v = current;
    struct domain *d = v->domain;
    int ret = -EINVAL;
    uint64_t *pte;
    mfn_t table;

    if (!pv_address_ok(va))
        return -EINVAL;
    spin_lock(&d->arch.mmu_lock);
    pte = pt_walk_l1(v->arch.pv.kernel_l4, va, &table);
    if (pte)
        ret = pt_entry_set(frame_of(table), pt_index(va, 1), val, owner, 0);
    spin_unlock(&d->arch.mmu_lock);
    if (ret)
        return ret;
    return flush_after(va, flags);
}

long do_update_va_mapping(unsigned long va, unsigned long val, unsigned long flags,
                          unsigned long a4 __unused, unsigned long a5 __unused)
{
    return update_va(va, val, flags, current->domain);
}

long do_update_va_mapping_otherdomain(unsigned long va, unsigned long val, unsigned long flags,
                                      unsigned long domid, unsigned long a5 __unused)
{
    struct domain *owner;
    long ret = pv_foreign_domain((unsigned int)domid, &owner);

    if (ret)
        return ret;
    ret = update_va(va, val, flags, owner);
    domain_put(owner);
    return ret;
}
