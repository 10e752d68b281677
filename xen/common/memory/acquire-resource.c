/* SPDX-License-Identifier: GPL-2.0-or-later */
/* acquire_resource: frames of a domain's that its tools map directly, here its grant table. */
#include <hv/errno.h>
#include <hv/grant.h>
#include <hv/guest-access.h>
#include <hv/hypercall.h>

#include <asm/current.h>

#include "private.h"

#define PREEMPT_EVERY 32U

static int grant_frame(struct domain *d, uint32_t id, uint64_t idx, mfn_t *out)
{
    if (idx > UINT32_MAX)
        return -EINVAL;
    if (id == XENMEM_resource_grant_table_id_shared)
        return grant_get_shared_frame(d, (unsigned int)idx, out);
    return grant_get_status_frame(d, (unsigned int)idx, out);
}

static int check(const struct xen_mem_acquire_resource *x)
{
    if (x->pad)
        return -EINVAL;
    if (x->type != XENMEM_resource_grant_table)
        return -EOPNOTSUPP;
    if (x->id > XENMEM_resource_grant_table_id_status)
        return -EINVAL;
    return 0;
}

/* m->start: the frames that are done. */
static long copy_frames(struct memop *m, struct xen_mem_acquire_resource *x, struct domain *d)
{
    for (unsigned long i = m->start; i < x->nr_frames; i++) {
        uint64_t n;
        mfn_t f;
        int ret;

        if (i != m->start && !(i & (PREEMPT_EVERY - 1)) && hypercall_preempt_check()) {
            m->start = i;
            m->preempted = true;
            return 0;
        }
        ret = grant_frame(d, x->id, x->frame + i, &f);
        if (ret)
            return ret;
        n = f.n;
        if (guest_write(x->frame_list, i, &n))
            return -EFAULT;
    }
    return 0;
}

long memop_acquire_resource(struct memop *m)
{
    struct xen_mem_acquire_resource x;
    struct domain *d;
    long ret;

    if (guest_copy_from(&x, m->arg, sizeof(x)))
        return -EFAULT;
    ret = check(&x);
    if (ret)
        return ret;
    d = domain_get_by_id(x.domid);
    if (!d)
        return -ESRCH;
    if (!current->domain->is_privileged || d == current->domain)
        ret = -EPERM;
    else if (!x.nr_frames)
        ret = -EOPNOTSUPP;
    else
        ret = copy_frames(m, &x, d);
    domain_put(d);
    return ret;
}
