/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A frame becomes a page table, or stops being one: all its entries at once. */
#include "l1tf.h"
#include "pte.h"

#include <hv/errno.h>
#include <hv/hypercall.h>
#include <hv/init.h>
#include <hv/printk.h>

#include <asm/desc.h>
#include <asm/mm.h>
#include <asm/pv.h>

static bool is_hv_slot(unsigned int level, unsigned int index)
{
    return level == 4 && index >= HV_SLOT_FIRST && index <= HV_SLOT_LAST;
}

static int entry_get(uint64_t *e, struct domain *d, unsigned int level, bool may_stop)
{
    int ret;

    if (level > 1)
        return pte_get_table(e, d, level, may_stop);
    ret = pte_get_l1(*e, d, d);
    *e = entry_adjust(*e);
    return ret;
}

static int entry_put(uint64_t e, unsigned int level, bool may_stop)
{
    if (level > 1)
        return pte_put_table(e, may_stop);
    pte_put_l1(e);
    return 0;
}

static int table_put(const uint64_t *table, unsigned int level, unsigned int *done, bool may_stop)
{
    int ret = 0;

    for (unsigned int i = *done; i-- > 0 && !ret;) {
        if (!(table[i] & PTE_PRESENT) || is_hv_slot(level, i))
            continue;
        ret = entry_put(table[i], level, may_stop);
        if (!ret) {
            *done = i;
            if (i && level > 1 && may_stop && hypercall_preempt_check())
                return -ERESTART;
        }
    }
    if (!ret)
        *done = 0;
    return ret;
}

void pt_fill_hv_slots(uint64_t *l4)
{
    const uint64_t *idle_l4 = phys_to_virt(idle_cr3);

    for (unsigned int i = HV_SLOT_FIRST; i <= HV_SLOT_LAST; i++)
        l4[i] = idle_l4[i];
}

void pt_show_m2p(mfn_t l4, bool show)
{
    const uint64_t *idle_l4 = phys_to_virt(idle_cr3);
    uint64_t *table = map_frame(l4), want = show ? idle_l4[HV_SLOT_FIRST] : 0;

    if (table[HV_SLOT_FIRST] != want)
        WRITE_ONCE(table[HV_SLOT_FIRST], want);
    unmap_frame(table);
}

/* What one entry of a table that is being checked takes; it is stored as it will be used. */
static int table_get_entry(struct domain *d, uint64_t *p, unsigned int level, bool may_stop)
{
    uint64_t e = *p;
    int ret;

    if (!(e & PTE_PRESENT))
        return unlikely(pte_leaks(d, e, level)) ? -EINVAL : 0;
    ret = entry_get(&e, d, level, may_stop);
    if (!ret)
        *p = e;
    return ret;
}

static int table_get(struct frame *pg, unsigned int level, unsigned int *done, bool may_stop)
{
    uint64_t *table = map_frame(frame_mfn(pg));
    unsigned int i;
    int ret = 0;

    for (i = *done; i < PT_ENTRIES; i++) {
        if (likely(!table[i]) || is_hv_slot(level, i)) /* most entries of most tables */
            continue;
        ret = table_get_entry(pg->owner, &table[i], level, may_stop);
        if (ret)
            break;
        if (level > 1 && may_stop && hypercall_preempt_check()) {
            i++;
            ret = -ERESTART;
            break;
        }
    }
    *done = i;
    if (!ret && level == 4)
        pt_fill_hv_slots(table);
    unmap_frame(table);
    return ret;
}

static int descriptors_get(struct frame *pg)
{
    uint64_t *desc = map_frame(frame_mfn(pg));
    int ret = 0;

    for (unsigned int i = 0; i < PAGE_SIZE / 8 && !ret; i++)
        if (!segment_descriptor_fix(&desc[i]))
            ret = -EINVAL;
    unmap_frame(desc);
    return ret;
}

static int validate(struct frame *pg, uint64_t type, unsigned int *done, bool may_stop)
{
    if (type == TYPE_SEGDESC)
        return descriptors_get(pg);
    return table_get(pg, (unsigned int)type, done, may_stop);
}

static int invalidate(struct frame *pg, uint64_t type, unsigned int *done, bool may_stop)
{
    uint64_t *table;
    int ret;

    if (type == TYPE_SEGDESC)
        return 0;
    table = map_frame(frame_mfn(pg));
    ret = table_put(table, (unsigned int)type, done, may_stop);
    unmap_frame(table);
    return ret;
}

static const struct frame_validator validator = { validate, invalidate };

/* A frame that was writable may still be so through a TLB. */
static void flush_stale(struct frame *pg, uint64_t from, uint64_t to __unused)
{
    if (from != TYPE_NONE)
        arch_domain_flush_tlb(pg->owner);
}

static struct frame_observer tlb_observer = { .type_changes = flush_stale };

void pv_mm_init(void)
{
    pv_l1tf_init();
    frame_validator = &validator;
    frame_observer_register(&tlb_observer);
}
