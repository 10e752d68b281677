/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Host tests' stand-in for <asm/current.h>: one CPU, whose cpu_info the test fills in. */
#ifndef ASM_CURRENT_H
#define ASM_CURRENT_H

#include <hv/types.h>

struct vcpu;

struct cpu_info {
    struct cpu_user_regs guest_regs;
    struct vcpu *current;
    uint64_t percpu_offset;
    uint32_t cpu;
    uint32_t softirq_pending;
};

__attribute__((weak)) struct cpu_info test_cpu_info; /* one for the whole test */

static inline struct cpu_info *cpu_info(void)
{
    return &test_cpu_info;
}

#define current      (cpu_info()->current)
#define smp_cpu_id() (cpu_info()->cpu)
#define guest_regs() (&cpu_info()->guest_regs)

#endif
