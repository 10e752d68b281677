/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The operations of domctl, one file per group; each carries its ABI name. See <hv/ctl.h>. */
#ifndef CTL_DOMCTL_H
#define CTL_DOMCTL_H

#include <hv/ctl.h>
#include <hv/domain.h>

#define DOMCTL_HANDLER(name) long domctl_##name(struct domain *d, struct xen_domctl *op)

/* domctl-life.c; the target of createdomain is null */
DOMCTL_HANDLER(createdomain);
DOMCTL_HANDLER(destroydomain);
DOMCTL_HANDLER(pausedomain);
DOMCTL_HANDLER(unpausedomain);
DOMCTL_HANDLER(resumedomain);
DOMCTL_HANDLER(max_mem);
DOMCTL_HANDLER(max_vcpus);
DOMCTL_HANDLER(setdomainhandle);
DOMCTL_HANDLER(setdebugging);
DOMCTL_HANDLER(settimeoffset);
DOMCTL_HANDLER(subscribe);
DOMCTL_HANDLER(set_virq_handler);
DOMCTL_HANDLER(getdomaininfo);

/* domctl-vcpu.c */
DOMCTL_HANDLER(getvcpuinfo);
DOMCTL_HANDLER(setvcpucontext);
DOMCTL_HANDLER(setvcpuaffinity);
DOMCTL_HANDLER(getvcpuaffinity);
DOMCTL_HANDLER(setnodeaffinity);
DOMCTL_HANDLER(getnodeaffinity);
DOMCTL_HANDLER(scheduler_op);

#endif
