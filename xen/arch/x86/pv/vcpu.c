/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A PV vcpu's beginning, its registers from the tools' form, and its end. */
#include <hv/alloc.h>
#include <hv/debug.h>
#include <hv/errno.h>
#include <hv/guest-access.h>
#include <hv/printk.h>
#include <hv/sched.h>
#include <hv/string.h>
#include <hv/vcpu-op.h>

#include <asm/processor.h>
#include <asm/pv.h>
#include <asm/xstate.h>

#include "mm.h"

static void tables_release(struct pv_vcpu *pv)
{
    if (pv->kernel_l4.n)
        frame_put_and_type(frame_of(pv->kernel_l4));
    if (pv->user_l4.n)
        frame_put_and_type(frame_of(pv->user_l4));
    if (pv->old_table)
        frame_put_and_type(pv->old_table);
    pv->kernel_l4 = pv->user_l4 = mfn(0);
    pv->old_table = NULL;
}

int pv_vcpu_init(struct vcpu *v)
{
    v->arch.loaded_cpu = NR_CPUS;
    v->arch.mode = PV_MODE_KERNEL;
    v->arch.pv.dr6 = 0xffff0ff0;
    v->arch.pv.dr7 = 0x400;
    return xstate_vcpu_init(v);
}

/* When its domain dies, its use of a table ends as a pin that still has to go: in steps, later. */
static void table_leave(struct frame *pg)
{
    if (!domain_is_dying(pg->owner) ||
        __atomic_fetch_or(&pg->type, TYPE_PINNED, __ATOMIC_RELAXED) & TYPE_PINNED)
        frame_put_and_type(pg);
}

void pv_vcpu_release(struct vcpu *v)
{
    struct pv_vcpu *pv = &v->arch.pv;

    pv_descriptors_release(v);
    if (pv->kernel_l4.n)
        table_leave(frame_of(pv->kernel_l4));
    if (pv->user_l4.n)
        table_leave(frame_of(pv->user_l4));
    if (pv->old_table)
        table_leave(pv->old_table);
    pv->kernel_l4 = pv->user_l4 = mfn(0);
    pv->old_table = NULL;
    v->is_initialised = false;
}

void pv_cr3_update(struct vcpu *v)
{
    v->arch.cr3_kernel = mfn_to_paddr(v->arch.pv.kernel_l4);
    if (v == current && (v->arch.mode & PV_MODE_KERNEL))
        write_cr3(v->arch.cr3_kernel);
}

/* mmu_lock is held. 0, -EINVAL, -ERESTART. */
static int tables_get(struct domain *d, mfn_t kernel, mfn_t user)
{
    int ret = frame_get_and_type_preemptible(frame_of(kernel), d, TYPE_L4);

    if (!ret && user.n) {
        ret = frame_get_and_type_preemptible(frame_of(user), d, TYPE_L4);
        if (ret)
            frame_put_and_type(frame_of(kernel));
    }
    return ret && ret != -ERESTART ? -EINVAL : ret;
}

static int tables_set(struct vcpu *v, mfn_t kernel, mfn_t user)
{
    struct domain *d = v->domain;
    int ret;

    if (!mfn_is_valid(kernel) || !mfn_is_valid(user))
        return -EINVAL;
    spin_lock(&d->arch.mmu_lock);
    ret = tables_get(d, kernel, user);
    if (!ret)
        tables_release(&v->arch.pv); /* of an earlier call that failed further on */
    spin_unlock(&d->arch.mmu_lock);
    if (ret)
        return ret;
    v->arch.pv.kernel_l4 = kernel;
    v->arch.pv.user_l4 = user;
    v->arch.cr3_user = mfn_to_paddr(user);
    pv_cr3_update(v);
    return 0;
}

static void regs_set(struct vcpu *v, const struct vcpu_guest_context *c)
{
    struct cpu_user_regs *r = &v->arch.regs;

    *r = c->user_regs;
    v->arch.pv.iopl = (r->rflags & FLAGS_IOPL) >> 12;
    r->entry_vector = 0; /* every register counts: leave by IRET */
    r->rflags = (r->rflags & ~(uint64_t)(FLAGS_IOPL | FLAGS_VM)) | 0x202;
    r->cs |= 3;
    r->ss |= 3;
    v->arch.mode = c->flags & VGCF_in_kernel ? PV_MODE_KERNEL : 0;
}

static void traps_set(struct pv_vcpu *pv, const struct trap_info *t)
{
    for (unsigned int i = 0; i < 256; i++)
        pv->traps[t[i].vector] = (struct pv_trap){
            .address = pv_address_ok(t[i].address) ? t[i].address : 0,
            .cs = t[i].cs,
            .dpl = TI_GET_DPL(&t[i]),
            .disables_events = TI_GET_IF(&t[i]),
        };
}

