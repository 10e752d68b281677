/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The references that a page-table entry holds while it stands. Inline for level 1, whose entries
 * change most.
 */
#ifndef PV_PTE_H
#define PV_PTE_H

#include "mm.h"

/* What the processor sets in a present entry. */
#define PTE_AD (PTE_ACCESSED | PTE_DIRTY)

/* Device memory, or no memory at all. */
static inline bool entry_is_io(mfn_t m)
{
    return !mfn_is_valid(m) || (READ_ONCE(frame_of(m)->refs) & FRAME_IO);
}

/*
 * Guest kernel and user both run in ring 3: every mapping is a user one to the processor. Global
 * entries are the hypervisor's, and marks of grants are not for guests to make.
 */
static inline uint64_t entry_adjust(uint64_t e)
{
    return (e | PTE_USER) & ~(PTE_GLOBAL | PTE_GRANT);
}

/* What is not a frame of the owner's: 0 if the entry may stand all the same. */
int pte_get_l1_special(uint64_t e, struct domain *d);

/*
 * Takes what a present entry of level 1 refers to. @d's tables will hold it, @owner's memory it
 * refers to. 0, -EINVAL (not allowed), -EBUSY (another type), -EPERM (device memory).
 */
static inline int pte_get_l1(uint64_t e, struct domain *d, struct domain *owner)
{
    struct frame *pg = frame_of(pte_mfn(e));

    /* Device memory has no references, so this refuses it too. */
    if (unlikely(!mfn_is_valid(pte_mfn(e)) || !frame_get(pg, owner)))
        return pte_get_l1_special(e, d);
    if (e & PTE_RW) {
        int ret = frame_get_type(pg, TYPE_WRITABLE);

        if (unlikely(ret)) {
            frame_put(pg);
            return ret;
        }
    }
    return 0;
}

/*
 * The two changes of a level-1 entry that kernels make by the thousand, inline; @p is in a table in
 * use, whose domain's mmu_lock is held. False sends the rest the ordinary way, pt_entry_set(), with
 * nothing changed: errors are found there.
 *
 * In an entry that is not present: ordinary memory of the owner's.
 */
static inline bool pte_l1_fill(uint64_t *p, uint64_t val, struct domain *owner)
{
    mfn_t m = pte_mfn(val);
    struct frame *pg = frame_of(m);

    if (unlikely(!mfn_is_valid(m) || !frame_get(pg, owner)))
        return false;
    if ((val & PTE_RW) && unlikely(frame_get_type(pg, TYPE_WRITABLE))) {
        frame_put(pg);
        return false;
    }
    WRITE_ONCE(*p, entry_adjust(val)); /* the processor changes no entry that is not present */
    return true;
}

/* In a present one, @old: the frame stays, and its reference. What the right to write needs
 * changes. */
static inline bool pte_l1_change_rights(uint64_t *p, uint64_t old, uint64_t val,
                                        const struct domain *owner, bool preserve_ad)
{
    struct frame *pg = frame_of(pte_mfn(val));

    if ((old ^ val) & PTE_RW) {
        if (unlikely(!mfn_is_valid(pte_mfn(val)) || READ_ONCE(pg->owner) != owner))
            return false;
        if ((val & PTE_RW) && unlikely(frame_get_type(pg, TYPE_WRITABLE)))
            return false;
    }
    if (preserve_ad) {
        uint64_t now = old;

        while (!__atomic_compare_exchange_n(p, &now, entry_adjust(val) | (now & PTE_AD), false,
                                            __ATOMIC_SEQ_CST, __ATOMIC_RELAXED))
            ;
    } else {
        WRITE_ONCE(*p, entry_adjust(val));
    }
    if (old & ~val & PTE_RW)
        frame_put_type(pg);
    return true;
}

static inline bool pte_l1_set_quick(uint64_t *p, uint64_t val, struct domain *owner,
                                    bool preserve_ad)
{
    uint64_t old = READ_ONCE(*p);

    if (!((old ^ val) & (PTE_ADDR_MASK | PTE_PRESENT)) &&
        (old & (PTE_PRESENT | PTE_GRANT)) == PTE_PRESENT)
        return pte_l1_change_rights(p, old, val, owner, preserve_ad);
    return !(old & PTE_PRESENT) && (val & PTE_PRESENT) && pte_l1_fill(p, val, owner);
}

static inline void pte_put_l1(uint64_t e)
{
    struct frame *pg = frame_of(pte_mfn(e));

    if ((e & (PTE_PRESENT | PTE_GRANT)) != PTE_PRESENT || entry_is_io(pte_mfn(e)))
        return;
    if (e & PTE_RW)
        frame_put_type(pg);
    frame_put(pg);
}

#endif
