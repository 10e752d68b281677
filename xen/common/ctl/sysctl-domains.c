/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sysctl's list of domains. */
#include "sysctl.h"

#include <hv/cpupool.h>
#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/frame.h>
#include <hv/guest-access.h>
#include <hv/sched.h>
#include <hv/string.h>

#include <asm/mm.h>

static struct {
    struct spinlock lock;
    domid_t first;
    struct domain *found;
} search;

static void look_at(struct domain *d)
{
    if (d->id >= search.first && (!search.found || d->id < search.found->id))
        search.found = d;
}

/* The domain with the lowest id from @first on, with a reference. */
static struct domain *next_from(domid_t first)
{
    struct domain *d;

    spin_lock(&search.lock);
    search.first = first;
    search.found = NULL;
    domains_visit(look_at);
    d = search.found;
    if (d)
        domain_get(d);
    spin_unlock(&search.lock);
    return d;
}

static void add_vcpu(const struct vcpu *v, struct xen_domctl_getdomaininfo *info)
{
    unsigned long pauses = READ_ONCE(v->pause_flags);
    struct vcpu_runstate_info rs;

    vcpu_runstate_get(v, &rs);
    info->cpu_time += rs.time[RUNSTATE_running];
    info->max_vcpu_id = v->id;
    if (pauses & 1UL << VPF_DOWN)
        return;
    info->nr_online_vcpus++;
    if (!(pauses & 1UL << VPF_BLOCKED))
        info->flags &= ~XEN_DOMINF_blocked;
    if (READ_ONCE(v->is_running))
        info->flags |= XEN_DOMINF_running;
}

static void info_get(const struct domain *d, struct xen_domctl_getdomaininfo *info)
{
    const struct vcpu *v;

    memset(info, 0, sizeof(*info));
    info->domain = d->id;
    info->flags = XEN_DOMINF_blocked | (uint32_t)d->shutdown_code << XEN_DOMINF_shutdownshift;
    info->flags |= d->is_shut_down ? XEN_DOMINF_shutdown : 0;
    info->max_vcpu_id = XEN_INVALID_MAX_VCPU_ID;
    for_each_vcpu (d, v)
        add_vcpu(v, info);
    info->tot_pages = READ_ONCE(d->tot_pages);
    info->max_pages = READ_ONCE(d->max_pages);
    info->outstanding_pages = READ_ONCE(d->outstanding_claim);
    info->shared_info_frame = virt_to_mfn(d->shared_info).n;
    info->cpupool = cpupool_id_of(d);
    memcpy(info->handle, d->handle, sizeof(info->handle));
}

SYSCTL_HANDLER(getdomaininfolist)
{
    struct xen_sysctl_getdomaininfolist *list = &op->u.getdomaininfolist;
    struct xen_domctl_getdomaininfo info;
    domid_t from = list->first_domain;
    struct domain *d;
    int rc = 0;

    list->num_domains = 0;
    while (!rc && list->num_domains < list->max_domains && (d = next_from(from)) != NULL) {
        info_get(d, &info);
        from = (domid_t)(d->id + 1);
        domain_put(d);
        rc = guest_write(list->buffer, list->num_domains, &info);
        if (!rc)
            list->num_domains++;
    }
    return rc;
}
