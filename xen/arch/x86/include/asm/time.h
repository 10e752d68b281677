/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Time on x86: the TSC is the clock, the local APIC's timer the alarm. */
#ifndef ASM_TIME_H
#define ASM_TIME_H

#include <hv/percpu.h>
#include <hv/time.h>

/*
 * Turns ticks of one clock into another's: ((x << shift) * mul) >> 32, a negative shift to the
 * right. These are the numbers, and this is the rounding, that PV guests use for the TSC, so that
 * their time and ours agree to the nanosecond.
 */
struct clock_scale {
    uint32_t mul;
    int8_t shift;
};

/* The best scale from @from_hz to @to_hz, both not 0: mul has its top bit set. */
struct clock_scale clock_scale_make(uint64_t from_hz, uint64_t to_hz);

static inline uint64_t clock_scale(struct clock_scale s, uint64_t x)
{
    x = s.shift < 0 ? x >> -s.shift : x << s.shift;
    return (uint64_t)(((unsigned __int128)x * s.mul) >> 32);
}

extern uint64_t tsc_hz;            /* (c) after time_init() */
extern bool tsc_is_stable;         /* (c) same rate always, and in step on all CPUs */
extern struct clock_scale tsc_to_ns, ns_to_tsc; /* (c) */

/* The TSC value that was system time 0, on this CPU. (c) after the CPU is up */
DECLARE_PER_CPU(uint64_t, tsc_origin);

/* Calibrates the TSC and starts system time; then the boot CPU's timer. */
void time_init(void);

/*
 * Finds the new CPU's TSC origin by comparing with the boot CPU: tsc_sync_ap() runs on the new one
 * while tsc_sync_bsp() runs on the boot CPU for it.
 */
void tsc_sync_bsp(unsigned int cpu);
void tsc_sync_ap(void);

/* The alarm of this CPU, apic-timer.c: set-up on each CPU, calibration window on the first. */
void apic_timer_init_cpu(void);
void apic_timer_handle(void); /* the vector */

/* Writes the secondary time area afresh, after the guest registered one; on the vcpu itself. */
void vcpu_time_area_update(struct vcpu *v);

#endif
