/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the parts of the boot code. */
#ifndef BOOT_PRIVATE_H
#define BOOT_PRIVATE_H

#include <hv/boot-info.h>

#define MB2_MAGIC 0x36d76289U

/* Tag types of a multiboot 2 information block (specification 2.0, 3.6). */
enum mb2_tag_type {
    MB2_TAG_END = 0,
    MB2_TAG_CMDLINE = 1,
    MB2_TAG_LOADER = 2,
    MB2_TAG_MODULE = 3,
    MB2_TAG_MMAP = 6,
    MB2_TAG_FRAMEBUFFER = 8,
    MB2_TAG_EFI64 = 12,
    MB2_TAG_ACPI_OLD = 14,
    MB2_TAG_ACPI_NEW = 15,
    MB2_TAG_EFI_MMAP = 17,
    MB2_TAG_EFI_BS = 18,
    MB2_TAG_EFI64_IMAGE = 20,
};

/* The contents of the first tag of @type and their size; null if there is none. Pure. */
const void *multiboot2_find(const void *info, uint32_t type, uint32_t *size);

/*
 * The tables that entry.S and the EFI entry fill. Hidden, so that their addresses are taken
 * relative to the code, which may run at its physical address.
 */
#pragma GCC visibility push(hidden)
extern uint64_t boot_l4[], boot_l3_low[], boot_l2_low[], boot_l3_image[], boot_l2_image[];
#pragma GCC visibility pop

/*
 * From efi-entry.S, at physical addresses: takes what only boot services know, ends them, fills the
 * boot page tables. Returns with interrupts off; or says what is wrong and stays.
 */
void efi_boot(uint32_t magic, const void *info, struct boot_info *bi, paddr_t image_base);

/* Keeps a copy of an EFI memory map in @bi->efi; false if it does not fit or is none. Pure. */
bool efi_map_keep(struct boot_info *bi, const void *map, uint32_t size, uint32_t descriptor_size,
                  uint32_t version);
/* Adds the kept map's regions, as they are once boot services have ended. Pure. */
void efi_map_regions(struct boot_info *bi);

#endif
