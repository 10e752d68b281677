/* SPDX-License-Identifier: GPL-2.0-or-later */
/* acquire_resource: frames of a domain's that its tools map directly, here its grant table. */
#include <hv/errno.h>
#include <hv/grant.h>
#include <hv/guest-access.h>
#include <hv/hypercall.h>

#include <asm/current.h>

#include "private.h"

#define PREEMPT_EVERY 32U

/* How many frames the resource may have; 0: there is no such resource here. */
static int resource_size(const struct domain *d, const struct xen_mem_acquire_resource *x,
                         unsigned int *size)
{
    switch (x->type) {
    case XENMEM_resource_grant_table:
        if (x->id > XENMEM_resource_grant_table_id_status)
            return -EINVAL;
        *size = grant_max_frames(d, x->id == XENMEM_resource_grant_table_id_status);
        return *size ? 0 : -EINVAL;
    /* Not for a PV domain. */
    case XENMEM_resource_ioreq_server:
    case XENMEM_resource_vmtrace_buf: return -EINVAL;
    default: return -EOPNOTSUPP;
    }
}

/* m->start: the frames that are done. */
static long copy_frames(struct memop *m, const struct xen_mem_acquire_resource *x, struct domain *d)
{
    for (unsigned long i = m->start; i < x->nr_frames; i++) {
        unsigned int idx = (unsigned int)(x->frame + i);
        uint64_t n;
        mfn_t f;
        int ret;

        if (i != m->start && !(i & (PREEMPT_EVERY - 1)) && hypercall_preempt_check()) {
            m->start = i;
            m->preempted = true;
            return 0;
        }
        ret = x->id == XENMEM_resource_grant_table_id_shared ? grant_get_shared_frame(d, idx, &f)
                                                             : grant_get_status_frame(d, idx, &f);
        if (ret)
            return ret;
        n = f.n;
        if (guest_write(x->frame_list, i, &n))
            return -EFAULT;
    }
    return 0;
}

static long acquire(struct memop *m, struct xen_mem_acquire_resource *x, struct domain *d)
{
    struct xen_mem_acquire_resource *guest = m->arg;
    unsigned int size;
    int ret = resource_size(d, x, &size);

    if (ret)
        return ret;
    if (!x->nr_frames && !x->frame_list.p)
        return guest_copy_to(&guest->nr_frames, &size, sizeof(size));
    if (!x->nr_frames || !x->frame_list.p || x->frame > size || x->nr_frames > size - x->frame)
        return -EINVAL;
    return copy_frames(m, x, d);
}

long memop_acquire_resource(struct memop *m)
{
    struct xen_mem_acquire_resource x;
    struct domain *d;
    long ret = -EPERM;

    if (guest_copy_from(&x, m->arg, sizeof(x)))
        return -EFAULT;
    if (x.pad)
        return -EINVAL;
    d = x.domid == DOMID_SELF ? NULL : domain_get_by_id(x.domid);
    if (!d)
        return -ESRCH;
    if (current->domain->is_privileged && d != current->domain)
        ret = acquire(m, &x, d);
    domain_put(d);
    return ret;
}
