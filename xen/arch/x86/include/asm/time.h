/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Time on x86: the TSC is the clock, the local APIC's timer the alarm. */
#ifndef ASM_TIME_H
#define ASM_TIME_H

#include <hv/percpu.h>
#include <hv/time.h>

#include <asm/clock-scale.h>

extern uint64_t tsc_hz;                         /* (c) after time_init() */
extern bool tsc_is_stable;                      /* (c) same rate always, and in step on all CPUs */
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

#endif
