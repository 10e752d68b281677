/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The EFI firmware after start-up: its runtime services and what it told us. */
#ifndef HV_EFI_H
#define HV_EFI_H

#include <hv/types.h>

/*
 * Takes copies of the firmware's tables and makes the page table for its runtime services. Once, on
 * the boot CPU, when the frame allocator is up; does nothing on a BIOS machine.
 */
void efi_init(void);

/*
 * ResetSystem: the machine ends. Returns where there are no runtime services, or if the firmware
 * fails. Interrupts off, other CPUs stopped; takes no lock, so it also serves a panic.
 */
void efi_reset(bool power_off);

/*
 * XENPF_efi_runtime_call. @op is our copy; on 0 the caller copies it back to the guest. Reads and
 * writes the guest buffers that it names, in the current vcpu's address space. What the firmware
 * answers is in op->status. -ENODEV without EFI; -EOPNOTSUPP for what we do not pass on; -EINVAL
 * for unknown functions and flags; -EFAULT, -ENOMEM; -E2BIG for buffers beyond 1 MiB.
 */
int efi_runtime_call(struct xenpf_efi_runtime_call *op) __must_check;

/*
 * XENPF_firmware_info of type XEN_FW_EFI_INFO, in the same manner. -ENODEV without EFI; -EINVAL for
 * an unknown index; -ESRCH for memory or a device that the firmware does not know; -ENODATA,
 * -EFAULT.
 */
int efi_firmware_info(uint32_t index, union xenpf_efi_info *info) __must_check;

#endif
