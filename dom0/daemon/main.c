/* SPDX-License-Identifier: GPL-2.0-or-later */
/* domusd: owns the life of every machine, and says so on the bus. */
#include <glib-unix.h>
#include <stdio.h>
#include <stdlib.h>

#include <dom0/daemon/settings.h>

#include "private.h"

static char *option_backend, *option_address, *option_config, *option_state, *option_images;
static char *option_run, *option_log, *option_settings;
static gboolean option_session, option_no_autostart;

static const GOptionEntry options[] = {
    { "backend", 0, 0, G_OPTION_ARG_STRING, &option_backend, "xen (default) or fake", "NAME" },
    { "session", 0, 0, G_OPTION_ARG_NONE, &option_session,
      "Serve the session bus, and everybody on it", NULL },
    { "address", 0, 0, G_OPTION_ARG_STRING, &option_address,
      "Serve the bus at this address, and everybody on it", "ADDRESS" },
    { "config-dir", 0, 0, G_OPTION_ARG_FILENAME, &option_config, "Default /etc/domus/machines",
      "DIR" },
    { "state-dir", 0, 0, G_OPTION_ARG_FILENAME, &option_state, "Default /var/lib/domus", "DIR" },
    { "images-dir", 0, 0, G_OPTION_ARG_FILENAME, &option_images, "Default /var/lib/domus/images",
      "DIR" },
    { "settings", 0, 0, G_OPTION_ARG_FILENAME, &option_settings, "Default /etc/domus/domusd.conf",
      "FILE" },
    { "run-dir", 0, 0, G_OPTION_ARG_FILENAME, &option_run, "Default /run/domus", "DIR" },
    { "log-dir", 0, 0, G_OPTION_ARG_FILENAME, &option_log,
      "Where domus-consoled keeps its logs; default /var/log/domus", "DIR" },
    { "no-autostart", 0, 0, G_OPTION_ARG_NONE, &option_no_autostart, "Start nothing by itself",
      NULL },
    { NULL, 0, 0, 0, NULL, NULL, NULL },
};

static GDBusConnection *open_bus(GError **error)
{
    if (option_address)
        return g_dbus_connection_new_for_address_sync(
            option_address,
            G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
            NULL, NULL, error);
    return g_bus_get_sync(option_session ? G_BUS_TYPE_SESSION : G_BUS_TYPE_SYSTEM, NULL, error);
}

static void set_directories(struct daemon *d)
{
    d->config_dir = g_strdup(option_config ? option_config : "/etc/domus/machines");
    d->state_dir = g_strdup(option_state ? option_state : "/var/lib/domus");
    d->run_dir = g_strdup(option_run ? option_run : "/run/domus");
    d->log_dir = g_strdup(option_log ? option_log : "/var/log/domus");
    d->images_dir = option_images ? g_strdup(option_images)
                                  : g_build_filename(d->state_dir, "images", NULL);
}

static struct backend *open_backend(struct daemon *d, GError **error)
{
    g_autofree char *file = g_build_filename(d->state_dir, "fake-host", NULL);
    struct settings settings;

    if (!g_strcmp0(option_backend, "fake"))
        return backend_fake_open(file);
    if (!option_backend || !strcmp(option_backend, "xen"))
        return settings_load(option_settings, &settings, error)
                   ? backend_toolstack_open(settings.dom0_floor_kib, error)
                   : NULL;
    g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_INVALID_ARGUMENT,
                "--backend=%s; xen and fake are allowed", option_backend);
    return NULL;
}

static bool start(struct daemon *d, GError **error)
{
    g_autoptr(GPtrArray) messages = NULL;
    guint i;

    set_directories(d);
    if (!store_prepare(d, error))
        return false;
    d->backend = open_backend(d, error);
    if (!d->backend)
        return false;
    d->bus = open_bus(error);
    if (!d->bus)
        return false;
    d->checks_authority = !option_session && !option_address;
    d->machines = g_hash_table_new(g_str_hash, g_str_equal);
    d->jobs = g_ptr_array_new();
    d->objects = g_dbus_object_manager_server_new("/org/domus1");
    manager_export(d);
    host_export(d);
    messages = store_load(d);
    for (i = 0; i < messages->len; i++)
        g_warning("%s", (char *)messages->pdata[i]);
    refresh_start(d);
    g_dbus_object_manager_server_set_connection(d->objects, d->bus);
    return true;
}

static void on_acquired(GDBusConnection *bus, const char *name, gpointer opaque)
{
    (void)bus;
    (void)name;
    if (!option_no_autostart)
        autostart_begin(opaque);
}

static void on_lost(GDBusConnection *bus, const char *name, gpointer opaque)
{
    (void)opaque;
    fprintf(stderr, "domusd: %s %s\n", name,
            bus ? "is taken on this bus, or may not be owned" : "is lost: the bus is gone");
    exit(1);
}

static gboolean on_signal(gpointer loop)
{
    g_main_loop_quit(loop);
    return G_SOURCE_REMOVE;
}

int main(int argc, char **argv)
{
    g_autoptr(GOptionContext) context = g_option_context_new("- the daemon of Domus");
    g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
    g_autoptr(GError) error = NULL;
    struct daemon *d = g_new0(struct daemon, 1);
    guint name;

    g_option_context_add_main_entries(context, options, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error) || argc > 1) {
        fprintf(stderr, "domusd: %s\n", error ? error->message : "it takes no arguments");
        return 2;
    }
    if (!start(d, &error)) {
        fprintf(stderr, "domusd: %s\n", error->message);
        return 1;
    }
    name = g_bus_own_name_on_connection(d->bus, "org.domus1", G_BUS_NAME_OWNER_FLAGS_NONE,
                                        on_acquired, on_lost, d, NULL);
    g_unix_signal_add(SIGTERM, on_signal, loop);
    g_unix_signal_add(SIGINT, on_signal, loop);
    g_main_loop_run(loop);
    /* Machines go on; whoever comes next finds them. */
    g_bus_unown_name(name);
    g_dbus_connection_flush_sync(d->bus, NULL, NULL);
    d->backend->ops->close(d->backend->ts);
    return 0;
}
