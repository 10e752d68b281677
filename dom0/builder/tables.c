/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The first page tables. For each level the tables of the mapped ranges lie one behind the other,
 * level 4 first; which table covers an address follows from the ranges alone.
 */
#include "private.h"

#define PRESENT  (1ULL << 0)
#define WRITABLE (1ULL << 1)
#define USER     (1ULL << 2)
#define ACCESSED (1ULL << 5)
#define DIRTY    (1ULL << 6)

#define TABLE_ENTRY (PRESENT | WRITABLE | USER | ACCESSED | DIRTY)
#define PAGE_ENTRY  (PRESENT | WRITABLE | USER | ACCESSED | DIRTY)
#define INDEX_MASK  ((1U << PV_TABLE_SHIFT) - 1)
#define ADDRESS     ((1ULL << 48) - 1)

/* What addresses that share one table of this level have in common. */
static uint64_t table_of(uint64_t address, unsigned level)
{
    return (address & ADDRESS) >> (PV_PAGE_SHIFT + level * PV_TABLE_SHIFT);
}

/* Where range 1 starts among the tables of a level: it may share range 0's first or last one. */
static uint64_t position(const struct pv_ranges *r, uint64_t address, unsigned level)
{
    uint64_t t = table_of(address, level);
    uint64_t a = table_of(r->first[0], level), b = table_of(r->last[0], level), c;

    if (t >= a && t <= b)
        return t - a;
    /* In range 1: its tables follow those of range 0, without one that both use. */
    c = table_of(r->first[1], level);
    if (c >= a && c <= b)
        c = b + 1;
    return b - a + 1 + t - c;
}

void pv_tables_count(const struct pv_ranges *r, uint64_t counts[PV_LEVELS + 1])
{
    for (unsigned level = 1; level <= PV_LEVELS; level++) {
        uint64_t a = table_of(r->first[0], level), b = table_of(r->last[0], level);

        counts[level] = b - a + 1;
        for (uint64_t t = table_of(r->first[1], level);
             r->count == 2 && t <= table_of(r->last[1], level); t++)
            counts[level] += t < a || t > b;
    }
}

struct builder {
    const struct pv_layout *layout;
    const xen_pfn_t *p2m;
    struct pv_ranges ranges;
    uint64_t base[PV_LEVELS + 1]; /* the first table of each level */
    uint64_t (*tables)[1U << PV_TABLE_SHIFT];
};

/* The entry of that level for an address. */
static uint64_t *entry_at(struct builder *b, uint64_t address, unsigned level)
{
    uint64_t table = b->base[level] + position(&b->ranges, address, level);

    return &b->tables[table][table_of(address, level - 1) & INDEX_MASK];
}

/* Hangs the table of `level` that covers the address into the one above. */
static void link_table(struct builder *b, uint64_t address, unsigned level)
{
    uint64_t table = b->base[level] + position(&b->ranges, address, level);
    uint64_t frame = b->p2m[b->layout->tables_pfn + table];

    *entry_at(b, address, level + 1) = frame << PV_PAGE_SHIFT | TABLE_ENTRY;
}

static void map_range(struct builder *b, uint64_t first, uint64_t last, uint64_t pfn)
{
    const struct pv_layout *l = b->layout;

    for (unsigned level = PV_LEVELS - 1; level >= 1; level--) {
        uint64_t step = PV_PAGE_SIZE << (level * PV_TABLE_SHIFT), at = first;

        for (; at <= last && at >= first; at = (at | (step - 1)) + 1)
            link_table(b, at, level);
    }
    for (uint64_t at = first; at <= last && at >= first; at += PV_PAGE_SIZE, pfn++) {
        uint64_t flags = PAGE_ENTRY;

        /* A page table may not be mapped writable by anyone. */
        if (pfn >= l->tables_pfn && pfn < l->tables_pfn + l->n_tables)
            flags &= ~WRITABLE;
        *entry_at(b, at, 1) = b->p2m[pfn] << PV_PAGE_SHIFT | flags;
    }
}

void pv_tables_build(const struct pv_layout *layout, const xen_pfn_t *p2m, void *tables)
{
    struct builder b = { .layout = layout, .p2m = p2m, .tables = tables };
    uint64_t counts[PV_LEVELS + 1], next = 0;

    b.ranges = pv_mapped_ranges(layout);
    pv_tables_count(&b.ranges, counts);
    for (unsigned level = PV_LEVELS; level >= 1; level--) {
        b.base[level] = next;
        next += counts[level];
    }
    map_range(&b, b.ranges.first[0], b.ranges.last[0], 0);
    if (b.ranges.count == 2)
        map_range(&b, b.ranges.first[1], b.ranges.last[1], layout->p2m_pfn);
}
