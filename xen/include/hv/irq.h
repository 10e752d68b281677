/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Device interrupts by number: 0..nr_gsis-1 are the I/O APICs' inputs (GSIs), those above are
 * message-signalled ones, allocated. The guest's side (pirq) is bound by event/pirq.c.
 */
#ifndef HV_IRQ_H
#define HV_IRQ_H

#include <hv/types.h>

#define NR_IRQS 1024U

extern unsigned int nr_gsis; /* (c) after the I/O APICs are found */

/*
 * What is done when the interrupt comes: in interrupt context, interrupts off. The irq is unmasked.
 * 0, -EINVAL (no such irq, or a GSI that was not set up), -EBUSY (somebody has it).
 */
int irq_request(unsigned int irq, void (*handler)(unsigned int irq, void *arg), void *arg);
/* Masks it; a handler that is running is waited for. */
void irq_release(unsigned int irq);

/* Mask and unmask at the source; callable with interrupts off. */
void irq_mask(unsigned int irq);
void irq_unmask(unsigned int irq);
/* A level-triggered interrupt stays unacknowledged at the local APIC until this is called. */
void irq_end(unsigned int irq);

/* Programs a GSI's trigger and polarity (once; -EEXIST semantics are the caller's). 0 or -EINVAL.
 */
int irq_gsi_setup(unsigned int gsi, bool level, bool active_low);
bool irq_is_level(unsigned int irq);
/* Where the interrupt is delivered. */
void irq_set_affinity(unsigned int irq, unsigned int cpu);

struct msi_request {
    uint16_t segment;
    uint8_t bus, devfn;
    bool msix;
    uint16_t entry;      /* MSI-X table entry */
    uint16_t count;      /* MSI vectors, a power of two; 1 for MSI-X */
    uint64_t table_base; /* MSI-X table's address, from the guest; checked against the BAR */
};

/* Allocates @count consecutive irqs for the device and programs its capability. 0 or -Exxx. */
int msi_enable(const struct msi_request *req, unsigned int *irq);
void msi_disable(unsigned int irq);
/* Whether these bytes of a function's configuration hold a message that is in use. */
bool msi_owns_config(uint16_t segment, uint8_t bus, uint8_t devfn, unsigned int reg,
                     unsigned int size);
/* Programs a function's messages again, after it lost them in a reset or sleep. */
void msi_restore(uint16_t segment, uint8_t bus, uint8_t devfn);

#endif
