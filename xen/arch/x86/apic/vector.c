/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Interrupt vectors: each device irq has one, the same on all CPUs. */
#include <hv/errno.h>
#include <hv/spinlock.h>

#include "private.h"

static struct spinlock lock = SPINLOCK_INIT;
/* irq + 1, so that 0 is free; written under lock, read by interrupts without. */
static uint16_t owner[256];

static bool vector_is_usable(unsigned int vector)
{
    return vector >= VECTOR_FIRST && vector <= VECTOR_LAST && vector != VECTOR_INT80 &&
           vector != VECTOR_INT82 && !owner[vector];
}

static bool block_is_free(unsigned int first, unsigned int count)
{
    for (unsigned int i = 0; i < count; i++)
        if (!vector_is_usable(first + i))
            return false;
    return true;
}

int vectors_alloc(unsigned int irq, unsigned int count)
{
    unsigned long flags = spin_lock_irqsave(&lock);
    int first = -ENOSPC;

    for (unsigned int v = ROUND_UP((unsigned int)VECTOR_FIRST, count); v + count <= VECTOR_LAST + 1;
         v += count) {
        if (!block_is_free(v, count))
            continue;
        for (unsigned int i = 0; i < count; i++)
            WRITE_ONCE(owner[v + i], (uint16_t)(irq + i + 1));
        first = (int)v;
        break;
    }
    spin_unlock_irqrestore(&lock, flags);
    return first;
}

void vectors_free(unsigned int vector, unsigned int count)
{
    unsigned long flags = spin_lock_irqsave(&lock);

    for (unsigned int i = 0; i < count; i++)
        WRITE_ONCE(owner[vector + i], 0);
    spin_unlock_irqrestore(&lock, flags);
}

unsigned int vector_irq(unsigned int vector)
{
    unsigned int n = READ_ONCE(owner[vector & 0xff]);

    return n ? n - 1 : IRQ_NONE;
}
