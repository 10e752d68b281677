/* SPDX-License-Identifier: GPL-2.0-or-later */
/* platform_op about the firmware: what a BIOS was asked at start-up, and EFI. */
#include <hv/boot-info.h>
#include <hv/efi.h>
#include <hv/errno.h>

#include <asm/mm.h>

#include "platform.h"

#define BDA_SHIFT_FLAGS 0x417U /* the BIOS data area's copy of what int 0x16 answers */

/*
 * A BIOS can only be asked in real mode, which we have left behind when we start; so there are no
 * disk tables, and no data about the screen but the boot loader's.
 */
long platform_firmware_info(struct xen_platform_op *op)
{
    struct xenpf_firmware_info *info = &op->u.firmware_info;

    switch (info->type) {
    case XEN_FW_DISK_INFO:
    case XEN_FW_DISK_MBR_SIGNATURE: return -ESRCH;
    case XEN_FW_VBEDDC_INFO: return info->index ? -ESRCH : -EOPNOTSUPP;
    case XEN_FW_EFI_INFO:
        if (!boot_info.efi.present)
            return -ENOSYS;
        return efi_firmware_info(info->index, &info->u.efi_info);
    case XEN_FW_KBD_SHIFT_FLAGS:
        if (info->index)
            return -ESRCH;
        info->u.kbd_shift_flags = boot_info.efi.present
                                      ? 0
                                      : *(const uint8_t *)phys_to_virt(BDA_SHIFT_FLAGS);
        return 0;
    default: return -EINVAL;
    }
}

long platform_efi_runtime_call(struct xen_platform_op *op)
{
    return !boot_info.efi.present ? -ENOSYS : efi_runtime_call(&op->u.efi_runtime_call);
}
