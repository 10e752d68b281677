/* SPDX-License-Identifier: GPL-2.0-or-later */
/* platform_op about the machine's CPUs: which there are, what they are, how long they idled. */
#include <hv/acpi.h>
#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/guest-access.h>
#include <hv/sched.h>
#include <hv/string.h>

#include <asm/cpuid.h>
#include <asm/lapic.h>

#include "platform.h"

static uint32_t acpi_id_of(unsigned int cpu)
{
    for (unsigned int i = 0; i < acpi_info.nr_cpus; i++)
        if (acpi_info.cpus[i].apic_id == cpu_apic_id[cpu])
            return acpi_info.cpus[i].acpi_id;
    return ~0U;
}

static bool is_present(uint32_t cpu)
{
    return cpu < nr_cpu_ids;
}

long platform_get_cpuinfo(struct xen_platform_op *op)
{
    struct xenpf_pcpuinfo *info = &op->u.pcpu_info;
    uint32_t cpu = info->xen_cpuid;

    info->max_present = nr_cpu_ids - 1;
    if (is_present(cpu)) {
        info->apic_id = cpu_apic_id[cpu];
        info->acpi_id = acpi_id_of(cpu);
        info->flags = cpumask_has(&cpu_online_map, cpu) ? XEN_PCPU_FLAGS_ONLINE : 0;
    } else {
        info->flags = XEN_PCPU_FLAGS_INVALID;
    }
    return 0;
}

/* The family, model and stepping of CPUID leaf 1 (SDM vol. 2, CPUID). */
static void version_fill(struct xenpf_pcpu_version *v, uint32_t eax)
{
    uint32_t family = eax >> 8 & 0xf, model = eax >> 4 & 0xf;

    v->family = family == 0xf ? family + (eax >> 20 & 0xff) : family;
    v->model = family == 6 || family == 0xf ? model | (eax >> 12 & 0xf0) : model;
    v->stepping = eax & 0xf;
}

/* All CPUs are of one kind: an x86 hypervisor cannot do with others. */
long platform_get_cpu_version(struct xen_platform_op *op)
{
    struct xenpf_pcpu_version *v = &op->u.pcpu_version;
    uint32_t cpu = v->xen_cpuid;

    memset(v, 0, sizeof(*v));
    v->xen_cpuid = cpu;
    v->max_present = nr_cpu_ids - 1;
    if (!is_present(cpu) || !cpumask_has(&cpu_online_map, cpu))
        return 0;
    memcpy(v->vendor_id, cpu_features.vendor, sizeof(v->vendor_id));
    version_fill(v, cpuid(1, 0).a);
    return 0;
}

long platform_cpu_online(struct xen_platform_op *op)
{
    uint32_t cpu = op->u.cpu_ol.cpuid;

    if (!is_present(cpu))
        return -EINVAL;
    return cpumask_has(&cpu_online_map, cpu) ? 0 : -EOPNOTSUPP;
}

long platform_cpu_offline(struct xen_platform_op *op)
{
    uint32_t cpu = op->u.cpu_ol.cpuid;

    if (!is_present(cpu) || !cpumask_has(&cpu_online_map, cpu))
        return -EINVAL;
    return -EOPNOTSUPP;
}

static uint64_t idle_time(unsigned int cpu)
{
    struct vcpu_runstate_info info;

    if (!idle_vcpu[cpu])
        return 0;
    vcpu_runstate_get(idle_vcpu[cpu], &info);
    return info.time[RUNSTATE_running];
}

long platform_getidletime(struct xen_platform_op *op)
{
    struct xenpf_getidletime *get = &op->u.getidletime;
    uint32_t count = MIN(get->cpumap_nr_cpus, NR_CPUS);
    uint8_t map[NR_CPUS / 8] = { 0 };

    if (guest_copy_from(map, get->cpumap_bitmap.p, (count + 7) / 8))
        return -EFAULT;
    get->now = (uint64_t)time_now();
    for (unsigned int cpu = 0; cpu < count; cpu++) {
        uint64_t idle = 0;

        if (!(map[cpu / 8] & (1U << cpu % 8)))
            continue;
        if (is_present(cpu))
            idle = idle_time(cpu);
        else
            map[cpu / 8] &= (uint8_t) ~(1U << cpu % 8);
        if (guest_copy_to(get->idletime.p + cpu, &idle, sizeof(idle)))
            return -EFAULT;
    }
    return guest_copy_to(get->cpumap_bitmap.p, map, (count + 7) / 8);
}
