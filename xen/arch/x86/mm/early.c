/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The first memory allocator: takes from the top of a list of free ranges, gives nothing back. */
#include <hv/alloc.h>
#include <hv/printk.h>
#include <hv/string.h>

#include <asm/boot.h>
#include <asm/early.h>
#include <asm/mm.h>

#define MAX_RANGES (BOOT_MAX_REGIONS + 32)
#define LOW_LIMIT  0x100000ULL    /* the first MiB belongs to firmware and starting CPUs */
#define EARLY_TOP  0x100000000ULL /* what the boot page tables map */

struct range {
    paddr_t start, end;
};

static struct range ranges[MAX_RANGES];
static unsigned int nr_ranges;

static void range_remove(unsigned int i)
{
    ranges[i] = ranges[--nr_ranges];
}

static void reserve(paddr_t start, paddr_t end)
{
    start = ROUND_DOWN(start, PAGE_SIZE);
    end = ROUND_UP(end, PAGE_SIZE);
    for (unsigned int i = 0; i < nr_ranges; i++) {
        struct range r = ranges[i];

        if (end <= r.start || start >= r.end)
            continue;
        if (start > r.start)
            ranges[i].end = start;
        else
            range_remove(i--);
        if (end < r.end) {
            BUG_ON(nr_ranges == MAX_RANGES);
            ranges[nr_ranges++] = (struct range){ end, r.end };
        }
    }
}

void early_memory_init(void)
{
    for (unsigned int i = 0; i < boot_info.nr_regions; i++) {
        const struct boot_region *r = &boot_info.regions[i];

        if (r->type == REGION_RAM)
            ranges[nr_ranges++] = (struct range){ r->start, r->start + r->size };
    }
    reserve(0, LOW_LIMIT);
    reserve(virt_to_phys(image_start), virt_to_phys(image_end));
    for (unsigned int i = 0; i < boot_info.nr_modules; i++)
        reserve(boot_info.modules[i].start, boot_info.modules[i].start + boot_info.modules[i].size);
}

paddr_t early_alloc(uint64_t size, uint64_t align)
{
    paddr_t best = 0;

    size = ROUND_UP(size, PAGE_SIZE);
    for (unsigned int i = 0; i < nr_ranges; i++) {
        paddr_t end = MIN(ranges[i].end, EARLY_TOP), start;

        if (end < size)
            continue;
        start = ROUND_DOWN(end - size, align);
        if (start >= ranges[i].start && start > best)
            best = start;
    }
    if (!best)
        panic("out of memory at start-up: %zu KiB more are needed", (size_t)(size >> 10));
    reserve(best, best + size);
    memset(phys_to_virt(best), 0, size);
    return best;
}

void early_memory_finish(void)
{
    for (unsigned int i = 0; i < nr_ranges; i++)
        frame_alloc_add(paddr_to_mfn(ranges[i].start),
                        (ranges[i].end - ranges[i].start) >> PAGE_SHIFT);
    nr_ranges = 0;
}

void early_memory_release(paddr_t start, uint64_t size)
{
    paddr_t end = ROUND_UP(start + size, PAGE_SIZE);

    start = ROUND_DOWN(start, PAGE_SIZE);
    frame_alloc_add(paddr_to_mfn(start), (end - start) >> PAGE_SHIFT);
}
