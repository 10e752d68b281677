/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How much of the CPUs domains get: read and set, whatever the scheduler of their pool is. */
#include "private.h"

#include <dom0/toolstack/schedule.h>

#include <errno.h>

/* Reads what holds now; op is complete for setting it again but for its command. */
static bool read_share(struct toolstack *ts, uint32_t domid, struct xen_domctl_scheduler_op *op,
                       GError **error)
{
    struct xen_domctl_getdomaininfo info;

    *op = (struct xen_domctl_scheduler_op){ .cmd = XEN_DOMCTL_SCHEDOP_getinfo };
    if (!domain_find(ts, domid, &info, error) ||
        !pool_scheduler(ts, info.cpupool, &op->sched_id, error))
        return false;
    if (op->sched_id == XEN_SCHEDULER_NULL)
        return true; /* it has no parameters */
    if (ctl_domain_schedule(&ts->ctl, domid, op))
        return fail_errno(error, "domain %u: asking for its share of the CPUs", domid);
    return true;
}

GVariant *toolstack_sched_get(struct toolstack *ts, uint32_t domid, char **scheduler,
                              GError **error)
{
    struct xen_domctl_scheduler_op op;

    if (!read_share(ts, domid, &op, error))
        return NULL;
    *scheduler = g_strdup(scheduler_word(op.sched_id));
    return schedule_to_variant(&op);
}

bool toolstack_sched_set(struct toolstack *ts, uint32_t domid, GVariant *parameters, GError **error)
{
    struct xen_domctl_scheduler_op op;
    g_autofree char *why = NULL;

    if (!read_share(ts, domid, &op, error))
        return false;
    if (!schedule_change(&op, parameters, &why))
        return fail(error, TOOLSTACK_ERROR_FAILED, "domain %u, scheduler %s: %s", domid,
                    scheduler_word(op.sched_id), why);
    op.cmd = XEN_DOMCTL_SCHEDOP_putinfo;
    if (op.sched_id != XEN_SCHEDULER_NULL && ctl_domain_schedule(&ts->ctl, domid, &op))
        return fail_errno(error, "domain %u: setting its share of the CPUs", domid);
    return true;
}

bool schedule_apply_config(struct toolstack *ts, uint32_t domid,
                           const struct machine_config *config, GError **error)
{
    g_autoptr(GVariant) parameters = NULL;
    GVariantBuilder b;

    if (config->cpu_weight <= 0 && config->cap < 0)
        return true;
    g_variant_builder_init(&b, G_VARIANT_TYPE_VARDICT);
    if (config->cpu_weight > 0)
        g_variant_builder_add(&b, "{sv}", "weight", g_variant_new_uint32(config->cpu_weight));
    if (config->cap >= 0)
        g_variant_builder_add(&b, "{sv}", "cap", g_variant_new_uint32(config->cap));
    parameters = g_variant_ref_sink(g_variant_builder_end(&b));
    if (toolstack_sched_set(ts, domid, parameters, error))
        return true;
    g_prefix_error(error, "%s: cpu_weight=, cap=: ", config->name);
    return false;
}

static bool read_pool(struct toolstack *ts, uint32_t pool, struct xen_sysctl_scheduler_op *op,
                      GError **error)
{
    *op = (struct xen_sysctl_scheduler_op){
        .cpupool_id = pool,
        .cmd = XEN_SYSCTL_SCHEDOP_getinfo,
    };
    if (!pool_scheduler(ts, pool, &op->sched_id, error))
        return false;
    if (op->sched_id != XEN_SCHEDULER_CREDIT && op->sched_id != XEN_SCHEDULER_CREDIT2)
        return true; /* no parameters */
    if (ctl_pool_schedule(&ts->ctl, op))
        return fail_errno(error, "CPU pool %u: asking for its scheduler's parameters", pool);
    return true;
}

GVariant *toolstack_pool_sched_get(struct toolstack *ts, uint32_t pool, GError **error)
{
    struct xen_sysctl_scheduler_op op;

    return read_pool(ts, pool, &op, error) ? schedule_pool_to_variant(&op) : NULL;
}

bool toolstack_pool_sched_set(struct toolstack *ts, uint32_t pool, GVariant *parameters,
                              GError **error)
{
    struct xen_sysctl_scheduler_op op;
    g_autofree char *why = NULL;

    if (!read_pool(ts, pool, &op, error))
        return false;
    if (!schedule_pool_change(&op, parameters, &why))
        return fail(error, TOOLSTACK_ERROR_FAILED, "CPU pool %u, scheduler %s: %s", pool,
                    scheduler_word(op.sched_id), why);
    op.cmd = XEN_SYSCTL_SCHEDOP_putinfo;
    if (g_variant_n_children(parameters) && ctl_pool_schedule(&ts->ctl, &op))
        return fail_errno(error, "CPU pool %u: setting its scheduler's parameters", pool);
    return true;
}
