/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine's end; machine_restart() and machine_halt() are in <hv/domain.h>. */
#ifndef ASM_POWER_H
#define ASM_POWER_H

/* Switches the machine off (ACPI S5); returns only if that did not work. Other CPUs are stopped. */
void acpi_power_off(void);

#endif
