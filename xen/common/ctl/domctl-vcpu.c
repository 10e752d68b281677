/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Vcpus as the tools see and set them: state, registers, where they may run, what share they get.
 */
#include <hv/errno.h>
#include <hv/sched.h>
#include <hv/vcpu-op.h>

#include "domctl.h"

DOMCTL_HANDLER(getvcpuinfo)
{
    struct xen_domctl_getvcpuinfo *info = &op->u.getvcpuinfo;
    const struct vcpu *v = domain_vcpu(d, info->vcpu);
    struct vcpu_runstate_info rs;
    unsigned long pauses;

    if (!v)
        return -EINVAL;
    pauses = READ_ONCE(v->pause_flags);
    vcpu_runstate_get(v, &rs);
    info->online = !(pauses & 1UL << VPF_DOWN);
    info->blocked = !!(pauses & 1UL << VPF_BLOCKED);
    info->running = READ_ONCE(v->is_running);
    info->cpu_time = rs.time[RUNSTATE_running];
    info->cpu = READ_ONCE(v->cpu);
    return 0;
}

/* A null context takes back what an earlier one set. */
DOMCTL_HANDLER(setvcpucontext)
{
    const void *context = op->u.vcpucontext.ctxt.p;
    struct vcpu *v = domain_vcpu(d, op->u.vcpucontext.vcpu);
    int ret = 0;

    if (!v)
        return -EINVAL;
    if (domain_is_dying(d))
        return -EINVAL;
    domain_pause(d);
    if (context)
        ret = arch_vcpu_restore(v, context);
    else
        arch_vcpu_reset(v);
    domain_unpause(d);
    return ret;
}

static int affinity_hard_set(struct vcpu *v, struct xen_domctl_vcpuaffinity *a)
{
    struct cpumask mask = { { 0 } };
    int ret = ctl_bitmap_read(mask.bits, NR_CPUS, &a->cpumap_hard);

    if (ret)
        return ret;
    if (a->flags & XEN_VCPUAFFINITY_FORCE)
        (void)vcpu_pin_override(v, -1); /* -EINVAL: it is not */
    ret = vcpu_set_hard_affinity(v, &mask);
    if (ret)
        return ret;
    cpumask_and(&mask, &mask, &cpu_online_map);
    return ctl_bitmap_write(&a->cpumap_hard, mask.bits, NR_CPUS);
}

static int affinity_soft_set(struct vcpu *v, struct xen_domctl_vcpuaffinity *a)
{
    struct cpumask mask = { { 0 } };
    int ret = ctl_bitmap_read(mask.bits, NR_CPUS, &a->cpumap_soft);

    if (ret)
        return ret;
    vcpu_set_soft_affinity(v, &mask);
    cpumask_and(&mask, &mask, &v->hard_affinity);
    cpumask_and(&mask, &mask, &cpu_online_map);
    return ctl_bitmap_write(&a->cpumap_soft, mask.bits, NR_CPUS);
}

static bool flags_ok(uint32_t flags, uint32_t may)
{
    return flags & (XEN_VCPUAFFINITY_HARD | XEN_VCPUAFFINITY_SOFT) && !(flags & ~may);
}

DOMCTL_HANDLER(setvcpuaffinity)
{
    struct xen_domctl_vcpuaffinity *a = &op->u.vcpuaffinity;
    struct vcpu *v = domain_vcpu(d, a->vcpu);
    int ret = 0;

    if (!flags_ok(a->flags, XEN_VCPUAFFINITY_HARD | XEN_VCPUAFFINITY_SOFT | XEN_VCPUAFFINITY_FORCE))
        return -EINVAL;
    if (!v)
        return -EINVAL;
    if (a->flags & XEN_VCPUAFFINITY_HARD)
        ret = affinity_hard_set(v, a);
    if (!ret && a->flags & XEN_VCPUAFFINITY_SOFT)
        ret = affinity_soft_set(v, a);
    return ret;
}

DOMCTL_HANDLER(getvcpuaffinity)
{
    struct xen_domctl_vcpuaffinity *a = &op->u.vcpuaffinity;
    const struct vcpu *v = domain_vcpu(d, a->vcpu);
    int ret = 0;

    if (!flags_ok(a->flags, XEN_VCPUAFFINITY_HARD | XEN_VCPUAFFINITY_SOFT))
        return -EINVAL;
    if (!v)
        return -EINVAL;
    if (a->flags & XEN_VCPUAFFINITY_HARD)
        ret = ctl_bitmap_write(&a->cpumap_hard, v->hard_affinity.bits, nr_cpu_ids);
    if (!ret && a->flags & XEN_VCPUAFFINITY_SOFT)
        ret = ctl_bitmap_write(&a->cpumap_soft, v->soft_affinity.bits, nr_cpu_ids);
    return ret;
}

/* All memory is one node's: the set must name it. */
DOMCTL_HANDLER(setnodeaffinity)
{
    unsigned long nodes;
    int ret = ctl_bitmap_read(&nodes, BITS_PER_LONG, &op->u.nodeaffinity.nodemap);

    (void)d;
    if (ret)
        return ret;
    return nodes & 1 ? 0 : -EINVAL; /* others are not there; they do no harm */
}

DOMCTL_HANDLER(getnodeaffinity)
{
    const unsigned long nodes = 1;

    (void)d;
    return ctl_bitmap_write(&op->u.nodeaffinity.nodemap, &nodes, BITS_PER_LONG);
}

DOMCTL_HANDLER(scheduler_op)
{
    return sched_adjust(d, &op->u.scheduler_op);
}
