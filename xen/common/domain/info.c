/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tools are told about a domain and its vcpus. */
#include <hv/cpupool.h>
#include <hv/domain.h>
#include <hv/frame.h>
#include <hv/sched.h>
#include <hv/string.h>

#include <asm/mm.h>

static uint32_t state_flags(const struct domain *d)
{
    uint32_t flags = 0;

    if (domain_is_dying(d))
        flags |= XEN_DOMINF_dying;
    if (READ_ONCE(d->is_shut_down))
        flags |= XEN_DOMINF_shutdown;
    if (READ_ONCE(d->control_pauses))
        flags |= XEN_DOMINF_paused;
    if (d->is_debugged)
        flags |= XEN_DOMINF_debugged;
    if (d->is_xenstore)
        flags |= XEN_DOMINF_xs_domain;
    /* The upper half says why it stopped, or by all ones that it has not. */
    return flags | (flags & XEN_DOMINF_shutdown ? (uint32_t)d->shutdown_code : 0xffffU)
                       << XEN_DOMINF_shutdownshift;
}

/* Running if one of its vcpus is; blocked if all that are up wait for an event, some are up. */
static void add_vcpu(const struct vcpu *v, struct xen_domctl_getdomaininfo *info, bool *awake)
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
        *awake = true;
    if (READ_ONCE(v->is_running))
        info->flags |= XEN_DOMINF_running;
}

void domain_get_info(const struct domain *d, struct xen_domctl_getdomaininfo *info)
{
    const struct vcpu *v;
    bool awake = false;

    memset(info, 0, sizeof(*info));
    info->domain = d->id;
    info->flags = state_flags(d);
    info->max_vcpu_id = XEN_INVALID_MAX_VCPU_ID;
    for_each_vcpu (d, v)
        add_vcpu(v, info, &awake);
    if (info->nr_online_vcpus && !awake)
        info->flags |= XEN_DOMINF_blocked;
    info->tot_pages = READ_ONCE(d->tot_pages);
    info->max_pages = READ_ONCE(d->max_pages);
    info->outstanding_pages = READ_ONCE(d->outstanding_claim);
    info->shared_info_frame = virt_to_mfn(d->shared_info).n;
    info->cpupool = cpupool_id_of(d);
    memcpy(info->handle, d->handle, sizeof(info->handle));
    arch_domain_get_info(d, info);
}
