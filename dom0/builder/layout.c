/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where everything lies in a PV domain's memory, in the order that <xen/xen.h> promises. */
#include "private.h"

#include <string.h>

#define PADDING (512UL << 10) /* free memory that must be mapped behind the last element */
#define EXTENT  (4UL << 20)   /* the mapped region ends at a multiple of this */

static uint64_t pages(uint64_t bytes)
{
    return (bytes + PV_PAGE_SIZE - 1) >> PV_PAGE_SHIFT;
}

static uint64_t take(uint64_t *next, uint64_t count)
{
    uint64_t pfn = *next;

    *next += count;
    return pfn;
}

struct pv_ranges pv_mapped_ranges(const struct pv_layout *l)
{
    struct pv_ranges r = {
        .first = { l->virt_base },
        .last = { l->virt_base + (l->mapped_end << PV_PAGE_SHIFT) - 1 },
        .count = 1,
    };

    if (l->p2m_pfn >= l->mapped_end) {
        r.first[1] = l->p2m_virt;
        r.last[1] = l->p2m_virt + (l->p2m_pages << PV_PAGE_SHIFT) - 1;
        r.count = 2;
    }
    return r;
}

/* Places all from the end of the kernel on, with that many page tables. */
static void place(struct pv_layout *l, const struct kernel_info *info, uint64_t n_tables)
{
    uint64_t next = pages(info->phys_end), end;

    l->n_tables = n_tables;
    if (!info->mod_start_pfn)
        l->ramdisk_pfn = take(&next, pages(l->ramdisk_bytes));
    if (!info->has_init_p2m) {
        l->p2m_pfn = take(&next, l->p2m_pages);
        l->p2m_virt = l->virt_base + (l->p2m_pfn << PV_PAGE_SHIFT);
    }
    l->start_info_pfn = take(&next, 1);
    l->store_pfn = take(&next, 1);
    l->console_pfn = take(&next, 1);
    l->tables_pfn = take(&next, n_tables);
    l->stack_pfn = take(&next, 1);
    end = l->virt_base + (next << PV_PAGE_SHIFT) + PADDING;
    end = (end + EXTENT - 1) & ~(EXTENT - 1);
    l->mapped_end = next = (end - l->virt_base) >> PV_PAGE_SHIFT;
    if (info->mod_start_pfn)
        l->ramdisk_pfn = take(&next, pages(l->ramdisk_bytes));
    if (info->has_init_p2m) {
        l->p2m_pfn = take(&next, l->p2m_pages);
        l->p2m_virt = info->init_p2m;
    }
    l->needed = next;
}

/* More tables may push the end further, which may take more tables: until it stays. */
static void settle(struct pv_layout *l, const struct kernel_info *info)
{
    uint64_t counts[PV_LEVELS + 1], total = 0;

    do {
        struct pv_ranges ranges;

        place(l, info, total);
        ranges = pv_mapped_ranges(l);
        pv_tables_count(&ranges, counts);
        total = counts[1] + counts[2] + counts[3] + counts[4];
    } while (total != l->n_tables);
}

/* A region of the guest's address space may not wrap or reach into the hypervisor's. */
static bool range_is_usable(uint64_t first, uint64_t last)
{
    const uint64_t hole = 0xffff800000000000, hole_end = 0xffff880000000000;

    return first <= last && (last < 1ULL << 47 || (first >= hole_end && first > hole));
}

int pv_layout_plan(struct pv_layout *l, const struct pv_image *image, uint64_t nr_pages,
                   uint64_t ramdisk_bytes, const char **why)
{
    const struct kernel_info *info = &image->info;
    struct pv_ranges ranges;

    *l = (struct pv_layout){
        .nr_pages = nr_pages,
        .virt_base = info->virt_base,
        .entry = info->entry,
        .ramdisk_bytes = ramdisk_bytes,
        .ramdisk_by_pfn = info->mod_start_pfn,
        .p2m_pages = pages(nr_pages * sizeof(xen_pfn_t)),
        .has_hypercall_page = info->has_hypercall_page,
    };
    *why = "its addresses and the domain's memory do not fit together";
    if (nr_pages > 1ULL << 36 || ramdisk_bytes > 1ULL << 40 || info->virt_base % PV_PAGE_SIZE)
        return -1;
    if (info->has_hypercall_page)
        l->hypercall_pfn = (info->hypercall_page - info->virt_base) >> PV_PAGE_SHIFT;
    settle(l, info);
    ranges = pv_mapped_ranges(l);
    for (unsigned i = 0; i < ranges.count; i++)
        if (!range_is_usable(ranges.first[i], ranges.last[i]))
            return -1;
    if (ranges.count == 2 && ranges.first[0] <= ranges.last[1] && ranges.first[1] <= ranges.last[0])
        return -1;
    *why = "the domain has too little memory for the kernel and its ramdisk";
    return l->needed > nr_pages ? -1 : 0;
}
