/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Guest memory by guest virtual address, in the address space of the current vcpu.
 * Copies in or out stop at the first fault; hypervisor addresses are refused.
 */
#ifndef HV_GUEST_ACCESS_H
#define HV_GUEST_ACCESS_H

#include <hv/types.h>

/* 0 or -EFAULT. May fault in the guest's page tables' sense only; never sleeps. */
int guest_copy_from(void *dst, const void *guest_src, size_t size) __must_check;
int guest_copy_to(void *guest_dst, const void *src, size_t size) __must_check;
int guest_clear(void *guest_dst, size_t size) __must_check;

/*
 * By handle, with the element at @index: guest_read(&local, handle, index).
 * The handle's element type gives the size; 0 or -EFAULT.
 */
#define guest_read(local, handle, index)         \
    guest_copy_from(local, (handle).p + (index), \
                    sizeof(*(local)) + 0 * sizeof((local) == (handle).p))
#define guest_write(handle, index, local) \
    guest_copy_to((handle).p + (index), local, sizeof(*(local)) + 0 * sizeof((local) == (handle).p))

#endif
