/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The registers of a vcpu in the form that tools read, keep, and set again. */
#include <hv/alloc.h>
#include <hv/errno.h>
#include <hv/guest-access.h>
#include <hv/sched.h>
#include <hv/string.h>

#include <asm/processor.h>
#include <asm/pv.h>
#include <asm/xstate.h>

#include "domctl.h"

static void traps_get(const struct pv_vcpu *pv, struct trap_info *t)
{
    for (unsigned int i = 0; i < 256; i++) {
        const struct pv_trap *trap = &pv->traps[i];

        t[i].vector = (uint8_t)i;
        t[i].flags = (uint8_t)(trap->dpl | (trap->disables_events ? 4 : 0));
        t[i].cs = trap->cs;
        t[i].address = trap->address;
    }
}

static unsigned long flags_get(const struct vcpu *v)
{
    const struct pv_vcpu *pv = &v->arch.pv;
    unsigned long flags = VGCF_i387_valid;

    if (v->arch.mode & PV_MODE_KERNEL)
        flags |= VGCF_in_kernel;
    if (pv->failsafe_disables_events)
        flags |= VGCF_failsafe_disables_events;
    if (pv->syscall_disables_events)
        flags |= VGCF_syscall_disables_events;
    if (!(READ_ONCE(v->pause_flags) & 1UL << VPF_DOWN))
        flags |= VGCF_online;
    return flags;
}

static void tables_get(const struct pv_vcpu *pv, struct vcpu_guest_context *c)
{
    c->ldt_base = pv->ldt_base;
    c->ldt_ents = pv->ldt_entries;
    c->gdt_ents = pv->gdt_entries;
    for (unsigned int i = 0; i < (pv->gdt_entries + 511) / 512; i++)
        c->gdt_frames[i] = pv->gdt_frames[i].n;
    c->ctrlreg[0] = CR0_PE | CR0_MP | CR0_ET | CR0_NE | CR0_WP | CR0_AM | CR0_PG | pv->cr0_ts;
    c->ctrlreg[1] = pv->user_l4.n << PAGE_SHIFT;
    c->ctrlreg[3] = xen_pfn_to_cr3(pv->kernel_l4.n);
    c->ctrlreg[4] = pv->cr4;
}

void pv_context_get(const struct vcpu *v, struct vcpu_guest_context *c)
{
    const struct pv_vcpu *pv = &v->arch.pv;

    memset(c, 0, sizeof(*c));
    memcpy(&c->fpu_ctxt, v->arch.xsave_area, sizeof(c->fpu_ctxt));
    c->flags = flags_get(v);
    c->user_regs = v->arch.regs;
    c->user_regs.rflags |= (uint64_t)pv->iopl << 12;
    c->user_regs.entry_vector = 0;
    traps_get(pv, c->trap_ctxt);
    tables_get(pv, c);
    c->kernel_ss = pv->kernel_ss;
    c->kernel_sp = pv->kernel_sp;
    for (unsigned int i = 0; i < 8; i++)
        c->debugreg[i] = i == 4 || i == 5 ? 0 : pv_debugreg_get(v, i);
    c->event_callback_eip = pv->event_address;
    c->failsafe_callback_eip = pv->failsafe_address;
    c->syscall_callback_eip = pv->syscall_address;
    c->vm_assist = v->domain->arch.vm_assist;
    c->fs_base = pv->fs_base;
    c->gs_base_kernel = pv->gs_base_kernel;
    c->gs_base_user = pv->gs_base_user;
}

DOMCTL_HANDLER(getvcpucontext)
{
    struct vcpu *v = domain_vcpu(d, op->u.vcpucontext.vcpu);
    struct vcpu_guest_context *c;
    long ret = 0;

    if (!v || d == current->domain)
        return -EINVAL;
    if (!v->is_initialised)
        return -ENODATA;
    c = heap_alloc(sizeof(*c));
    if (!c)
        return -ENOMEM;
    vcpu_pause(v);
    pv_context_get(v, c);
    vcpu_unpause(v);
    if (guest_copy_to(op->u.vcpucontext.ctxt.p, c, sizeof(*c)))
        ret = -EFAULT;
    heap_free(c);
    return ret;
}
