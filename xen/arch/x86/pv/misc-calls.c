/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Small hypercalls about the vcpu: FPU, debug registers, segment bases, assists. */
#include <hv/errno.h>
#include <hv/guest-access.h>
#include <hv/speculation.h>

#include <asm/cpu.h>
#include <asm/extable.h>
#include <asm/msr.h>
#include <asm/processor.h>
#include <asm/pv.h>

#include "mm.h"

long do_fpu_taskswitch(unsigned long set, unsigned long a2 __unused, unsigned long a3 __unused,
                       unsigned long a4 __unused, unsigned long a5 __unused)
{
    current->arch.pv.cr0_ts = set != 0;
    if (set)
        write_cr0(read_cr0() | CR0_TS);
    else
        asm volatile("clts");
    return 0;
}

#define DR7_RESERVED_0 0xd800 /* bit 11 belongs to transactions that guests are not offered */
#define DR7_GENERAL    0x2000

/* Breakpoints may only be on the guest's own addresses, and not on I/O ports. */
static int dr7_check(uint64_t dr7)
{
    if (dr7 & DR7_GENERAL)
        return -EPERM;
    for (unsigned int i = 0; i < 4; i++)
        if (((dr7 >> (16 + i * 4)) & 3) == 2) /* I/O */
            return -EPERM;
    return 0;
}

static void dr_write(unsigned int reg, uint64_t value)
{
    switch (reg) {
    case 0: asm volatile("mov %0, %%dr0" ::"r"(value)); break;
    case 1: asm volatile("mov %0, %%dr1" ::"r"(value)); break;
    case 2: asm volatile("mov %0, %%dr2" ::"r"(value)); break;
    case 3: asm volatile("mov %0, %%dr3" ::"r"(value)); break;
    default: asm volatile("mov %0, %%dr7" ::"r"(value)); break;
    }
}

int pv_debugreg_set(struct vcpu *v, unsigned int reg, uint64_t value)
{
    struct pv_vcpu *pv = &v->arch.pv;

    switch (reg) {
    case 0 ... 3:
        if (!pv_address_ok(value))
            return -EPERM;
        pv->dr[index_clamp(reg, ARRAY_SIZE(pv->dr))] = value;
        if (v == current)
            dr_write(reg, value);
        return 0;
    case 4:
    case 6:
        if (value >> 32)
            return -EINVAL;
        pv->dr6 = (value & ~0x1000ULL) | 0xffff0ff0;
        return 0;
    case 5:
    case 7:
        if (value >> 32)
            return -EINVAL;
        value = (value & ~DR7_RESERVED_0) | 0x400;
        if (dr7_check(value))
            return -EPERM;
        /* The address registers are only kept loaded while one of them is enabled. */
        for (unsigned int i = 0; v == current && i < 4; i++)
            dr_write(i, pv->dr[i]);
        pv->dr7 = value;
        if (v == current)
            dr_write(7, value);
        return 0;
    default: return -ENODEV;
    }
}

long do_set_debugreg(unsigned long reg, unsigned long value, unsigned long a3 __unused,
                     unsigned long a4 __unused, unsigned long a5 __unused)
{
    return pv_debugreg_set(current, (unsigned int)reg, value);
}

uint64_t pv_debugreg_get(const struct vcpu *v, unsigned int reg)
{
    const struct pv_vcpu *pv = &v->arch.pv;

    if (reg < 4)
        return pv->dr[index_clamp(reg, ARRAY_SIZE(pv->dr))];
    return reg == 4 || reg == 6 ? pv->dr6 : pv->dr7;
}

long do_get_debugreg(unsigned long reg, unsigned long a2 __unused, unsigned long a3 __unused,
                     unsigned long a4 __unused, unsigned long a5 __unused)
{
    return reg < 8 ? (long)pv_debugreg_get(current, (unsigned int)reg) : -ENODEV;
}

static int gs_user_selector_set(uint16_t sel)
{
    asm volatile("swapgs\n1: mov %0, %%gs\n2: swapgs\n.pushsection .text.fixup,\"ax\"\n"
                 "3: xor %0, %0\n mov %0, %%gs\n jmp 2b\n.popsection\n" EXTABLE_ENTRY("1b", "3b")
                 : "+r"(sel));
    return 0;
}

long do_set_segment_base(unsigned long which, unsigned long base, unsigned long a3 __unused,
                         unsigned long a4 __unused, unsigned long a5 __unused)
{
    if (which != SEGBASE_GS_USER_SEL && !vaddr_is_canonical(base))
        return -EINVAL;
    switch (which) {
    case SEGBASE_FS:
        if (hv_cr4 & CR4_FSGSBASE)
            asm volatile("wrfsbase %0" ::"r"(base));
        else
            wrmsr(MSR_FS_BASE, base);
        return 0;
    case SEGBASE_GS_USER: wrmsr(MSR_KERNEL_GS_BASE, base); return 0;
    case SEGBASE_GS_KERNEL: wrmsr(MSR_GS_BASE, base); return 0;
    case SEGBASE_GS_USER_SEL: return gs_user_selector_set((uint16_t)base);
    default: return -EINVAL;
    }
}

long do_vm_assist(unsigned long cmd, unsigned long type, unsigned long a3 __unused,
                  unsigned long a4 __unused, unsigned long a5 __unused)
{
    struct vcpu *v;
    unsigned long *assists = &current->domain->arch.vm_assist;

    if (type >= BITS_PER_LONG || !(PV_VM_ASSISTS & (1UL << type)))
        return -EINVAL;
    switch (cmd) {
    case VMASST_CMD_enable: __atomic_fetch_or(assists, 1UL << type, __ATOMIC_RELAXED); break;
    case VMASST_CMD_disable: __atomic_fetch_and(assists, ~(1UL << type), __ATOMIC_RELAXED); break;
    default: return -ENOSYS;
    }
    /* The shortest ways through the entry code know nothing of some assists. */
    for_each_vcpu (current->domain, v)
        pv_entry_update(v);
    return 0;
}
