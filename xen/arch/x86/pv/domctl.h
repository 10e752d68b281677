/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What domctl does on x86, one file per group; see <hv/ctl.h>. */
#ifndef PV_DOMCTL_H
#define PV_DOMCTL_H

#include <hv/ctl.h>
#include <hv/domain.h>

#define DOMCTL_HANDLER(name) long domctl_##name(struct domain *d, struct xen_domctl *op)

/* domctl-context.c */
DOMCTL_HANDLER(getvcpucontext);

#endif
