/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Changing one entry of a table in use. Every change of a guest's page tables comes through here. */
#include "pte.h"

#include <hv/errno.h>

#include <asm/mm.h>

#define PTE_AD (PTE_ACCESSED | PTE_DIRTY)

/* Stores @val; the processor may set A and D in the old entry meanwhile. Returns the old entry. */
static uint64_t entry_store(uint64_t *p, uint64_t val, bool preserve_ad)
{
    uint64_t old = READ_ONCE(*p);

    if (!preserve_ad) {
        WRITE_ONCE(*p, val);
        return old;
    }
    while (!__atomic_compare_exchange_n(p, &old, val | (old & PTE_AD), false, __ATOMIC_SEQ_CST,
                                        __ATOMIC_RELAXED))
        ;
    return old;
}

static int set_l1(uint64_t *p, uint64_t val, struct domain *d, struct domain *owner,
                  bool preserve_ad)
{
    uint64_t old = READ_ONCE(*p);
    int ret;

    if (!(val & PTE_PRESENT)) {
        old = entry_store(p, val, false);
        pte_put_l1(old);
        return 0;
    }
    /* Same frame, same rights: no count changes. */
    if ((old & (PTE_PRESENT | PTE_GRANT)) == PTE_PRESENT &&
        !((old ^ val) & (PTE_ADDR_MASK | PTE_RW))) {
        entry_store(p, entry_adjust(val), preserve_ad);
        return 0;
    }
    ret = pte_get_l1(val, d, owner);
    if (unlikely(ret))
        return ret;
    old = entry_store(p, entry_adjust(val), preserve_ad);
    pte_put_l1(old);
    return 0;
}

static int set_table(uint64_t *p, uint64_t val, struct domain *d, unsigned int level,
                     bool preserve_ad)
{
    uint64_t old = READ_ONCE(*p);
    int ret = 0;

    if ((val & PTE_PRESENT) && (old & PTE_PRESENT) && !((old ^ val) & PTE_ADDR_MASK) &&
        !(val & PTE_PSE)) {
        entry_store(p, entry_adjust(val), preserve_ad);
        return 0;
    }
    if (val & PTE_PRESENT)
        ret = pte_get_table(&val, d, level);
    if (ret)
        return ret;
    old = entry_store(p, val, preserve_ad);
    pte_put_table(old);
    return 0;
}

int pt_entry_set(struct frame *pg, unsigned int index, uint64_t val, struct domain *owner,
                 bool preserve_ad)
{
    uint64_t *table = map_frame(frame_mfn(pg));
    unsigned int level = (unsigned int)type_of(pg->type);
    int ret;

    if (level == 1)
        ret = set_l1(&table[index], val, pg->owner, owner, preserve_ad);
    else if (level == 4 && index >= HV_SLOT_FIRST && index <= HV_SLOT_LAST)
        ret = -EINVAL;
    else
        ret = set_table(&table[index], val, pg->owner, level, preserve_ad);
    unmap_frame(table);
    return ret;
}

uint64_t *pt_walk_l1(mfn_t l4, vaddr_t va, mfn_t *table_mfn)
{
    mfn_t m = l4;

    for (unsigned int level = 4; level > 1; level--) {
        const uint64_t *table = map_frame(m);
        uint64_t e = READ_ONCE(table[pt_index(va, level)]);

        if (!(e & PTE_PRESENT) || (e & PTE_PSE))
            return NULL;
        m = pte_mfn(e);
    }
    *table_mfn = m;
    return (uint64_t *)map_frame(m) + pt_index(va, 1);
}
