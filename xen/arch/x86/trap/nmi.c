/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * NMIs and machine checks. Both come at any moment, even where a lock is held or the stack is a
 * guest's, so they run on stacks of their own and only note what happened; a softirq says it and
 * tells the control domain.
 */
#include <hv/debug.h>
#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/init.h>
#include <hv/percpu.h>
#include <hv/printk.h>
#include <hv/smp.h>
#include <hv/softirq.h>
#include <hv/string.h>
#include <hv/vcpu-op.h>

#include <asm/apic.h>
#include <asm/cpu.h>
#include <asm/entry.h>
#include <asm/io.h>
#include <asm/lapic.h>
#include <asm/machine-check.h>
#include <asm/processor.h>

/* The chip set's account of its NMIs. */
#define PORT_NMI      0x61
#define NMI_PCI_ERROR 0x80
#define NMI_IO_CHECK  0x40
#define NMI_KEEP      0x0f
#define NMI_DISABLE   0x0c /* and by that, forget */

static enum { NMI_TO_DOM0, NMI_FATAL, NMI_IGNORED } policy;
static unsigned long reasons; /* (a) XEN_NMIREASON_* not yet reported */

static DEFINE_PER_CPU(struct machine_check, machine_check);
static DEFINE_PER_CPU(bool, machine_check_to_say);

static int nmi_parse(const char *value)
{
    if (!strcmp(value, "dom0"))
        policy = NMI_TO_DOM0;
    else if (!strcmp(value, "fatal"))
        policy = NMI_FATAL;
    else if (!strcmp(value, "ignore"))
        policy = NMI_IGNORED;
    else
        return -EINVAL;
    return 0;
}
DEFINE_PARAM("nmi", nmi_parse);

/* Why the chip set raised it; the latch is cleared by disabling the source for a moment. */
static unsigned long reason_read(void)
{
    uint8_t status = inb(PORT_NMI);
    unsigned long reason = 0;

    if (status & NMI_PCI_ERROR)
        reason |= XEN_NMIREASON_pci_serr;
    if (status & NMI_IO_CHECK)
        reason |= XEN_NMIREASON_io_error;
    if (!reason)
        return XEN_NMIREASON_unknown;
    outb(PORT_NMI, (status & NMI_KEEP) | NMI_DISABLE);
    outb(PORT_NMI, status & NMI_KEEP & ~NMI_DISABLE);
    return reason;
}

/*
 * A softirq that is sure to be seen: what was interrupted may be past its last look. In xAPIC mode
 * the command register has two halves, and we may have come in between.
 */
static void report_later(void)
{
    uint32_t high = lapic_mmio ? lapic_read(APIC_ICR_HIGH) : 0;

    softirq_raise(SOFTIRQ_REPORT);
    smp_kick(smp_cpu_id());
    if (lapic_mmio)
        lapic_write(APIC_ICR_HIGH, high);
}

void nmi_handle(const struct cpu_user_regs *regs)
{
    unsigned long reason;

    if (smp_is_stopping())
        smp_stop_self();
    reason = reason_read();
    if (policy == NMI_FATAL)
        panic_regs(regs, "NMI (reason %#lx)", reason);
    if (policy == NMI_IGNORED)
        return;
    __atomic_fetch_or(&reasons, reason, __ATOMIC_RELAXED);
    report_later();
}

void machine_check_handle(const struct cpu_user_regs *regs)
{
    struct machine_check *mc = &this_cpu(machine_check);

    machine_check_read(mc);
    if (mc->fatal)
        panic_regs(regs, "machine check: bank %u, status %#lx, address %#lx, global status %#lx",
                   mc->bank, (unsigned long)mc->status, (unsigned long)mc->address,
                   (unsigned long)mc->global);
    this_cpu(machine_check_to_say) = true;
    report_later();
}

static void dom0_nmi(unsigned long reason)
{
    __atomic_fetch_or(&dom0->shared_info->arch.nmi_reason, reason, __ATOMIC_RELAXED);
    arch_vcpu_send_nmi(dom0->vcpus[0]);
}

static void report(void)
{
    const struct machine_check *mc = &this_cpu(machine_check);
    unsigned long reason = __atomic_exchange_n(&reasons, 0, __ATOMIC_RELAXED);

    if (this_cpu(machine_check_to_say)) {
        this_cpu(machine_check_to_say) = false;
        printk(LOG_WARN "machine check on CPU %u, corrected: bank %u, status %#lx, address %#lx\n",
               smp_cpu_id(), mc->bank, (unsigned long)mc->status, (unsigned long)mc->address);
    }
    if (!reason)
        return;
    printk(LOG_WARN "NMI on CPU %u:%s%s%s\n", smp_cpu_id(),
           reason & XEN_NMIREASON_pci_serr ? " PCI system error" : "",
           reason & XEN_NMIREASON_io_error ? " I/O check" : "",
           reason & XEN_NMIREASON_unknown ? " unknown reason" : "");
    if (dom0 && dom0->vcpus[0])
        dom0_nmi(reason);
}

void nmi_init(void)
{
    softirq_register(SOFTIRQ_REPORT, report);
}
