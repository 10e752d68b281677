/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One vcpu: its registers, its account, where it may run. */
#include "private.h"

#include <string.h>

/* The hypervisor takes and gives the union of the 64- and 32-bit structures. */
union any_context {
    vcpu_guest_context_t c;
    uint8_t room[8192];
};

static int context_op(struct ctl *ctl, uint32_t domid, unsigned vcpu, uint32_t command,
                      union any_context *any)
{
    struct xen_domctl op = { .cmd = command, .domain = domid };
    struct bounce b;
    int ret;

    if (bounce_take(ctl, &b, any, sizeof(*any), true))
        return -1;
    op.u.vcpucontext.vcpu = vcpu;
    set_xen_guest_handle(op.u.vcpucontext.ctxt, b.buffer);
    ret = domctl(ctl, &op);
    bounce_drop(ctl, &b, !ret);
    return ret;
}

int ctl_vcpu_set_context(struct ctl *ctl, uint32_t domid, unsigned vcpu,
                         const vcpu_guest_context_t *context)
{
    union any_context any = { .c = *context };

    return context_op(ctl, domid, vcpu, XEN_DOMCTL_setvcpucontext, &any);
}

int ctl_vcpu_get_context(struct ctl *ctl, uint32_t domid, unsigned vcpu,
                         vcpu_guest_context_t *context)
{
    union any_context any = { .room = { 0 } };

    if (context_op(ctl, domid, vcpu, XEN_DOMCTL_getvcpucontext, &any))
        return -1;
    *context = any.c;
    return 0;
}

int ctl_vcpu_info(struct ctl *ctl, uint32_t domid, unsigned vcpu,
                  struct xen_domctl_getvcpuinfo *info)
{
    struct xen_domctl op = { .cmd = XEN_DOMCTL_getvcpuinfo, .domain = domid };

    op.u.getvcpuinfo.vcpu = vcpu;
    if (domctl(ctl, &op))
        return -1;
    *info = op.u.getvcpuinfo;
    return 0;
}

static int affinity(struct ctl *ctl, struct xen_domctl *op, uint8_t *hard, uint8_t *soft,
                    unsigned bits)
{
    struct xen_domctl_vcpuaffinity *a = &op->u.vcpuaffinity;
    bool in = op->cmd == XEN_DOMCTL_setvcpuaffinity;
    size_t size = (bits + 7) / 8;
    struct bounce h = { 0 }, s = { 0 };
    int ret = -1;

    if (hard) {
        if (bounce_take(ctl, &h, hard, size, in))
            return -1;
        a->flags |= XEN_VCPUAFFINITY_HARD;
        set_xen_guest_handle(a->cpumap_hard.bitmap, h.buffer);
        a->cpumap_hard.nr_bits = bits;
    }
    if (soft) {
        if (bounce_take(ctl, &s, soft, size, in))
            goto drop_hard;
        a->flags |= XEN_VCPUAFFINITY_SOFT;
        set_xen_guest_handle(a->cpumap_soft.bitmap, s.buffer);
        a->cpumap_soft.nr_bits = bits;
    }
    ret = domctl(ctl, op);
    bounce_drop(ctl, &s, !ret && !in);
drop_hard:
    bounce_drop(ctl, &h, !ret && !in);
    return ret;
}

int ctl_vcpu_set_affinity(struct ctl *ctl, uint32_t domid, unsigned vcpu, const uint8_t *hard,
                          const uint8_t *soft, unsigned bits)
{
    struct xen_domctl op = { .cmd = XEN_DOMCTL_setvcpuaffinity, .domain = domid };

    op.u.vcpuaffinity.vcpu = vcpu;
    return affinity(ctl, &op, (uint8_t *)(uintptr_t)hard, (uint8_t *)(uintptr_t)soft, bits);
}

int ctl_vcpu_get_affinity(struct ctl *ctl, uint32_t domid, unsigned vcpu, uint8_t *hard,
                          uint8_t *soft, unsigned bits)
{
    struct xen_domctl op = { .cmd = XEN_DOMCTL_getvcpuaffinity, .domain = domid };

    op.u.vcpuaffinity.vcpu = vcpu;
    return affinity(ctl, &op, hard, soft, bits);
}
