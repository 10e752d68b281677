/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mmuext_op: pinning tables, switching to them, TLB flushes, and a few things besides. */
#include "mm.h"

#include <hv/errno.h>
#include <hv/guest-access.h>
#include <hv/hypercall.h>
#include <hv/smp.h>
#include <hv/speculation.h>
#include <hv/string.h>

#include <asm/mm.h>
#include <asm/processor.h>
#include <asm/pv.h>

#include "private.h"

/* What an operation works on: the caller's vcpu, and whose frames it names. */
struct mmuext {
    struct vcpu *v;
    struct domain *d;      /* the caller */
    struct domain *target; /* foreigndom */
    struct mmuext_op op;
};

static int pin(struct mmuext *m, unsigned int level)
{
    mfn_t mfn = { m->op.arg1.mfn };
    struct frame *pg = frame_of(mfn);
    int ret;

    if (!mfn_is_valid(mfn))
        return -EINVAL;
    spin_lock(&m->target->arch.mmu_lock);
    /* One that is dying would never give it back. */
    ret = domain_is_dying(m->target) ? -EINVAL
                                     : frame_get_and_type_preemptible(pg, m->target, level);
    if (!ret && (__atomic_fetch_or(&pg->type, TYPE_PINNED, __ATOMIC_RELAXED) & TYPE_PINNED)) {
        frame_put_and_type(pg);
        ret = -EINVAL; /* once is enough */
    }
    spin_unlock(&m->target->arch.mmu_lock);
    return ret == -EBUSY ? -EINVAL : ret;
}

static int pin_l1(struct mmuext *m)
{
    return pin(m, 1);
}

static int pin_l2(struct mmuext *m)
{
    return pin(m, 2);
}

static int pin_l3(struct mmuext *m)
{
    return pin(m, 3);
}

static int pin_l4(struct mmuext *m)
{
    return pin(m, 4);
}

static int unpin(struct mmuext *m)
{
    mfn_t mfn = { m->op.arg1.mfn };
    struct frame *pg = frame_of(mfn);
    int ret;

    if (!mfn_is_valid(mfn) || !frame_get(pg, m->target))
        return -EINVAL;
    spin_lock(&m->target->arch.mmu_lock);
    ret = pv_table_unpin(pg);
    spin_unlock(&m->target->arch.mmu_lock);
    frame_put(pg);
    return ret;
}

/* Takes a level-4 table for use by a vcpu: 0, -EINVAL, -ERESTART. */
static int l4_get(struct domain *d, mfn_t m)
{
    int ret;

    if (!mfn_is_valid(m))
        return -EINVAL;
    ret = frame_get_and_type_preemptible(frame_of(m), d, TYPE_L4);
    return ret && ret != -ERESTART ? -EINVAL : ret;
}

int pv_new_baseptr(struct vcpu *v, mfn_t next)
{
    struct pv_vcpu *pv = &v->arch.pv;
    mfn_t old = pv->kernel_l4;
    int ret;

    if (mfn_eq(next, old)) {
        tlb_flush_local();
        return 0;
    }
    spin_lock(&v->domain->arch.mmu_lock);
    ret = l4_get(v->domain, next);
    if (!ret) {
        pv->kernel_l4 = next;
        pt_show_m2p(next, true);
        pv_ldt_change(v);
        pv_cr3_update(v);
        ret = pv_old_table_put(frame_of(old));
    }
    spin_unlock(&v->domain->arch.mmu_lock);
    return ret;
}

static int new_baseptr(struct mmuext *m)
{
    return pv_new_baseptr(m->v, mfn(m->op.arg1.mfn));
}

static int new_user_baseptr(struct mmuext *m)
{
    struct pv_vcpu *pv = &m->v->arch.pv;
    mfn_t next = { m->op.arg1.mfn }, old = pv->user_l4;
    int ret = 0;

    spin_lock(&m->d->arch.mmu_lock);
    if (next.n)
        ret = l4_get(m->d, next);
    if (!ret) {
        if (next.n)
            pt_show_m2p(next, !(m->d->arch.vm_assist & 1UL << VMASST_TYPE_m2p_strict));
        pv->user_l4 = next;
        m->v->arch.cr3_user = mfn_to_paddr(next);
        pv_entry_update(m->v);
        if (old.n)
            ret = pv_old_table_put(frame_of(old));
    }
    spin_unlock(&m->d->arch.mmu_lock);
    return ret;
}

