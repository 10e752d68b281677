/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Exceptions: those of the hypervisor itself, and the way to the guest's face for all others. */
#include <hv/debug.h>
#include <hv/domain.h>
#include <hv/printk.h>

#include <asm/desc.h>
#include <asm/entry.h>
#include <asm/extable.h>
#include <asm/irqflags.h>
#include <asm/page.h>
#include <asm/processor.h>
#include <asm/spec-ctrl.h>

static const char *const names[] = {
    [TRAP_DE] = "divide error",
    [TRAP_DB] = "debug",
    [TRAP_NMI] = "NMI",
    [TRAP_BP] = "breakpoint",
    [TRAP_OF] = "overflow",
    [TRAP_BR] = "bound range",
    [TRAP_UD] = "invalid opcode",
    [TRAP_NM] = "device not available",
    [TRAP_DF] = "double fault",
    [TRAP_TS] = "invalid TSS",
    [TRAP_NP] = "segment not present",
    [TRAP_SS] = "stack fault",
    [TRAP_GP] = "general protection",
    [TRAP_PF] = "page fault",
    [TRAP_MF] = "x87 error",
    [TRAP_AC] = "alignment check",
    [TRAP_MC] = "machine check",
    [TRAP_XM] = "SIMD error",
};

static const char *name_of(uint32_t vector)
{
    return vector < ARRAY_SIZE(names) && names[vector] ? names[vector] : "exception";
}

void exception_from_hypervisor(struct cpu_user_regs *regs)
{
    uint32_t vector = regs->entry_vector;
    vaddr_t fixup;

    /* A selector load or IRET may only wait for its descriptor's page; then it is tried again. */
    if (vector == TRAP_PF && pv_fault_in_hypervisor(regs, read_cr2()))
        return;
    fixup = extable_find(regs->rip);
    if (fixup) {
        cpu_info()->scratch[0] = (uint64_t)vector << 32 |
                                 regs->error_code; /* for guest_iret_fault */
        regs->rip = fixup;
        return;
    }
    panic_regs(regs, "%s (vector %u, error code %#x, cr2 %p)", name_of(vector), vector,
               regs->error_code, (void *)read_cr2());
}

/* The push of an exception frame failed: most likely there was no stack left to push it to. */
static void __noreturn double_fault(const struct cpu_user_regs *regs)
{
    vaddr_t guard = stack_guard(), cr2 = read_cr2();

    if (cr2 >= guard && cr2 < guard + PAGE_SIZE)
        panic_regs(regs, "stack overflow");
    panic_regs(regs, "double fault (cr2 %p)", (void *)cr2);
}

/*
 * A guest's breakpoint met our access to its memory; the guest does not hear of it. What was
 * interrupted goes on, wherever that is: also where a fault would be looked up in the table.
 */
static void debug_in_hypervisor(struct cpu_user_regs *regs)
{
    regs->rflags &= ~(uint64_t)FLAGS_TF; /* SYSENTER leaves the guest's */
    asm volatile("mov %0, %%dr6" ::"r"(0xffff0ff0UL));
}

void exception_ist(struct cpu_user_regs *regs)
{
    switch (regs->entry_vector) {
    case TRAP_NMI:
        if (!cpus_dump_nmi(regs))
            nmi_handle(regs);
        break;
    case TRAP_DB: debug_in_hypervisor(regs); break;
    case TRAP_MC: machine_check_handle(regs); break;
    default: double_fault(regs);
    }
    cpu_buffers_clear(); /* this return may be one to a guest */
}
