/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the files of the interrupt controllers. */
#ifndef APIC_PRIVATE_H
#define APIC_PRIVATE_H

#include <asm/apic.h>
#include <asm/lapic.h>

/* ipi.c: the handlers of the hypervisor's own vectors. */
void ipi_call_handle(void);

/*
 * vector.c: which irq a vector belongs to. Allocation has a lock of its own, look-up needs none.
 * @count (a power of two) consecutive vectors, aligned to @count, for as many irqs from @irq on:
 * the first, or -ENOSPC.
 */
#define IRQ_NONE 0xffffU
int vectors_alloc(unsigned int irq, unsigned int count);
void vectors_free(unsigned int vector, unsigned int count);
unsigned int vector_irq(unsigned int vector);

/* What kind of source an irq has. Called with the irq's lock held and interrupts off. */
struct irq_chip {
    void (*set_mask)(unsigned int irq, bool masked);
    void (*set_target)(unsigned int irq, uint32_t apic_id);
};

/* irq.c: gives an irq its source, masked, with a vector that is already its; takes it away. */
void irq_attach(unsigned int irq, const struct irq_chip *chip, unsigned int vector, bool level);
void irq_detach(unsigned int irq);
/* Brings the source to the irq's state again, after it was programmed anew. */
void irq_restart(unsigned int irq);
unsigned int irq_vector(unsigned int irq); /* 0: none */
uint32_t irq_target(unsigned int irq);     /* APIC id */
void irq_dispatch(unsigned int vector);

#endif
