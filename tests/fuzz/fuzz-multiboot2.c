/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Multiboot 2 information from any bytes, then the memory map that comes of it. */
/* sources: xen/arch/x86/boot/multiboot2.c xen/arch/x86/boot/efi-map.c
   xen/arch/x86/boot/regions.c */
#include <stdlib.h>
#include <string.h>

#include <hv/boot-info.h>

#include "../../xen/arch/x86/boot/private.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct boot_info bi;
    uint32_t total = (uint32_t)size, tag_size;
    uint8_t *block;

    if (size < 8)
        return 0;
    /* The total size is the loader's and true; all that is behind it may be anything. */
    block = malloc(size);
    memcpy(block, data, size);
    memcpy(block, &total, sizeof(total));
    memset(&bi, 0, sizeof(bi));
    bi.efi.present = data[4] & 1;
    if (multiboot2_parse(block, &bi) == 0) {
        efi_map_regions(&bi);
        boot_regions_sanitize(&bi);
    }
    for (uint32_t type = 0; type < 22; type++)
        if (multiboot2_find(block, type, &tag_size) && tag_size > size)
            abort();
    for (unsigned int i = 0; i < bi.nr_modules; i++)
        if (strnlen(bi.modules[i].cmdline, BOOT_CMDLINE_MAX) == BOOT_CMDLINE_MAX)
            abort();
    free(block);
    return 0;
}
