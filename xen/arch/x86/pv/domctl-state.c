/* SPDX-License-Identifier: GPL-2.0-or-later */
/* State of a vcpu besides its registers, for saving and restoring: extended state, MSRs, clock. */
#include "domctl.h"

#include <hv/alloc.h>
#include <hv/errno.h>
#include <hv/guest-access.h>
#include <hv/sched.h>
#include <hv/time.h>

#include <asm/cpuid.h>
#include <asm/pv.h>
#include <asm/spec-ctrl.h>
#include <asm/time.h>
#include <asm/xstate.h>

/* The vcpu of another domain that an operation is about. */
static struct vcpu *vcpu_of(struct domain *d, uint32_t id)
{
    return d == current->domain ? NULL : domain_vcpu(d, id);
}

#define EXT_SIZE offsetof(struct xen_domctl_ext_vcpucontext, mcg_cap)

DOMCTL_HANDLER(get_ext_vcpucontext)
{
    struct xen_domctl_ext_vcpucontext *e = &op->u.ext_vcpucontext;
    const struct vcpu *v = vcpu_of(d, e->vcpu);
    const struct pv_vcpu *pv;

    if (!v)
        return -ESRCH;
    pv = &v->arch.pv;
    e->syscall32_callback_eip = pv->syscall32_address;
    e->sysenter_callback_eip = pv->sysenter_address;
    e->syscall32_callback_cs = pv->syscall32_cs;
    e->sysenter_callback_cs = pv->sysenter_cs;
    e->syscall32_disables_events = pv->syscall32_disables_events;
    e->sysenter_disables_events = pv->sysenter_disables_events;
    e->mcg_cap = 0; /* no machine check banks are shown */
    e->size = sizeof(*e);
    return 0;
}

DOMCTL_HANDLER(set_ext_vcpucontext)
{
    const struct xen_domctl_ext_vcpucontext *e = &op->u.ext_vcpucontext;
    struct vcpu *v = vcpu_of(d, e->vcpu);
    struct pv_vcpu *pv;

    if (!v)
        return -ESRCH;
    if (e->size < EXT_SIZE || !pv_address_ok(e->syscall32_callback_eip) ||
        !pv_address_ok(e->sysenter_callback_eip))
        return -EINVAL;
    pv = &v->arch.pv;
    domain_pause(d);
    pv->syscall32_address = e->syscall32_callback_eip;
    pv->sysenter_address = e->sysenter_callback_eip;
    pv->syscall32_cs = e->syscall32_callback_cs | 3;
    pv->sysenter_cs = e->sysenter_callback_cs | 3;
    pv->syscall32_disables_events = e->syscall32_disables_events;
    pv->sysenter_disables_events = e->sysenter_disables_events;
    domain_unpause(d);
    return 0;
}

/* XCR0, what it ever was, and the area; a vcpu that never changed XCR0 has the first two only. */
struct ext_state {
    uint64_t xcr0, xcr0_accum;
    uint8_t area[];
};

DOMCTL_HANDLER(getvcpuextstate)
{
    struct xen_domctl_vcpuextstate *x = &op->u.vcpuextstate;
    struct vcpu *v = vcpu_of(d, x->vcpu);
    struct ext_state head;
    uint8_t *guest = (uint8_t *)x->buffer.p;
    uint64_t size;
    long ret = 0;

    if (!v)
        return -EINVAL;
    vcpu_pause(v);
    head.xcr0 = v->arch.xcr0;
    head.xcr0_accum = v->arch.xcr0;
    size = sizeof(head) + (v->arch.xsave_area && xstate_mask ? xstate_size : 0);
    x->xfeature_mask = xstate_mask;
    if (!guest)
        x->size = size;
    else if (x->size && x->size < size)
        ret = -EINVAL;
    else if (guest_copy_to(guest, &head, sizeof(head)) ||
             guest_copy_to(guest + sizeof(head), v->arch.xsave_area, size - sizeof(head)))
        ret = -EFAULT;
    else
        x->size = size;
    vcpu_unpause(v);
    return ret;
}

DOMCTL_HANDLER(setvcpuextstate)
{
    const struct xen_domctl_vcpuextstate *x = &op->u.vcpuextstate;
    struct vcpu *v = vcpu_of(d, x->vcpu);
    struct ext_state *state;
    long ret = -EFAULT;

    if (!v || x->size < sizeof(*state) || x->size > sizeof(*state) + XSTATE_SIZE_MAX)
        return -EINVAL;
    state = heap_alloc(x->size);
    if (!state)
        return -ENOMEM;
    if (!guest_copy_from(state, x->buffer.p, x->size)) {
        domain_pause(d);
        ret = xstate_set(v, state->xcr0, state->area, x->size - sizeof(*state));
        v->arch.loaded_cpu = NR_CPUS;
        domain_unpause(d);
    }
    heap_free(state);
    return ret;
}

/* What a PV guest can have set: nothing is kept that is not in the context, but SPEC_CTRL. */
static const uint32_t saved_msrs[] = { MSR_SPEC_CTRL };

DOMCTL_HANDLER(get_vcpu_msrs)
{
    struct xen_domctl_vcpu_msrs *m = &op->u.vcpu_msrs;
    const struct vcpu *v = vcpu_of(d, m->vcpu);
    struct xen_domctl_vcpu_msr msr = { .index = saved_msrs[0] };

    if (!v)
        return -EINVAL;
    if (!m->msrs.p) {
        m->msr_count = ARRAY_SIZE(saved_msrs);
        return 0;
    }
    msr.value = v->arch.pv.spec_ctrl;
    if (msr.value && !m->msr_count) {
        m->msr_count = 1;
        return -ENOBUFS;
    }
    m->msr_count = msr.value ? 1 : 0;
    return m->msr_count && guest_write(m->msrs, 0, &msr) ? -EFAULT : 0;
}

DOMCTL_HANDLER(set_vcpu_msrs)
{
    struct xen_domctl_vcpu_msrs *m = &op->u.vcpu_msrs;
    struct vcpu *v = vcpu_of(d, m->vcpu);
    struct xen_domctl_vcpu_msr msr;

    if (!v)
        return -EINVAL;
    for (uint32_t i = 0; i < m->msr_count; i++) {
        if (guest_read(&msr, m->msrs, i))
            return -EFAULT;
        if (msr.reserved || pv_restore_msr(v, msr.index, msr.value)) {
            m->msr_count = i;
            return -EINVAL;
        }
    }
    return 0;
}

#define TSC_MODE_MAX 2U /* default, always emulated, never emulated */

DOMCTL_HANDLER(gettscinfo)
{
    struct xen_domctl_tsc_info *t = &op->u.tsc_info;

    if (d == current->domain)
        return -EINVAL;
    t->tsc_mode = d->arch.tsc_mode;
    t->gtsc_khz = (uint32_t)(tsc_hz / 1000);
    t->incarnation = d->arch.tsc_incarnation;
    t->elapsed_nsec = (uint64_t)(time_now() - d->arch.tsc_start);
    return 0;
}

/* Whatever the mode, the TSC is the machine's: the clock that guests are shown follows it. */
DOMCTL_HANDLER(settscinfo)
{
    const struct xen_domctl_tsc_info *t = &op->u.tsc_info;

    if (d == current->domain || t->tsc_mode > TSC_MODE_MAX)
        return -EINVAL;
    d->arch.tsc_mode = t->tsc_mode;
    d->arch.tsc_incarnation = t->incarnation;
    d->arch.tsc_start = time_now() - (int64_t)t->elapsed_nsec;
    return 0;
}
