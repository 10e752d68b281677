/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The control domain's first page tables. They are written as a guest would write them; taking the
 * top one as a level-4 table then checks them all.
 */
#include <hv/frame.h>
#include <hv/printk.h>

#include <asm/mm.h>
#include <asm/page.h>

#include "dom0.h"

#define ENTRY (PTE_PRESENT | PTE_RW | PTE_USER | PTE_ACCESSED | PTE_DIRTY)

/* How many tables of a level cover the range. */
static uint64_t tables_at(vaddr_t start, vaddr_t end, unsigned int level)
{
    unsigned int shift = PAGE_SHIFT + 9 * level;

    return ((end - 1) >> shift) - (start >> shift) + 1;
}

uint64_t dom0_tables_count(vaddr_t start, vaddr_t end)
{
    return tables_at(start, end, 1) + tables_at(start, end, 2) + tables_at(start, end, 3);
}

/* Takes the frames of page tables one after the other. */
struct table_pool {
    struct dom0_build *b;
    uint64_t next, end; /* pfns */
    uint64_t *l4;
};

static uint64_t *entry_for(struct table_pool *p, vaddr_t va)
{
    uint64_t *table = p->l4;

    for (unsigned int level = 4; level > 1; level--) {
        uint64_t *e = &table[pt_index(va, level)];

        if (!*e) {
            BUG_ON(p->next == p->end);
            *e = p->b->p2m[p->next++] << PAGE_SHIFT | ENTRY;
        }
        table = map_frame(pte_mfn(*e));
    }
    return &table[pt_index(va, 1)];
}

static void map_initial(struct table_pool *p)
{
    struct dom0_build *b = p->b;
    vaddr_t tables_end = b->v_tables + b->nr_tables * PAGE_SIZE;

    for (vaddr_t va = b->v_start; va < b->v_end; va += PAGE_SIZE) {
        uint64_t e = b->p2m[(va - b->v_start) >> PAGE_SHIFT] << PAGE_SHIFT | ENTRY;

        if (va >= b->v_tables && va < tables_end)
            e &= ~PTE_RW;
        *entry_for(p, va) = e;
    }
}

/* The frame list where the kernel wants it; its tables follow it in its own range of frames. */
static void map_p2m(struct table_pool *p)
{
    struct dom0_build *b = p->b;
    uint64_t frames = (b->nr_pages * 8 + PAGE_SIZE - 1) >> PAGE_SHIFT;

    p->next = b->p2m_pfn + frames;
    p->end = b->p2m_pfn + b->nr_p2m;
    for (uint64_t i = 0; i < frames; i++)
        *entry_for(p, b->v_p2m + i * PAGE_SIZE) = b->p2m[b->p2m_pfn + i] << PAGE_SHIFT | ENTRY;
}

uint64_t dom0_tables_build(struct dom0_build *b)
{
    uint64_t first = (b->v_tables - b->v_start) >> PAGE_SHIFT;
    struct table_pool p = {
        .b = b, .next = first + 1, .end = first + b->nr_tables, .l4 = dom0_frame(b, first)
    };

    map_initial(&p);
    if (b->kernel.has_init_p2m)
        map_p2m(&p);
    return first;
}
