/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Changing one entry of a table in use. Every change of a guest's page tables comes through here.
 */
#include "l1tf.h"
#include "pte.h"

#include <hv/errno.h>

#include <asm/mm.h>

/* Stores @val; the processor may set A and D in the old entry meanwhile. Returns the old entry. */
static uint64_t entry_store(uint64_t *p, uint64_t val, bool preserve_ad)
{
    uint64_t old;

    if (!preserve_ad)
        return __atomic_exchange_n(p, val, __ATOMIC_SEQ_CST);
    old = READ_ONCE(*p);
    while (!__atomic_compare_exchange_n(p, &old, val | (old & PTE_AD), false, __ATOMIC_SEQ_CST,
                                        __ATOMIC_RELAXED))
        ;
    return old;
}

/* The frame stays, so does the reference: only the right to write is taken or given up. */
static int set_l1_same_frame(uint64_t *p, uint64_t old, uint64_t *val, bool preserve_ad)
{
    struct frame *pg = frame_of(pte_mfn(*val));
    uint64_t gained = *val & ~old & PTE_RW, lost = old & ~*val & PTE_RW;

    if (gained) {
        int ret = frame_get_type(pg, TYPE_WRITABLE);

        if (unlikely(ret))
            return ret;
    }
    *val = entry_store(p, entry_adjust(*val), preserve_ad);
    if (lost)
        frame_put_type(pg);
    return 0;
}

/* *val becomes the entry that was replaced. */
static int set_l1(uint64_t *p, uint64_t *val, struct domain *d, struct domain *owner,
                  bool preserve_ad)
{
    uint64_t old = READ_ONCE(*p), new = *val;
    int ret;

    if (!(new &PTE_PRESENT)) {
        if (unlikely(pte_leaks(d, new, 1)))
            return -EINVAL;
        *val = entry_store(p, new, false);
        pte_put_l1(*val);
        return 0;
    }
    if ((old & (PTE_PRESENT | PTE_GRANT)) == PTE_PRESENT && !((old ^ new) & PTE_ADDR_MASK) &&
        (!((old ^ new) & PTE_RW) ||
         (mfn_is_valid(pte_mfn(new)) && frame_of(pte_mfn(new))->owner == owner)))
        return set_l1_same_frame(p, old, val, preserve_ad);
    ret = pte_get_l1(new, d, owner);
    if (unlikely(ret))
        return ret;
    *val = entry_store(p, entry_adjust(new), preserve_ad);
    pte_put_l1(*val);
    return 0;
}

static int set_table(uint64_t *p, uint64_t val, struct domain *d, unsigned int level,
                     unsigned int how)
{
    bool preserve_ad = how & PT_PRESERVE_AD, may_stop = how & PT_MAY_STOP;
    uint64_t old = READ_ONCE(*p);
    int ret = 0;

    if ((val & PTE_PRESENT) && (old & PTE_PRESENT) && !((old ^ val) & PTE_ADDR_MASK) &&
        !(val & PTE_PSE)) {
        entry_store(p, entry_adjust(val), preserve_ad);
        return 0;
    }
    if (val & PTE_PRESENT)
        ret = pte_get_table(&val, d, level, may_stop);
    else if (unlikely(pte_leaks(d, val, level)))
        ret = -EINVAL;
    if (ret)
        return ret;
    old = entry_store(p, val, preserve_ad);
    if (!(old & PTE_PRESENT))
        return 0;
    return may_stop ? pv_old_table_put(frame_of(pte_mfn(old))) : pte_put_table(old, false);
}

int pt_entry_set(struct frame *pg, unsigned int index, uint64_t val, struct domain *owner,
                 unsigned int how)
{
    uint64_t *table = map_frame(frame_mfn(pg));
    unsigned int level = (unsigned int)type_of(pg->type);
    int ret;

    if (level == 1)
        ret = set_l1(&table[index], &val, pg->owner, owner, how & PT_PRESERVE_AD);
    else if (level == 4 && index >= HV_SLOT_FIRST && index <= HV_SLOT_LAST)
        ret = -EINVAL;
    else
        ret = set_table(&table[index], val, pg->owner, level, how);
    unmap_frame(table);
    return ret;
}

int pt_l1_exchange(struct frame *pg, unsigned int index, uint64_t *val)
{
    uint64_t *table = map_frame(frame_mfn(pg));
    int ret = set_l1(&table[index], val, pg->owner, pg->owner, false);

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