static int tlb_flush_here(struct mmuext *m __unused)
{
    tlb_flush_local();
    return 0;
}

static int invlpg_here(struct mmuext *m)
{
    if (pv_address_ok(m->op.arg1.linear_addr))
        tlb_flush_page_local(m->op.arg1.linear_addr);
    return 0;
}

int pv_vcpu_bitmap_to_cpus(struct domain *d, const void *guest_bitmap, struct cpumask *mask)
{
    unsigned int words = BITMAP_LONGS(d->max_vcpus);
    unsigned long word;
    struct vcpu *v;

    cpumask_clear(mask);
    for (unsigned int w = 0; w < words; w++) {
        /* The bitmap may end with its last byte that counts, at the end of a page. */
        unsigned int bits = MIN(d->max_vcpus - w * BITS_PER_LONG, BITS_PER_LONG);

        word = 0;
        if (guest_copy_from(&word, (const uint8_t *)guest_bitmap + w * 8, (bits + 7) / 8))
            return -EFAULT;
        while (word) {
            unsigned int id = w * BITS_PER_LONG + (unsigned int)__builtin_ctzl(word);

            word &= word - 1;
            v = domain_vcpu(d, id);
            if (v && cpumask_has(&d->dirty_cpus, v->cpu))
                cpumask_add(mask, v->cpu);
        }
    }
    return 0;
}

static int tlb_flush_multi(struct mmuext *m)
{
    struct cpumask mask;

    if (pv_vcpu_bitmap_to_cpus(m->d, m->op.arg2.vcpumask.p, &mask))
        return -EINVAL;
    tlb_flush_mask(&mask);
    return 0;
}

static int invlpg_multi(struct mmuext *m)
{
    struct cpumask mask;

    if (pv_vcpu_bitmap_to_cpus(m->d, m->op.arg2.vcpumask.p, &mask))
        return -EINVAL;
    if (pv_address_ok(m->op.arg1.linear_addr))
        tlb_flush_mask_page(&mask, m->op.arg1.linear_addr);
    return 0;
}

static int tlb_flush_all(struct mmuext *m)
{
    tlb_flush_mask(&m->d->dirty_cpus);
    return 0;
}

static int invlpg_all(struct mmuext *m)
{
    if (pv_address_ok(m->op.arg1.linear_addr))
        tlb_flush_mask_page(&m->d->dirty_cpus, m->op.arg1.linear_addr);
    return 0;
}

static void wbinvd(void *arg __unused)
{
    asm volatile("wbinvd" ::: "memory");
}

static int flush_cache(struct mmuext *m)
{
    if (!m->d->is_hardware)
        return -EACCES;
    wbinvd(NULL);
    return 0;
}

static int flush_cache_global(struct mmuext *m)
{
    if (!m->d->is_hardware)
        return -EACCES;
    smp_call(&cpu_online_map, wbinvd, NULL);
    return 0;
}

static int set_ldt(struct mmuext *m)
{
    vaddr_t base = m->op.arg1.linear_addr;
    unsigned int entries = m->op.arg2.nr_ents;

    if (entries > 8192 || (entries && ((base & ~PAGE_MASK) || !pv_address_ok(base) ||
                                       !pv_address_ok(base + entries * 8UL))))
        return -EINVAL;
    m->v->arch.pv.ldt_base = base;
    m->v->arch.pv.ldt_entries = entries;
    spin_lock(&m->d->arch.mmu_lock);
    pv_ldt_change(m->v);
    spin_unlock(&m->d->arch.mmu_lock);
    return 0;
}

static int clear_page(struct mmuext *m)
{
    mfn_t mfn = { m->op.arg1.mfn };
    void *va;
    int ret;

    if (!mfn_is_valid(mfn))
        return -EINVAL;
    ret = frame_get_and_type(frame_of(mfn), m->target, TYPE_WRITABLE);
    if (ret)
        return -EINVAL;
    va = map_frame(mfn);
    memset(va, 0, PAGE_SIZE);
    unmap_frame(va);
    frame_put_and_type(frame_of(mfn));
    return 0;
}

