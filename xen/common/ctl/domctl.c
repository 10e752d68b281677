/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * domctl: how the tools make, inspect, change and end domains. All of it is for control domains.
 * One operation at a time works on a domain; who comes meanwhile makes the call again.
 */
#include <hv/errno.h>
#include <hv/guest-access.h>
#include <hv/hypercall.h>

#include <asm/current.h>

#include "domctl.h"

#define ANSWERS  .answers = true
#define NOT_SELF .not_self = true

static const struct domctl_handler handlers[] = {
    [XEN_DOMCTL_createdomain] = { domctl_createdomain, ANSWERS },
    [XEN_DOMCTL_destroydomain] = { domctl_destroydomain, NOT_SELF },
    [XEN_DOMCTL_pausedomain] = { domctl_pausedomain, NOT_SELF },
    [XEN_DOMCTL_unpausedomain] = { domctl_unpausedomain },
    [XEN_DOMCTL_getdomaininfo] = { domctl_getdomaininfo, ANSWERS },
    [XEN_DOMCTL_setvcpuaffinity] = { domctl_setvcpuaffinity, ANSWERS },
    [XEN_DOMCTL_max_mem] = { domctl_max_mem },
    [XEN_DOMCTL_setvcpucontext] = { domctl_setvcpucontext, NOT_SELF },
    [XEN_DOMCTL_getvcpuinfo] = { domctl_getvcpuinfo, ANSWERS },
    [XEN_DOMCTL_max_vcpus] = { domctl_max_vcpus, NOT_SELF },
    [XEN_DOMCTL_scheduler_op] = { domctl_scheduler_op, ANSWERS },
    [XEN_DOMCTL_setdomainhandle] = { domctl_setdomainhandle },
    [XEN_DOMCTL_setdebugging] = { domctl_setdebugging, NOT_SELF },
    [XEN_DOMCTL_settimeoffset] = { domctl_settimeoffset },
    [XEN_DOMCTL_getvcpuaffinity] = { domctl_getvcpuaffinity, ANSWERS },
    [XEN_DOMCTL_resumedomain] = { domctl_resumedomain, NOT_SELF },
    [XEN_DOMCTL_subscribe] = { domctl_subscribe },
    [XEN_DOMCTL_set_virq_handler] = { domctl_set_virq_handler },
    [XEN_DOMCTL_setnodeaffinity] = { domctl_setnodeaffinity },
    [XEN_DOMCTL_getnodeaffinity] = { domctl_getnodeaffinity, ANSWERS },
};

static const struct domctl_handler *handler_of(unsigned int cmd)
{
    if (cmd < ARRAY_SIZE(handlers) && handlers[cmd].run)
        return &handlers[cmd];
    return arch_domctl_handler(cmd);
}

/* With a reference; getdomaininfo also finds the next one. */
static struct domain *target_get(const struct xen_domctl *op)
{
    if (op->cmd == XEN_DOMCTL_getdomaininfo)
        return domain_get_from(op->domain);
    return op->domain == DOMID_SELF ? NULL : domain_get_by_id(op->domain);
}

static bool id_ok(const struct xen_domctl *op)
{
    return op->cmd != XEN_DOMCTL_getdomaininfo || op->domain < DOMID_FIRST_RESERVED;
}

static long run_on_target(const struct domctl_handler *h, struct xen_domctl *op)
{
    struct domain *d = id_ok(op) ? target_get(op) : NULL;
    long ret = -ERESTART;

    if (!id_ok(op))
        return -EINVAL;
    if (!d)
        return -ESRCH;
    if (!current->domain->is_privileged) {
        ret = -EPERM;
    } else if (!h) {
        ret = -ENOSYS;
    } else if (h->not_self && d == current->domain) {
        ret = -EINVAL;
    } else if (spin_trylock(&d->control_lock)) {
        ret = h->run(d, op);
        spin_unlock(&d->control_lock);
    }
    domain_put(d);
    return ret;
}

long do_domctl(unsigned long arg, unsigned long a2 __unused, unsigned long a3 __unused,
               unsigned long a4 __unused, unsigned long a5 __unused)
{
    const struct domctl_handler *h;
    struct xen_domctl op;
    long ret;

    if (guest_copy_from(&op, (const void *)arg, sizeof(op)))
        return -EFAULT;
    if (op.interface_version != XEN_DOMCTL_INTERFACE_VERSION)
        return -EACCES;
    h = handler_of(op.cmd);
    if (op.cmd != XEN_DOMCTL_createdomain)
        ret = run_on_target(h, &op);
    else
        ret = current->domain->is_privileged ? h->run(NULL, &op) : -EPERM;
    if (h && h->answers && (!ret || ret == -ERESTART || ret == h->answers_on) &&
        guest_copy_to((void *)arg, &op, sizeof(op)))
        return -EFAULT;
    if (ret == -ERESTART)
        return hypercall_continue(__HYPERVISOR_domctl, arg, 0, 0, 0);
    return ret;
}
