/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The symbol table that the build appends: offsets from the image's start of address, and names. */
#include <hv/debug.h>
#include <hv/string.h>

extern const uint32_t symbol_count, symbol_offsets[];
extern const char symbol_names[];
extern const char image_start[], image_rodata[];

static vaddr_t symbol_address(unsigned int i)
{
    return ((vaddr_t)image_start & ~0xffffffffULL) + symbol_offsets[i];
}

static const char *symbol_name(unsigned int i)
{
    const char *name = symbol_names;

    while (i--)
        name += strlen(name) + 1;
    return name;
}

const char *symbol_lookup(vaddr_t addr, uint64_t *offset)
{
    unsigned int lo = 0, hi = symbol_count;

    if (addr < (vaddr_t)image_start || addr >= (vaddr_t)image_rodata || !hi)
        return NULL;
    while (hi - lo > 1) {
        unsigned int mid = (lo + hi) / 2;

        if (symbol_address(mid) <= addr)
            lo = mid;
        else
            hi = mid;
    }
    *offset = addr - symbol_address(lo);
    return symbol_name(lo);
}

const char *symbol_get(unsigned int index, vaddr_t *addr)
{
    if (index >= symbol_count)
        return NULL;
    *addr = symbol_address(index);
    return symbol_name(index);
}
