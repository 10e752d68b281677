/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The host's version of <hv/percpu.h>: arrays, so that the sanitizers see their ends. */
#ifndef HV_PERCPU_H
#define HV_PERCPU_H

#include <hv/cpumask.h>

#include <asm/current.h>

#define DEFINE_PER_CPU(type, name)  __typeof__(type) pcpu_##name[TEST_CPUS]
#define DECLARE_PER_CPU(type, name) extern __typeof__(type) pcpu_##name[TEST_CPUS]

extern struct cpu_info *cpu_infos[NR_CPUS];

#define this_cpu(name)     (pcpu_##name[smp_cpu_id()])
#define per_cpu(name, cpu) (pcpu_##name[cpu])

#endif
