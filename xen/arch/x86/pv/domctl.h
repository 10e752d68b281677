/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What domctl does on x86, one file per group; see <hv/ctl.h>. */
#ifndef PV_DOMCTL_H
#define PV_DOMCTL_H

#include <hv/ctl.h>
#include <hv/domain.h>

#include <asm/current.h>
#include <asm/msr.h>

#define DOMCTL_HANDLER(name) long domctl_##name(struct domain *d, struct xen_domctl *op)

/* domctl-context.c */
DOMCTL_HANDLER(getvcpucontext);

/* domctl-state.c */
DOMCTL_HANDLER(get_ext_vcpucontext);
DOMCTL_HANDLER(set_ext_vcpucontext);
DOMCTL_HANDLER(getvcpuextstate);
DOMCTL_HANDLER(setvcpuextstate);
DOMCTL_HANDLER(get_vcpu_msrs);
DOMCTL_HANDLER(set_vcpu_msrs);
DOMCTL_HANDLER(gettscinfo);
DOMCTL_HANDLER(settscinfo);

/* domctl-permission.c */
DOMCTL_HANDLER(iomem_permission);
DOMCTL_HANDLER(ioport_permission);
DOMCTL_HANDLER(irq_permission);

/* policy.c */
DOMCTL_HANDLER(get_cpu_policy);
DOMCTL_HANDLER(set_cpu_policy);

#endif
