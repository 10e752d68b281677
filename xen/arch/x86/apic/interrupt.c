/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where every interrupt from a controller arrives, and who gets it. */
#include <hv/printk.h>

#include <asm/time.h>

#include "private.h"

static void event_check(void)
{
    /* The interrupt itself was the message: softirqs run on the way out. */
}

static void apic_error(void)
{
    static unsigned int reported;

    lapic_write(APIC_ERROR, 0);
    if (reported++ < 10)
        printk(LOG_WARN "APIC error %#x\n", lapic_read(APIC_ERROR));
}

static void (*const system_handlers[16])(void) = {
    [VECTOR_EVENT_CHECK - VECTOR_SYSTEM] = event_check,
    [VECTOR_CALL - VECTOR_SYSTEM] = ipi_call_handle,
    [VECTOR_STOP - VECTOR_SYSTEM] = smp_stop_self,
    [VECTOR_TIMER - VECTOR_SYSTEM] = apic_timer_handle,
    [VECTOR_ERROR - VECTOR_SYSTEM] = apic_error,
};

void interrupt_handle(struct cpu_user_regs *regs)
{
    uint8_t vector = (uint8_t)regs->entry_vector;

    if (vector >= VECTOR_SYSTEM) {
        void (*handler)(void) = system_handlers[vector - VECTOR_SYSTEM];

        /* A spurious interrupt is not in service: an EOI would end another one. */
        if (vector == VECTOR_SPURIOUS)
            return;
        lapic_eoi();
        if (handler)
            handler();
        return;
    }
    if (vector >= VECTOR_FIRST)
        irq_dispatch(vector);
    /* Below: a spurious interrupt of the masked 8259s; nothing to acknowledge. */
}
