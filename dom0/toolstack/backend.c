/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dom0's end of a device: waiting for its driver, and taking it away. */
#include "private.h"

#include <stdlib.h>
#include <string.h>

#include <xen/io/xenbus.h>

static const char *state_word(int state)
{
    static const char *const words[] = { "unknown",     "initialising",  "waiting",
                                         "initialised", "connected",     "closing",
                                         "closed",      "reconfiguring", "reconfigured" };

    return state >= 0 && state < (int)G_N_ELEMENTS(words) ? words[state] : "missing";
}

struct wanted {
    int state; /* the last one seen */
};

static int to_state(const char *value)
{
    return value ? atoi(value) : -1;
}

static bool is_ready(const char *value, void *opaque)
{
    struct wanted *w = opaque;

    w->state = to_state(value);
    return w->state >= XenbusStateInitWait;
}

static bool is_closed(const char *value, void *opaque)
{
    struct wanted *w = opaque;

    w->state = to_state(value);
    return w->state < 0 || w->state == XenbusStateClosed;
}

bool backend_is_ready(const char *value, void *opaque)
{
    struct wanted w = { 0 };

    (void)opaque;
    return is_ready(value, &w) && w.state < XenbusStateClosing;
}

bool backend_wait_ready(struct xs_handle *xs, const struct plan_device *device, const char *what,
                        GError **error)
{
    g_autofree char *back = plan_backend_path(device);
    g_autofree char *path = g_strdup_printf("%s/state", back), *why = NULL;
    struct wanted w = { 0 };

    if (store_wait(xs, path, BACKEND_TIMEOUT_MS, is_ready, &w) && w.state < XenbusStateClosing)
        return true;
    /* The kernel's back ends say what is wrong there. */
    why = store_read(xs, "/local/domain/0/error/backend/%s/%u/%u/error", device->backend_kind,
                     device->domid, device->devid);
    return fail(error, TOOLSTACK_ERROR_FAILED,
                "%s: dom0's driver for backend/%s did not take it (its state is \"%s\"%s%s)", what,
                device->backend_kind, state_word(w.state), why ? "): " : "; is it loaded?)",
                why ? why : "");
}

static void remove_device_nodes(struct xs_handle *xs, const struct plan_device *device)
{
    g_autofree char *front = plan_frontend_path(device);
    g_autofree char *back = plan_backend_path(device);
    g_autofree char *own = plan_private_path(device);

    store_remove(xs, "%s", front);
    store_remove(xs, "%s", back);
    store_remove(xs, "%s", own);
    store_remove(xs, "/local/domain/0/error/backend/%s/%u/%u", device->backend_kind, device->domid,
                 device->devid);
}

/*
 * Asks the back end to close. It follows its front end: the guest's driver sees our state and
 * closes, or, where the guest is not to be waited for, we close the front end in its stead.
 */
static void ask_to_close(struct xs_handle *xs, const struct plan_device *device, bool force)
{
    g_autofree char *front = plan_frontend_path(device);
    g_autofree char *back = plan_backend_path(device);

    store_write(xs, NULL, "0", "%s/online", back);
    if (force)
        store_write(xs, NULL, "6", "%s/state", front); /* XenbusStateClosed */
    else
        store_write(xs, NULL, "5", "%s/state", back); /* XenbusStateClosing */
}

bool backend_remove(struct xs_handle *xs, const struct plan_device *device, bool force,
                    GError **error)
{
    g_autofree char *back = plan_backend_path(device);
    g_autofree char *path = g_strdup_printf("%s/state", back);
    struct wanted w = { 0 };

    ask_to_close(xs, device, force);
    if (!store_wait(xs, path, BACKEND_CLOSE_TIMEOUT_MS, is_closed, &w) && !force)
        return fail(error, TOOLSTACK_ERROR_TIMEOUT,
                    "domain %u: the guest does not let go of %s %u (state \"%s\")", device->domid,
                    device->kind, device->devid, state_word(w.state));
    remove_device_nodes(xs, device);
    return true;
}

/* Fills `device` from a path .../backend/KIND/DOMID/DEVID of the toolstack's own nodes. */
static bool parse_backend(const char *back, struct plan_device *device, char **kind)
{
    g_auto(GStrv) parts = g_strsplit(back, "/", -1);

    /* "", local, domain, 0, backend, KIND, DOMID, DEVID */
    if (g_strv_length(parts) != 8)
        return false;
    *kind = g_strdup(parts[5]);
    device->backend_kind = *kind;
    device->devid = strtoul(parts[7], NULL, 10);
    return true;
}

/* One device of the list under /libxl: asked to close, or waited for and removed. */
static void remove_listed(struct xs_handle *xs, uint32_t domid, const char *kind, const char *devid,
                          bool wait)
{
    g_autofree char *back = store_read(xs, "/libxl/%u/device/%s/%s/backend", domid, kind, devid);
    g_autofree char *backend_kind = NULL, *path = NULL;
    struct plan_device device = { .domid = domid, .kind = kind };
    struct wanted w;

    if (!back || !parse_backend(back, &device, &backend_kind))
        return;
    if (!wait) {
        ask_to_close(xs, &device, true);
        return;
    }
    /* The console has no driver that would close. */
    path = g_strdup_printf("%s/state", back);
    if (strcmp(kind, "console"))
        store_wait(xs, path, BACKEND_CLOSE_TIMEOUT_MS, is_closed, &w);
    remove_device_nodes(xs, &device);
}

static void for_all_listed(struct xs_handle *xs, uint32_t domid, bool wait)
{
    g_auto(GStrv) kinds = store_list(xs, "/libxl/%u/device", domid);

    for (char **kind = kinds; *kind; kind++) {
        g_auto(GStrv) devids = store_list(xs, "/libxl/%u/device/%s", domid, *kind);

        for (char **devid = devids; *devid; devid++)
            remove_listed(xs, domid, *kind, *devid, wait);
    }
}

void backend_remove_all(struct xs_handle *xs, uint32_t domid)
{
    g_auto(GStrv) kinds = NULL;

    /* All are asked before any is waited for, so that they close side by side. */
    for_all_listed(xs, domid, false);
    for_all_listed(xs, domid, true);
    kinds = store_list(xs, "/local/domain/0/backend");
    for (char **kind = kinds; *kind; kind++)
        store_remove(xs, "/local/domain/0/backend/%s/%u", *kind, domid);
}
