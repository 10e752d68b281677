/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sysctl about scheduling: pools of CPUs, and what holds for a whole pool. */
#include "sysctl.h"

#include <hv/cpupool.h>
#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/sched.h>

SYSCTL_HANDLER(sched_id)
{
    op->u.sched_id.sched_id = sched_default_id();
    return 0;
}

SYSCTL_HANDLER(scheduler_op)
{
    return sched_adjust_pool(&op->u.scheduler_op);
}

static long pool_create(struct xen_sysctl_cpupool_op *op)
{
    return cpupool_create(&op->cpupool_id, op->sched_id);
}

static long pool_destroy(struct xen_sysctl_cpupool_op *op)
{
    return cpupool_destroy(op->cpupool_id);
}

static long pool_info(struct xen_sysctl_cpupool_op *op)
{
    struct cpupool_info info;
    int rc = cpupool_info(op->cpupool_id, &info);

    if (rc)
        return rc;
    op->cpupool_id = info.id;
    op->sched_id = info.sched_id;
    op->n_dom = info.domains;
    return ctl_bitmap_write(&op->cpumap, info.cpus.bits, nr_cpu_ids);
}

static long pool_addcpu(struct xen_sysctl_cpupool_op *op)
{
    return cpupool_add_cpu(op->cpupool_id, op->cpu);
}

static long pool_rmcpu(struct xen_sysctl_cpupool_op *op)
{
    return cpupool_remove_cpu(op->cpupool_id, op->cpu);
}

static long pool_movedomain(struct xen_sysctl_cpupool_op *op)
{
    struct domain *d;
    long rc;

    d = op->domid < DOMID_FIRST_RESERVED ? domain_get_by_id((domid_t)op->domid) : NULL;
    if (!d)
        return -ESRCH;
    if (spin_trylock(&d->control_lock)) { /* no vcpu comes or goes meanwhile */
        rc = cpupool_move_domain(d, op->cpupool_id);
        spin_unlock(&d->control_lock);
    } else {
        rc = -ERESTART;
    }
    domain_put(d);
    return rc;
}

static long pool_freeinfo(struct xen_sysctl_cpupool_op *op)
{
    struct cpumask cpus;

    cpupool_free_cpus(&cpus);
    return ctl_bitmap_write(&op->cpumap, cpus.bits, nr_cpu_ids);
}

static long (*const pool_ops[])(struct xen_sysctl_cpupool_op *op) = {
    [XEN_SYSCTL_CPUPOOL_OP_CREATE] = pool_create,
    [XEN_SYSCTL_CPUPOOL_OP_DESTROY] = pool_destroy,
    [XEN_SYSCTL_CPUPOOL_OP_INFO] = pool_info,
    [XEN_SYSCTL_CPUPOOL_OP_ADDCPU] = pool_addcpu,
    [XEN_SYSCTL_CPUPOOL_OP_RMCPU] = pool_rmcpu,
    [XEN_SYSCTL_CPUPOOL_OP_MOVEDOMAIN] = pool_movedomain,
    [XEN_SYSCTL_CPUPOOL_OP_FREEINFO] = pool_freeinfo,
};

SYSCTL_HANDLER(cpupool_op)
{
    struct xen_sysctl_cpupool_op *pool = &op->u.cpupool_op;

    if (pool->op >= ARRAY_SIZE(pool_ops) || !pool_ops[pool->op])
        return -ENOSYS;
    return pool_ops[pool->op](pool);
}
