/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parameters of schedulers, between dictionaries and the hypervisor's structures. */
#include <dom0/toolstack/schedule.h>

#include <string.h>

#define WEIGHT_MAX 65535
#define CAP_MAX    65535
#define PERIOD_MAX 0xffffffffU

static bool has_share(uint32_t scheduler)
{
    return scheduler == XEN_SCHEDULER_CREDIT || scheduler == XEN_SCHEDULER_CREDIT2;
}

static void add_u32(GVariantBuilder *b, const char *key, uint32_t value)
{
    g_variant_builder_add(b, "{sv}", key, g_variant_new_uint32(value));
}

GVariant *schedule_to_variant(const struct xen_domctl_scheduler_op *op)
{
    GVariantBuilder b;

    g_variant_builder_init(&b, G_VARIANT_TYPE_VARDICT);
    /* The structures of credit and credit2 are alike. */
    if (has_share(op->sched_id)) {
        add_u32(&b, "weight", op->u.credit2.weight);
        add_u32(&b, "cap", op->u.credit2.cap);
    } else if (op->sched_id == XEN_SCHEDULER_RTDS) {
        add_u32(&b, "period", op->u.rtds.period);
        add_u32(&b, "budget", op->u.rtds.budget);
        g_variant_builder_add(
            &b, "{sv}", "extratime",
            g_variant_new_boolean(!!(op->u.rtds.flags & XEN_DOMCTL_SCHEDRT_extra)));
    }
    return g_variant_builder_end(&b);
}

/* A number of the dictionary within its bounds. */
static bool take_u32(const char *key, GVariant *value, uint32_t min, uint32_t max, uint32_t *number,
                     char **why)
{
    if (!g_variant_is_of_type(value, G_VARIANT_TYPE_UINT32)) {
        *why = g_strdup_printf("%s is no number", key);
        return false;
    }
    *number = g_variant_get_uint32(value);
    if (*number >= min && *number <= max)
        return true;
    *why = g_strdup_printf("%s=%u; %u to %u is allowed", key, *number, min, max);
    return false;
}

static bool unknown(const char *key, char **why)
{
    *why = g_strdup_printf("this scheduler knows no \"%s\"", key);
    return false;
}

static bool change_share(struct xen_domctl_sched_credit2 *share, const char *key, GVariant *value,
                         char **why)
{
    uint32_t number;

    if (!strcmp(key, "weight")) {
        if (!take_u32(key, value, 1, WEIGHT_MAX, &number, why))
            return false;
        share->weight = number;
    } else if (!strcmp(key, "cap")) {
        if (!take_u32(key, value, 0, CAP_MAX, &number, why))
            return false;
        share->cap = number;
    } else {
        return unknown(key, why);
    }
    return true;
}

static bool change_rtds(struct xen_domctl_sched_rtds *rtds, const char *key, GVariant *value,
                        char **why)
{
    if (!strcmp(key, "period"))
        return take_u32(key, value, 1, PERIOD_MAX, &rtds->period, why);
    if (!strcmp(key, "budget"))
        return take_u32(key, value, 1, PERIOD_MAX, &rtds->budget, why);
    if (strcmp(key, "extratime"))
        return unknown(key, why);
    if (!g_variant_is_of_type(value, G_VARIANT_TYPE_BOOLEAN)) {
        *why = g_strdup("extratime is neither yes nor no");
        return false;
    }
    rtds->flags &= ~XEN_DOMCTL_SCHEDRT_extra;
    if (g_variant_get_boolean(value))
        rtds->flags |= XEN_DOMCTL_SCHEDRT_extra;
    return true;
}

bool schedule_change(struct xen_domctl_scheduler_op *op, GVariant *parameters, char **why)
{
    GVariantIter iter;
    const char *key;
    GVariant *value;
    bool ok = true;

    g_variant_iter_init(&iter, parameters);
    while (ok && g_variant_iter_next(&iter, "{&sv}", &key, &value)) {
        if (has_share(op->sched_id))
            ok = change_share(&op->u.credit2, key, value, why);
        else if (op->sched_id == XEN_SCHEDULER_RTDS)
            ok = change_rtds(&op->u.rtds, key, value, why);
        else
            ok = unknown(key, why);
        g_variant_unref(value);
    }
    if (ok && op->sched_id == XEN_SCHEDULER_RTDS && op->u.rtds.budget > op->u.rtds.period) {
        *why = g_strdup_printf("a budget of %u is more than the period of %u", op->u.rtds.budget,
                               op->u.rtds.period);
        ok = false;
    }
    return ok;
}

GVariant *schedule_pool_to_variant(const struct xen_sysctl_scheduler_op *op)
{
    GVariantBuilder b;

    g_variant_builder_init(&b, G_VARIANT_TYPE_VARDICT);
    if (op->sched_id == XEN_SCHEDULER_CREDIT) {
        add_u32(&b, "tslice-ms", op->u.sched_credit.tslice_ms);
        add_u32(&b, "ratelimit-us", op->u.sched_credit.ratelimit_us);
    } else if (op->sched_id == XEN_SCHEDULER_CREDIT2) {
        add_u32(&b, "ratelimit-us", op->u.sched_credit2.ratelimit_us);
    }
    return g_variant_builder_end(&b);
}

static bool change_ratelimit(uint32_t *field, GVariant *value, char **why)
{
    uint32_t number;

    /* 0 switches it off. */
    if (!take_u32("ratelimit-us", value, 0, XEN_SYSCTL_SCHED_RATELIMIT_MAX, &number, why))
        return false;
    if (number && number < XEN_SYSCTL_SCHED_RATELIMIT_MIN) {
        *why = g_strdup_printf("ratelimit-us=%u; 0 and %u to %u are allowed", number,
                               XEN_SYSCTL_SCHED_RATELIMIT_MIN, XEN_SYSCTL_SCHED_RATELIMIT_MAX);
        return false;
    }
    *field = number;
    return true;
}

static bool change_pool(struct xen_sysctl_scheduler_op *op, const char *key, GVariant *value,
                        char **why)
{
    bool credit = op->sched_id == XEN_SCHEDULER_CREDIT;

    if (!strcmp(key, "tslice-ms") && credit)
        return take_u32(key, value, XEN_SYSCTL_CSCHED_TSLICE_MIN, XEN_SYSCTL_CSCHED_TSLICE_MAX,
                        &op->u.sched_credit.tslice_ms, why);
    if (!strcmp(key, "ratelimit-us") && credit)
        return change_ratelimit(&op->u.sched_credit.ratelimit_us, value, why);
    if (!strcmp(key, "ratelimit-us") && op->sched_id == XEN_SCHEDULER_CREDIT2)
        return change_ratelimit(&op->u.sched_credit2.ratelimit_us, value, why);
    return unknown(key, why);
}

bool schedule_pool_change(struct xen_sysctl_scheduler_op *op, GVariant *parameters, char **why)
{
    GVariantIter iter;
    const char *key;
    GVariant *value;
    bool ok = true;

    g_variant_iter_init(&iter, parameters);
    while (ok && g_variant_iter_next(&iter, "{&sv}", &key, &value)) {
        ok = change_pool(op, key, value, why);
        g_variant_unref(value);
    }
    return ok;
}
