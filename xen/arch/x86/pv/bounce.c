/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Making a guest continue in one of its handlers: the frame on its kernel stack, and the switch
 * from its user to its kernel mode.
 */
#include <hv/percpu.h>
#include <hv/printk.h>

#include <asm/entry.h>
#include <asm/guest-words.h>
#include <asm/msr.h>
#include <asm/processor.h>
#include <asm/pv.h>

#define ENTRY_SYSCALL 0x100 /* as in entry/macros.h */

/* Not for the handler: it is not being stepped, and its alignment checks are its own affair. */
#define FLAGS_CLEARED (FLAGS_TF | FLAGS_NT | FLAGS_RF | FLAGS_VM | FLAGS_AC)

void pv_toggle_mode(struct vcpu *v)
{
    v->arch.mode ^= PV_MODE_KERNEL;
    asm volatile("swapgs" ::: "memory");
    write_cr3(v->arch.mode & PV_MODE_KERNEL ? v->arch.cr3_kernel : v->arch.cr3_user);
}

/* The flags as the guest believes them: IF is its event mask, IOPL its virtual one. */
static uint64_t flags_for_guest(const struct vcpu *v, const struct cpu_user_regs *regs,
                                uint8_t saved_mask)
{
    uint64_t flags = regs->rflags & ~(uint64_t)(0x200 | FLAGS_IOPL);

    if (!saved_mask)
        flags |= 0x200;
    if (v->domain->arch.vm_assist & (1UL << VMASST_TYPE_architectural_iopl))
        flags |= (uint64_t)v->arch.pv.iopl << 12;
    return flags;
}

void pv_bounce(struct cpu_user_regs *regs, const struct pv_bounce *b)
{
    struct vcpu *v = current;
    uint64_t frame[8], sp, cs = regs->cs;
    uint8_t mask = v->info->evtchn_upcall_mask;
    unsigned int n = 0;

    if (unlikely(!b->address)) {
        domain_crash(v->domain, "a trap without a handler, at rip %#lx", (unsigned long)regs->rip);
        return;
    }
    if (v->arch.mode & PV_MODE_KERNEL) {
        sp = regs->rsp;
        cs &= ~3ULL; /* the guest kernel believes to be in ring 0 */
    } else {
        pv_toggle_mode(v);
        sp = v->arch.pv.kernel_sp;
    }
    frame[n++] = regs->rcx;
    frame[n++] = regs->r11;
    if (b->has_error)
        frame[n++] = b->error_code;
    frame[n++] = regs->rip;
    frame[n++] = cs | (uint64_t)mask << 32;
    frame[n++] = flags_for_guest(v, regs, mask);
    frame[n++] = regs->rsp;
    frame[n++] = regs->ss;
    sp = (sp & ~15ULL) - n * 8;
    if (guest_write_words((void *)sp, frame, n)) {
        domain_crash(v->domain, "its kernel stack at %#lx cannot be written", (unsigned long)sp);
        return;
    }
    if (b->mask_events)
        v->info->evtchn_upcall_mask = 1;
    regs->rip = b->address;
    regs->cs = FLAT_KERNEL_CS;
    regs->ss = FLAT_KERNEL_SS;
    regs->rsp = sp;
    regs->rflags = (regs->rflags & ~(uint64_t)FLAGS_CLEARED) | 0x200;
    regs->entry_vector = ENTRY_SYSCALL; /* rcx and r11 are on the stack: SYSRET may return */
}

static bool has_error_code(unsigned int vector)
{
    return vector == TRAP_DF || (vector >= TRAP_TS && vector <= TRAP_PF) || vector == TRAP_AC;
}

void pv_inject(struct cpu_user_regs *regs, unsigned int vector, uint32_t error_code)
{
    const struct pv_trap *t = &current->arch.pv.traps[vector];
    struct pv_bounce b = {
        .address = t->address,
        .error_code = error_code,
        .has_error = has_error_code(vector),
        .mask_events = t->disables_events,
    };

    if (unlikely(!t->address)) {
        domain_crash(current->domain, "exception %u (error code %#x) at rip %#lx without a handler",
                     vector, error_code, (unsigned long)regs->rip);
        return;
    }
    pv_bounce(regs, &b);
}

void pv_inject_pf(struct cpu_user_regs *regs, uint32_t error_code, vaddr_t addr)
{
    struct vcpu *v = current;

    v->info->arch.cr2 = addr;
    /* All of the guest is ring 3 to the processor; to the guest its kernel is not. */
    if (v->arch.mode & PV_MODE_KERNEL)
        error_code &= ~(uint32_t)PFEC_USER;
    if (unlikely(!v->arch.pv.traps[TRAP_PF].address))
        printk(LOG_GUEST_ERR "page fault at %#lx, error code %#x\n", (unsigned long)addr,
               error_code);
    pv_inject(regs, TRAP_PF, error_code);
}

int pv_deliver_event(void)
{
    struct pv_vcpu *pv = &current->arch.pv;
    struct pv_bounce b = { .address = pv->event_address, .mask_events = true };

    if (!b.address) { /* not ready for events yet: they stay pending */
        current->info->evtchn_upcall_mask = 1;
        return 0;
    }
    pv_bounce(guest_regs(), &b);
    return domain_is_dying(current->domain) || current->domain->is_shut_down;
}

int pv_deliver_work(void)
{
    struct vcpu *v = current;
    struct pv_bounce b = { .address = v->arch.pv.nmi_address, .mask_events = true };

    if (!(v->arch.work & ARCH_WORK_NMI) || (v->arch.work & ARCH_WORK_NMI_MASKED))
        return 0;
    __atomic_fetch_and(&v->arch.work, ~ARCH_WORK_NMI, __ATOMIC_RELAXED);
    if (b.address) {
        __atomic_fetch_or(&v->arch.work, ARCH_WORK_NMI_MASKED, __ATOMIC_RELAXED);
        pv_bounce(guest_regs(), &b);
    }
    return 1;
}

void pv_syscall_from_user(struct cpu_user_regs *regs)
{
    struct pv_vcpu *pv = &current->arch.pv;
    struct pv_bounce b = { .address = pv->syscall_address,
                           .mask_events = pv->syscall_disables_events };

    if (!b.address)
        pv_inject(regs, TRAP_UD, 0);
    else
        pv_bounce(regs, &b);
}

void pv_bad_kernel_stack(struct cpu_user_regs *regs __unused)
{
    domain_crash(current->domain, "its kernel stack at %#lx cannot be written",
                 (unsigned long)current->arch.pv.kernel_sp);
}

void pv_syscall32(struct cpu_user_regs *regs)
{
    struct pv_vcpu *pv = &current->arch.pv;
    struct pv_bounce b = { .address = pv->syscall32_address,
                           .mask_events = pv->syscall32_disables_events };

    if (b.address) {
        pv_bounce(regs, &b);
        return;
    }
    regs->rip -= 2; /* as if the processor did not know SYSCALL here */
    pv_inject(regs, TRAP_UD, 0);
}

void pv_sysenter(struct cpu_user_regs *regs)
{
    struct pv_vcpu *pv = &current->arch.pv;
    struct pv_bounce b = { .address = pv->sysenter_address,
                           .mask_events = pv->sysenter_disables_events };

    if (b.address)
        pv_bounce(regs, &b);
    else
        pv_inject(regs, TRAP_GP, 0);
}

/* The registers that IRET refused lie in the frame: to the guest, the fault came at its target. */
void pv_iret_fault(struct cpu_user_regs *regs, uint64_t fault)
{
    pv_inject(regs, (unsigned int)(fault >> 32), (uint32_t)fault);
}
