/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Watchdogs, NMIs to a vcpu, vcpus beyond shared_info's 32, what sched_op refuses. */
/* smp: 2 */
/* options: dom0_max_vcpus=40 */
#include "entries.h"
#include "pages.h"
#include "traps.h"

#define FAR 33

static volatile uint8_t page_aligned far_info[4096];
static uint8_t __attribute__((aligned(16))) far_stack[8192];
static struct vcpu_guest_context context;
static volatile unsigned int nmis, far_turns;

static bool hook(struct trap_frame *frame)
{
    if (frame->vector != ENTRY_NMI)
        return false;
    nmis++;
    return true;
}

static long watchdog(uint32_t id, uint32_t timeout)
{
    struct sched_watchdog op = { .id = id, .timeout = timeout };

    return sched_op(SCHEDOP_watchdog, &op);
}

static void test_watchdog(void)
{
    long id = watchdog(0, 30), other;

    check_equal(id, 1);
    other = watchdog(0, 30);
    check_equal(other, 2);
    check_equal((int)watchdog(0, 30), -XEN_ENOSPC);
    check_equal(watchdog(1, 60), 0);
    check_equal(watchdog(1, 0), 0);
    check_equal(watchdog(1, 0), -XEN_EINVAL);
    check_equal(watchdog(1, 30), -XEN_EINVAL);
    check_equal(watchdog(99, 30), -XEN_EINVAL);
    check_equal(watchdog(2, 0), 0);
    check_equal(sched_op(SCHEDOP_watchdog, (void *)0x10000), -XEN_EFAULT);
}

static void test_refusals(void)
{
    struct sched_remote_shutdown remote = { .domain_id = 0x1234, .reason = SHUTDOWN_poweroff };
    struct sched_poll poll = { .nr_ports = 129 };
    struct sched_pin_override pin = { .pcpu = 5000 };

    check_equal(sched_op(SCHEDOP_remote_shutdown, &remote), -XEN_ESRCH);
    check_equal(sched_op(SCHEDOP_remote_shutdown, (void *)0x10000), -XEN_EFAULT);
    check_equal(sched_op(SCHEDOP_poll, &poll), -XEN_EINVAL);
    check_equal(sched_op(SCHEDOP_pin_override, &pin), -XEN_EINVAL);
    pin.pcpu = 0;
    check_equal(sched_op(SCHEDOP_pin_override, &pin), 0);
    check_equal(sched_op(SCHEDOP_pin_override, &pin), -XEN_EBUSY);
    pin.pcpu = -1;
    check_equal(sched_op(SCHEDOP_pin_override, &pin), 0);
    check_equal(sched_op(SCHEDOP_pin_override, &pin), -XEN_EINVAL);
    check_equal(sched_op(SCHEDOP_shutdown_code, (void *)0x10000), -XEN_EFAULT);
}

static void test_nmi(void)
{
    struct callback_register reg = { .type = CALLBACKTYPE_nmi,
                                     .address = (unsigned long)nmi_entry };

    check_equal(vcpu_op(VCPUOP_send_nmi, 99, NULL), -XEN_ENOENT);
    check_equal(hypercall2(__HYPERVISOR_callback_op, CALLBACKOP_register, &reg), 0);
    trap_hook = hook;
    check_equal(vcpu_op(VCPUOP_send_nmi, 0, NULL), 0);
    check_equal(nmis, 1);
    check_equal(vcpu_op(VCPUOP_send_nmi, 0, NULL), 0);
    check_equal(nmis, 2);
    reg.type = 99;
    check_equal(hypercall2(__HYPERVISOR_callback_op, CALLBACKOP_register, &reg), -XEN_ENOSYS);
    reg.type = CALLBACKTYPE_nmi, reg.address = 1UL << 47;
    check_equal(hypercall2(__HYPERVISOR_callback_op, CALLBACKOP_register, &reg), -XEN_EINVAL);
    check_equal(hypercall2(__HYPERVISOR_callback_op, 9, &reg), -XEN_ENOSYS);
}

static void far_main(void)
{
    for (;;) {
        far_turns++;
        sched_op(SCHEDOP_yield, NULL);
    }
}

static void test_far_vcpu(void)
{
    struct vcpu_register_vcpu_info reg = { .mfn = frame_of(far_info) };
    unsigned int i;

    context.flags = VGCF_in_kernel;
    context.user_regs.rip = (unsigned long)far_main;
    context.user_regs.rsp = (unsigned long)far_stack + sizeof(far_stack) - 8;
    context.user_regs.rflags = 0x200;
    context.user_regs.cs = FLAT_KERNEL_CS;
    context.user_regs.ss = FLAT_KERNEL_SS;
    context.kernel_ss = FLAT_KERNEL_SS;
    context.kernel_sp = (unsigned long)far_stack + sizeof(far_stack);
    context.ctrlreg[3] = frame_of((void *)start_info->pt_base) << 12;
    check_equal(vcpu_op(VCPUOP_is_up, FAR, NULL), 0);
    /* shared_info has no room for its events: first it needs a place of its own. */
    check_equal(vcpu_op(VCPUOP_initialise, FAR, &context), -XEN_EINVAL);
    check_equal(vcpu_op(VCPUOP_register_vcpu_info, FAR, &reg), 0);
    check_equal(vcpu_op(VCPUOP_initialise, FAR, &context), 0);
    check_equal(vcpu_op(VCPUOP_up, FAR, NULL), 0);
    for (i = 0; i < 100000 && far_turns < 3; i++)
        sched_op(SCHEDOP_yield, NULL);
    check(far_turns >= 3);
    check_equal(vcpu_op(VCPUOP_down, FAR, NULL), 0);
}

void guest_main(void)
{
    test_watchdog();
    test_refusals();
    test_nmi();
    test_far_vcpu();
}
