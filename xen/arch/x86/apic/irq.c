/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Device interrupts: who handles which, masked or not, delivered where.
 * A level-triggered one is masked at its source and acknowledged at the local APIC at once, so that
 * a slow guest holds up nobody else; irq_end() unmasks it.
 */
#include <hv/irq.h>

#include <hv/cpumask.h>
#include <hv/debug.h>
#include <hv/errno.h>
#include <hv/printk.h>
#include <hv/spinlock.h>

#include "private.h"

/* (l) under lock */
struct irq {
    struct spinlock lock;
    uint8_t vector;                               /* (l) 0: the irq does not exist */
    bool level;                                   /* (l) */
    bool masked;                                  /* (l) by irq_mask() */
    bool in_service;                              /* (l) level: since it came, until irq_end() */
    uint32_t cpu;                                 /* (l) where it is delivered */
    uint32_t running;                             /* (l) handlers at work */
    const struct irq_chip *chip;                  /* (l) */
    void (*handler)(unsigned int irq, void *arg); /* (l) */
    void *arg;                                    /* (l) */
};

static struct irq irqs[NR_IRQS];

static struct irq *irq_get(unsigned int irq)
{
    return irq < NR_IRQS ? &irqs[irq] : NULL;
}

/* Makes the source what the state says. */
static void mask_apply_locked(unsigned int irq, const struct irq *i)
{
    if (i->chip)
        i->chip->set_mask(irq, i->masked || i->in_service);
}

void irq_attach(unsigned int irq, const struct irq_chip *chip, unsigned int vector, bool level)
{
    struct irq *i = &irqs[irq];
    unsigned long flags = spin_lock_irqsave(&i->lock);

    i->chip = chip;
    i->vector = (uint8_t)vector;
    i->level = level;
    i->masked = !i->handler;
    i->in_service = false;
    spin_unlock_irqrestore(&i->lock, flags);
}

void irq_detach(unsigned int irq)
{
    struct irq *i = &irqs[irq];
    unsigned long flags = spin_lock_irqsave(&i->lock);

    i->masked = true;
    mask_apply_locked(irq, i);
    i->chip = NULL;
    i->vector = 0;
    i->cpu = 0;
    spin_unlock_irqrestore(&i->lock, flags);
}

void irq_restart(unsigned int irq)
{
    struct irq *i = &irqs[irq];
    unsigned long flags = spin_lock_irqsave(&i->lock);

    mask_apply_locked(irq, i);
    spin_unlock_irqrestore(&i->lock, flags);
}

unsigned int irq_vector(unsigned int irq)
{
    return irqs[irq].vector;
}

uint32_t irq_target(unsigned int irq)
{
    return cpu_apic_id[irqs[irq].cpu];
}

int irq_request(unsigned int irq, void (*handler)(unsigned int irq, void *arg), void *arg)
{
    struct irq *i = irq_get(irq);
    unsigned long flags;
    int rc = 0;

    if (!i)
        return -EINVAL;
    flags = spin_lock_irqsave(&i->lock);
    if (!i->chip) {
        rc = -EINVAL;
    } else if (i->handler) {
        rc = -EBUSY;
    } else {
        i->handler = handler;
        i->arg = arg;
        i->masked = false;
        i->in_service = false;
        mask_apply_locked(irq, i);
    }
    spin_unlock_irqrestore(&i->lock, flags);
    return rc;
}

void irq_release(unsigned int irq)
{
    struct irq *i = irq_get(irq);
    unsigned long flags;

    if (!i)
        return;
    flags = spin_lock_irqsave(&i->lock);
    i->handler = NULL;
    i->masked = true;
    i->in_service = false;
    mask_apply_locked(irq, i);
    /* The caller may free what the handler uses. */
    while (i->running) {
        spin_unlock_irqrestore(&i->lock, flags);
        cpu_relax();
        flags = spin_lock_irqsave(&i->lock);
    }
    spin_unlock_irqrestore(&i->lock, flags);
}

static void mask_set(unsigned int irq, bool masked)
{
    struct irq *i = irq_get(irq);
    unsigned long flags;

    if (!i)
        return;
    flags = spin_lock_irqsave(&i->lock);
    if (i->masked != masked) {
        i->masked = masked;
        mask_apply_locked(irq, i);
    }
    spin_unlock_irqrestore(&i->lock, flags);
}

void irq_mask(unsigned int irq)
{
    mask_set(irq, true);
}

void irq_unmask(unsigned int irq)
{
    mask_set(irq, false);
}

void irq_end(unsigned int irq)
{
    struct irq *i = irq_get(irq);
    unsigned long flags;

    if (!i)
        return;
    flags = spin_lock_irqsave(&i->lock);
    if (i->in_service) {
        i->in_service = false;
        mask_apply_locked(irq, i);
    }
    spin_unlock_irqrestore(&i->lock, flags);
}

bool irq_is_level(unsigned int irq)
{
    const struct irq *i = irq_get(irq);

    return i && i->level;
}

void irq_set_affinity(unsigned int irq, unsigned int cpu)
{
    struct irq *i = irq_get(irq);
    unsigned long flags;

    /* Without interrupt remapping a device can only name ids of 8 bits; 255 is everybody. */
    if (!i || cpu >= NR_CPUS || !cpumask_has(&cpu_online_map, cpu) || cpu_apic_id[cpu] > 254)
        return;
    flags = spin_lock_irqsave(&i->lock);
    if (i->chip && i->cpu != cpu) {
        i->cpu = cpu;
        i->chip->set_target(irq, cpu_apic_id[cpu]);
    }
    spin_unlock_irqrestore(&i->lock, flags);
}

void irq_dispatch(unsigned int vector)
{
    unsigned int irq = vector_irq(vector);
    void (*handler)(unsigned int irq, void *arg);
    struct irq *i;
    void *arg;

    if (irq == IRQ_NONE) {
        lapic_eoi(); /* came while its irq was being taken away */
        return;
    }
    i = &irqs[irq];
    spin_lock(&i->lock);
    if (i->level) {
        i->in_service = true;
        mask_apply_locked(irq, i);
    }
    lapic_eoi();
    handler = i->handler;
    arg = i->arg;
    if (handler)
        i->running++;
    spin_unlock(&i->lock);
    if (!handler)
        return;
    handler(irq, arg);
    spin_lock(&i->lock);
    i->running--;
    spin_unlock(&i->lock);
}

/* Without locks, so it may be out of date. */
static void dump(void)
{
    for (unsigned int irq = 0; irq < NR_IRQS; irq++) {
        const struct irq *i = &irqs[irq];

        if (i->handler)
            printk("irq %3u: vector %#x, CPU %u, %s%s%s, running on %u\n", irq, i->vector, i->cpu,
                   i->level ? "level" : "edge", i->masked ? ", masked" : "",
                   i->in_service ? ", in service" : "", i->running);
    }
}
DEFINE_CONSOLE_KEY(irqs, 'i', "interrupts in use", dump);
