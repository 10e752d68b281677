/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the guest kernel wants to be entered: traps, callbacks, its stack; and IRET back out. */
#include <hv/errno.h>
#include <hv/guest-access.h>
#include <hv/string.h>

#include <asm/processor.h>
#include <asm/pv.h>

long do_set_trap_table(unsigned long utraps, unsigned long a2 __unused, unsigned long a3 __unused,
                       unsigned long a4 __unused, unsigned long a5 __unused)
{
    const struct trap_info *guest = (const void *)utraps;
    struct pv_vcpu *pv = &current->arch.pv;
    struct trap_info t;

    if (!guest) {
        memset(pv->traps, 0, sizeof(pv->traps));
        pv_entry_update(current);
        return 0;
    }
    for (unsigned int i = 0; i < 257; i++) {
        if (guest_copy_from(&t, &guest[i], sizeof(t)))
            return -EFAULT;
        if (!t.address)
            return 0;
        if (!pv_address_ok(t.address))
            return -EINVAL;
        pv->traps[t.vector] = (struct pv_trap){
            .address = t.address,
            .cs = t.cs,
            .dpl = TI_GET_DPL(&t),
            .disables_events = TI_GET_IF(&t),
        };
        if (t.vector == TRAP_PF)
            pv_entry_update(current);
    }
    return 0;
}

long do_stack_switch(unsigned long ss, unsigned long sp, unsigned long a3 __unused,
                     unsigned long a4 __unused, unsigned long a5 __unused)
{
    struct pv_vcpu *pv = &current->arch.pv;

    /* The entry code writes below it without a look. */
    if (!pv_address_ok(sp) || !pv_address_ok(sp - 128))
        return -EFAULT;
    pv->kernel_ss = ss;
    pv->kernel_sp = sp;
    return 0;
}

void pv_entry_update(struct vcpu *v)
{
    const struct pv_vcpu *pv = &v->arch.pv;
    struct pv_fast *fast = &v->arch.fast;
    bool plain = !(v->domain->arch.vm_assist & (1UL << VMASST_TYPE_architectural_iopl));

    fast->syscall = plain ? pv->syscall_address : 0;
    fast->syscall_mask = pv->syscall_disables_events;
    fast->pf = plain ? pv->traps[TRAP_PF].address : 0;
    fast->pf_mask = pv->traps[TRAP_PF].disables_events;
    fast->event = plain ? pv->event_address : 0;
    fast->cr3_user = plain ? v->arch.cr3_user : 0;
}

static int callback_set(unsigned int type, uint64_t address, bool mask)
{
    struct pv_vcpu *pv = &current->arch.pv;

    if (address && !pv_address_ok(address))
        return -EINVAL;
    switch (type) {
    case CALLBACKTYPE_event: pv->event_address = address; break;
    case CALLBACKTYPE_failsafe:
        pv->failsafe_address = address;
        pv->failsafe_disables_events = mask;
        break;
    case CALLBACKTYPE_syscall:
        pv->syscall_address = address;
        pv->syscall_disables_events = mask;
        break;
    case CALLBACKTYPE_syscall32:
        pv->syscall32_address = address;
        pv->syscall32_disables_events = mask;
        break;
    case CALLBACKTYPE_sysenter:
        pv->sysenter_address = address;
        pv->sysenter_disables_events = mask;
        break;
    case CALLBACKTYPE_nmi: pv->nmi_address = address; break;
    case CALLBACKTYPE_sysenter_deprecated: return -ENOSYS;
    default: return -ENOSYS;
    }
    pv_entry_update(current);
    return 0;
}

long do_set_callbacks(unsigned long event, unsigned long failsafe, unsigned long syscall,
                      unsigned long a4 __unused, unsigned long a5 __unused)
{
    if (!pv_address_ok(event) || !pv_address_ok(failsafe) || !pv_address_ok(syscall))
        return -EINVAL;
    callback_set(CALLBACKTYPE_event, event, false);
    callback_set(CALLBACKTYPE_failsafe, failsafe, false);
    return callback_set(CALLBACKTYPE_syscall, syscall, false);
}

long do_callback_op(unsigned long cmd, unsigned long arg, unsigned long a3 __unused,
                    unsigned long a4 __unused, unsigned long a5 __unused)
{
    struct callback_register reg;
    struct callback_unregister unreg;

    switch (cmd) {
    case CALLBACKOP_register:
        if (guest_copy_from(&reg, (void *)arg, sizeof(reg)))
            return -EFAULT;
        return callback_set(reg.type, reg.address, reg.flags & CALLBACKF_mask_events);
    case CALLBACKOP_unregister:
        if (guest_copy_from(&unreg, (void *)arg, sizeof(unreg)))
            return -EFAULT;
        if (unreg.type == CALLBACKTYPE_event || unreg.type == CALLBACKTYPE_failsafe ||
            unreg.type == CALLBACKTYPE_syscall)
            return -EINVAL;
        return callback_set(unreg.type, 0, false);
    default: return -ENOSYS;
    }
}

/*
 * Returns from a handler, to what lies on the guest's stack. The value is the guest's rax, which
 * the hypercall's exit stores.
 */
long do_iret(unsigned long a1 __unused, unsigned long a2 __unused, unsigned long a3 __unused,
             unsigned long a4 __unused, unsigned long a5 __unused)
{
    struct cpu_user_regs *regs = guest_regs();
    struct vcpu *v = current;
    struct iret_context c;

    if (guest_copy_from(&c, (void *)regs->rsp, sizeof(c))) {
        domain_crash(v->domain, "the frame for iret at %#lx cannot be read",
                     (unsigned long)regs->rsp);
        return 0;
    }
    if ((c.cs & 3) == 3) {
        if (!v->arch.cr3_user) {
            domain_crash(v->domain, "return to user mode without a user page table");
            return 0;
        }
        pv_toggle_mode(v);
    }
    if (v->domain->arch.vm_assist & (1UL << VMASST_TYPE_architectural_iopl))
        v->arch.pv.iopl = (uint32_t)(c.rflags & FLAGS_IOPL) >> 12;
    regs->rip = c.rip;
    regs->cs = (uint16_t)(c.cs | 3);
    regs->rflags = (c.rflags & ~(uint64_t)(FLAGS_IOPL | FLAGS_VM)) | 0x202;
    regs->rsp = c.rsp;
    regs->ss = (uint16_t)(c.ss | 3);
    if (!(c.flags & VGCF_in_syscall)) {
        regs->entry_vector = 0;
        regs->r11 = c.r11;
        regs->rcx = c.rcx;
    }
    v->info->evtchn_upcall_mask = !(c.rflags & 0x200);
    if (unlikely(v->arch.work & ARCH_WORK_NMI_MASKED))
        __atomic_fetch_and(&v->arch.work, ~ARCH_WORK_NMI_MASKED, __ATOMIC_RELAXED);
    return (long)c.rax;
}
