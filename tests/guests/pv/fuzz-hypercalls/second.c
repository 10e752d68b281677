/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The other vcpu: makes calls of its own from its own numbers while the first makes its. They share
 * the world but for their place for arguments, their stack, and the page for preparing frames.
 */
#include "fuzz.h"
#include "traps.h"

#define REPAIR_EVERY 128

uint8_t second_stack[STACK_SIZE] __attribute__((aligned(4096)));

static struct vcpu_guest_context context;
static volatile bool runs, hold, held;

static bool (*const makers[])(struct call *) = {
    make_mmu_update, make_mmuext, make_va_mapping, make_descriptors,
    make_memory,     make_events, make_grants,     make_mmuext,
};

static void repair(void)
{
    struct mmuext_op ops[] = {
        { .cmd = MMUEXT_NEW_BASEPTR, .arg1.mfn = w.tables[0] },
        { .cmd = MMUEXT_NEW_USER_BASEPTR },
        { .cmd = MMUEXT_SET_LDT },
    };

    mmuext_op(ops, 3, NULL);
    hypercall2(__HYPERVISOR_set_gdt, 0, NULL);
}

static void second_main(void)
{
    traps_init();
    for (unsigned int i = 0;; i++) {
        struct call c = { .nr = 0 };

        while (hold) {
            repair();
            held = true;
            vcpu_op(VCPUOP_down, 1, NULL); /* its CPU idles: no TLB of it to flush */
        }
        held = false;
        if (makers[below(sizeof(makers) / sizeof(makers[0]))](&c))
            record(&c, hypercall(c.nr, c.arg[0], c.arg[1], c.arg[2], c.arg[3], c.arg[4]));
        world_repair_vcpu();
        if (i % REPAIR_EVERY == 0)
            repair();
    }
}

void second_start(uint64_t seed)
{
    seeds[1] = seed;
    context.flags = VGCF_in_kernel;
    context.user_regs.rip = (unsigned long)second_main;
    context.user_regs.rsp = (unsigned long)second_stack + STACK_SIZE - 8;
    context.user_regs.rflags = 0x200;
    context.user_regs.cs = FLAT_KERNEL_CS;
    context.user_regs.ss = FLAT_KERNEL_SS;
    context.kernel_ss = FLAT_KERNEL_SS;
    context.kernel_sp = context.user_regs.rsp;
    context.ctrlreg[3] = w.tables[0] << 12;
    if (vcpu_op(VCPUOP_initialise, 1, &context) || vcpu_op(VCPUOP_up, 1, NULL))
        guest_error("the second vcpu does not start");
    runs = true;
}

void second_hold(void)
{
    hold = true;
    while (runs && !held) {
        vcpu_op(VCPUOP_up, 1, NULL); /* a call of ours may have taken it down */
        sched_op(SCHEDOP_yield, NULL);
    }
}

void second_release(void)
{
    hold = false;
    while (runs && held) {
        vcpu_op(VCPUOP_up, 1, NULL);
        sched_op(SCHEDOP_yield, NULL);
    }
}

void second_wake(void)
{
    if (runs && !hold)
        vcpu_op(VCPUOP_up, 1, NULL);
}
