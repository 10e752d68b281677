/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The interrupt flag of this CPU. */
#ifndef ASM_IRQFLAGS_H
#define ASM_IRQFLAGS_H

#include <stdbool.h>

#define FLAGS_IF 0x200UL

static inline void irq_disable(void)
{
    asm volatile("cli" ::: "memory");
}

static inline void irq_enable(void)
{
    asm volatile("sti" ::: "memory");
}

static inline unsigned long irq_flags(void)
{
    unsigned long flags;

    asm volatile("pushfq; popq %0" : "=r"(flags));
    return flags;
}

static inline bool irq_is_enabled(void)
{
    return irq_flags() & FLAGS_IF;
}

/* Disables interrupts and returns what irq_restore() needs. */
static inline unsigned long irq_save(void)
{
    unsigned long flags = irq_flags();

    irq_disable();
    return flags;
}

static inline void irq_restore(unsigned long flags)
{
    if (flags & FLAGS_IF)
        irq_enable();
}

static inline void cpu_relax(void)
{
    asm volatile("pause" ::: "memory");
}

#endif
