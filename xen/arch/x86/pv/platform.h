/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * platform_op: its sub-operations, by their ABI names. The argument is copied in already; results
 * stand in it and are copied out where the table of platform.c says so. 0 or -Exxx.
 */
#ifndef PV_PLATFORM_H
#define PV_PLATFORM_H

#include <hv/types.h>

long platform_settime32(struct xen_platform_op *op);
long platform_settime64(struct xen_platform_op *op);
long platform_quirk(struct xen_platform_op *op);
long platform_get_symbol(struct xen_platform_op *op);

long platform_enter_acpi_sleep(struct xen_platform_op *op);
long platform_change_freq(struct xen_platform_op *op);
long platform_set_processor_pminfo(struct xen_platform_op *op);
long platform_core_parking(struct xen_platform_op *op);

long platform_getidletime(struct xen_platform_op *op);
long platform_get_cpuinfo(struct xen_platform_op *op);
long platform_get_cpu_version(struct xen_platform_op *op);
long platform_cpu_online(struct xen_platform_op *op);
long platform_cpu_offline(struct xen_platform_op *op);

long platform_add_memtype(struct xen_platform_op *op);
long platform_del_memtype(struct xen_platform_op *op);
long platform_read_memtype(struct xen_platform_op *op);
/* Answers the number of entries done. */
long platform_resource_op(struct xen_platform_op *op);

long platform_firmware_info(struct xen_platform_op *op);
long platform_efi_runtime_call(struct xen_platform_op *op);

#endif
