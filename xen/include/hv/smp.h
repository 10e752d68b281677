/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Talking to other CPUs. */
#ifndef HV_SMP_H
#define HV_SMP_H

#include <hv/cpumask.h>

/*
 * Runs fn(arg) on the CPUs of @mask (this one included if it is in it), in interrupt context, and
 * waits until all have done so. Interrupts on; no lock that those CPUs may wait for.
 */
void smp_call(const struct cpumask *mask, void (*fn)(void *arg), void *arg);

/*
 * For who waits for another CPU with interrupts off: does what others ask of this one by
 * smp_call(), so that they do not wait for each other. Does nothing with interrupts on.
 */
void smp_call_poll(void);

/* Where a CPU is: numbers within the machine, but the core's within its socket. */
struct cpu_place {
    uint32_t core, socket, node;
};
/* Known before the CPU runs, once it has an APIC id. */
void smp_cpu_place(unsigned int cpu, struct cpu_place *place);

/* Interrupts @cpu so that it looks at its pending softirqs. Callable anywhere. */
void smp_kick(unsigned int cpu);

/* Stops all other CPUs for good; used by panic and power-off. */
void smp_stop_others(void);

/* Brings up every CPU that the ACPI tables name (maxcpus=). */
void smp_boot_all(void);

#endif
