/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The first C code: from what the loader left to struct boot_info, then on to start-up proper. */
#include <hv/boot-info.h>
#include <hv/string.h>

#include <asm/boot.h>
#include <asm/mm.h>

#include "private.h"

#define MB1_MAGIC 0x2badb002

struct boot_info boot_info;

void boot_main(uint32_t magic, uint32_t info, uint32_t image_base)
{
    int ret = -1;

    boot_info.image_base = image_base;
    if (magic == MB1_MAGIC)
        ret = multiboot1_parse(phys_to_virt(info), &boot_info);
    else if (magic == MB2_MAGIC)
        ret = multiboot2_parse(phys_to_virt(info), &boot_info);
    if (!boot_info.rsdp && boot_info.rsdp_copy_size)
        boot_info.rsdp = virt_to_phys(boot_info.rsdp_copy);
    boot_regions_sanitize(&boot_info);
    start_hypervisor(ret);
}
