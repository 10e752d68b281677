/* SPDX-License-Identifier: GPL-2.0-or-later */
/* domctl on x86: the table of what only this machine has, and the small ones. */
#include "domctl.h"

#include <hv/errno.h>
#include <hv/frame.h>
#include <hv/guest-access.h>
#include <hv/hypercall.h>
#include <hv/vcpu-op.h>

#include <asm/cpuid.h>
#include <asm/pv.h>

#define PREEMPT_EVERY 64U

int arch_domain_config_check(const struct xen_domctl_createdomain *c)
{
    /* Neither nested paging nor an IOMMU is driven yet; PV domains have no emulated devices. */
    if (c->flags & XEN_DOMCTL_CDF_hvm)
        return -EOPNOTSUPP;
    if (c->flags & ~(XEN_DOMCTL_CDF_xs_domain | XEN_DOMCTL_CDF_oos_off) || c->iommu_opts ||
        c->arch.misc_flags & ~XEN_X86_MISC_FLAGS_MAX)
        return -EINVAL;
    return c->arch.emulation_flags & ~XEN_X86_EMU_PIT ? -EOPNOTSUPP : 0;
}

void arch_domain_config_set(struct domain *d, const struct xen_domctl_createdomain *c)
{
    d->arch.misc_flags = c->arch.misc_flags;
}

void arch_domain_get_info(const struct domain *d, struct xen_domctl_getdomaininfo *info)
{
    info->gpaddr_bits = (uint8_t)cpu_features.phys_bits;
    info->arch_config.misc_flags = d->arch.misc_flags;
}

static DOMCTL_HANDLER(hypercall_init)
{
    mfn_t m = mfn(op->u.hypercall_init.gmfn);
    uint8_t *page;

    if (!mfn_is_valid(m) || frame_get_and_type(frame_of(m), d, TYPE_WRITABLE))
        return -EINVAL;
    page = map_frame(m);
    pv_hypercall_page_fill(page);
    unmap_frame(page);
    frame_put_and_type(frame_of(m));
    return 0;
}

/* Guests of 32 bits are not there. */
static DOMCTL_HANDLER(set_address_size)
{
    (void)d;
    if (op->u.address_size.size == 32)
        return -EOPNOTSUPP;
    return op->u.address_size.size == 64 ? 0 : -EINVAL;
}

static DOMCTL_HANDLER(get_address_size)
{
    (void)d;
    op->u.address_size.size = 64;
    return 0;
}

/* What a frame is used as, in the tools' words. */
static uint32_t frame_info(struct domain *d, mfn_t m)
{
    struct frame *pg = frame_of(m);
    uint32_t info;
    uint64_t type;

    if (!mfn_is_valid(m) || !frame_get(pg, d))
        return XEN_DOMCTL_PFINFO_XTAB;
    type = READ_ONCE(pg->type);
    info = XEN_DOMCTL_PFINFO_NOTAB;
    if (type & TYPE_COUNT_MASK && type_of(type) >= TYPE_L1 && type_of(type) <= TYPE_L4)
        info = (uint32_t)type_of(type) << XEN_DOMCTL_PFINFO_LTAB_SHIFT;
    if (type & TYPE_PINNED)
        info |= XEN_DOMCTL_PFINFO_LPINTAB;
    frame_put(pg);
    return info;
}

static DOMCTL_HANDLER(getpageframeinfo3)
{
    struct xen_domctl_getpageframeinfo3 *g = &op->u.getpageframeinfo3;

    if (g->num > 1024)
        return -E2BIG;
    while (g->num) {
        xen_pfn_t n;

        if (guest_read(&n, g->array, 0))
            return -EFAULT;
        n = frame_info(d, mfn(n));
        if (guest_write(g->array, 0, &n))
            return -EFAULT;
        g->num--;
        g->array.p++;
        if (g->num % PREEMPT_EVERY == 0 && g->num && hypercall_preempt_check())
            return -ERESTART;
    }
    return 0;
}

static DOMCTL_HANDLER(sendtrigger)
{
    struct vcpu *v = domain_vcpu(d, op->u.sendtrigger.vcpu);

    switch (op->u.sendtrigger.trigger) {
    case XEN_DOMCTL_SENDTRIGGER_NMI: return v ? arch_vcpu_send_nmi(v) : -ESRCH;
    /* Buttons are for domains with emulated hardware. */
    case XEN_DOMCTL_SENDTRIGGER_POWER:
    case XEN_DOMCTL_SENDTRIGGER_SLEEP: return -EINVAL;
    default: return -ENOSYS;
    }
}

/* Of what this asks, nothing was on, and nothing has changed: dirty pages are not logged yet. */
static DOMCTL_HANDLER(shadow_op)
{
    struct xen_domctl_shadow_op *s = &op->u.shadow_op;

    if (d == current->domain)
        return -EINVAL;
    switch (s->op) {
    case XEN_DOMCTL_SHADOW_OP_CLEAN:
    case XEN_DOMCTL_SHADOW_OP_PEEK:
        s->stats.fault_count = s->stats.dirty_count = 0;
        return s->dirty_bitmap.p ? -EINVAL : 0;
    case XEN_DOMCTL_SHADOW_OP_ENABLE_LOGDIRTY: return -EOPNOTSUPP;
    case XEN_DOMCTL_SHADOW_OP_ENABLE:
        return s->mode == XEN_DOMCTL_SHADOW_ENABLE_LOG_DIRTY ? -EOPNOTSUPP : -EINVAL;
    default: return -EINVAL;
    }
}

