/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Switching vcpus. A vcpu's state is always saved when it leaves its CPU; what it had loaded there
 * (address space, segments, extended state) stays until another vcpu comes, so that going idle and
 * coming back costs little.
 */
#include <hv/frame.h>
#include <hv/percpu.h>
#include <hv/sched.h>
#include <hv/smp.h>
#include <hv/string.h>
#include <hv/time.h>

#include <asm/cpu.h>
#include <asm/entry.h>
#include <asm/extable.h>
#include <asm/mm.h>
#include <asm/msr.h>
#include <asm/processor.h>
#include <asm/pv.h>
#include <asm/spec-ctrl.h>
#include <asm/xstate.h>

/* The vcpu whose state this CPU has loaded, though it may not be running; null at first. */
static DEFINE_PER_CPU(struct vcpu *, loaded_vcpu);

#define SAVE_SELECTOR(seg, regs) asm volatile("mov %%" #seg ", %0" : "=m"((regs)->seg))

/* A selector that the guest's tables no longer hold loads as null. */
#define LOAD_SELECTOR(seg, sel)                                                 \
    asm volatile("1: mov %0, %%" #seg "\n2:\n.pushsection .text.fixup,\"ax\"\n" \
                 "3: xor %0, %0\n mov %0, %%" #seg                              \
                 "\n jmp 2b\n.popsection\n" EXTABLE_ENTRY("1b", "3b")           \
                 : "+r"(sel))

static uint64_t fs_base_read(void)
{
    uint64_t v;

    if (!(hv_cr4 & CR4_FSGSBASE))
        return rdmsr(MSR_FS_BASE);
    asm volatile("rdfsbase %0" : "=r"(v));
    return v;
}

static uint64_t gs_base_read(void)
{
    uint64_t v;

    if (!(hv_cr4 & CR4_FSGSBASE))
        return rdmsr(MSR_GS_BASE);
    asm volatile("rdgsbase %0" : "=r"(v));
    return v;
}

static void state_save(struct vcpu *v)
{
    struct cpu_user_regs *regs = guest_regs();
    struct pv_vcpu *pv = &v->arch.pv;
    uint64_t *active = v->arch.mode & PV_MODE_KERNEL ? &pv->gs_base_kernel : &pv->gs_base_user;
    uint64_t *other = v->arch.mode & PV_MODE_KERNEL ? &pv->gs_base_user : &pv->gs_base_kernel;

    SAVE_SELECTOR(ds, regs);
    SAVE_SELECTOR(es, regs);
    SAVE_SELECTOR(fs, regs);
    SAVE_SELECTOR(gs, regs);
    v->arch.regs = *regs;
    pv->fs_base = fs_base_read();
    *active = gs_base_read();
    *other = rdmsr(MSR_KERNEL_GS_BASE);
    if (pv->cr0_ts)
        asm volatile("clts");
    xstate_save(v);
    if (pv->dr7 & 0xff) /* what is not in use does not slow the next one down */
        asm volatile("mov %0, %%dr7" ::"r"(0x400UL));
}

static void debug_regs_load(const struct pv_vcpu *pv)
{
    if (!(pv->dr7 & 0xff))
        return;
    asm volatile("mov %0, %%dr0" ::"r"(pv->dr[0]));
    asm volatile("mov %0, %%dr1" ::"r"(pv->dr[1]));
    asm volatile("mov %0, %%dr2" ::"r"(pv->dr[2]));
    asm volatile("mov %0, %%dr3" ::"r"(pv->dr[3]));
    asm volatile("mov %0, %%dr7" ::"r"(pv->dr7));
}

static void segments_load(struct vcpu *v)
{
    const struct pv_vcpu *pv = &v->arch.pv;
    unsigned int ds = v->arch.regs.ds, es = v->arch.regs.es, fs = v->arch.regs.fs,
                 gs = v->arch.regs.gs;
    bool in_kernel = v->arch.mode & PV_MODE_KERNEL;

    LOAD_SELECTOR(ds, ds);
    LOAD_SELECTOR(es, es);
    LOAD_SELECTOR(fs, fs);
    LOAD_SELECTOR(gs, gs);
    wrmsr(MSR_FS_BASE, pv->fs_base);
    wrmsr(MSR_GS_BASE, in_kernel ? pv->gs_base_kernel : pv->gs_base_user);
    wrmsr(MSR_KERNEL_GS_BASE, in_kernel ? pv->gs_base_user : pv->gs_base_kernel);
}

