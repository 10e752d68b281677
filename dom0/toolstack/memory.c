/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The host's memory: room for a domain, from what is free and then from dom0. */
#include "private.h"

#include <errno.h>

#define KIB_PER_PAGE    4
#define BALLOON_WAIT_MS 30000 /* without any progress */
#define BALLOON_POLL_MS 50
#define CONTROL_DOMAIN  0

/* What nobody has and nobody has claimed; frames still to be scrubbed count as free. */
static bool free_kib(struct toolstack *ts, uint64_t *kib, GError **error)
{
    struct xen_sysctl_physinfo info;
    uint64_t pages;

    if (ctl_physinfo(&ts->ctl, &info))
        return fail_errno(error, "asking the hypervisor for its free memory");
    pages = info.free_pages + info.scrub_pages;
    *kib = (pages - MIN(pages, info.outstanding_pages)) * KIB_PER_PAGE;
    return true;
}

static uint64_t dom0_kib(struct toolstack *ts)
{
    struct xen_domctl_getdomaininfo info;

    return ctl_domain_info(&ts->ctl, CONTROL_DOMAIN, &info) ? 0 : info.tot_pages * KIB_PER_PAGE;
}

/* Waits until so much is free, as long as there is progress. */
static bool wait_for_room(struct toolstack *ts, uint64_t kib, const struct progress *progress,
                          GError **error)
{
    uint64_t now = 0, best = 0;
    unsigned idle_ms = 0;

    for (;;) {
        if (!free_kib(ts, &now, error))
            return false;
        if (now >= kib)
            return true;
        idle_ms = now > best ? 0 : idle_ms + BALLOON_POLL_MS;
        best = MAX(best, now);
        if (idle_ms >= BALLOON_WAIT_MS)
            return fail(error, TOOLSTACK_ERROR_NO_MEMORY,
                        "dom0 did not give back enough memory: %" G_GUINT64_FORMAT
                        " MiB are free, %" G_GUINT64_FORMAT " MiB wanted",
                        now >> 10, kib >> 10);
        if (!step(progress, 0.1, "waiting for memory from dom0", error))
            return false;
        g_usleep(BALLOON_POLL_MS * 1000);
    }
}

bool memory_make_room(struct toolstack *ts, struct xs_handle *xs, uint64_t kib,
                      const struct progress *progress, GError **error)
{
    uint64_t now = 0, has = dom0_kib(ts), missing, spare;
    g_autofree char *target = NULL;

    if (!free_kib(ts, &now, error))
        return false;
    if (now >= kib)
        return true;
    missing = kib - now;
    spare = has > ts->dom0_floor_kib ? has - ts->dom0_floor_kib : 0;
    if (missing > spare)
        return fail(error, TOOLSTACK_ERROR_NO_MEMORY,
                    "%" G_GUINT64_FORMAT " MiB are wanted: %" G_GUINT64_FORMAT
                    " MiB are free and dom0 could give %" G_GUINT64_FORMAT
                    " MiB (it has %" G_GUINT64_FORMAT " and keeps %" G_GUINT64_FORMAT
                    "); %" G_GUINT64_FORMAT " MiB are missing",
                    kib >> 10, now >> 10, spare >> 10, has >> 10, ts->dom0_floor_kib >> 10,
                    (missing - spare + 1023) >> 10);
    target = g_strdup_printf("%" G_GUINT64_FORMAT, has - missing);
    if (!store_write(xs, error, target, "/local/domain/%d/memory/target", CONTROL_DOMAIN))
        return false;
    return wait_for_room(ts, kib, progress, error);
}

bool toolstack_set_memory(struct toolstack *ts, uint32_t domid, uint64_t kib, GError **error)
{
    g_autofree char *target = g_strdup_printf("%" G_GUINT64_FORMAT, kib);
    struct xen_domctl_getdomaininfo info;
    struct xs_handle *xs;
    int64_t max;
    bool ok = false;

    if (!domain_find(ts, domid, &info, error))
        return false;
    if (domid == CONTROL_DOMAIN && kib < ts->dom0_floor_kib)
        return fail(error, TOOLSTACK_ERROR_FAILED, "dom0 keeps at least %" G_GUINT64_FORMAT " MiB",
                    ts->dom0_floor_kib >> 10);
    xs = store_open(error);
    if (!xs)
        return false;
    max = store_read_number(xs, "/local/domain/%u/memory/static-max", domid);
    if (max > 0 && kib > (uint64_t)max) {
        fail(error, TOOLSTACK_ERROR_FAILED,
             "domain %u: %" G_GUINT64_FORMAT " MiB are more than its maxmem= of %" G_GINT64_FORMAT
             " MiB",
             domid, kib >> 10, max >> 10);
        goto close;
    }
    g_mutex_lock(&ts->memory_lock);
    ok = domid == CONTROL_DOMAIN || kib <= info.tot_pages * KIB_PER_PAGE ||
         memory_make_room(ts, xs, kib - info.tot_pages * KIB_PER_PAGE, NULL, error);
    g_mutex_unlock(&ts->memory_lock);
    if (ok && domid != CONTROL_DOMAIN &&
        ctl_domain_set_max_memory(&ts->ctl, domid, kib + PLAN_SLACK_KIB))
        ok = fail_errno(error, "domain %u: setting its limit of memory", domid);
    ok = ok && store_write(xs, error, target, "/local/domain/%u/memory/target", domid);
close:
    store_close(xs);
    return ok;
}

bool toolstack_set_max_memory(struct toolstack *ts, uint32_t domid, uint64_t kib, GError **error)
{
    g_autofree char *text = g_strdup_printf("%" G_GUINT64_FORMAT, kib);
    struct xen_domctl_getdomaininfo info;
    struct xs_handle *xs;
    bool ok;

    if (!domain_find(ts, domid, &info, error))
        return false;
    if (kib < info.tot_pages * KIB_PER_PAGE)
        return fail(error, TOOLSTACK_ERROR_FAILED,
                    "domain %u has %" G_GUINT64_FORMAT " MiB now: its limit cannot be lower", domid,
                    (uint64_t)info.tot_pages >> 8);
    if (ctl_domain_set_max_memory(&ts->ctl, domid, kib + PLAN_SLACK_KIB))
        return fail_errno(error, "domain %u: setting its limit of memory", domid);
    xs = store_open(error);
    if (!xs)
        return false;
    ok = store_write(xs, error, text, "/local/domain/%u/memory/static-max", domid);
    store_close(xs);
    return ok;
}
