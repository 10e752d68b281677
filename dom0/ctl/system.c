/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine and the hypervisor: what they are, what they say. */
#include "private.h"

#include <stdlib.h>
#include <string.h>

#include <xen/version.h>

int ctl_physinfo(struct ctl *ctl, struct xen_sysctl_physinfo *info)
{
    struct xen_sysctl op = { .cmd = XEN_SYSCTL_physinfo };

    if (sysctl(ctl, &op))
        return -1;
    *info = op.u.physinfo;
    return 0;
}

int ctl_scheduler_id(struct ctl *ctl, uint32_t *id)
{
    struct xen_sysctl op = { .cmd = XEN_SYSCTL_sched_id };

    if (sysctl(ctl, &op))
        return -1;
    *id = op.u.sched_id.sched_id;
    return 0;
}

int ctl_console_read(struct ctl *ctl, char *buffer, uint32_t size, bool clear)
{
    struct xen_sysctl op = { .cmd = XEN_SYSCTL_readconsole };
    struct bounce b;
    int ret;

    if (bounce_take(ctl, &b, buffer, size, false))
        return -1;
    op.u.readconsole.clear = clear;
    op.u.readconsole.count = size;
    set_xen_guest_handle(op.u.readconsole.buffer, b.buffer);
    ret = sysctl(ctl, &op);
    bounce_drop(ctl, &b, !ret);
    return ret ? -1 : (int)op.u.readconsole.count;
}

int ctl_debug_keys(struct ctl *ctl, const char *keys)
{
    struct xen_sysctl op = { .cmd = XEN_SYSCTL_debug_keys };
    struct bounce b;
    int ret;

    if (bounce_take(ctl, &b, keys, strlen(keys), true))
        return -1;
    op.u.debug_keys.nr_keys = strlen(keys);
    set_xen_guest_handle(op.u.debug_keys.keys, b.buffer);
    ret = sysctl(ctl, &op);
    bounce_drop(ctl, &b, false);
    return ret;
}

int ctl_cpu_idle(struct ctl *ctl, uint64_t *idle_ns, unsigned count)
{
    struct xen_sysctl op = { .cmd = XEN_SYSCTL_getcpuinfo };
    struct bounce b;
    int ret;

    /* struct xen_sysctl_cpuinfo is one 64-bit number. */
    if (bounce_take(ctl, &b, idle_ns, count * sizeof(*idle_ns), false))
        return -1;
    op.u.getcpuinfo.max_cpus = count;
    set_xen_guest_handle(op.u.getcpuinfo.info, b.buffer);
    ret = sysctl(ctl, &op);
    bounce_drop(ctl, &b, !ret);
    return ret ? -1 : (int)op.u.getcpuinfo.nr_cpus;
}

int ctl_version(struct ctl *ctl, unsigned command, void *argument, size_t size)
{
    struct bounce b;
    int ret;

    if (bounce_take(ctl, &b, argument, size, true))
        return -1;
    ret = xencall2(ctl->call, __HYPERVISOR_xen_version, command, (uintptr_t)b.buffer);
    bounce_drop(ctl, &b, ret >= 0);
    return ret;
}

int ctl_pool(struct ctl *ctl, struct xen_sysctl_cpupool_op *op)
{
    struct xen_sysctl s = { .cmd = XEN_SYSCTL_cpupool_op };
    size_t size = (op->cpumap.nr_bits + 7) / 8;
    struct bounce b = { 0 };
    int ret;

    if (bounce_take(ctl, &b, op->cpumap.bitmap.p, size, false))
        return -1;
    s.u.cpupool_op = *op;
    set_xen_guest_handle(s.u.cpupool_op.cpumap.bitmap, b.buffer);
    ret = sysctl(ctl, &s);
    bounce_drop(ctl, &b, !ret);
    if (!ret) {
        s.u.cpupool_op.cpumap = op->cpumap;
        *op = s.u.cpupool_op;
    }
    return ret;
}

int ctl_pool_schedule(struct ctl *ctl, struct xen_sysctl_scheduler_op *op)
{
    struct xen_sysctl s = { .cmd = XEN_SYSCTL_scheduler_op };

    s.u.scheduler_op = *op;
    if (sysctl(ctl, &s))
        return -1;
    *op = s.u.scheduler_op;
    return 0;
}

int ctl_cpu_nodes(struct ctl *ctl, uint32_t *nodes, unsigned count)
{
    struct xen_sysctl op = { .cmd = XEN_SYSCTL_cputopoinfo };
    struct xen_sysctl_cputopo *topology = calloc(count, sizeof(*topology));
    struct bounce b;
    int ret = -1;

    if (!topology || bounce_take(ctl, &b, topology, count * sizeof(*topology), false))
        goto free_topology;
    op.u.cputopoinfo.num_cpus = count;
    set_xen_guest_handle(op.u.cputopoinfo.cputopo, b.buffer);
    ret = sysctl(ctl, &op);
    bounce_drop(ctl, &b, !ret);
    if (!ret) {
        ret = op.u.cputopoinfo.num_cpus < count ? op.u.cputopoinfo.num_cpus : count;
        for (int i = 0; i < ret; i++)
            nodes[i] = topology[i].core == XEN_INVALID_CORE_ID ? XEN_INVALID_NODE_ID
                                                               : topology[i].node;
    }
free_topology:
    free(topology);
    return ret;
}
