/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Interrupt controllers: what start-up and the entry code call, and who uses which vector. */
#ifndef ASM_APIC_H
#define ASM_APIC_H

#include <hv/types.h>

/*
 * Vectors. 0x20-0x2f: the 8259s, masked, only spurious ones come. 0x30-0xef: devices, without 0x80
 * and 0x82, which are software interrupts of guests. From 0xf0: the hypervisor's own.
 */
#define VECTOR_PIC         0x20
#define VECTOR_FIRST       0x30
#define VECTOR_LAST        0xef
#define VECTOR_INT80       0x80
#define VECTOR_INT82       0x82
#define VECTOR_SYSTEM      0xf0
#define VECTOR_EVENT_CHECK 0xf9 /* look at pending softirqs */
#define VECTOR_CALL        0xfa /* smp_call() */
#define VECTOR_STOP        0xfb
#define VECTOR_TIMER       0xfc
#define VECTOR_ERROR       0xfe
#define VECTOR_SPURIOUS    0xff

/* In the order in which start-up calls them. */
void pic_init(void);
void lapic_init_bsp(void);
void lapic_init_ap(void); /* on the new CPU, interrupts off */
void ioapic_init(void);

/*
 * A register of the I/O APIC at @base, for the control domain to see. 0, or -EINVAL if there is no
 * such I/O APIC or register.
 */
int ioapic_read(paddr_t base, unsigned int reg, uint32_t *value);

/* For every vector from 0x20 up (regs->entry_vector), interrupts off: dispatch and acknowledge. */
void interrupt_handle(struct cpu_user_regs *regs);

/*
 * The NMI handler asks this first: true if other CPUs are being stopped (panic, power-off); then
 * it calls smp_stop_self().
 */
bool smp_is_stopping(void);
void smp_stop_self(void) __noreturn;

#endif
