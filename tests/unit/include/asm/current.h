/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Host tests' stand-in for <asm/current.h>: CPU 0, or with test_cpu_set() any other. Weak, so that
 * no test has to define the variables.
 */
#ifndef ASM_CURRENT_H
#define ASM_CURRENT_H

#include <hv/types.h>

struct vcpu;

#define TEST_CPUS 256

struct cpu_info {
    struct cpu_user_regs guest_regs;
    struct vcpu *vcpu;
    uint64_t percpu_offset;
    uint32_t cpu;
    uint32_t softirq_pending;
};

__attribute__((weak)) struct cpu_info test_cpu_infos[TEST_CPUS];
__attribute__((weak)) __thread unsigned int test_cpu;

#define test_cpu_info (test_cpu_infos[test_cpu])

static inline struct cpu_info *cpu_info(void)
{
    return &test_cpu_info;
}

static inline void test_cpu_set(unsigned int cpu)
{
    test_cpu = cpu;
    test_cpu_info.cpu = cpu;
}

#define current      (cpu_info()->vcpu)
#define smp_cpu_id() (cpu_info()->cpu)
#define guest_regs() (&cpu_info()->guest_regs)

#endif
