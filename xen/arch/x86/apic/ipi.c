/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Talking to other CPUs: kick them, run a function on them, stop them. */
#include <hv/smp.h>

#include <hv/percpu.h>
#include <hv/spinlock.h>
#include <hv/time.h>

#include <asm/irqflags.h>

#include "private.h"

#define STOP_WAIT_US 10000U /* before those that do not listen get an NMI */

/* The one call under way; a CPU's bit in @waiting is cleared by it, once it is done. */
static struct {
    struct spinlock lock; /* held by the caller from start to end */
    void (*fn)(void *arg);
    void *arg;
    struct cpumask waiting;
} call;

#define NO_CPU UINT32_MAX

static uint32_t stopper = NO_CPU; /* who stops all others */

void smp_kick(unsigned int cpu)
{
    lapic_send(cpu_apic_id[cpu], APIC_ICR_FIXED | APIC_ICR_ASSERT | VECTOR_EVENT_CHECK);
}

/* On a CPU that is asked; harmless if it was done already by polling. */
void ipi_call_handle(void)
{
    unsigned int cpu = smp_cpu_id();

    if (!cpumask_has(&call.waiting, cpu))
        return;
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
    call.fn(call.arg);
    cpumask_remove(&call.waiting, cpu);
}

/*
 * Two CPUs that call each other with interrupts off would wait for ever; so whoever waits with
 * interrupts off does what others ask of it.
 */
void smp_call_poll(void)
{
    if (!irq_is_enabled())
        ipi_call_handle();
    cpu_relax();
}

void smp_call(const struct cpumask *mask, void (*fn)(void *arg), void *arg)
{
    unsigned int self = smp_cpu_id(), cpu;
    struct cpumask others;
    unsigned long flags;

    cpumask_and(&others, mask, &cpu_online_map);
    cpumask_remove(&others, self);
    if (!cpumask_is_empty(&others)) {
        while (!spin_trylock(&call.lock))
            smp_call_poll();
        call.fn = fn;
        call.arg = arg;
        for_each_cpu (cpu, &others)
            cpumask_add(&call.waiting, cpu);
        for_each_cpu (cpu, &others)
            lapic_send(cpu_apic_id[cpu], APIC_ICR_FIXED | APIC_ICR_ASSERT | VECTOR_CALL);
    }
    if (cpumask_has(mask, self)) {
        flags = irq_save();
        fn(arg);
        irq_restore(flags);
    }
    if (cpumask_is_empty(&others))
        return;
    while (!cpumask_is_empty(&call.waiting))
        cpu_relax();
    spin_unlock(&call.lock);
}

bool smp_is_stopping(void)
{
    return READ_ONCE(stopper) != NO_CPU;
}

void smp_stop_self(void)
{
    irq_disable();
    cpumask_remove(&cpu_online_map, smp_cpu_id());
    for (;;)
        asm volatile("cli; hlt" ::: "memory");
}

static bool others_are_gone(unsigned int wait_us)
{
    for (unsigned int waited = 0; cpumask_weight(&cpu_online_map) > 1; waited += 10) {
        if (waited >= wait_us)
            return false;
        delay_us(10);
    }
    return true;
}

static void stop_send(uint32_t command)
{
    unsigned int cpu;

    for_each_cpu (cpu, &cpu_online_map)
        if (cpu != smp_cpu_id())
            lapic_send(cpu_apic_id[cpu], command | APIC_ICR_ASSERT);
}

void smp_stop_others(void)
{
    uint32_t self = smp_cpu_id(), owner = NO_CPU;

    /* Of two CPUs that panic together one goes on; it may call this again. */
    if (!__atomic_compare_exchange_n(&stopper, &owner, self, false, __ATOMIC_SEQ_CST,
                                     __ATOMIC_SEQ_CST) &&
        owner != self)
        smp_stop_self();
    if (cpumask_weight(&cpu_online_map) <= 1)
        return;
    stop_send(APIC_ICR_FIXED | VECTOR_STOP);
    if (others_are_gone(STOP_WAIT_US))
        return;
    stop_send(APIC_ICR_NMI);
    others_are_gone(STOP_WAIT_US);
}
