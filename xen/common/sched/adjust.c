/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tools may choose about a domain's scheduling (domctl's scheduler_op). */
#include "private.h"

#include <hv/errno.h>

#define WEIGHT_USUAL 256

static int credit2_adjust(struct domain *d, struct xen_domctl_scheduler_op *op)
{
    switch (op->cmd) {
    case XEN_DOMCTL_SCHEDOP_getinfo:
        op->u.credit2.weight = (uint16_t)(d->sched_weight ? d->sched_weight : WEIGHT_USUAL);
        op->u.credit2.cap = 0;
        return 0;
    case XEN_DOMCTL_SCHEDOP_putinfo:
        return op->u.credit2.weight ? domain_set_weight(d, op->u.credit2.weight) : 0;
    default: return -EINVAL;
    }
}

int sched_adjust(struct domain *d, struct xen_domctl_scheduler_op *op)
{
    if (op->sched_id != sched_policy->id)
        return -EINVAL;
    return op->sched_id == XEN_SCHEDULER_CREDIT2 ? credit2_adjust(d, op) : -EOPNOTSUPP;
}
