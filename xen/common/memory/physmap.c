/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * add_to_physmap and its kin place pages in an address space that the hypervisor translates. A PV
 * domain has none: it maps machine frames itself, so all that is left is to say no, in order.
 */
#include <hv/errno.h>
#include <hv/guest-access.h>

#include "private.h"

static long refuse(domid_t id)
{
    struct domain *d;
    int ret = domain_target_get(id, &d);

    if (ret)
        return ret;
    domain_put(d);
    return -EACCES;
}

long memop_add_to_physmap(struct memop *m)
{
    struct xen_add_to_physmap x;

    if (guest_copy_from(&x, m->arg, sizeof(x)))
        return -EFAULT;
    if (x.space == XENMAPSPACE_gmfn_foreign) /* only in batches */
        return -ENOSYS;
    return refuse(x.domid);
}

long memop_add_to_physmap_batch(struct memop *m)
{
    struct xen_add_to_physmap_batch x;

    if (guest_copy_from(&x, m->arg, sizeof(x)))
        return -EFAULT;
    if (x.space == XENMAPSPACE_gmfn_range) /* only by itself */
        return -EOPNOTSUPP;
    return refuse(x.domid);
}

long memop_remove_from_physmap(struct memop *m)
{
    struct xen_remove_from_physmap x;

    if (guest_copy_from(&x, m->arg, sizeof(x)))
        return -EFAULT;
    return refuse(x.domid);
}
