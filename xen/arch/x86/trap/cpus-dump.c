/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Console key 'd': what every CPU is doing. The others are asked by NMI, so that one that hangs
 * with interrupts off answers too; they only note their registers, since they may hold any lock.
 */
#include <hv/debug.h>
#include <hv/domain.h>
#include <hv/printk.h>
#include <hv/time.h>

#include <asm/cpu.h>
#include <asm/entry.h>
#include <asm/lapic.h>

#define CALLS_MAX 16U
#define WAIT_US   20000U

static struct {
    uint32_t cpu;  /* who shall answer; NR_CPUS: nobody */
    bool answered; /* after all below was written */
    struct cpu_user_regs regs;
    unsigned int nr_calls;
    vaddr_t calls[CALLS_MAX];
} request = { .cpu = NR_CPUS };

static bool is_guests(const struct cpu_user_regs *regs)
{
    return regs->cs & 3;
}

bool cpus_dump_nmi(const struct cpu_user_regs *regs)
{
    if (READ_ONCE(request.cpu) != smp_cpu_id())
        return false;
    WRITE_ONCE(request.cpu, NR_CPUS);
    request.regs = *regs;
    request.nr_calls = is_guests(regs) ? 0
                                       : backtrace_collect((const uint64_t *)regs->rbp,
                                                           request.calls, CALLS_MAX);
    __atomic_store_n(&request.answered, true, __ATOMIC_RELEASE);
    return true;
}

static void print_vcpu(unsigned int cpu)
{
    const struct vcpu *v = READ_ONCE(cpu_infos[cpu]->vcpu);

    if (!v || v->is_idle)
        printk("CPU %u: idle vcpu\n", cpu);
    else
        printk("CPU %u: d%uv%u\n", cpu, v->domain->id, v->id);
}

static void dump_other(unsigned int cpu)
{
    request.answered = false;
    __atomic_store_n(&request.cpu, cpu, __ATOMIC_RELEASE);
    lapic_send(cpu_apic_id[cpu], APIC_ICR_NMI | APIC_ICR_ASSERT);
    for (unsigned int us = 0; us < WAIT_US; us += 10) {
        if (__atomic_load_n(&request.answered, __ATOMIC_ACQUIRE)) {
            regs_print_general(&request.regs);
            if (!is_guests(&request.regs))
                backtrace_print_calls(request.regs.rip, request.calls, request.nr_calls);
            return;
        }
        delay_us(10);
    }
    WRITE_ONCE(request.cpu, NR_CPUS);
    printk("  it does not answer\n");
}

static void dump(void)
{
    unsigned int cpu;

    for_each_cpu (cpu, &cpu_online_map) {
        print_vcpu(cpu);
        if (cpu != smp_cpu_id()) {
            dump_other(cpu);
            continue;
        }
        if (!current->is_idle)
            regs_print_general(guest_regs());
        backtrace_print(__builtin_frame_address(0), 0);
    }
}
DEFINE_CONSOLE_KEY(cpus, 'd', "registers of all CPUs", dump);

/* Those of a vcpu that runs are at the top of its CPU's stack, but those it has changed since. */
static void dump_dom0(void)
{
    const struct vcpu *v;

    if (!dom0)
        return;
    for_each_vcpu (dom0, v) {
        bool runs = READ_ONCE(v->is_running);

        printk("d0v%u%s:\n", v->id,
               v->pause_flags & 1UL << VPF_DOWN ? ", down"
               : runs                           ? ", running"
                                                : "");
        regs_print_general(runs ? &cpu_infos[v->cpu]->guest_regs : &v->arch.regs);
    }
}
DEFINE_CONSOLE_KEY(dom0, '0', "registers of domain 0", dump_dom0);
