/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Machine checks: errors that the hardware found in itself (SDM vol. 3, chapter 15). */
#ifndef ASM_MACHINE_CHECK_H
#define ASM_MACHINE_CHECK_H

#include <hv/types.h>

/* What the worst bank of this CPU holds. */
struct machine_check {
    uint64_t global; /* MCG_STATUS */
    uint32_t bank;
    uint64_t status, address;
    bool fatal; /* what was interrupted cannot go on */
};

/* Switches reporting on and clears what the firmware left; on each CPU, its IDT loaded. */
void machine_check_cpu_init(void);

/* In the handler: reads and clears the banks. Takes no lock. */
void machine_check_read(struct machine_check *mc);

#endif