/*
 * Leaves @prev's page tables and enters @next's. They do not stay loaded while the CPU idles: the
 * vcpu may run elsewhere and free them. Who flushes TLBs changes the tables first, then looks at
 * dirty_cpus; so the mark comes before the load.
 */
static void address_space_switch(const struct vcpu *prev, const struct vcpu *next)
{
    unsigned int cpu = smp_cpu_id();

    if (next->is_idle) {
        write_cr3(idle_cr3);
    } else {
        cpumask_add(&next->domain->dirty_cpus, cpu);
        write_cr3(next->arch.mode & PV_MODE_KERNEL ? next->arch.cr3_kernel : next->arch.cr3_user);
    }
    if (!prev->is_idle && prev->domain != next->domain)
        cpumask_remove(&prev->domain->dirty_cpus, cpu);
}

/* The rest, after another vcpu was here. */
static void state_load(struct vcpu *v, const struct vcpu *before)
{
    spec_ctrl_switch(v->arch.pv.spec_ctrl, before && before->domain != v->domain);
    pv_gdt_load(v);
    pv_ldt_load(v);
    segments_load(v);
    debug_regs_load(&v->arch.pv);
}

static void __noreturn enter_guest(void)
{
    asm volatile("mov %0, %%rsp; xor %%ebp, %%ebp; jmp exit_to_guest" ::"r"(guest_regs())
                 : "memory");
    __builtin_unreachable();
}

static void __noreturn enter_idle(void)
{
    asm volatile("mov %0, %%rsp; xor %%ebp, %%ebp; sti; call idle_loop; ud2" ::"r"(guest_regs())
                 : "memory");
    __builtin_unreachable();
}

void context_switch(struct vcpu *prev, struct vcpu *next)
{
    struct vcpu *before = this_cpu(loaded_vcpu);

    if (!prev->is_idle)
        state_save(prev);
    current = next;
    address_space_switch(prev, next);
    if (next->is_idle) {
        sched_switched(prev);
        enter_idle();
    }
    if (before != next || next->arch.loaded_cpu != smp_cpu_id()) {
        state_load(next, before);
        xstate_restore(next);
        this_cpu(loaded_vcpu) = next;
        next->arch.loaded_cpu = smp_cpu_id();
    }
    if (next->arch.pv.cr0_ts)
        write_cr0(read_cr0() | CR0_TS);
    *guest_regs() = next->arch.regs;
    sched_switched(prev);
    vcpu_time_update(next);
    vcpu_runstate_publish(next);
    enter_guest();
}

/* Interrupts off: so context_switch() is not under way here, nor is one of its last steps. */
static void unload_here(void *arg)
{
    const struct vcpu *v = this_cpu(loaded_vcpu);

    if (!v || v->domain != arg)
        return;
    pv_descriptors_unload();
    this_cpu(loaded_vcpu) = NULL;
}

void arch_domain_unload(struct domain *d)
{
    smp_call(&cpu_online_map, unload_here, d);
}

void arch_idle(void)
{
    cpu_buffers_clear();
    asm volatile("sti; hlt" ::: "memory");
}

void arch_domain_flush_tlb(struct domain *d)
{
    unsigned int cpu = smp_cpu_id();
    struct cpumask mask = d->dirty_cpus;

    if (!cpumask_has(&mask, cpu)) {
        if (!cpumask_is_empty(&mask))
            tlb_flush_mask(&mask);
        return;
    }
    tlb_flush_local();
    if (cpumask_weight(&mask) > 1) {
        cpumask_remove(&mask, cpu);
        tlb_flush_mask(&mask);
    }
}
