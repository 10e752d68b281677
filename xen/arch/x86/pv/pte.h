/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The references that a page-table entry holds while it stands. Inline for level 1, whose entries
 * change most.
 */
#ifndef PV_PTE_H
#define PV_PTE_H

#include "mm.h"

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
