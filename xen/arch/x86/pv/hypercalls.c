/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of hypercalls of 64-bit PV guests, indexed by number; and multicall, which uses it. */
#include <hv/console.h>
#include <hv/ctl.h>
#include <hv/errno.h>
#include <hv/event.h>
#include <hv/grant.h>
#include <hv/guest-access.h>
#include <hv/hypercall.h>
#include <hv/memory.h>
#include <hv/percpu.h>
#include <hv/sched.h>
#include <hv/speculation.h>
#include <hv/vcpu-op.h>

#include <asm/current.h>
#include <asm/pv.h>

#define HYPERCALLS 56 /* as in entry/macros.h */

static long not_there(unsigned long a1 __unused, unsigned long a2 __unused,
                      unsigned long a3 __unused, unsigned long a4 __unused,
                      unsigned long a5 __unused)
{
    return -ENOSYS;
}

static hypercall_fn get(unsigned int op);

/* A multicall's call was preempted: its entry is rewritten instead of the registers. */
static DEFINE_PER_CPU(struct multicall_entry *, multicall_current);

static long do_multicall(unsigned long ulist, unsigned long count, unsigned long a3 __unused,
                         unsigned long a4 __unused, unsigned long a5 __unused)
{
    struct multicall_entry *list = (struct multicall_entry *)ulist, e;

    if (this_cpu(multicall_current)) /* not within another */
        return -EINVAL;
    for (unsigned long i = 0; i < count; i++) {
        uint64_t op;

        if (i && hypercall_preempt_check())
            return hypercall_continue(__HYPERVISOR_multicall, (unsigned long)(list + i), count - i,
                                      0, 0);
        if (guest_copy_from(&e, &list[i], sizeof(e)))
            return -EFAULT;
        op = e.op;
        this_cpu(multicall_current) = &e;
        e.result = (unsigned long)(op < HYPERCALLS && op != __HYPERVISOR_iret
                                       ? get((unsigned int)op)(e.args[0], e.args[1], e.args[2],
                                                               e.args[3], e.args[4])
                                       : -ENOSYS);
        this_cpu(multicall_current) = NULL;
        if (e.op != op || (long)e.result == -ERESTART) { /* to be continued */
            e.op = op;
            if (guest_copy_to(&list[i], &e, sizeof(e)))
                return -EFAULT;
            return hypercall_continue(__HYPERVISOR_multicall, (unsigned long)(list + i), count - i,
                                      0, 0);
        }
        if (guest_copy_to(&list[i].result, &e.result, sizeof(e.result)))
            return -EFAULT;
    }
    return 0;
}

/* Every number has a function, so that the entry code needs no check but of the range. */
#pragma GCC diagnostic ignored "-Woverride-init"
const hypercall_fn hypercall_table[HYPERCALLS] = {
    [0 ... HYPERCALLS - 1] = not_there,
    [__HYPERVISOR_set_trap_table] = do_set_trap_table,
    [__HYPERVISOR_mmu_update] = do_mmu_update,
    [__HYPERVISOR_set_gdt] = do_set_gdt,
    [__HYPERVISOR_stack_switch] = do_stack_switch,
    [__HYPERVISOR_set_callbacks] = do_set_callbacks,
    [__HYPERVISOR_fpu_taskswitch] = do_fpu_taskswitch,
    [__HYPERVISOR_platform_op] = do_platform_op,
    [__HYPERVISOR_set_debugreg] = do_set_debugreg,
    [__HYPERVISOR_get_debugreg] = do_get_debugreg,
    [__HYPERVISOR_update_descriptor] = do_update_descriptor,
    [__HYPERVISOR_memory_op] = do_memory_op,
    [__HYPERVISOR_multicall] = do_multicall,
    [__HYPERVISOR_update_va_mapping] = do_update_va_mapping,
    [__HYPERVISOR_set_timer_op] = do_set_timer_op,
    [__HYPERVISOR_xen_version] = do_xen_version,
    [__HYPERVISOR_console_io] = do_console_io,
    [__HYPERVISOR_grant_table_op] = do_grant_table_op,
    [__HYPERVISOR_vm_assist] = do_vm_assist,
    [__HYPERVISOR_update_va_mapping_otherdomain] = do_update_va_mapping_otherdomain,
    [__HYPERVISOR_iret] = do_iret,
    [__HYPERVISOR_vcpu_op] = do_vcpu_op,
    [__HYPERVISOR_set_segment_base] = do_set_segment_base,
    [__HYPERVISOR_mmuext_op] = do_mmuext_op,
    [__HYPERVISOR_nmi_op] = do_nmi_op,
    [__HYPERVISOR_sched_op] = do_sched_op,
    [__HYPERVISOR_callback_op] = do_callback_op,
    [__HYPERVISOR_event_channel_op] = do_event_channel_op,
    [__HYPERVISOR_sysctl] = do_sysctl,
    [__HYPERVISOR_domctl] = do_domctl,
    [__HYPERVISOR_physdev_op] = do_physdev_op,
};

static hypercall_fn get(unsigned int op)
{
    return hypercall_table[index_clamp(op, HYPERCALLS)];
}

bool hypercall_preempt_check(void)
{
    return READ_ONCE(cpu_info()->softirq_pending);
}

long hypercall_continue(unsigned int op, unsigned long a1, unsigned long a2, unsigned long a3,
                        unsigned long a4)
{
    struct multicall_entry *e = this_cpu(multicall_current);
    struct cpu_user_regs *regs = guest_regs();

    if (e) {
        e->args[0] = a1;
        e->args[1] = a2;
        e->args[2] = a3;
        e->args[3] = a4;
        return -ERESTART;
    }
    regs->rip -= 2; /* SYSCALL again */
    regs->rdi = a1;
    regs->rsi = a2;
    regs->rdx = a3;
    regs->r10 = a4;
    return op;
}
