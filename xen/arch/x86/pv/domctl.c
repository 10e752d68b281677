/* SPDX-License-Identifier: GPL-2.0-or-later */
/* domctl on x86: the table of what only this machine has, and the small ones. */
#include "domctl.h"

#include <hv/errno.h>
#include <hv/frame.h>
#include <hv/hypercall.h>
#include <hv/guest-access.h>

#include <asm/cpuid.h>
#include <asm/pv.h>

#define PREEMPT_EVERY 64U

int arch_domain_config_check(const struct xen_domctl_createdomain *c)
{
    /* Neither nested paging nor an IOMMU is driven yet; PV domains have no emulated devices. */
    if (c->flags & ~XEN_DOMCTL_CDF_xs_domain || c->iommu_opts)
        return -EINVAL;
    return c->arch.emulation_flags || c->arch.misc_flags & ~XEN_X86_MISC_FLAGS_MAX ? -EINVAL : 0;
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
        return -EACCES;
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

#define ANSWERS  .answers = true
#define NOT_SELF .not_self = true

const struct domctl_handler *arch_domctl_handler(unsigned int cmd)
{
    static const struct domctl_handler handlers[] = {
        [XEN_DOMCTL_getvcpucontext] = { domctl_getvcpucontext, ANSWERS },
        [XEN_DOMCTL_hypercall_init] = { domctl_hypercall_init },
        [XEN_DOMCTL_set_address_size] = { domctl_set_address_size },
        [XEN_DOMCTL_get_address_size] = { domctl_get_address_size, ANSWERS },
        [XEN_DOMCTL_getpageframeinfo3] = { domctl_getpageframeinfo3, ANSWERS },
    };

    return cmd < ARRAY_SIZE(handlers) && handlers[cmd].run ? &handlers[cmd] : NULL;
}
