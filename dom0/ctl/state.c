/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a saved domain is made of, beside its pages and vcpu contexts. */
#include "private.h"

#include <string.h>

int ctl_frame_types(struct ctl *ctl, uint32_t domid, xen_pfn_t *frames, unsigned count)
{
    struct xen_domctl op = { .cmd = XEN_DOMCTL_getpageframeinfo3, .domain = domid };
    struct bounce b;
    int ret;

    if (bounce_take(ctl, &b, frames, count * sizeof(*frames), true))
        return -1;
    op.u.getpageframeinfo3.num = count;
    set_xen_guest_handle(op.u.getpageframeinfo3.array, b.buffer);
    ret = domctl(ctl, &op);
    bounce_drop(ctl, &b, !ret);
    return ret;
}

static int xstate(struct ctl *ctl, struct xen_domctl *op, void *state, uint64_t size)
{
    bool in = op->cmd == XEN_DOMCTL_setvcpuextstate;
    struct bounce b;
    int ret;

    if (bounce_take(ctl, &b, state, size, in))
        return -1;
    op->u.vcpuextstate.size = size;
    set_xen_guest_handle(op->u.vcpuextstate.buffer, b.buffer);
    ret = domctl(ctl, op);
    bounce_drop(ctl, &b, !ret && !in);
    return ret;
}

int ctl_vcpu_get_xstate(struct ctl *ctl, uint32_t domid, unsigned vcpu, void *state, uint64_t *size,
                        uint64_t *features)
{
    struct xen_domctl op = { .cmd = XEN_DOMCTL_getvcpuextstate, .domain = domid };

    op.u.vcpuextstate.vcpu = vcpu;
    op.u.vcpuextstate.xfeature_mask = *features;
    if (xstate(ctl, &op, state, *size))
        return -1;
    *size = op.u.vcpuextstate.size;
    *features = op.u.vcpuextstate.xfeature_mask;
    return 0;
}

int ctl_vcpu_set_xstate(struct ctl *ctl, uint32_t domid, unsigned vcpu, const void *state,
                        uint64_t size)
{
    struct xen_domctl op = { .cmd = XEN_DOMCTL_setvcpuextstate, .domain = domid };

    op.u.vcpuextstate.vcpu = vcpu;
    return xstate(ctl, &op, (void *)(uintptr_t)state, size);
}

static int msrs_op(struct ctl *ctl, struct xen_domctl *op, xen_domctl_vcpu_msr_t *msrs)
{
    bool in = op->cmd == XEN_DOMCTL_set_vcpu_msrs;
    struct bounce b;
    int ret;

    if (bounce_take(ctl, &b, msrs, op->u.vcpu_msrs.msr_count * sizeof(*msrs), in))
        return -1;
    set_xen_guest_handle(op->u.vcpu_msrs.msrs, b.buffer);
    ret = domctl(ctl, op);
    bounce_drop(ctl, &b, !ret && !in);
    return ret;
}

int ctl_vcpu_get_msrs(struct ctl *ctl, uint32_t domid, unsigned vcpu, xen_domctl_vcpu_msr_t *msrs,
                      uint32_t *count)
{
    struct xen_domctl op = { .cmd = XEN_DOMCTL_get_vcpu_msrs, .domain = domid };

    op.u.vcpu_msrs.vcpu = vcpu;
    op.u.vcpu_msrs.msr_count = *count;
    if (msrs_op(ctl, &op, msrs))
        return -1;
    *count = op.u.vcpu_msrs.msr_count;
    return 0;
}

int ctl_vcpu_set_msrs(struct ctl *ctl, uint32_t domid, unsigned vcpu,
                      const xen_domctl_vcpu_msr_t *msrs, uint32_t count)
{
    struct xen_domctl op = { .cmd = XEN_DOMCTL_set_vcpu_msrs, .domain = domid };

    op.u.vcpu_msrs.vcpu = vcpu;
    op.u.vcpu_msrs.msr_count = count;
    return msrs_op(ctl, &op, (xen_domctl_vcpu_msr_t *)(uintptr_t)msrs);
}

int ctl_vcpu_get_extended(struct ctl *ctl, uint32_t domid, unsigned vcpu,
                          struct xen_domctl_ext_vcpucontext *context)
{
    struct xen_domctl op = { .cmd = XEN_DOMCTL_get_ext_vcpucontext, .domain = domid };

    op.u.ext_vcpucontext.vcpu = vcpu;
    op.u.ext_vcpucontext.size = sizeof(*context);
    if (domctl(ctl, &op))
        return -1;
    *context = op.u.ext_vcpucontext;
    return 0;
}

int ctl_vcpu_set_extended(struct ctl *ctl, uint32_t domid,
                          const struct xen_domctl_ext_vcpucontext *context)
{
    struct xen_domctl op = { .cmd = XEN_DOMCTL_set_ext_vcpucontext, .domain = domid };

    op.u.ext_vcpucontext = *context;
    return domctl(ctl, &op);
}

int ctl_cpu_policy_get(struct ctl *ctl, uint32_t domid, xen_cpuid_leaf_t *leaves,
                       uint32_t *n_leaves, xen_msr_entry_t *msrs, uint32_t *n_msrs)
{
    struct xen_domctl op = { .cmd = XEN_DOMCTL_get_cpu_policy, .domain = domid };
    struct bounce l, m;
    int ret = -1;

    if (bounce_take(ctl, &l, leaves, *n_leaves * sizeof(*leaves), false))
        return -1;
    if (bounce_take(ctl, &m, msrs, *n_msrs * sizeof(*msrs), false))
        goto drop_leaves;
    op.u.cpu_policy.nr_leaves = *n_leaves;
    op.u.cpu_policy.nr_msrs = *n_msrs;
    set_xen_guest_handle(op.u.cpu_policy.leaves, l.buffer);
    set_xen_guest_handle(op.u.cpu_policy.msrs, m.buffer);
    ret = domctl(ctl, &op);
    if (!ret) {
        *n_leaves = op.u.cpu_policy.nr_leaves;
        *n_msrs = op.u.cpu_policy.nr_msrs;
    }
    bounce_drop(ctl, &m, !ret);
drop_leaves:
    bounce_drop(ctl, &l, !ret);
    return ret;
}

int ctl_cpu_policy_set(struct ctl *ctl, uint32_t domid, const xen_cpuid_leaf_t *leaves,
                       uint32_t n_leaves, const xen_msr_entry_t *msrs, uint32_t n_msrs)
{
    struct xen_domctl op = { .cmd = XEN_DOMCTL_set_cpu_policy, .domain = domid };
    struct bounce l, m;
    int ret = -1;

    if (bounce_take(ctl, &l, leaves, n_leaves * sizeof(*leaves), true))
        return -1;
    if (bounce_take(ctl, &m, msrs, n_msrs * sizeof(*msrs), true))
        goto drop_leaves;
    op.u.cpu_policy.nr_leaves = n_leaves;
    op.u.cpu_policy.nr_msrs = n_msrs;
    set_xen_guest_handle(op.u.cpu_policy.leaves, l.buffer);
    set_xen_guest_handle(op.u.cpu_policy.msrs, m.buffer);
    ret = domctl(ctl, &op);
    bounce_drop(ctl, &m, false);
drop_leaves:
    bounce_drop(ctl, &l, false);
    return ret;
}
