/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hypercalls that change page-table entries: mmu_update and update_va_mapping. */
#include "mm.h"

#include <hv/errno.h>
#include <hv/guest-access.h>
#include <hv/hypercall.h>
#include <hv/sched.h>

#include <asm/guest-words.h>
#include <asm/mm.h>
#include <asm/pv.h>

#define PREEMPT_EVERY 64 /* updates between looks at the clock; a power of two */

int pv_foreign_domain(unsigned int id, struct domain **out)
{
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

static int update_one_locked(const mmu_update_t *u, struct domain *pt_owner,
                             struct domain *page_owner)
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
 * The call that kernels make most: one entry of a table of their own, which is in use. False sends
 * it the ordinary way, before anything was changed.
 */
static bool update_one_of_own(const mmu_update_t *req, long *ret)
{
    struct domain *d = current->domain;
    struct frame *pg;
    mmu_update_t u;
    uint64_t type;
    mfn_t m;

    if (guest_read_two_words((uint64_t *)&u, req))
        return false;
    m = paddr_to_mfn(u.ptr);
    pg = frame_of(m);
    if ((u.ptr & 7 & ~MMU_PT_UPDATE_PRESERVE_AD) || !mfn_is_valid(m) || pg->owner != d)
        return false;
    spin_lock(&d->arch.mmu_lock);
    type = READ_ONCE(pg->type);
    if (unlikely(!(type & TYPE_VALIDATED) || !(type & TYPE_COUNT_MASK) ||
                 type_of(type) - TYPE_L1 > TYPE_L4 - TYPE_L1)) {
        spin_unlock(&d->arch.mmu_lock);
        return false;
    }
    *ret = pt_entry_set(pg, (u.ptr & ~PAGE_MASK) / 8, u.val, d,
                        PT_MAY_STOP | (u.ptr & MMU_PT_UPDATE_PRESERVE_AD ? PT_PRESERVE_AD : 0));
    spin_unlock(&d->arch.mmu_lock);
    return true;
}

/* One update was preempted: it is made again, unless just the rest of what it replaced remains. */
static long update_again(unsigned long req)
{
    return hypercall_continue(__HYPERVISOR_mmu_update, req,
                              MMU_UPDATE_PREEMPTED | !current->arch.pv.old_table, 0, DOMID_SELF);
}

long do_mmu_update(unsigned long ureqs, unsigned long count, unsigned long pdone,
                   unsigned long foreigndom, unsigned long a5 __unused)
{
    const mmu_update_t *reqs = (const mmu_update_t *)ureqs;
    unsigned int n = (unsigned int)count & ~MMU_UPDATE_PREEMPTED, i, done = 0;
    struct mmu_owners o;
    mmu_update_t u;
    long ret;

    if (unlikely(pv_old_table_release(current)))
        return hypercall_continue(__HYPERVISOR_mmu_update, ureqs, count, pdone, foreigndom);
    if (count == 1 && foreigndom == DOMID_SELF && !pdone &&
        update_one_of_own((const mmu_update_t *)ureqs, &ret))
        return likely(ret != -ERESTART) ? ret : update_again(ureqs);
    if (count & MMU_UPDATE_PREEMPTED && pdone)
        if (guest_copy_from(&done, (void *)pdone, sizeof(done)))
            return -EFAULT;
    ret = owners_get((unsigned int)foreigndom, &o);
    if (ret)
        return ret;
    spin_lock(&o.pt->arch.mmu_lock);
    for (i = 0; i < n; i++) {
        if (i && !(i % PREEMPT_EVERY) && hypercall_preempt_check()) {
            ret = -ERESTART;
            break;
        }
        ret = guest_read_two_words((uint64_t *)&u, &reqs[i]);
        if (!ret)
            ret = update_one_locked(&u, o.pt, o.page);
        if (unlikely(ret))
            break;
    }
    spin_unlock(&o.pt->arch.mmu_lock);
    owners_put(&o);
    if (ret == -ERESTART && current->arch.pv.old_table) /* this one was done */
        i++;
    done += i;
    /* What was done is done: that the count cannot be told is no error of the updates. */
    if (pdone)
        (void)!guest_copy_to((void *)pdone, &done, sizeof(done));
    if (ret == -ERESTART)
        return hypercall_continue(__HYPERVISOR_mmu_update, (unsigned long)(reqs + i),
                                  (n - i) | MMU_UPDATE_PREEMPTED, pdone, foreigndom);
    return ret;
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
