/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the files that build a PV domain. */
#ifndef BUILDER_PRIVATE_H
#define BUILDER_PRIVATE_H

#include <dom0/builder/pv.h>

#include <hv/elf.h>
#include <hv/kernel-image.h>

struct pv_image {
    void *unpacked; /* NULL when the file is the ELF file itself */
    const uint8_t *elf;
    size_t elf_size;
    struct elf_file file;
    struct kernel_info info;
};

#define PV_LEVELS      4
#define PV_TABLE_SHIFT 9

/* Two ranges of addresses, ends included, that are mapped at the start; the second may be empty. */
struct pv_ranges {
    uint64_t first[2], last[2];
    unsigned count;
};

struct pv_ranges pv_mapped_ranges(const struct pv_layout *layout);

/* How many tables of each level (1 to 4) the ranges take: counts[level]. */
void pv_tables_count(const struct pv_ranges *ranges, uint64_t counts[PV_LEVELS + 1]);

#endif
