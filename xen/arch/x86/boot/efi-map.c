/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The EFI memory map: a copy stays for the runtime services; what it says becomes regions. Pure. */
#include <hv/string.h>

#include <asm/efi-abi.h>

#include "private.h"

bool efi_map_keep(struct boot_info *bi, const void *map, uint32_t size, uint32_t descriptor_size,
                  uint32_t version)
{
    if (descriptor_size < sizeof(struct efi_memory_descriptor) || size > BOOT_EFI_MAP_MAX)
        return false;
    memmove(bi->efi.memory_map, map, size);
    bi->efi.memory_map_size = size;
    bi->efi.descriptor_size = descriptor_size;
    bi->efi.descriptor_version = version;
    return true;
}

/* UEFI 2.10, table 7.6: what an operating system may use once it has ended boot services. */
static uint32_t region_type(const struct efi_memory_descriptor *d)
{
    switch (d->type) {
    case EFI_LOADER_CODE:
    case EFI_LOADER_DATA:
    case EFI_BOOT_SERVICES_CODE:
    case EFI_BOOT_SERVICES_DATA:
    case EFI_CONVENTIONAL_MEMORY:
        return d->attribute & EFI_MEMORY_WB ? REGION_RAM : REGION_RESERVED;
    case EFI_UNUSABLE_MEMORY: return REGION_UNUSABLE;
    case EFI_ACPI_RECLAIM_MEMORY: return REGION_ACPI;
    case EFI_ACPI_MEMORY_NVS: return REGION_NVS;
    default: return REGION_RESERVED;
    }
}

void efi_map_regions(struct boot_info *bi)
{
    const struct boot_efi *efi = &bi->efi;
    struct efi_memory_descriptor d;

    if (efi->descriptor_size < sizeof(d))
        return;
    for (uint32_t at = 0; at + efi->descriptor_size <= efi->memory_map_size;
         at += efi->descriptor_size) {
        memcpy(&d, efi->memory_map + at, sizeof(d));
        if (d.pages && d.pages <= (~0ULL - d.physical) >> PAGE_SHIFT)
            boot_region_add(bi, d.physical, d.pages << PAGE_SHIFT, region_type(&d));
    }
}
