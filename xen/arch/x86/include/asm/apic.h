/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Interrupt controllers: what start-up and the entry code call. */
#ifndef ASM_APIC_H
#define ASM_APIC_H

#include <hv/types.h>

/* For every vector from 0x20 up (regs->entry_vector), interrupts off: dispatch and acknowledge. */
void interrupt_handle(struct cpu_user_regs *regs);

#endif
