/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What of the machine a domain may use: device memory, ports, interrupts, for devices given to it.
 */
#include "domctl.h"

#include <hv/errno.h>
#include <hv/event.h>

#include <asm/cpuid.h>
#include <asm/mm.h>

#include "private.h"

#define NR_PORTS 0x10000U

static long range_set(struct ranges *r, uint64_t first, uint64_t last, bool allow)
{
    return allow ? ranges_add(r, first, last) : ranges_remove(r, first, last);
}

DOMCTL_HANDLER(iomem_permission)
{
    const struct xen_domctl_iomem_permission *p = &op->u.iomem_permission;
    uint64_t first = p->first_mfn, last = first + p->nr_mfns - 1;

    if (last < first)
        return -EINVAL;
    if (last >> (cpu_features.phys_bits - PAGE_SHIFT) ||
        !pv_may_use_iomem(current->domain, first, last))
        return -EPERM;
    return range_set(&d->arch.iomem, first, last, p->allow_access);
}

DOMCTL_HANDLER(ioport_permission)
{
    const struct xen_domctl_ioport_permission *p = &op->u.ioport_permission;
    uint32_t first = p->first_port, count = p->nr_ports;

    if (!count || first >= NR_PORTS || count > NR_PORTS - first)
        return -EINVAL;
    if (!pv_may_use_ports(current->domain, first, first + count - 1))
        return -EPERM;
    return range_set(&d->arch.ioports, first, first + count - 1, p->allow_access);
}

DOMCTL_HANDLER(irq_permission)
{
    const struct xen_domctl_irq_permission *p = &op->u.irq_permission;
    int irq;

    if (p->pirq >= current->domain->nr_pirqs)
        return -EINVAL;
    irq = pirq_irq(current->domain, p->pirq);
    if (irq < 0)
        return -EPERM;
    return range_set(&d->arch.irqs, (uint64_t)irq, (uint64_t)irq, p->allow_access);
}
