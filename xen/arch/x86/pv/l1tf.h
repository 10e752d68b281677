/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Entries that are not present, and whether the CPU may look behind them all the same. */
#ifndef PV_L1TF_H
#define PV_L1TF_H

#include <hv/domain.h>

#include <asm/page.h>

extern struct pv_l1tf {
    bool dom0, domu;     /* (c) whose entries are looked at */
    uint64_t mask;       /* (c) address bits that the CPU has */
    uint64_t memory_end; /* (c) behind all memory that caches may hold */
} pv_l1tf;

/* Decides by CPU and option (pv-l1tf=); once, before the first domain. */
void pv_l1tf_init(void);

/* Whether an entry of @level that is not present must not stand in @d's tables. */
static inline bool pte_leaks(const struct domain *d, uint64_t e, unsigned int level)
{
    bool large = level > 1 && (e & PTE_PSE); /* then zero is the address of memory, too */

    if (likely(!(d->is_privileged ? pv_l1tf.dom0 : pv_l1tf.domu)))
        return false;
    return ((e & PTE_ADDR_MASK) || large) && (e & pv_l1tf.mask) < pv_l1tf.memory_end;
}

#endif
