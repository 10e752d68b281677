/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Domains come and go: creating, pausing, ending them, and what they are told to be. */
#include <hv/errno.h>
#include <hv/event.h>
#include <hv/grant.h>
#include <hv/hypercall.h>
#include <hv/sched.h>
#include <hv/string.h>
#include <hv/time.h>

#include "domctl.h"

#define MAX_VCPUS          8192U
#define GRANT_FRAMES_USUAL 64
#define MAPTRACK_USUAL     1024
#define GRANT_VERSION_MAX  2U
#define CDF_KNOWN          (2U * XEN_DOMCTL_CDF_MAX - 1)
#define PAGES_PER_KB_SHIFT (PAGE_SHIFT - 10)

static int config_check(const struct xen_domctl_createdomain *c)
{
    unsigned int version = XEN_DOMCTL_GRANT_version(c->grant_opts);

    if (c->flags & ~CDF_KNOWN || c->grant_opts & ~XEN_DOMCTL_GRANT_version_mask)
        return -EINVAL;
    if (!c->max_vcpus || c->max_vcpus > MAX_VCPUS || c->vmtrace_size)
        return -EINVAL;
    if (!version || version > GRANT_VERSION_MAX || !c->max_grant_frames ||
        c->max_grant_frames > GRANT_FRAMES_USUAL || c->max_maptrack_frames > MAPTRACK_USUAL)
        return -EINVAL;
    return arch_domain_config_check(c);
}

DOMCTL_HANDLER(createdomain)
{
    const struct xen_domctl_createdomain *c = &op->u.createdomain;
    struct domain_config config = {
        .max_vcpus = c->max_vcpus,
        .cpupool = c->cpupool_id,
        .max_evtchn_port = c->max_evtchn_port,
        .max_grant_frames = (uint32_t)(c->max_grant_frames < 0 ? GRANT_FRAMES_USUAL
                                                               : c->max_grant_frames),
        .max_maptrack_frames = (uint32_t)(c->max_maptrack_frames < 0 ? MAPTRACK_USUAL
                                                                     : c->max_maptrack_frames),
        .max_grant_version = XEN_DOMCTL_GRANT_version(c->grant_opts),
    };
    domid_t id = op->domain && op->domain < DOMID_FIRST_RESERVED ? op->domain : DOMID_INVALID;
    int ret = config_check(c);

    if (!ret)
        ret = domain_create(id, &config, &d);
    if (ret)
        return ret == -ENOENT ? -ESRCH : ret; /* no such pool */
    memcpy(d->handle, c->handle, sizeof(d->handle));
    d->control_pauses = d->pause_count = 1; /* it has no vcpu yet: nobody is to be stopped */
    d->is_xenstore = c->flags & XEN_DOMCTL_CDF_xs_domain;
    arch_domain_config_set(d, c);
    domain_wallclock_update(d);
    op->domain = d->id;
    return 0;
}

DOMCTL_HANDLER(destroydomain)
{
    (void)op;
    return domain_kill(d);
}

DOMCTL_HANDLER(pausedomain)
{
    (void)op;
    if (d->control_pauses == UINT32_MAX)
        return -E2BIG;
    d->control_pauses++;
    domain_pause(d);
    return 0;
}

DOMCTL_HANDLER(unpausedomain)
{
    (void)op;
    if (!d->control_pauses)
        return -EINVAL;
    d->control_pauses--;
    domain_wallclock_update(d); /* its builder may have cleared it with the rest of the page */
    domain_unpause(d);
    return 0;
}

DOMCTL_HANDLER(resumedomain)
{
    (void)op;
    domain_resume(d);
    return 0;
}

DOMCTL_HANDLER(max_mem)
{
    spin_lock(&d->page_lock);
    d->max_pages = op->u.max_mem.max_memkb >> PAGES_PER_KB_SHIFT;
    spin_unlock(&d->page_lock);
    return 0;
}

/* They were counted at its creation; here they are made. */
DOMCTL_HANDLER(max_vcpus)
{
    if (op->u.max_vcpus.max != d->max_vcpus || domain_is_dying(d))
        return -EINVAL;
    for (unsigned int id = 0; id < d->max_vcpus; id++) {
        struct vcpu *v;
        int ret = 0;

        if (!d->vcpus[id])
            ret = vcpu_create(d, id, &v);
        if (ret)
            return ret;
        if (id + 1 < d->max_vcpus && hypercall_preempt_check())
            return -ERESTART;
    }
    return 0;
}

DOMCTL_HANDLER(setdomainhandle)
{
    memcpy(d->handle, op->u.setdomainhandle.handle, sizeof(d->handle));
    return 0;
}

DOMCTL_HANDLER(setdebugging)
{
    d->is_debugged = op->u.setdebugging.enable;
    return 0;
}

DOMCTL_HANDLER(settimeoffset)
{
    d->time_offset_s = op->u.settimeoffset.time_offset_seconds;
    domain_wallclock_update(d);
    return 0;
}

DOMCTL_HANDLER(subscribe)
{
    d->suspend_port = op->u.subscribe.port;
    return 0;
}

DOMCTL_HANDLER(set_virq_handler)
{
    return virq_set_handler(d, op->u.set_virq_handler.virq);
}

DOMCTL_HANDLER(getdomaininfo)
{
    op->domain = d->id;
    domain_get_info(d, &op->u.getdomaininfo);
    return 0;
}
