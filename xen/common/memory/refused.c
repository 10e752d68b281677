/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sub-operations about what no domain here has: memory that is populated on demand, rights on
 * single pages, nodes of its own, device memory that guests must leave out. Arguments are checked
 * all the same, so that a mistake gets its own answer.
 */
#include <hv/errno.h>
#include <hv/guest-access.h>

#include <asm/current.h>

#include "private.h"

/* 0 if the caller may ask about the domain. */
static int target_check(domid_t id)
{
    struct domain *d;
    int ret = domain_target_get(id, &d);

    if (!ret)
        domain_put(d);
    return ret;
}

long memop_pod_target(struct memop *m)
{
    struct xen_pod_target t;
    int ret;

    if (guest_copy_from(&t, m->arg, sizeof(t)))
        return -EFAULT;
    ret = target_check(t.domid);
    return ret ? ret : -EINVAL;
}

/* Only of another domain. */
long memop_access(struct memop *m)
{
    struct xen_mem_access_op a;
    int ret;

    if (guest_copy_from(&a, m->arg, sizeof(a)))
        return -EFAULT;
    if (a.domid == current->domain->id)
        return -EPERM;
    ret = a.domid == DOMID_SELF ? -ESRCH : target_check(a.domid);
    return ret ? ret : -EINVAL;
}

long memop_get_vnumainfo(struct memop *m)
{
    struct xen_vnuma_topology_info t;
    int ret;

    if (guest_copy_from(&t, m->arg, sizeof(t)))
        return -EFAULT;
    if (t.pad)
        return -EINVAL;
    ret = target_check(t.domid);
    return ret ? ret : -EOPNOTSUPP;
}

/* There are no such regions: a list of none. */
long memop_reserved_device_memory_map(struct memop *m)
{
    struct xen_reserved_device_memory_map map;

    if (guest_copy_from(&map, m->arg, sizeof(map)))
        return -EFAULT;
    if (map.flags & ~XENMEM_RDM_ALL)
        return -EINVAL;
    map.nr_entries = 0;
    return guest_copy_to(m->arg, &map, sizeof(map));
}
