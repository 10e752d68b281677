/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Exceptions that a PV guest causes: the hypervisor's business first, else the guest's handler. */
#include <hv/guest-access.h>
#include <hv/printk.h>
#include <hv/string.h>

#include <asm/cpu.h>
#include <asm/entry.h>
#include <asm/irqflags.h>
#include <asm/layout.h>
#include <asm/mm.h>
#include <asm/processor.h>
#include <asm/pv.h>

#include "private.h"

/* An address in this CPU's window for the guest's LDT. */
static bool in_ldt_window(vaddr_t addr)
{
    vaddr_t ldt = cpu_window(smp_cpu_id()) + CPU_WINDOW_LDT * PAGE_SIZE;

    return addr >= ldt && addr < ldt + 16 * PAGE_SIZE;
}

static void page_fault(struct cpu_user_regs *regs)
{
    vaddr_t addr = read_cr2();

    irq_enable();
    if (unlikely(addr >> 43 == 0x1ffff0) && in_ldt_window(addr)) {
        if (pv_ldt_fault(current, addr))
            return;
        /* To the guest, its LDT lies where it said. */
        addr = current->arch.pv.ldt_base +
               (addr - cpu_window(smp_cpu_id()) - CPU_WINDOW_LDT * PAGE_SIZE);
    }
    if ((current->arch.mode & PV_MODE_KERNEL) &&
        (regs->error_code & (PFEC_PRESENT | PFEC_WRITE | PFEC_RSVD)) ==
            (PFEC_PRESENT | PFEC_WRITE) &&
        pv_emulate_pt_write(regs, addr))
        return;
    pv_inject_pf(regs, regs->error_code, addr);
}

bool pv_fault_in_hypervisor(struct cpu_user_regs *regs __unused, vaddr_t addr)
{
    return in_ldt_window(addr) && pv_ldt_fault(current, addr);
}

/* INT n at rip, whose gate the processor refused: the guest's own trap table decides. */
static bool software_interrupt(struct cpu_user_regs *regs)
{
    struct vcpu *v = current;
    const struct pv_trap *t;
    uint8_t code[2];

    if ((regs->error_code & 7) != 2 || guest_copy_from(code, (void *)regs->rip, 2) ||
        code[0] != 0xcd)
        return false;
    t = &v->arch.pv.traps[code[1]];
    if (!t->address || t->dpl < (v->arch.mode & PV_MODE_KERNEL ? 1 : 3))
        return false;
    regs->rip += 2;
    pv_inject(regs, code[1], 0);
    return true;
}

static void general_protection(struct cpu_user_regs *regs)
{
    irq_enable();
    if (software_interrupt(regs))
        return;
    if (!(regs->error_code & 0xffff) && pv_emulate_privileged(regs))
        return;
    pv_inject(regs, TRAP_GP, regs->error_code);
}

static void invalid_opcode(struct cpu_user_regs *regs)
{
    irq_enable();
    if (!pv_emulate_forced(regs))
        pv_inject(regs, TRAP_UD, 0);
}

static void device_not_available(struct cpu_user_regs *regs)
{
    struct vcpu *v = current;

    irq_enable();
    /* The ABI: TS is clear when the guest's handler runs. */
    asm volatile("clts");
    v->arch.pv.cr0_ts = 0;
    pv_inject(regs, TRAP_NM, 0);
}

static void debug(struct cpu_user_regs *regs)
{
    struct vcpu *v = current;
    uint64_t dr6;

    asm volatile("mov %%dr6, %0" : "=r"(dr6));
    asm volatile("mov %0, %%dr6" ::"r"(0xffff0ff0UL));
    irq_enable();
    v->arch.pv.dr6 = (v->arch.pv.dr6 & ~0xfUL) | (dr6 & 0xe00f) | 0xffff0ff0UL;
    pv_inject(regs, TRAP_DB, 0);
}

/* INT 0x80 reaches us by a gate of its own. */
static void int80(struct cpu_user_regs *regs)
{
    const struct pv_trap *t = &current->arch.pv.traps[0x80];

    irq_enable();
    if (likely(t->address && t->dpl >= (current->arch.mode & PV_MODE_KERNEL ? 1 : 3))) {
        pv_inject(regs, 0x80, 0);
        return;
    }
    regs->rip -= 2;
    pv_inject(regs, TRAP_GP, 0x80 << 3 | 2);
}

static void to_the_guest(struct cpu_user_regs *regs)
{
    irq_enable();
    pv_inject(regs, regs->entry_vector & 0xff, regs->error_code);
}

static void (*const handlers[32])(struct cpu_user_regs *) = {
    [TRAP_DB] = debug,
    [TRAP_UD] = invalid_opcode,
    [TRAP_NM] = device_not_available,
    [TRAP_GP] = general_protection,
    [TRAP_PF] = page_fault,
};

void exception_from_guest(struct cpu_user_regs *regs)
{
    uint32_t vector = regs->entry_vector;

    if (likely(vector == TRAP_PF))
        page_fault(regs);
    else if (vector < 32 && handlers[vector])
        handlers[vector](regs);
    else if (vector == 0x80)
        int80(regs);
    else
        to_the_guest(regs);
}
