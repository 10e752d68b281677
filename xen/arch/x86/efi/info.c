/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What dom0 may ask about the firmware: XENPF_firmware_info's EFI part. */
#include <hv/boot-info.h>
#include <hv/efi.h>
#include <hv/errno.h>
#include <hv/guest-access.h>
#include <hv/string.h>

#include "private.h"

/* The firmware's name, as much as fits, always with a NUL at its end. */
static int efi_info_vendor(union xenpf_efi_info *info)
{
    uint16_t name[EFI_VENDOR_LENGTH] = { 0 };
    uint32_t room = info->vendor.bufsz / sizeof(name[0]), n = 0;

    info->vendor.revision = efi_system.revision;
    if (!room)
        return 0;
    while (n < MIN(room, EFI_VENDOR_LENGTH) - 1 && efi_vendor[n]) {
        name[n] = efi_vendor[n];
        n++;
    }
    return guest_copy_to(info->vendor.name.p, name, (n + 1) * sizeof(name[0]));
}

/* The descriptor that holds the address; the size is cut to what lies in it. */
static int efi_info_memory(union xenpf_efi_info *info)
{
    const struct boot_efi *efi = &boot_info.efi;
    struct efi_memory_descriptor d;

    for (uint32_t at = 0; at + efi->descriptor_size <= efi->memory_map_size;
         at += efi->descriptor_size) {
        uint64_t inside, size;

        memcpy(&d, efi->memory_map + at, sizeof(d));
        size = d.pages << PAGE_SHIFT;
        inside = info->mem.addr - d.physical;
        if (info->mem.addr < d.physical || inside >= size)
            continue;
        info->mem.size = MIN(info->mem.size, size - inside);
        info->mem.attr = d.attribute;
        info->mem.type = d.type;
        return 0;
    }
    return -ESRCH;
}

int efi_firmware_info(uint32_t index, union xenpf_efi_info *info)
{
    if (!efi_system.header.signature)
        return -ENODEV;
    switch (index) {
    case XEN_FW_EFI_VERSION: info->version = efi_system.header.revision; return 0;
    case XEN_FW_EFI_RT_VERSION:
        if (!efi_runtime.get_time)
            return -ENODEV;
        info->version = efi_runtime.header.revision;
        return 0;
    case XEN_FW_EFI_CONFIG_TABLE:
        info->cfg.addr = efi_arg(efi_system.tables);
        info->cfg.nent = (uint32_t)efi_system.nr_tables;
        return 0;
    case XEN_FW_EFI_VENDOR: return efi_info_vendor(info);
    case XEN_FW_EFI_MEM_INFO: return efi_info_memory(info);
    case XEN_FW_EFI_PCI_ROM: /* none are taken from the firmware at start-up */ return -ESRCH;
    case XEN_FW_EFI_APPLE_PROPERTIES: return -ENODATA;
    default: return -EINVAL;
    }
}
