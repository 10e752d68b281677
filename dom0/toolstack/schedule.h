/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parameters of schedulers as dictionaries, keys as in org.domus1.xml. Pure. */
#ifndef DOM0_TOOLSTACK_SCHEDULE_H
#define DOM0_TOOLSTACK_SCHEDULE_H

#include <glib.h>
#include <stdbool.h>

#include <dom0/ctl/ctl.h>

/* A floating dictionary of a domain's parameters; empty for a scheduler without any. */
GVariant *schedule_to_variant(const struct xen_domctl_scheduler_op *op);
/* Changes `op` by what the dictionary has; false with a sentence, to be freed, in *why. */
bool schedule_change(struct xen_domctl_scheduler_op *op, GVariant *parameters, char **why);

/* The same for a pool's scheduler: "tslice-ms", "ratelimit-us". */
GVariant *schedule_pool_to_variant(const struct xen_sysctl_scheduler_op *op);
bool schedule_pool_change(struct xen_sysctl_scheduler_op *op, GVariant *parameters, char **why);

#endif
