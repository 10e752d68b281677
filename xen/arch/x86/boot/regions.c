/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The memory map: sorted, page-aligned and free of overlaps. Pure. */
#include <hv/boot-info.h>

bool boot_region_add(struct boot_info *bi, paddr_t start, uint64_t size, uint32_t type)
{
    struct boot_region *last = bi->nr_regions ? &bi->regions[bi->nr_regions - 1] : NULL;

    if (!size)
        return true;
    if (last && last->type == type && last->start + last->size == start) {
        last->size += size;
        return true;
    }
    if (bi->nr_regions == BOOT_MAX_REGIONS)
        return false;
    bi->regions[bi->nr_regions++] = (struct boot_region){ start, size, type };
    return true;
}

/* The type at an address: the highest type of all regions that hold it; 0 for none. */
static uint32_t type_at(const struct boot_region *r, unsigned int n, paddr_t pa)
{
    uint32_t type = 0;

    for (unsigned int i = 0; i < n; i++)
        if (pa >= r[i].start && pa - r[i].start < r[i].size && r[i].type > type)
            type = r[i].type;
    return type;
}

/* The next address above @pa where some region begins or ends. */
static paddr_t next_edge(const struct boot_region *r, unsigned int n, paddr_t pa)
{
    paddr_t edge = ~0ULL;

    for (unsigned int i = 0; i < n; i++) {
        paddr_t end = r[i].start + r[i].size;

        if (r[i].start > pa && r[i].start < edge)
            edge = r[i].start;
        if (end > pa && end < edge)
            edge = end;
    }
    return edge;
}

/* The last page of all is left out, so that no end and no rounding wraps around. */
#define REGIONS_TOP ROUND_DOWN(~0ULL, PAGE_SIZE)

static void align_region(struct boot_region *r)
{
    paddr_t start = MIN(r->start, REGIONS_TOP), end = r->start + r->size;

    if (end < r->start || end > REGIONS_TOP)
        end = REGIONS_TOP;
    if (r->type == REGION_RAM) {
        start = ROUND_UP(start, PAGE_SIZE);
        end = ROUND_DOWN(end, PAGE_SIZE);
    } else {
        start = ROUND_DOWN(start, PAGE_SIZE);
        end = ROUND_UP(end, PAGE_SIZE);
    }
    r->start = start;
    r->size = end > start ? end - start : 0;
}

void boot_regions_sanitize(struct boot_info *bi)
{
    static struct boot_region in[BOOT_MAX_REGIONS];
    unsigned int n = bi->nr_regions;
    paddr_t at = 0;

    for (unsigned int i = 0; i < n; i++) {
        in[i] = bi->regions[i];
        align_region(&in[i]);
    }
    bi->nr_regions = 0;
    if (!type_at(in, n, 0))
        at = next_edge(in, n, 0);
    while (at != ~0ULL) {
        paddr_t edge = next_edge(in, n, at);
        uint32_t type = type_at(in, n, at);

        if (edge == ~0ULL)
            break;
        if (type && !boot_region_add(bi, at, edge - at, type))
            break;
        at = edge;
    }
}