static int copy_page(struct mmuext *m)
{
    mfn_t dst = { m->op.arg1.mfn }, src = { m->op.arg2.src_mfn };

    if (!mfn_is_valid(dst) || !mfn_is_valid(src) || !frame_get(frame_of(src), m->target))
        return -EINVAL;
    if (frame_get_and_type(frame_of(dst), m->target, TYPE_WRITABLE)) {
        frame_put(frame_of(src));
        return -EINVAL;
    }
    memcpy(map_frame(dst), map_frame(src), PAGE_SIZE);
    frame_put_and_type(frame_of(dst));
    frame_put(frame_of(src));
    return 0;
}

/* Superpage marks are no longer part of the interface. */
static int refuse_super(struct mmuext *m __unused)
{
    return -EOPNOTSUPP;
}

static int (*const ops[])(struct mmuext *) = {
    [MMUEXT_PIN_L1_TABLE] = pin_l1,
    [MMUEXT_PIN_L2_TABLE] = pin_l2,
    [MMUEXT_PIN_L3_TABLE] = pin_l3,
    [MMUEXT_PIN_L4_TABLE] = pin_l4,
    [MMUEXT_UNPIN_TABLE] = unpin,
    [MMUEXT_NEW_BASEPTR] = new_baseptr,
    [MMUEXT_TLB_FLUSH_LOCAL] = tlb_flush_here,
    [MMUEXT_INVLPG_LOCAL] = invlpg_here,
    [MMUEXT_TLB_FLUSH_MULTI] = tlb_flush_multi,
    [MMUEXT_INVLPG_MULTI] = invlpg_multi,
    [MMUEXT_TLB_FLUSH_ALL] = tlb_flush_all,
    [MMUEXT_INVLPG_ALL] = invlpg_all,
    [MMUEXT_FLUSH_CACHE] = flush_cache,
    [MMUEXT_SET_LDT] = set_ldt,
    [MMUEXT_NEW_USER_BASEPTR] = new_user_baseptr,
    [MMUEXT_CLEAR_PAGE] = clear_page,
    [MMUEXT_COPY_PAGE] = copy_page,
    [MMUEXT_FLUSH_CACHE_GLOBAL] = flush_cache_global,
    [MMUEXT_MARK_SUPER] = refuse_super,
    [MMUEXT_UNMARK_SUPER] = refuse_super,
};

static int do_one(struct mmuext *m)
{
    unsigned int cmd = index_clamp(m->op.cmd, ARRAY_SIZE(ops));

    if (m->op.cmd >= ARRAY_SIZE(ops) || !ops[cmd])
        return -ENOSYS;
    return ops[cmd](m);
}

long do_mmuext_op(unsigned long uops, unsigned long count, unsigned long pdone,
                  unsigned long foreigndom, unsigned long a5 __unused)
{
    const struct mmuext_op *guest_ops = (const void *)uops;
    unsigned int n = (unsigned int)count & ~MMU_UPDATE_PREEMPTED, i, done = 0;
    struct mmuext m = { .v = current, .d = current->domain };
    long ret = 0;

    if (count & MMU_UPDATE_PREEMPTED && pdone)
        if (guest_copy_from(&done, (void *)pdone, sizeof(done)))
            return -EFAULT;
    if (pv_old_table_release(m.v))
        return hypercall_continue(__HYPERVISOR_mmuext_op, uops, count, pdone, foreigndom);
    ret = pv_foreign_domain((unsigned int)foreigndom, &m.target);
    if (ret)
        return ret;
    for (i = 0; i < n; i++) {
        if (i && hypercall_preempt_check()) {
            ret = -ERESTART;
            break;
        }
        ret = guest_copy_from(&m.op, &guest_ops[i], sizeof(m.op));
        if (!ret)
            ret = do_one(&m);
        if (ret)
            break;
    }
    domain_put(m.target);
    if (ret == -ERESTART && m.v->arch.pv.old_table) /* this one was done */
        i++;
    done += i;
    if (pdone)
        (void)!guest_copy_to((void *)pdone, &done, sizeof(done));
    if (ret == -ERESTART)
        return hypercall_continue(__HYPERVISOR_mmuext_op, (unsigned long)(guest_ops + i),
                                  (n - i) | MMU_UPDATE_PREEMPTED, pdone, foreigndom);
    return ret;
}
