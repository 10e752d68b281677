/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What this CPU is doing. Every CPU has one aligned block of stacks; struct cpu_info lies at its
 * top, so any stack pointer of the CPU leads to it (interrupt stacks included).
 */
#ifndef ASM_CURRENT_H
#define ASM_CURRENT_H

#define STACK_ORDER 3 /* pages, as a power of two */
#define STACK_SIZE  (4096 << STACK_ORDER)

#ifndef __ASSEMBLY__
#include <hv/types.h>

struct vcpu;

struct cpu_info {
    struct cpu_user_regs guest_regs; /* the guest's registers while the hypervisor runs */
    struct vcpu *vcpu;               /* who runs here: current */
    uint64_t percpu_offset;
    uint32_t cpu;             /* this CPU's id */
    uint32_t softirq_pending; /* one bit per softirq; raised by interrupts and other CPUs */
    uint64_t scratch[3];      /* for the entry code */
};

/* The processor aligns the stack before it pushes a frame: guest_regs.es must be aligned so. */
_Static_assert((sizeof(struct cpu_info) - offsetof(struct cpu_info, guest_regs.es)) % 16 == 0,
               "the frame that the processor pushes must end at guest_regs.es");

static inline struct cpu_info *cpu_info(void)
{
    unsigned long sp;

    asm("mov %%rsp, %0" : "=r"(sp));
    return (struct cpu_info *)((sp | (STACK_SIZE - 1)) + 1) - 1;
}

#define current      (cpu_info()->vcpu)
#define smp_cpu_id() (cpu_info()->cpu)
#define guest_regs() (&cpu_info()->guest_regs)

#endif
#endif
