/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The local APIC: switching it on, on every CPU, and sending interprocessor interrupts. */
#include <asm/lapic.h>

#include <hv/acpi.h>
#include <hv/init.h>
#include <hv/printk.h>

#include <asm/cpuid.h>
#include <asm/irqflags.h>
#include <asm/mm.h>

#include "private.h"

#define LAPIC_DEFAULT_BASE 0xfee00000ULL
#define LAPIC_BASE_MASK    0x000ffffffffff000ULL

volatile uint8_t *lapic_mmio;
uint32_t cpu_apic_id[NR_CPUS];

static bool x2apic_wanted = true;
static bool x2apic; /* (c) after lapic_init_bsp() */

static int x2apic_param(const char *value)
{
    int on = param_bool(value);

    if (on < 0)
        return on;
    x2apic_wanted = on;
    return 0;
}
DEFINE_PARAM("x2apic", x2apic_param);

uint32_t lapic_id(void)
{
    return lapic_mmio ? lapic_read(APIC_ID) >> 24 : lapic_read(APIC_ID);
}

static void icr_wait(void)
{
    /* A lost IPI would set no error; bounded so that a dead APIC cannot hang a panic. */
    for (unsigned int i = 0; i < 1000000 && (lapic_read(APIC_ICR_LOW) & APIC_ICR_BUSY); i++)
        cpu_relax();
}

void lapic_send(uint32_t apic_id, uint32_t command)
{
    unsigned long flags;

    if (!lapic_mmio) {
        /* Unlike an uncached store, the WRMSR does not wait for stores before it. */
        asm volatile("mfence; lfence" ::: "memory");
        wrmsr(MSR_X2APIC + (APIC_ICR_LOW >> 4), (uint64_t)apic_id << 32 | command);
        return;
    }
    flags = irq_save();
    icr_wait();
    lapic_write(APIC_ICR_HIGH, apic_id << 24);
    lapic_write(APIC_ICR_LOW, command);
    irq_restore(flags);
}

/* NMI inputs as the MADT wires them; LINT0 otherwise carries the 8259s, which are masked. */
static void lapic_nmi_wire(void)
{
    uint32_t id = lapic_id();

    lapic_write(APIC_LVT_LINT0, APIC_LVT_MASKED);
    lapic_write(APIC_LVT_LINT1, APIC_LVT_MASKED);
    for (unsigned int i = 0; i < acpi_info.nr_nmis; i++) {
        const struct acpi_nmi *n = &acpi_info.nmis[i];
        bool mine = n->acpi_id == ACPI_NMI_ALL_CPUS;

        for (unsigned int c = 0; c < acpi_info.nr_cpus && !mine; c++)
            mine = acpi_info.cpus[c].acpi_id == n->acpi_id && acpi_info.cpus[c].apic_id == id;
        if (mine)
            lapic_write(n->lint ? APIC_LVT_LINT1 : APIC_LVT_LINT0,
                        APIC_LVT_NMI | (n->active_low ? APIC_LVT_ACTIVE_LOW : 0));
    }
}

/* A kexec or the firmware may have left interrupts in service; each EOI ends one. */
static void lapic_drain(void)
{
    for (unsigned int round = 0; round < 256; round++) {
        uint32_t busy = 0;

        for (unsigned int i = 0; i < 8; i++)
            busy |= lapic_read(APIC_ISR + i * 0x10);
        if (!busy)
            return;
        lapic_eoi();
    }
}

static void lapic_setup(void)
{
    unsigned int max_lvt;

    lapic_write(APIC_SPURIOUS, APIC_SPURIOUS_ENABLE | VECTOR_SPURIOUS);
    lapic_write(APIC_TPR, 0);
    if (lapic_mmio) {
        lapic_write(APIC_DFR, 0xffffffff);
        lapic_write(APIC_LDR, 0);
    }
    max_lvt = (lapic_read(APIC_VERSION) >> 16) & 0xff;
    lapic_write(APIC_LVT_TIMER, APIC_LVT_MASKED | VECTOR_TIMER);
    if (max_lvt >= 4)
        lapic_write(APIC_LVT_PERF, APIC_LVT_MASKED);
    if (max_lvt >= 5)
        lapic_write(APIC_LVT_THERMAL, APIC_LVT_MASKED);
    lapic_nmi_wire();
    lapic_write(APIC_ERROR, 0);
    lapic_write(APIC_LVT_ERROR, VECTOR_ERROR);
    lapic_drain();
}

/* Enters the chosen mode; x2APIC can be left only through a reset of the APIC, so never is. */
static void lapic_enable(void)
{
    uint64_t base = rdmsr(MSR_APIC_BASE);

    if (!(base & APIC_BASE_ENABLE))
        wrmsr(MSR_APIC_BASE, base |= APIC_BASE_ENABLE);
    if (x2apic && !(base & APIC_BASE_X2APIC))
        wrmsr(MSR_APIC_BASE, base | APIC_BASE_X2APIC);
}

void lapic_init_bsp(void)
{
    uint64_t base = rdmsr(MSR_APIC_BASE);

    x2apic = cpu_features.x2apic && (x2apic_wanted || (base & APIC_BASE_X2APIC));
    lapic_enable();
    if (!x2apic) {
        paddr_t pa = base & LAPIC_BASE_MASK;

        lapic_mmio = ioremap(pa ? pa : LAPIC_DEFAULT_BASE, PAGE_SIZE);
        if (!lapic_mmio)
            panic("cannot map the local APIC");
    }
    lapic_setup();
    cpu_apic_id[0] = lapic_id();
    printk(LOG_INFO "APIC: boot CPU has id %u, %s mode, version %#x\n", cpu_apic_id[0],
           x2apic ? "x2APIC" : "xAPIC", lapic_read(APIC_VERSION) & 0xff);
}

void lapic_init_ap(void)
{
    lapic_enable();
    lapic_setup();
}
