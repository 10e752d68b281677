/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sysctl about the machine: processors, memory, where both are, how long processors idled. */
#include "sysctl.h"

#include <hv/alloc.h>
#include <hv/boot-info.h>
#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/frame.h>
#include <hv/guest-access.h>
#include <hv/memory.h>
#include <hv/sched.h>
#include <hv/smp.h>

/* All memory counts as one node's. */
#define NODES          1U
#define NODE_ID_MAX    63U /* what the ABI's tools make room for */
#define LOCAL_DISTANCE 10U /* ACPI's unit: SLIT */

static uint64_t ram_pages(void)
{
    uint64_t pages = 0;

    for (unsigned int i = 0; i < boot_info.nr_regions; i++)
        if (boot_info.regions[i].type == REGION_RAM)
            pages += boot_info.regions[i].size >> PAGE_SHIFT;
    return pages;
}

/* CPUs that run in the boot CPU's core, and in its socket. */
static void siblings_count(uint32_t *in_core, uint32_t *in_socket)
{
    struct cpu_place first, other;
    unsigned int cpu;

    *in_core = *in_socket = 0;
    smp_cpu_place(0, &first);
    for_each_cpu (cpu, &cpu_online_map) {
        smp_cpu_place(cpu, &other);
        if (other.socket != first.socket)
            continue;
        ++*in_socket;
        if (other.core == first.core)
            ++*in_core;
    }
}

SYSCTL_HANDLER(physinfo)
{
    struct xen_sysctl_physinfo *p = &op->u.physinfo;
    uint32_t in_core, in_socket;

    siblings_count(&in_core, &in_socket);
    *p = (struct xen_sysctl_physinfo){
        .threads_per_core = in_core,
        .cores_per_socket = in_socket / MAX(in_core, 1U),
        .nr_cpus = cpumask_weight(&cpu_online_map),
        .max_cpu_id = nr_cpu_ids - 1,
        .nr_nodes = NODES,
        .max_node_id = NODE_ID_MAX,
        .total_pages = ram_pages(),
        .free_pages = frame_free_count(),
        .outstanding_pages = claim_total(),
        .max_mfn = frame_limit - 1,
        .capabilities = XEN_SYSCTL_PHYSCAP_gnttab_v1 | XEN_SYSCTL_PHYSCAP_gnttab_v2,
    };
    arch_physinfo(p);
    return 0;
}

SYSCTL_HANDLER(cputopoinfo)
{
    struct xen_sysctl_cputopoinfo *info = &op->u.cputopoinfo;
    uint32_t room = info->num_cpus;

    info->num_cpus = info->cputopo.p ? MIN(room, nr_cpu_ids) : nr_cpu_ids;
    for (uint32_t cpu = 0; info->cputopo.p && cpu < info->num_cpus; cpu++) {
        struct xen_sysctl_cputopo topo = { XEN_INVALID_CORE_ID, XEN_INVALID_SOCKET_ID,
                                           XEN_INVALID_NODE_ID };
        struct cpu_place place;

        if (cpumask_has(&cpu_online_map, cpu)) {
            smp_cpu_place(cpu, &place);
            topo = (struct xen_sysctl_cputopo){ place.core, place.socket, place.node };
        }
        if (guest_write(info->cputopo, cpu, &topo))
            return -EFAULT;
    }
    return 0;
}

SYSCTL_HANDLER(numainfo)
{
    struct xen_sysctl_numainfo *info = &op->u.numainfo;
    struct xen_sysctl_meminfo memory = { ram_pages() << PAGE_SHIFT, frame_free_count()
                                                                        << PAGE_SHIFT };
    uint32_t distance = LOCAL_DISTANCE;

    if (!info->meminfo.p && !info->distance.p) {
        info->num_nodes = NODES;
        return 0;
    }
    info->num_nodes = MIN(info->num_nodes, NODES);
    if (!info->num_nodes)
        return 0;
    if (info->meminfo.p && guest_write(info->meminfo, 0, &memory))
        return -EFAULT;
    if (info->distance.p && guest_write(info->distance, 0, &distance))
        return -EFAULT;
    return 0;
}

#define PCI_DEVICES_MAX 65536U /* more than a machine has: the rest is another call's */

SYSCTL_HANDLER(pcitopoinfo)
{
    struct xen_sysctl_pcitopoinfo *info = &op->u.pcitopoinfo;
    uint32_t count = MIN(info->num_devs, PCI_DEVICES_MAX);

    if (!info->devs.p || !info->nodes.p)
        return -EINVAL;
    for (uint32_t i = 0; i < count; i++) {
        physdev_pci_device_t dev;
        uint32_t node;

        if (guest_read(&dev, info->devs, i))
            return -EFAULT;
        node = arch_pci_is_known(dev.seg, dev.bus, dev.devfn) ? XEN_INVALID_NODE_ID
                                                              : XEN_INVALID_DEV;
        if (guest_write(info->nodes, i, &node))
            return -EFAULT;
    }
    info->num_devs = count;
    return 0;
}

SYSCTL_HANDLER(getcpuinfo)
{
    struct xen_sysctl_getcpuinfo *info = &op->u.getcpuinfo;
    uint32_t count = MIN(info->max_cpus, nr_cpu_ids);

    for (uint32_t cpu = 0; cpu < count; cpu++) {
        struct xen_sysctl_cpuinfo c = { 0 };
        struct vcpu_runstate_info rs;

        if (idle_vcpu[cpu]) {
            vcpu_runstate_get(idle_vcpu[cpu], &rs);
            c.idletime = rs.time[RUNSTATE_running];
        }
        if (guest_write(info->info, cpu, &c))
            return -EFAULT;
    }
    info->nr_cpus = count;
    return 0;
}

/* Free memory between two powers of 2: its addresses have so many bits. */
SYSCTL_HANDLER(availheap)
{
    struct xen_sysctl_availheap *a = &op->u.availheap;
    uint64_t from = 0, to = UINT64_MAX;

    a->avail_bytes = 0;
    if (a->node > 0)
        return 0;
    if (a->min_bitwidth > PAGE_SHIFT && a->min_bitwidth < 64)
        from = 1ULL << (a->min_bitwidth - PAGE_SHIFT);
    else if (a->min_bitwidth >= 64)
        from = UINT64_MAX;
    if (a->max_bitwidth && a->max_bitwidth < 64)
        to = (1ULL << a->max_bitwidth) >> PAGE_SHIFT;
    a->avail_bytes = frame_free_between(from, to) << PAGE_SHIFT;
    return 0;
}
