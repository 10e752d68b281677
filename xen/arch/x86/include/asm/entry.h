/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the entry code calls. Each function's place in the flow is told in entry/. */
#ifndef ASM_ENTRY_H
#define ASM_ENTRY_H

#include <hv/types.h>

/* An exception that the guest caused. Interrupts are off on entry, on at return. (pv/) */
void exception_from_guest(struct cpu_user_regs *regs);
/* One that the hypervisor caused, on the stack it was on; returns if it can go on. */
void exception_from_hypervisor(struct cpu_user_regs *regs);
/* NMI, double fault, machine check, debug in the hypervisor: on stacks of their own. */
void exception_ist(struct cpu_user_regs *regs);
/* On their stacks; nmi= says whose business an NMI is. Return if all can go on. */
void nmi_handle(const struct cpu_user_regs *regs);
void machine_check_handle(const struct cpu_user_regs *regs);
/* Before the first NMI may come that is not fatal: once, on the boot CPU. */
void nmi_init(void);

/* True if the NMI asked this CPU for its registers (console key 'd'). */
bool cpus_dump_nmi(const struct cpu_user_regs *regs);

/* A fault of the hypervisor's at a guest address: true if it was resolved (lazy LDT page). */
bool pv_fault_in_hypervisor(struct cpu_user_regs *regs, vaddr_t addr);

/* Continues the current vcpu from cpu_info.guest_regs; never returns. */
void exit_to_guest(void) __attribute__((noreturn));

/* The last checks before a guest is entered: 0 if its frame is made, else look again. */
int pv_deliver_event(void);
int pv_deliver_work(void);

/* The slow ways of the SYSCALL entry. */
void pv_syscall_from_user(struct cpu_user_regs *regs);
void pv_bad_kernel_stack(struct cpu_user_regs *regs);
void pv_syscall32(struct cpu_user_regs *regs);
void pv_sysenter(struct cpu_user_regs *regs);
/* IRET to the guest met an exception: its vector in @fault's upper half, its error code below. */
void pv_iret_fault(struct cpu_user_regs *regs, uint64_t fault);

#endif
