/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The steps in the order in which they happen; each starts the next one. */
#include "new-machine-job.h"

#include <glib/gi18n.h>
#include <gui/model/words.h>

struct making {
    DomusClient *client;
    char *config, *first_config; /* first_config: for the installer's run, or NULL */
    char *path;                  /* the machine's */
    void (*progress)(const char *step, double part, gpointer opaque);
    void (*done)(const char *path, const char *error, gpointer opaque);
    GObject *opaque;
};

static void end(struct making *w, const char *error)
{
    w->done(error ? NULL : w->path, error, w->opaque);
    g_object_unref(w->client);
    g_object_unref(w->opaque);
    g_free(w->config);
    g_free(w->first_config);
    g_free(w->path);
    g_free(w);
}

static void end_with(struct making *w, GError *error)
{
    g_autofree char *name = NULL;
    g_autofree char *text = words_error(error, &name);
    g_autofree char *all = g_strdup_printf("%s: %s", words_error_title(name), text);

    g_error_free(error);
    end(w, all);
}

static void on_started(GObject *source, GAsyncResult *result, gpointer opaque)
{
    struct making *w = opaque;
    g_autoptr(GError) error = NULL;
    g_autofree char *name = NULL, *text = NULL;
    g_autoptr(GVariant) answer = g_dbus_proxy_call_finish(G_DBUS_PROXY(source), result, &error);
    DomusDomain *domain = domus_client_find(w->client, w->path);

    if (!answer && domain) {
        text = words_error(error, &name);
        domus_domain_fail(domain, name, text, NULL);
    }
    end(w, NULL);
}

/* The object's signal and this answer may come in either order; both are before the next call's. */
static void on_defined(GObject *manager, GAsyncResult *result, gpointer opaque)
{
    struct making *w = opaque;
    GError *error = NULL;
    g_autoptr(GVariant) options = g_variant_ref_sink(g_variant_new("a{sv}", NULL));
    DomusDomain *domain;

    if (!bus_manager_call_define_machine_finish(BUS_MANAGER(manager), &w->path, NULL, result,
                                                &error)) {
        end_with(w, error);
        return;
    }
    w->progress(_("Starting the machine"), -1, w->opaque);
    domain = domus_client_find(w->client, w->path);
    if (w->first_config)
        g_dbus_proxy_call(G_DBUS_PROXY(manager), "CreateMachine",
                          g_variant_new("(ss@a{sv})", w->first_config, "", options),
                          G_DBUS_CALL_FLAGS_NONE, -1, NULL, on_started, w);
    else if (domain)
        g_dbus_proxy_call(G_DBUS_PROXY(domus_domain_machine(domain)), "Start",
                          g_variant_new("(@a{sv})", options), G_DBUS_CALL_FLAGS_NONE, -1, NULL,
                          on_started, w);
    else
        end(w, NULL);
}

static void define(struct making *w)
{
    w->progress(_("Defining the machine"), -1, w->opaque);
    bus_manager_call_define_machine(domus_client_manager(w->client), w->config, "",
                                    g_variant_new("a{sv}", NULL), NULL, on_defined, w);
}

static void on_disk_done(BusJob *job, gpointer opaque)
{
    struct making *w = opaque;

    if (!g_strcmp0(bus_job_get_state(job), "done"))
        define(w);
    else
        end(w, bus_job_get_error(job));
}

static void on_disk(GObject *manager, GAsyncResult *result, gpointer opaque)
{
    struct making *w = opaque;
    g_autofree char *job = NULL;
    GError *error = NULL;

    if (bus_manager_call_create_disk_finish(BUS_MANAGER(manager), &job, result, &error))
        domus_client_watch_job(w->client, job, on_disk_done, w);
    else
        end_with(w, error);
}

/* lint: interface */
void new_machine_job_start(DomusClient *client, const struct new_machine *m,
                           void (*progress)(const char *step, double part, gpointer opaque),
                           void (*done)(const char *path, const char *error, gpointer opaque),
                           GObject *opaque)
{
    struct making *w = g_new0(struct making, 1);

    w->client = g_object_ref(client);
    w->opaque = g_object_ref(opaque);
    w->progress = progress;
    w->done = done;
    w->config = new_machine_config(m, FALSE);
    if (m->media == MEDIA_INSTALLER)
        w->first_config = new_machine_config(m, TRUE);
    if (m->disk != DISK_NEW_QCOW2 && m->disk != DISK_NEW_RAW) {
        define(w);
        return;
    }
    progress(_("Making the disk"), -1, opaque);
    bus_manager_call_create_disk(domus_client_manager(client), m->disk_path,
                                 m->disk == DISK_NEW_QCOW2 ? "qcow2" : "raw",
                                 (guint64)m->disk_gib << 30, NULL, on_disk, w);
}
