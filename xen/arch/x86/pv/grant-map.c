/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Granted frames in the page tables of the domain that maps them. */
#include <hv/errno.h>
#include <hv/grant.h>

#include <asm/mm.h>
#include <asm/pv.h>

#include "pte.h"

mfn_t arch_gfn_to_mfn(const struct domain *d, gfn_t frame)
{
    mfn_t m = mfn(frame.n);

    return mfn_is_valid(m) && frame_of(m)->owner == d ? m : INVALID_MFN;
}

/* The entry that @host_addr names, in a table in use of the current domain. mmu_lock is held. */
static uint64_t *entry_find(uint64_t host_addr, unsigned int flags)
{
    struct vcpu *v = current;
    struct frame *pg;
    uint64_t type;
    mfn_t m;

    if (!(flags & GNTMAP_contains_pte))
        return pv_address_ok(host_addr) ? pt_walk_l1(v->arch.pv.kernel_l4, host_addr, &m) : NULL;
    m = paddr_to_mfn(host_addr);
    if ((host_addr & 7) || !mfn_is_valid(m))
        return NULL;
    pg = frame_of(m);
    type = pg->type;
    if (pg->owner != v->domain || type_of(type) != TYPE_L1 || !(type & TYPE_COUNT_MASK) ||
        !(type & TYPE_VALIDATED))
        return NULL;
    return (uint64_t *)map_frame(m) + (host_addr & ~PAGE_MASK) / 8;
}

static uint64_t entry_make(mfn_t frame, unsigned int flags)
{
    uint64_t e = pte_make(frame,
                          PTE_PRESENT | PTE_USER | PTE_ACCESSED | PTE_DIRTY | PTE_NX | PTE_GRANT);

    if (!(flags & GNTMAP_readonly))
        e |= PTE_RW;
    return e | (uint64_t)(flags >> _GNTMAP_guest_avail0 & 7) << 9;
}

int arch_grant_map(uint64_t host_addr, mfn_t frame, unsigned int flags)
{
    struct domain *d = current->domain;
    uint64_t *p, old;

    spin_lock(&d->arch.mmu_lock);
    p = entry_find(host_addr, flags);
    if (p) {
        /* The references that the entry stands for are the grant's own. */
        old = __atomic_exchange_n(p, entry_make(frame, flags), __ATOMIC_SEQ_CST);
        pte_put_l1(old);
    }
    spin_unlock(&d->arch.mmu_lock);
    return p ? GNTST_okay : GNTST_general_error;
}

/* It is the mapping that the grant made: the references that go with it are for just these rights.
 */
static bool entry_is_grant(uint64_t e, mfn_t frame, unsigned int flags)
{
    return (e & PTE_PRESENT) && (e & PTE_GRANT) && mfn_eq(pte_mfn(e), frame) &&
           !(e & PTE_RW) == !!(flags & GNTMAP_readonly);
}

int arch_grant_unmap(uint64_t host_addr, mfn_t frame, uint64_t new_addr, unsigned int flags)
{
    struct domain *d = current->domain;
    uint64_t *p, *from = NULL, e = 0;
    int ret = GNTST_general_error;

    spin_lock(&d->arch.mmu_lock);
    p = entry_find(host_addr, flags);
    if (new_addr)
        from = entry_find(new_addr, 0);
    /* An entry that replaces itself would stay without references. */
    if (p && entry_is_grant(*p, frame, flags) && p != from && (from || !new_addr)) {
        if (from) { /* its references move along */
            e = *from;
            WRITE_ONCE(*from, 0);
        }
        WRITE_ONCE(*p, e);
        ret = GNTST_okay;
    }
    spin_unlock(&d->arch.mmu_lock);
    return ret;
}

void arch_grant_flush(void)
{
    arch_domain_flush_tlb(current->domain);
}

gfn_t arch_grant_frame_gfn(const struct domain *d __unused, mfn_t frame)
{
    return gfn(frame.n);
}

void arch_grant_transferred(struct domain *d __unused, gfn_t slot, mfn_t frame)
{
    m2p_set(frame, slot.n);
}

int arch_cache_flush(const void *va, size_t size, unsigned int op __unused)
{
    const char *p = (const char *)((vaddr_t)va & ~63UL), *end = (const char *)va + size;

    for (; p < end; p += 64)
        asm volatile("clflush %0" ::"m"(*p) : "memory");
    return 0;
}
