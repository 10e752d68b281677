/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sysctl about what is not there: trace buffers, frequency scaling, memory and processors that come
 * and go, cache partitions, live patches. Each says so in the way that the tools know.
 */
#include "sysctl.h"

#include <hv/cpumask.h>
#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/frame.h>
#include <hv/guest-access.h>

static uint32_t trace_mask;

/* There are no buffers: their size cannot be set, and they are never on. */
SYSCTL_HANDLER(tbuf_op)
{
    struct xen_sysctl_tbuf_op *t = &op->u.tbuf_op;

    switch (t->cmd) {
    case XEN_SYSCTL_TBUFOP_get_info:
        t->evt_mask = READ_ONCE(trace_mask);
        t->buffer_mfn = 0;
        t->size = 0;
        return 0;
    case XEN_SYSCTL_TBUFOP_set_evt_mask: WRITE_ONCE(trace_mask, t->evt_mask); return 0;
    case XEN_SYSCTL_TBUFOP_set_cpu_mask:
    case XEN_SYSCTL_TBUFOP_disable: return 0;
    default: return -EINVAL;
    }
}

/* The processors' power states are the hypervisor's: HLT, and no count of it. */
SYSCTL_HANDLER(get_pmstat)
{
    struct xen_sysctl_get_pmstat *p = &op->u.get_pmstat;

    if (p->cpuid >= nr_cpu_ids || !cpumask_has(&cpu_online_map, p->cpuid))
        return -EINVAL;
    if ((p->type & PMSTAT_CATEGORY_MASK) != PMSTAT_CX)
        return -ENODEV;
    switch (p->type) {
    case PMSTAT_get_max_cx: p->u.getcx.nr = 0; return 0;
    case PMSTAT_get_cxstat:
        p->u.getcx.nr = p->u.getcx.nr_pc = p->u.getcx.nr_cc = 0;
        p->u.getcx.last = 0;
        p->u.getcx.idle_time = 0;
        return 0;
    case PMSTAT_reset_cxstat: return 0;
    default: return -ENOSYS;
    }
}

SYSCTL_HANDLER(cpu_hotplug)
{
    const struct xen_sysctl_cpu_hotplug *h = &op->u.cpu_hotplug;

    if (h->op > XEN_SYSCTL_CPU_HOTPLUG_OFFLINE)
        return -EOPNOTSUPP;
    if (h->cpu >= nr_cpu_ids)
        return -EINVAL;
    if (h->op == XEN_SYSCTL_CPU_HOTPLUG_ONLINE)
        return cpumask_has(&cpu_online_map, h->cpu) ? -EEXIST : -EOPNOTSUPP;
    return h->cpu == 0 ? -EINVAL : -EOPNOTSUPP;
}

static uint32_t max_cstate = 1, max_csubstate = XEN_SYSCTL_CX_UNLIMITED;

/* C1 is what we use: a limit below or above it changes nothing. */
static uint32_t *cstate_limit(uint32_t which)
{
    return which == 0 ? &max_cstate : which == 1 ? &max_csubstate : NULL;
}

SYSCTL_HANDLER(pm_op)
{
    struct xen_sysctl_pm_op *p = &op->u.pm_op;
    uint32_t *limit = cstate_limit(p->cpuid);

    if (p->cpuid >= nr_cpu_ids || !cpumask_has(&cpu_online_map, p->cpuid))
        return -EINVAL;
    if ((p->cmd & PM_PARA_CATEGORY_MASK) == CPUFREQ_PARA)
        return -EINVAL;
    switch (p->cmd) {
    case XEN_SYSCTL_pm_op_set_sched_opt_smt: p->u.set_sched_opt_smt = 0; return 0;
    case XEN_SYSCTL_pm_op_get_max_cstate:
        if (!limit)
            return -EINVAL;
        p->u.get_max_cstate = READ_ONCE(*limit);
        return 0;
    case XEN_SYSCTL_pm_op_set_max_cstate:
        if (!limit)
            return -EINVAL;
        WRITE_ONCE(*limit, p->u.set_max_cstate);
        return 0;
    case XEN_SYSCTL_pm_op_enable_turbo:
    case XEN_SYSCTL_pm_op_disable_turbo: return -EACCES;
    default: return -ENOSYS;
    }
}

/* No frame is ever taken out of use; a query says so for each. */
SYSCTL_HANDLER(page_offline_op)
{
    const struct xen_sysctl_page_offline_op *p = &op->u.page_offline;
    uint32_t status = 0;

    if (p->cmd < sysctl_page_offline || p->cmd > sysctl_query_page_offline)
        return -EINVAL;
    if (p->end < p->start || p->end - p->start >= 1024 || !mfn_is_valid(mfn(p->end)))
        return -EINVAL;
    if (p->cmd != sysctl_query_page_offline)
        return -EOPNOTSUPP;
    for (uint32_t n = 0; n <= p->end - p->start; n++)
        if (guest_write(p->status, n, &status))
            return -EFAULT;
    return 0;
}

SYSCTL_HANDLER(coverage_op)
{
    (void)op;
    return -EOPNOTSUPP;
}

SYSCTL_HANDLER(psr_cmt_op)
{
    (void)op;
    return -ENODEV;
}

SYSCTL_HANDLER(psr_alloc)
{
    return op->u.psr_alloc.cmd <= XEN_SYSCTL_PSR_get_mba_info ? -ENODEV : -EOPNOTSUPP;
}

/* The list of patches is empty; there is no way to add one. */
SYSCTL_HANDLER(livepatch_op)
{
    struct xen_sysctl_livepatch_op *l = &op->u.livepatch;

    if (l->pad)
        return -EINVAL;
    switch (l->cmd) {
    case XEN_SYSCTL_LIVEPATCH_LIST:
        if (l->u.list.pad)
            return -EINVAL;
        l->u.list.version = 0;
        l->u.list.nr = 0;
        l->u.list.name_total_size = l->u.list.metadata_total_size = 0;
        return 0;
    case XEN_SYSCTL_LIVEPATCH_UPLOAD:
    case XEN_SYSCTL_LIVEPATCH_GET:
    case XEN_SYSCTL_LIVEPATCH_ACTION: return -EINVAL;
    default: return -EOPNOTSUPP;
    }
}
