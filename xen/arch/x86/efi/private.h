/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the parts of the EFI code. */
#ifndef EFI_PRIVATE_H
#define EFI_PRIVATE_H

#include <asm/efi-abi.h>

#define EFI_REVISION_2_00 0x20000U
#define EFI_VENDOR_LENGTH 64

extern struct efi_system_table efi_system;      /* (c) a copy; all zeroes without EFI */
extern struct efi_runtime_services efi_runtime; /* (c) a copy; all zeroes if they are not in use */
extern uint16_t efi_vendor[EFI_VENDOR_LENGTH];  /* (c) UTF-16, ends in a NUL */

/*
 * Calls a runtime service (an address from efi_runtime) with up to five arguments. Pointers must be
 * to the hypervisor's memory. EFI_UNSUPPORTED for address 0. Takes the EFI lock.
 */
efi_status_t efi_call(uint64_t service, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e);

#define efi_arg(p) ((uint64_t)(uintptr_t)(p))

#endif
