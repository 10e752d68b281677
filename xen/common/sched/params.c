/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tools set: weights and caps of domains, budgets of vcpus, and a policy's own settings.
 */
#include "private.h"

#include <hv/errno.h>
#include <hv/guest-access.h>

static void weight_set(struct domain *d, uint32_t weight)
{
    struct vcpu *v;

    WRITE_ONCE(d->sched_weight, weight);
    for_each_vcpu (d, v) {
        unsigned long flags;
        struct spinlock *lock = vcpu_sched_lock(v, &flags);

        if (v->cpupool->ops->weight_changed)
            v->cpupool->ops->weight_changed(v);
        spin_unlock_irqrestore(lock, flags);
    }
}

/*
 * credit and credit2 have the same structure. A weight of 0 stays as before. A cap that is out of
 * range comes too late to keep the weight from being set.
 */
static int shares(struct domain *d, uint32_t cmd, uint16_t *weight, uint16_t *cap)
{
    const struct sched_ops *ops = d->cpupool->ops;

    if (cmd == XEN_DOMCTL_SCHEDOP_getinfo) {
        *weight = (uint16_t)domain_weight(d);
        *cap = (uint16_t)READ_ONCE(d->sched_cap);
        return 0;
    }
    if (*weight)
        weight_set(d, *weight);
    if (*cap > 100 * d->max_vcpus)
        return -EINVAL;
    WRITE_ONCE(d->sched_cap, *cap);
    if (ops->cap_changed)
        ops->cap_changed(d);
    return 0;
}

static int vcpu_param(struct domain *d, bool put, struct xen_domctl_schedparam_vcpu *param)
{
    struct vcpu *v = domain_vcpu(d, param->vcpuid);
    struct spinlock *lock;
    unsigned long flags;
    int rc = 0;

    if (!v)
        return -EINVAL;
    lock = vcpu_sched_lock(v, &flags);
    if (put)
        rc = v->cpupool->ops->vcpu_set(v, param);
    else
        v->cpupool->ops->vcpu_get(v, param);
    spin_unlock_irqrestore(lock, flags);
    return rc;
}

/* An array in guest memory, one entry for each vcpu named there. */
static int vcpu_params(struct domain *d, struct xen_domctl_scheduler_op *op)
{
    bool put = op->cmd == XEN_DOMCTL_SCHEDOP_putvcpuinfo;
    uint32_t count = op->u.v.nr_vcpus, i;
    int rc = 0;

    if (!count || count > d->max_vcpus)
        return -EINVAL;
    for (i = 0; i < count && !rc; i++) {
        struct xen_domctl_schedparam_vcpu param;

        if (guest_read(&param, op->u.v.vcpus, i))
            return -EFAULT;
        rc = vcpu_param(d, put, &param);
        if (!rc && !put && guest_write(op->u.v.vcpus, i, &param))
            return -EFAULT;
    }
    op->u.v.nr_vcpus = rc ? i - 1 : i;
    return rc;
}

/* The same for all vcpus, or what a vcpu has at first. */
static int rtds_all(struct domain *d, struct xen_domctl_scheduler_op *op)
{
    struct xen_domctl_schedparam_vcpu param = { .u.rtds = op->u.rtds };
    struct vcpu *v;
    int rc = 0;

    if (op->cmd == XEN_DOMCTL_SCHEDOP_getinfo) {
        d->cpupool->ops->vcpu_get(NULL, &param);
        op->u.rtds = param.u.rtds;
        return 0;
    }
    rc = d->cpupool->ops->vcpu_set(NULL, &param);
    for_each_vcpu (d, v) {
        if (rc)
            break;
        param.vcpuid = v->id;
        rc = vcpu_param(d, true, &param);
    }
    return rc;
}

int sched_adjust(struct domain *d, struct xen_domctl_scheduler_op *op)
{
    if (!d->cpupool || op->sched_id != d->cpupool->ops->id)
        return -EINVAL;
    switch (op->cmd) {
    case XEN_DOMCTL_SCHEDOP_putinfo:
    case XEN_DOMCTL_SCHEDOP_getinfo:
        switch (op->sched_id) {
        case XEN_SCHEDULER_CREDIT:
            return shares(d, op->cmd, &op->u.credit.weight, &op->u.credit.cap);
        case XEN_SCHEDULER_CREDIT2:
            return shares(d, op->cmd, &op->u.credit2.weight, &op->u.credit2.cap);
        case XEN_SCHEDULER_RTDS: return rtds_all(d, op);
        default: return -EINVAL;
        }
    case XEN_DOMCTL_SCHEDOP_putvcpuinfo:
    case XEN_DOMCTL_SCHEDOP_getvcpuinfo:
        return d->cpupool->ops->vcpu_get ? vcpu_params(d, op) : -EINVAL;
    default: return -EINVAL;
    }
}

int sched_rate_limit_adjust(uint32_t cmd, uint32_t *us, nstime_t *limit)
{
    if (cmd == XEN_SYSCTL_SCHEDOP_putinfo) {
        if (*us && (*us < XEN_SYSCTL_SCHED_RATELIMIT_MIN || *us > XEN_SYSCTL_SCHED_RATELIMIT_MAX))
            return -EINVAL;
        WRITE_ONCE(*limit, *us * NS_PER_US);
    }
    *us = (uint32_t)(READ_ONCE(*limit) / NS_PER_US);
    return 0;
}

int sched_adjust_pool(struct xen_sysctl_scheduler_op *op)
{
    struct cpupool *p;
    int rc;

    if (op->cmd != XEN_SYSCTL_SCHEDOP_putinfo && op->cmd != XEN_SYSCTL_SCHEDOP_getinfo)
        return -EINVAL;
    spin_lock(&cpupool_lock);
    p = cpupool_find(op->cpupool_id);
    if (!p)
        rc = -ESRCH;
    else if (p->ops->id != op->sched_id)
        rc = -EINVAL;
    else
        rc = p->ops->pool_adjust ? p->ops->pool_adjust(p, op) : -EOPNOTSUPP;
    spin_unlock(&cpupool_lock);
    return rc;
}
