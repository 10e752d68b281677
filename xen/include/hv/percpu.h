/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Variables of which every CPU has its own copy.
 * The linker gathers them in .percpu; CPU n's copy lies at a constant offset from the template.
 */
#ifndef HV_PERCPU_H
#define HV_PERCPU_H

#include <hv/cpumask.h>

#include <asm/current.h>

#define DEFINE_PER_CPU(type, name)  __attribute__((section(".percpu"))) __typeof__(type) pcpu_##name
#define DECLARE_PER_CPU(type, name) extern __typeof__(type) pcpu_##name

extern uint64_t percpu_offset[NR_CPUS];     /* (c) after the CPU is up */
extern struct cpu_info *cpu_infos[NR_CPUS]; /* (c) after the CPU is up: its cpu_info() */

#define percpu_at(name, offset) ((__typeof__(pcpu_##name) *)((char *)&pcpu_##name + (offset)))
#define this_cpu(name)          (*percpu_at(name, cpu_info()->percpu_offset))
#define per_cpu(name, cpu)      (*percpu_at(name, percpu_offset[cpu]))

#endif
