/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Offsets of structure members for assembly; compiled to text, from which the build takes them. */
#include <hv/domain.h>
#include <hv/softirq.h>

#include <asm/current.h>

/* hypercall_exit looks at all reasons not to leave in one byte. */
_Static_assert(SOFTIRQ_MAX <= 8 && ARCH_WORK_NMI < 0x100, "softirqs and work fit into a byte");

#define DEFINE(sym, val)          asm volatile("\n.ascii \"->" #sym " %0\"" ::"i"(val))
#define OFFSET(sym, type, member) DEFINE(sym, offsetof(type, member))

void asm_offsets(void);
void asm_offsets(void)
{
    OFFSET(REGS_r15, struct cpu_user_regs, r15);
    OFFSET(REGS_rbx, struct cpu_user_regs, rbx);
    OFFSET(REGS_r11, struct cpu_user_regs, r11);
    OFFSET(REGS_r10, struct cpu_user_regs, r10);
    OFFSET(REGS_rax, struct cpu_user_regs, rax);
    OFFSET(REGS_rcx, struct cpu_user_regs, rcx);
    OFFSET(REGS_rdx, struct cpu_user_regs, rdx);
    OFFSET(REGS_rdi, struct cpu_user_regs, rdi);
    OFFSET(REGS_rsi, struct cpu_user_regs, rsi);
    OFFSET(REGS_r8, struct cpu_user_regs, r8);
    OFFSET(REGS_r9, struct cpu_user_regs, r9);
    OFFSET(REGS_rbp, struct cpu_user_regs, rbp);
    OFFSET(REGS_r12, struct cpu_user_regs, r12);
    OFFSET(REGS_r13, struct cpu_user_regs, r13);
    OFFSET(REGS_r14, struct cpu_user_regs, r14);
    OFFSET(REGS_error_code, struct cpu_user_regs, error_code);
    OFFSET(REGS_entry_vector, struct cpu_user_regs, entry_vector);
    OFFSET(REGS_rip, struct cpu_user_regs, rip);
    OFFSET(REGS_cs, struct cpu_user_regs, cs);
    OFFSET(REGS_rflags, struct cpu_user_regs, rflags);
    OFFSET(REGS_rsp, struct cpu_user_regs, rsp);
    OFFSET(REGS_ss, struct cpu_user_regs, ss);
    OFFSET(REGS_es, struct cpu_user_regs, es);
    DEFINE(REGS_SIZE, sizeof(struct cpu_user_regs));

    OFFSET(INFO_current, struct cpu_info, vcpu);
    OFFSET(INFO_softirq_pending, struct cpu_info, softirq_pending);
    OFFSET(INFO_scratch, struct cpu_info, scratch);
    DEFINE(CPU_INFO_SIZE, sizeof(struct cpu_info));

    OFFSET(VCPU_info, struct vcpu, info);
    OFFSET(VCPU_mode, struct vcpu, arch.mode);
    OFFSET(VCPU_cr3_kernel, struct vcpu, arch.cr3_kernel);
    OFFSET(VCPU_kernel_sp, struct vcpu, arch.pv.kernel_sp);
    OFFSET(VCPU_fast_syscall, struct vcpu, arch.fast.syscall);
    OFFSET(VCPU_fast_syscall_mask, struct vcpu, arch.fast.syscall_mask);
    OFFSET(VCPU_fast_pf, struct vcpu, arch.fast.pf);
    OFFSET(VCPU_fast_pf_mask, struct vcpu, arch.fast.pf_mask);
    OFFSET(VCPU_fast_event, struct vcpu, arch.fast.event);
    OFFSET(VCPU_fast_cr3_user, struct vcpu, arch.fast.cr3_user);
    OFFSET(VCPU_work, struct vcpu, arch.work);

    OFFSET(VCPUINFO_pending, vcpu_info_t, evtchn_upcall_pending);
    OFFSET(VCPUINFO_mask, vcpu_info_t, evtchn_upcall_mask);
    OFFSET(VCPUINFO_cr2, vcpu_info_t, arch.cr2);
}
