/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Domains as a whole: made, limited, paused, asked about, ended. */
#include "private.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include <xen/sched.h>

/* An operation without arguments beside the domain. */
static int simple(struct ctl *ctl, uint32_t domid, uint32_t command)
{
    struct xen_domctl op = { .cmd = command, .domain = domid };

    return domctl(ctl, &op);
}

int ctl_domain_create(struct ctl *ctl, const struct xen_domctl_createdomain *config,
                      uint32_t *domid)
{
    struct xen_domctl op = { .cmd = XEN_DOMCTL_createdomain, .domain = *domid };

    op.u.createdomain = *config;
    if (domctl(ctl, &op))
        return -1;
    *domid = op.domain;
    return 0;
}

int ctl_domain_destroy(struct ctl *ctl, uint32_t domid)
{
    const struct timespec pause = { .tv_nsec = 1000000 };
    int ret;

    /* EAGAIN: there is more to do, and this CPU was needed elsewhere. */
    while ((ret = simple(ctl, domid, XEN_DOMCTL_destroydomain)) < 0 && errno == EAGAIN)
        nanosleep(&pause, NULL);
    return ret;
}

int ctl_domain_pause(struct ctl *ctl, uint32_t domid)
{
    return simple(ctl, domid, XEN_DOMCTL_pausedomain);
}

int ctl_domain_unpause(struct ctl *ctl, uint32_t domid)
{
    return simple(ctl, domid, XEN_DOMCTL_unpausedomain);
}

int ctl_domain_resume(struct ctl *ctl, uint32_t domid)
{
    return simple(ctl, domid, XEN_DOMCTL_resumedomain);
}

int ctl_domain_shutdown(struct ctl *ctl, uint32_t domid, unsigned reason)
{
    sched_remote_shutdown_t arg = { .domain_id = domid, .reason = reason };
    struct bounce b;
    int ret;

    if (bounce_take(ctl, &b, &arg, sizeof(arg), true))
        return -1;
    ret = xencall2(ctl->call, __HYPERVISOR_sched_op, SCHEDOP_remote_shutdown, (uintptr_t)b.buffer);
    bounce_drop(ctl, &b, false);
    return ret;
}

int ctl_domain_info(struct ctl *ctl, uint32_t domid, struct xen_domctl_getdomaininfo *info)
{
    /* The domctl answers for the next domain where there is none of that id. */
    struct xen_domctl op = { .cmd = XEN_DOMCTL_getdomaininfo, .domain = domid };

    if (domctl(ctl, &op))
        return -1;
    if (op.domain != domid) {
        errno = ESRCH;
        return -1;
    }
    *info = op.u.getdomaininfo;
    return 0;
}

int ctl_domain_list(struct ctl *ctl, uint32_t first, struct xen_domctl_getdomaininfo *info,
                    unsigned count)
{
    struct xen_sysctl op = { .cmd = XEN_SYSCTL_getdomaininfolist };
    struct bounce b;
    int ret;

    if (bounce_take(ctl, &b, info, count * sizeof(*info), false))
        return -1;
    op.u.getdomaininfolist.first_domain = first;
    op.u.getdomaininfolist.max_domains = count;
    set_xen_guest_handle(op.u.getdomaininfolist.buffer, b.buffer);
    ret = sysctl(ctl, &op);
    bounce_drop(ctl, &b, !ret);
    return ret ? -1 : (int)op.u.getdomaininfolist.num_domains;
}

int ctl_domain_set_max_memory(struct ctl *ctl, uint32_t domid, uint64_t kib)
{
    struct xen_domctl op = { .cmd = XEN_DOMCTL_max_mem, .domain = domid };

    op.u.max_mem.max_memkb = kib;
    return domctl(ctl, &op);
}

int ctl_domain_set_max_vcpus(struct ctl *ctl, uint32_t domid, unsigned count)
{
    struct xen_domctl op = { .cmd = XEN_DOMCTL_max_vcpus, .domain = domid };

    op.u.max_vcpus.max = count;
    return domctl(ctl, &op);
}

int ctl_domain_set_handle(struct ctl *ctl, uint32_t domid, const uint8_t uuid[16])
{
    struct xen_domctl op = { .cmd = XEN_DOMCTL_setdomainhandle, .domain = domid };

    memcpy(op.u.setdomainhandle.handle, uuid, sizeof(op.u.setdomainhandle.handle));
    return domctl(ctl, &op);
}

int ctl_domain_set_time_offset(struct ctl *ctl, uint32_t domid, int64_t seconds)
{
    struct xen_domctl op = { .cmd = XEN_DOMCTL_settimeoffset, .domain = domid };

    op.u.settimeoffset.time_offset_seconds = seconds;
    return domctl(ctl, &op);
}

int ctl_domain_set_tsc(struct ctl *ctl, uint32_t domid, const struct xen_domctl_tsc_info *info)
{
    struct xen_domctl op = { .cmd = XEN_DOMCTL_settscinfo, .domain = domid };

    op.u.tsc_info = *info;
    return domctl(ctl, &op);
}

int ctl_domain_get_tsc(struct ctl *ctl, uint32_t domid, struct xen_domctl_tsc_info *info)
{
    struct xen_domctl op = { .cmd = XEN_DOMCTL_gettscinfo, .domain = domid };

    if (domctl(ctl, &op))
        return -1;
    *info = op.u.tsc_info;
    return 0;
}

int ctl_domain_set_address_size(struct ctl *ctl, uint32_t domid, unsigned bits)
{
    struct xen_domctl op = { .cmd = XEN_DOMCTL_set_address_size, .domain = domid };

    op.u.address_size.size = bits;
    return domctl(ctl, &op);
}

int ctl_domain_get_address_size(struct ctl *ctl, uint32_t domid, unsigned *bits)
{
    struct xen_domctl op = { .cmd = XEN_DOMCTL_get_address_size, .domain = domid };

    if (domctl(ctl, &op))
        return -1;
    *bits = op.u.address_size.size;
    return 0;
}

int ctl_domain_send_trigger(struct ctl *ctl, uint32_t domid, unsigned trigger, unsigned vcpu)
{
    struct xen_domctl op = { .cmd = XEN_DOMCTL_sendtrigger, .domain = domid };

    op.u.sendtrigger.trigger = trigger;
    op.u.sendtrigger.vcpu = vcpu;
    return domctl(ctl, &op);
}

int ctl_domain_schedule(struct ctl *ctl, uint32_t domid, struct xen_domctl_scheduler_op *op)
{
    struct xen_domctl d = { .cmd = XEN_DOMCTL_scheduler_op, .domain = domid };
    int ret;

    d.u.scheduler_op = *op;
    ret = domctl(ctl, &d);
    *op = d.u.scheduler_op;
    return ret;
}

int ctl_domain_move_to_pool(struct ctl *ctl, uint32_t domid, uint32_t pool)
{
    struct xen_sysctl_cpupool_op op = {
        .op = XEN_SYSCTL_CPUPOOL_OP_MOVEDOMAIN,
        .cpupool_id = pool,
        .domid = domid,
    };

    return ctl_pool(ctl, &op);
}