static int context_check(const struct vcpu_guest_context *c)
{
    const uint64_t addresses[] = {
        c->kernel_sp,
        c->kernel_sp - 128,
        c->event_callback_eip,
        c->failsafe_callback_eip,
        c->syscall_callback_eip,
        c->gs_base_kernel,
    };

    for (unsigned int i = 0; i < ARRAY_SIZE(addresses); i++)
        if (!vaddr_is_canonical(addresses[i]))
            return -EINVAL;
    if (!pv_address_ok(c->kernel_sp) || !pv_address_ok(c->kernel_sp - 128) ||
        !vaddr_is_canonical(c->fs_base) || !vaddr_is_canonical(c->gs_base_user))
        return -EINVAL;
    return c->gdt_ents > FIRST_RESERVED_GDT_ENTRY || c->ldt_ents > 8192 ? -EINVAL : 0;
}

int pv_context_set(struct vcpu *v, const struct vcpu_guest_context *c)
{
    struct pv_vcpu *pv = &v->arch.pv;
    int ret = context_check(c);

    if (!ret)
        ret = tables_set(v, mfn(xen_cr3_to_pfn(c->ctrlreg[3])), mfn(c->ctrlreg[1] >> PAGE_SHIFT));
    if (!ret)
        ret = pv_gdt_set(v, c->gdt_frames, (unsigned int)c->gdt_ents);
    if (ret)
        return ret;
    regs_set(v, c);
    traps_set(pv, c->trap_ctxt);
    if (c->flags & VGCF_i387_valid)
        xstate_set_legacy(v, &c->fpu_ctxt);
    pv->ldt_base = c->ldt_base;
    pv->ldt_entries = (uint32_t)c->ldt_ents;
    pv->kernel_ss = c->kernel_ss;
    pv->kernel_sp = c->kernel_sp;
    pv->cr0_ts = c->ctrlreg[0] & CR0_TS;
    pv->event_address = c->event_callback_eip;
    pv->failsafe_address = c->failsafe_callback_eip;
    pv->failsafe_disables_events = c->flags & VGCF_failsafe_disables_events;
    pv->syscall_address = c->syscall_callback_eip;
    pv->syscall_disables_events = c->flags & VGCF_syscall_disables_events;
    pv->fs_base = c->fs_base;
    pv->gs_base_kernel = c->gs_base_kernel;
    pv->gs_base_user = c->gs_base_user;
    pv_entry_update(v);
    v->arch.loaded_cpu = NR_CPUS; /* what a CPU has loaded of it is out of date */
    v->is_initialised = true;
    return 0;
}

/* What only the tools set: breakpoints, and the assists that the whole domain has. */
static int tools_part_set(struct vcpu *v, const struct vcpu_guest_context *c)
{
    static const unsigned int regs[] = { 0, 1, 2, 3, 6, 7 };
    struct vcpu *other;

    for (unsigned int i = 0; i < ARRAY_SIZE(regs); i++)
        if (pv_debugreg_set(v, regs[i], c->debugreg[regs[i]]))
            return -EINVAL;
    if (v->id)
        return 0;
    v->domain->arch.vm_assist = c->vm_assist & PV_VM_ASSISTS;
    for_each_vcpu (v->domain, other)
        pv_entry_update(other);
    return 0;
}

int arch_vcpu_restore(struct vcpu *v, const void *context)
{
    struct vcpu_guest_context *c = heap_alloc(sizeof(*c));
    unsigned long down = 1UL << VPF_DOWN;
    int ret = -EFAULT;

    if (!c)
        return -ENOMEM;
    if (!guest_copy_from(c, context, sizeof(*c)))
        ret = pv_context_set(v, c);
    if (!ret)
        ret = tools_part_set(v, c);
    if (!ret && c->flags & VGCF_online)
        __atomic_fetch_and(&v->pause_flags, ~down, __ATOMIC_SEQ_CST);
    else if (!ret)
        __atomic_fetch_or(&v->pause_flags, down, __ATOMIC_SEQ_CST);
    heap_free(c);
    return ret;
}

void arch_vcpu_reset(struct vcpu *v)
{
    __atomic_fetch_or(&v->pause_flags, 1UL << VPF_DOWN, __ATOMIC_SEQ_CST);
    arch_vcpu_release(v);
}

int arch_vcpu_initialise(struct vcpu *v, const void *guest_context)
{
    struct vcpu_guest_context *c = heap_alloc(sizeof(*c));
    int ret = -EFAULT;

    if (!c)
        return -ENOMEM;
    if (!guest_copy_from(c, guest_context, sizeof(*c)))
        ret = pv_context_set(v, c);
    heap_free(c);
    return ret;
}

int arch_vcpu_send_nmi(struct vcpu *v)
{
    __atomic_fetch_or(&v->arch.work, ARCH_WORK_NMI, __ATOMIC_SEQ_CST);
    vcpu_kick(v);
    return 0;
}

uint64_t arch_cpu_physid(unsigned int cpu)
{
    return cpu;
}

int arch_vcpu_init(struct vcpu *v)
{
    return pv_vcpu_init(v);
}

void arch_vcpu_print(const struct vcpu *v)
{
    printk(LOG_ERR "d%uv%u, %s mode:\n", v->domain->id, v->id,
           v->arch.mode & PV_MODE_KERNEL ? "kernel" : "user");
    regs_print(guest_regs());
}
