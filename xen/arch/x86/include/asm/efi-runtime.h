/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The EFI parts of platform_op. A build without EFI has weak ones that refuse. Called with the
 * argument copied in; the caller copies it out after 0. Only where boot_info.efi.present.
 */
#ifndef ASM_EFI_RUNTIME_H
#define ASM_EFI_RUNTIME_H

#include <hv/types.h>

/* XEN_FW_EFI_INFO, by @info->index. 0 or -Exxx. */
long efi_firmware_info(struct xenpf_firmware_info *info);
/* XENPF_efi_runtime_call. 0 or -Exxx; the firmware's own answer goes to @call->status. */
long efi_runtime_call(struct xenpf_efi_runtime_call *call);

#endif
