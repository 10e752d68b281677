/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bringing a CPU into the state that the hypervisor runs in. */
#ifndef ASM_CPU_H
#define ASM_CPU_H

#include <hv/percpu.h>
#include <hv/types.h>

extern struct cpu_info *cpu_infos[NR_CPUS]; /* (c) once the CPU has stacks */

/*
 * Stacks, per-CPU data and descriptor-table window for a CPU that is not up. Its struct cpu_info
 * has cpu and percpu_offset set. Null if memory is out.
 */
struct cpu_info *cpu_stack_alloc(unsigned int cpu);
/* The same for the boot CPU, whose stack is there; once page tables are final. */
void cpu_setup_boot(void);

/* On the CPU itself: descriptor tables, SYSCALL, control registers, extended state. */
void cpu_init(void);

/* First C code of a CPU that was started (never returns). */
void secondary_start(unsigned int cpu) __attribute__((noreturn));

/* The windows of this CPU's descriptor tables. */
uint64_t cpu_window(unsigned int cpu);

/* Puts stac and clac where they belong, if the CPU has SMAP. Once, on the boot CPU. */
void smap_patch(void);

extern uint64_t hv_cr4; /* (c) CR4 as the hypervisor runs, on every CPU */

#endif
