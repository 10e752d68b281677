/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opening the toolstack, its errors, its progress, and the store's news of domains. */
#include "private.h"

#include <errno.h>
#include <stdlib.h>

GQuark toolstack_error_quark(void)
{
    return g_quark_from_static_string("domus-toolstack-error");
}

bool fail_errno(GError **error, const char *what, ...)
{
    int code = errno;
    g_autofree char *text = NULL;
    va_list args;

    va_start(args, what);
    text = g_strdup_vprintf(what, args);
    va_end(args);
    g_set_error(error, TOOLSTACK_ERROR, TOOLSTACK_ERROR_FAILED, "%s: %s", text, g_strerror(code));
    return false;
}

bool fail(GError **error, enum toolstack_error code, const char *what, ...)
{
    g_autofree char *text = NULL;
    va_list args;

    va_start(args, what);
    text = g_strdup_vprintf(what, args);
    va_end(args);
    g_set_error_literal(error, TOOLSTACK_ERROR, code, text);
    return false;
}

bool step(const struct progress *p, double fraction, const char *what, GError **error)
{
    if (!p)
        return true;
    if (p->cancellable && g_cancellable_is_cancelled(p->cancellable))
        return fail(error, TOOLSTACK_ERROR_CANCELLED, "cancelled before: %s", what);
    if (p->report)
        p->report(p->opaque, fraction, what);
    return true;
}

#define DOM0_FLOOR_KIB (512ULL << 10)

void toolstack_set_dom0_floor(struct toolstack *ts, uint64_t kib)
{
    ts->dom0_floor_kib = kib;
}

/* Those that an earlier daemon left running. */
static void watch_qemus(struct xs_handle *xs)
{
    g_auto(GStrv) domids = store_list(xs, "/local/domain/0/backend/qdisk");

    for (char **d = domids; *d; d++)
        qemu_watch(xs, strtoul(*d, NULL, 10));
}

struct toolstack *toolstack_open(GError **error)
{
    struct toolstack *ts = g_new0(struct toolstack, 1);

    g_mutex_init(&ts->memory_lock);
    ts->dom0_floor_kib = DOM0_FLOOR_KIB;
    if (ctl_open(&ts->ctl)) {
        fail_errno(error, "opening the hypervisor's interface (is this a control domain?)");
        goto close;
    }
    ts->events = store_open(error);
    if (!ts->events)
        goto close;
    if (!xs_watch(ts->events, "@introduceDomain", "introduce") ||
        !xs_watch(ts->events, "@releaseDomain", "release")) {
        fail_errno(error, "watching for domains in the store");
        goto close;
    }
    watch_qemus(ts->events);
    return ts;

close:
    toolstack_close(ts);
    return NULL;
}

void toolstack_close(struct toolstack *ts)
{
    if (!ts)
        return;
    store_close(ts->events);
    ctl_close(&ts->ctl);
    g_mutex_clear(&ts->memory_lock);
    g_free(ts);
}

int toolstack_events_fd(struct toolstack *ts)
{
    return xs_fileno(ts->events);
}

void toolstack_events_drain(struct toolstack *ts)
{
    char **event;

    while ((event = xs_check_watch(ts->events)))
        free(event);
}