static DOMCTL_HANDLER(set_access_required)
{
    (void)op;
    return d == current->domain ? -EPERM : 0; /* nobody listens to page accesses of PV domains */
}

static DOMCTL_HANDLER(invalid)
{
    (void)d;
    (void)op;
    return -EINVAL;
}

static DOMCTL_HANDLER(unsupported)
{
    (void)d;
    (void)op;
    return -EOPNOTSUPP;
}

static DOMCTL_HANDLER(no_device)
{
    (void)d;
    (void)op;
    return -ENODEV;
}

#define ANSWERS .answers = true

static const struct domctl_handler handlers[] = {
    [XEN_DOMCTL_getvcpucontext] = { domctl_getvcpucontext, ANSWERS },
    [XEN_DOMCTL_shadow_op] = { domctl_shadow_op, ANSWERS },
    [XEN_DOMCTL_irq_permission] = { domctl_irq_permission },
    [XEN_DOMCTL_iomem_permission] = { domctl_iomem_permission },
    [XEN_DOMCTL_ioport_permission] = { domctl_ioport_permission },
    [XEN_DOMCTL_hypercall_init] = { domctl_hypercall_init },
    [XEN_DOMCTL_sendtrigger] = { domctl_sendtrigger },
    [XEN_DOMCTL_set_address_size] = { domctl_set_address_size },
    [XEN_DOMCTL_get_address_size] = { domctl_get_address_size, ANSWERS },
    [XEN_DOMCTL_set_ext_vcpucontext] = { domctl_set_ext_vcpucontext },
    [XEN_DOMCTL_get_ext_vcpucontext] = { domctl_get_ext_vcpucontext, ANSWERS },
    [XEN_DOMCTL_gettscinfo] = { domctl_gettscinfo, ANSWERS },
    [XEN_DOMCTL_settscinfo] = { domctl_settscinfo },
    [XEN_DOMCTL_getpageframeinfo3] = { domctl_getpageframeinfo3, ANSWERS },
    [XEN_DOMCTL_setvcpuextstate] = { domctl_setvcpuextstate },
    [XEN_DOMCTL_getvcpuextstate] = { domctl_getvcpuextstate, ANSWERS },
    [XEN_DOMCTL_set_access_required] = { domctl_set_access_required },
    [XEN_DOMCTL_get_vcpu_msrs] = { domctl_get_vcpu_msrs, ANSWERS, .answers_on = -ENOBUFS },
    [XEN_DOMCTL_set_vcpu_msrs] = { domctl_set_vcpu_msrs, ANSWERS, .answers_on = -EINVAL },
    [XEN_DOMCTL_get_cpu_policy] = { domctl_get_cpu_policy, ANSWERS, .answers_on = -ENOBUFS },
    [XEN_DOMCTL_set_cpu_policy] = { domctl_set_cpu_policy, ANSWERS, .answers_on = -EINVAL },

    /* Not for PV domains: emulated hardware, and memory that is not the domain's own to map. */
    [XEN_DOMCTL_gethvmcontext] = { domctl_invalid },
    [XEN_DOMCTL_sethvmcontext] = { domctl_invalid },
    [XEN_DOMCTL_gethvmcontext_partial] = { domctl_invalid },
    [XEN_DOMCTL_bind_pt_irq] = { domctl_invalid },
    [XEN_DOMCTL_unbind_pt_irq] = { domctl_invalid },
    [XEN_DOMCTL_memory_mapping] = { domctl_invalid },
    [XEN_DOMCTL_ioport_mapping] = { domctl_unsupported },
    [XEN_DOMCTL_debug_op] = { domctl_invalid },
    [XEN_DOMCTL_set_broken_page_p2m] = { domctl_invalid },
    [XEN_DOMCTL_soft_reset] = { domctl_invalid },
    [XEN_DOMCTL_setvnumainfo] = { domctl_invalid },
    [XEN_DOMCTL_monitor_op] = { domctl_unsupported },
    [XEN_DOMCTL_vmtrace_op] = { domctl_invalid },
    [XEN_DOMCTL_get_paging_mempool_size] = { domctl_unsupported },
    [XEN_DOMCTL_set_paging_mempool_size] = { domctl_unsupported },
    /* There is no IOMMU, nobody acts for another domain, and no cache is divided. */
    [XEN_DOMCTL_assign_device] = { domctl_unsupported },
    [XEN_DOMCTL_test_assign_device] = { domctl_unsupported },
    [XEN_DOMCTL_deassign_device] = { domctl_unsupported },
    [XEN_DOMCTL_get_device_group] = { domctl_unsupported },
    [XEN_DOMCTL_set_target] = { domctl_unsupported },
    [XEN_DOMCTL_psr_cmt_op] = { domctl_no_device },
    [XEN_DOMCTL_psr_alloc] = { domctl_no_device },
};

const struct domctl_handler *arch_domctl_handler(unsigned int cmd)
{
    return cmd < ARRAY_SIZE(handlers) && handlers[cmd].run ? &handlers[cmd] : NULL;
}
