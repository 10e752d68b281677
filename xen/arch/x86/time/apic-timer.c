/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The alarm of each CPU: its local APIC's timer, by TSC deadline where there is that mode. */
#include <hv/printk.h>
#include <hv/softirq.h>
#include <hv/timer.h>

#include <asm/apic.h>
#include <asm/cpuid.h>
#include <asm/lapic.h>

#include "private.h"

/* Farther than this is never: 36 years, and no product below overflows. */
#define FAR_FUTURE (1LL << 60)

static struct clock_scale ns_to_apic;
static bool use_deadline; /* (c) after the first CPU's set-up */

void apic_timer_measure_start(void)
{
    lapic_write(APIC_LVT_TIMER, APIC_LVT_MASKED | VECTOR_TIMER);
    lapic_write(APIC_TIMER_DIV, APIC_TIMER_DIV_1);
    lapic_write(APIC_TIMER_INIT, 0xffffffff);
}

uint32_t apic_timer_measure_read(void)
{
    return 0xffffffff - lapic_read(APIC_TIMER_NOW);
}

void apic_timer_set_rate(uint64_t hz)
{
    use_deadline = cpu_features.tsc_deadline;
    if (!hz && !use_deadline)
        panic("the local APIC's timer does not count");
    if (hz)
        ns_to_apic = clock_scale_make((uint64_t)NS_PER_S, hz);
    printk(LOG_INFO "time: APIC timer runs at %lu kHz%s\n", hz / 1000,
           use_deadline ? ", TSC deadline mode used" : "");
}

void apic_timer_init_cpu(void)
{
    lapic_write(APIC_TIMER_INIT, 0);
    if (use_deadline) {
        lapic_write(APIC_LVT_TIMER, APIC_LVT_TSC_DEADLINE | VECTOR_TIMER);
        /* The SDM (10.5.4.1): in xAPIC mode a fence is needed before the first deadline. */
        asm volatile("mfence" ::: "memory");
        wrmsr(MSR_TSC_DEADLINE, 0);
    } else {
        lapic_write(APIC_TIMER_DIV, APIC_TIMER_DIV_1);
        lapic_write(APIC_LVT_TIMER, VECTOR_TIMER);
    }
}

void arch_timer_program(nstime_t when)
{
    uint64_t now_tsc, delta, ticks;
    nstime_t now;

    if (when >= FAR_FUTURE) {
        if (use_deadline)
            wrmsr(MSR_TSC_DEADLINE, 0);
        else
            lapic_write(APIC_TIMER_INIT, 0);
        return;
    }
    now_tsc = rdtsc_ordered();
    now = (nstime_t)clock_scale(tsc_to_ns, now_tsc - this_cpu(tsc_origin));
    delta = when > now ? (uint64_t)(when - now) : 0;
    /* One tick more, since both scales round down: an alarm must not come early. */
    if (use_deadline) {
        wrmsr(MSR_TSC_DEADLINE, now_tsc + clock_scale(ns_to_tsc, delta) + 1);
        return;
    }
    ticks = clock_scale(ns_to_apic, delta) + 1;
    lapic_write(APIC_TIMER_INIT, ticks > UINT32_MAX ? UINT32_MAX : (uint32_t)ticks);
}

void apic_timer_handle(void)
{
    softirq_raise(SOFTIRQ_TIMER);
}
