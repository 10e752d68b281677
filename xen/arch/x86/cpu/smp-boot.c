/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bringing up the other CPUs, one after the other (SDM vol. 3, 8.4: INIT, then start-up IPIs). */
#include <hv/smp.h>

#include <hv/acpi.h>
#include <hv/errno.h>
#include <hv/init.h>
#include <hv/printk.h>
#include <hv/sched.h>
#include <hv/string.h>
#include <hv/timer.h>

#include <asm/apic.h>
#include <asm/cpu.h>
#include <asm/cpuid.h>
#include <asm/irqflags.h>
#include <asm/lapic.h>
#include <asm/mm.h>
#include <asm/msr.h>
#include <asm/processor.h>
#include <asm/time.h>

#define INIT_WAIT_US    200U
#define STARTUP_WAIT_US 200U
#define STARTED_WAIT_US 200000U  /* for the first instructions */
#define ONLINE_WAIT_US  5000000U /* an emulator may be slow */

/* What the code at trampoline_start finds behind it. */
struct trampoline_data {
    uint64_t stack, entry;
    uint32_t cr3, cr4, cr0, efer;
    uint32_t cpu;
    uint32_t started; /* written by the new CPU */
};

extern const uint8_t trampoline_start[], trampoline_end[], trampoline_data[], trampoline_gdt[];
extern const uint8_t trampoline_gdt_base[], trampoline_to32[], trampoline_to64[];
extern const uint8_t trampoline_code32[], trampoline_code64[];

static unsigned int max_cpus = NR_CPUS;

static int maxcpus_param(const char *value)
{
    const char *end;
    uint64_t n = strtou64(value, &end);

    if (end == value || *end)
        return -EINVAL;
    max_cpus = n < 1 ? 1 : (unsigned int)MIN(n, NR_CPUS);
    return 0;
}
DEFINE_PARAM("maxcpus", maxcpus_param);

static int nosmp_param(const char *value)
{
    int on = param_bool(value);

    if (on < 0)
        return on;
    if (on)
        max_cpus = 1;
    return 0;
}
DEFINE_PARAM("nosmp", nosmp_param);

static uint32_t offset_of(const uint8_t *symbol)
{
    return (uint32_t)(symbol - trampoline_start);
}

static void patch32(const uint8_t *where, const uint8_t *target)
{
    uint32_t address = trampoline_phys + offset_of(target);

    memcpy((uint8_t *)phys_to_virt(trampoline_phys) + offset_of(where), &address, sizeof(address));
}

static struct trampoline_data *trampoline_install(void)
{
    memcpy(phys_to_virt(trampoline_phys), trampoline_start, offset_of(trampoline_end));
    patch32(trampoline_gdt_base, trampoline_gdt);
    patch32(trampoline_to32, trampoline_code32);
    patch32(trampoline_to64, trampoline_code64);
    return (struct trampoline_data *)((uint8_t *)phys_to_virt(trampoline_phys) +
                                      offset_of(trampoline_data));
}

static bool wait_for_start(const struct trampoline_data *data, unsigned int us)
{
    for (unsigned int waited = 0; waited < us; waited += 10) {
        if (READ_ONCE(data->started))
            return true;
        delay_us(10);
    }
    return READ_ONCE(data->started);
}

static bool wait_for_online(unsigned int cpu)
{
    for (unsigned int waited = 0; waited < ONLINE_WAIT_US; waited += 10) {
        if (cpumask_has(&cpu_online_map, cpu))
            return true;
        delay_us(10);
    }
    return false;
}

static void init_send(uint32_t apic_id)
{
    lapic_send(apic_id, APIC_ICR_INIT | APIC_ICR_LEVEL | APIC_ICR_ASSERT);
    delay_us(INIT_WAIT_US);
}

/* A CPU may miss the first start-up IPI; one that runs ignores the second. */
static bool start(uint32_t apic_id, const struct trampoline_data *data)
{
    uint32_t command = APIC_ICR_STARTUP | APIC_ICR_ASSERT | trampoline_phys >> PAGE_SHIFT;

    init_send(apic_id);
    lapic_send(apic_id, command);
    if (wait_for_start(data, STARTUP_WAIT_US))
        return true;
    lapic_send(apic_id, command);
    return wait_for_start(data, STARTED_WAIT_US);
}

/* Everything that can fail is done here, for the new CPU. */
static int cpu_prepare(unsigned int cpu, struct cpu_info **info)
{
    int rc;

    /* A CPU that did not come leaves its stack to the next one. */
    *info = cpu_infos[cpu] ? cpu_infos[cpu] : cpu_stack_alloc(cpu);
    if (!*info)
        return -ENOMEM;
    rc = timer_cpu_up(cpu);
    if (!rc)
        rc = sched_cpu_up(cpu);
    (*info)->vcpu = idle_vcpu[cpu];
    return rc;
}

static int cpu_boot(unsigned int cpu, uint32_t apic_id, struct trampoline_data *data)
{
    struct cpu_info *info;
    int rc;

    cpu_apic_id[cpu] = apic_id;
    rc = cpu_prepare(cpu, &info);
    if (rc)
        return rc;
    *data = (struct trampoline_data){
        .stack = (uint64_t)info & ~15ULL,
        .entry = (uint64_t)secondary_start,
        .cr3 = (uint32_t)idle_cr3,
        .cr4 = CR4_PAE | (cpu_features.pge ? CR4_PGE : 0),
        .cr0 = (uint32_t)read_cr0(),
        .efer = (uint32_t)(EFER_LME | EFER_SCE | (cpu_features.nx ? EFER_NX : 0)),
        .cpu = cpu,
    };
    if (start(apic_id, data)) {
        tsc_sync_bsp(cpu);
        if (wait_for_online(cpu))
            return 0;
    }
    init_send(apic_id); /* back to waiting, so that it cannot wake up in the next one's stack */
    sched_cpu_down(cpu);
    timer_cpu_down(cpu);
    return -EIO;
}

void secondary_start(unsigned int cpu)
{
    cpu_init();
    lapic_init_ap();
    tsc_sync_ap();
    apic_timer_init_cpu();
    cpumask_add(&cpu_online_map, cpu);
    irq_enable();
    idle_loop();
}

void smp_boot_all(void)
{
    struct trampoline_data *data;
    uint32_t self = lapic_id();

    if (max_cpus == 1 || acpi_info.nr_cpus < 2)
        return;
    if (!trampoline_phys || trampoline_show(true)) {
        printk(LOG_ERR "one CPU only: no room below 1 MiB to start others\n");
        return;
    }
    data = trampoline_install();
    for (unsigned int i = 0; i < acpi_info.nr_cpus && nr_cpu_ids < max_cpus; i++) {
        const struct acpi_cpu *c = &acpi_info.cpus[i];
        int rc;

        if (!c->enabled || c->apic_id == self)
            continue;
        /* Ids above 254 need x2APIC mode; the destination field has 8 bits otherwise. */
        if (lapic_mmio && c->apic_id > 254) {
            printk(LOG_WARN "CPU with APIC id %u left out: no x2APIC mode\n", c->apic_id);
            continue;
        }
        rc = cpu_boot(nr_cpu_ids, c->apic_id, data);
        if (rc)
            printk(LOG_ERR "CPU with APIC id %u does not start: error %d\n", c->apic_id, rc);
        else
            nr_cpu_ids++;
    }
    trampoline_show(false);
    printk(LOG_INFO "%u CPUs run\n", nr_cpu_ids);
}
