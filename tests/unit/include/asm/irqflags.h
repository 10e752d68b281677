/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Host tests' stand-in for <asm/irqflags.h>: the interrupt flag is a variable. */
#ifndef ASM_IRQFLAGS_H
#define ASM_IRQFLAGS_H

#include <stdbool.h>

#define FLAGS_IF 0x200UL

__attribute__((weak)) unsigned long test_irq_flags = FLAGS_IF; /* one for the whole test */

static inline void irq_disable(void)
{
    test_irq_flags &= ~FLAGS_IF;
}

static inline void irq_enable(void)
{
    test_irq_flags |= FLAGS_IF;
}

static inline unsigned long irq_flags(void)
{
    return test_irq_flags;
}

static inline bool irq_is_enabled(void)
{
    return irq_flags() & FLAGS_IF;
}

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
}

#endif
