/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A machine: defined by a file, or known while its domain runs. */
#include "private.h"

#include <errno.h>
#include <glib/gstdio.h>

struct machine *machine_new(struct daemon *d, const char *uuid, const char *name)
{
    struct machine *m = g_new0(struct machine, 1);
    g_autoptr(BusObjectSkeleton) object = NULL;
    g_autofree char *id = g_strdelimit(g_strdup(uuid), "-", '_');

    m->refs = 1;
    m->daemon = d;
    m->uuid = g_strdup(uuid);
    m->name = g_strdup(name);
    m->path = g_strdup_printf("/org/domus1/machines/M_%s", id);
    m->domid = -1;
    m->reason = g_strdup("");
    m->config_text = g_strdup("");
    m->bus = bus_machine_skeleton_new();
    machine_life_connect(m);
    machine_config_connect(m);
    machine_device_connect(m);
    machine_cpu_connect(m);
    machine_publish(m);
    object = bus_object_skeleton_new(m->path);
    bus_object_skeleton_set_machine(object, m->bus);
    authority_guard(d, G_DBUS_OBJECT_SKELETON(object));
    g_hash_table_insert(d->machines, m->uuid, m);
    g_dbus_object_manager_server_export(d->objects, G_DBUS_OBJECT_SKELETON(object));
    return m;
}

struct machine *machine_ref(struct machine *m)
{
    m->refs++;
    return m;
}

void machine_unref(struct machine *m)
{
    if (--m->refs)
        return;
    g_object_unref(m->bus);
    history_clear(&m->history);
    machine_config_free(m->config);
    domain_info_free(m->info);
    g_free(m->config_text);
    g_free(m->once_text);
    g_free(m->running_text);
    g_free(m->reason);
    g_free(m->name);
    g_free(m->path);
    g_free(m->uuid);
    g_free(m);
}

void machine_remove(struct machine *m)
{
    if (m->removed)
        return;
    m->removed = true;
    g_signal_handlers_disconnect_by_data(m->bus, m);
    g_dbus_object_manager_server_unexport(m->daemon->objects, m->path);
    g_hash_table_steal(m->daemon->machines, m->uuid);
    machine_unref(m);
}

bool machine_is_running(const struct machine *m)
{
    return m->domid >= 0;
}

char *machine_saved_path(const struct machine *m)
{
    return g_strdup_printf("%s/saved/%s.save", m->daemon->state_dir, m->uuid);
}

static bool has_saved(const struct machine *m)
{
    g_autofree char *path = machine_saved_path(m);

    return g_file_test(path, G_FILE_TEST_EXISTS);
}

enum machine_state machine_state(const struct machine *m)
{
    const char *kind = m->job ? bus_job_get_kind(m->job->bus) : "";

    if (!strcmp(kind, "start") || !strcmp(kind, "reboot"))
        return STATE_STARTING;
    if (!strcmp(kind, "restore"))
        return STATE_RESTORING;
    if (!strcmp(kind, "save"))
        return STATE_SAVING;
    if (!strcmp(kind, "destroy"))
        return STATE_DYING;
    if (!machine_is_running(m))
        return has_saved(m) ? STATE_SAVED : STATE_OFF;
    if (m->preserved)
        return STATE_CRASHED;
    if (m->info && m->info->state == DOMAIN_DYING)
        return STATE_DYING;
    if (m->info && m->info->state == DOMAIN_PAUSED)
        return STATE_PAUSED;
    if (m->shutdown_asked || (m->info && m->info->state == DOMAIN_SHUTDOWN))
        return STATE_STOPPING;
    return STATE_RUNNING;
}

void machine_set_config(struct machine *m, char *text, struct machine_config *config)
{
    machine_config_free(m->config);
    g_free(m->config_text);
    m->config_text = text;
    m->config = config;
    if (strcmp(m->name, config->name)) {
        g_free(m->name);
        m->name = g_strdup(config->name);
    }
}

static char *config_path(const struct machine *m)
{
    return g_strdup_printf("%s/%s.cfg", m->daemon->config_dir, m->name);
}

bool machine_write_config(struct machine *m, GError **error)
{
    g_autofree char *path = config_path(m);

    if (!m->defined)
        return true;
    return g_file_set_contents_full(path, m->config_text, -1,
                                    G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                    0600, error);
}

/* The file is called like the machine. Its text has the new name already. */
bool machine_rename_config(struct machine *m, const char *name, GError **error)
{
    g_autofree char *old = config_path(m);

    g_free(m->name);
    m->name = g_strdup(name);
    if (!machine_write_config(m, error))
        return false;
    if (m->defined)
        g_unlink(old);
    return true;
}

static char *running_path(const struct machine *m)
{
    return g_strdup_printf("%s/running/%s", m->daemon->state_dir, m->uuid);
}

/* So that a daemon started anew knows what runs. */
void machine_write_running(struct machine *m)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autoptr(GError) error = NULL;
    g_autofree char *path = running_path(m);

    g_key_file_set_int64(file, "machine", "domid", m->domid);
    g_key_file_set_uint64(file, "machine", "started", m->started);
    g_key_file_set_string(file, "machine", "name", m->name);
    g_key_file_set_boolean(file, "machine", "preserved", m->preserved);
    g_key_file_set_string(file, "machine", "boot", m->daemon->boot_id);
    if (m->running_text)
        g_key_file_set_string(file, "machine", "config", m->running_text);
    if (!g_key_file_save_to_file(file, path, &error))
        g_warning("%s: cannot note that it runs: %s", m->name, error->message);
}

void machine_forget_running(struct machine *m)
{
    g_autofree char *path = running_path(m);

    g_unlink(path);
}

struct machine *machine_by_domid(struct daemon *d, int64_t domid)
{
    GHashTableIter iter;
    struct machine *m;

    g_hash_table_iter_init(&iter, d->machines);
    while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&m))
        if (m->domid == domid)
            return m;
    return NULL;
}

struct machine *machine_find(struct daemon *d, const char *what)
{
    GHashTableIter iter;
    struct machine *m, *best = NULL;
    char *rest = NULL;
    guint64 domid;

    g_hash_table_iter_init(&iter, d->machines);
    while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&m))
        if (!strcmp(m->name, what) && (!best || m->domid > best->domid))
            best = m;
    if (best)
        return best;
    domid = g_ascii_strtoull(what, &rest, 10);
    if (g_ascii_isdigit(*what) && !*rest && domid < 32768)
        return machine_by_domid(d, (int64_t)domid);
    return g_hash_table_lookup(d->machines, what);
}
