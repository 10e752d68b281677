/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls on a machine that start, stop, save and delete it. */
#include <gio/gunixfdlist.h>
#include <glib/gstdio.h>

#include "private.h"

static gboolean on_start(BusMachine *bus, GDBusMethodInvocation *invocation, GVariant *options,
                         struct machine *m)
{
    GError *error = NULL;
    gboolean paused = FALSE, discard = FALSE;
    struct job *job;

    if (!options_check(options, &error, "paused", "discard-saved", NULL))
        return answer_error(invocation, error);
    g_variant_lookup(options, "paused", "b", &paused);
    g_variant_lookup(options, "discard-saved", "b", &discard);
    if (discard && !machine_is_running(m)) {
        g_autofree char *saved = machine_saved_path(m);

        g_unlink(saved);
    }
    job = life_start(m, paused, &error);
    if (!job)
        return answer_error(invocation, error);
    bus_machine_complete_start(bus, invocation, job->path);
    return TRUE;
}

static struct job *ask(struct machine *m, GVariant *options, bool reboot, GError **error)
{
    guint timeout = 0;
    gboolean force = FALSE;

    if (!options_check(options, error, "timeout", "force", NULL))
        return NULL;
    g_variant_lookup(options, "timeout", "u", &timeout);
    g_variant_lookup(options, "force", "b", &force);
    return life_shutdown(m, reboot, timeout, force, error);
}

static gboolean on_shutdown(BusMachine *bus, GDBusMethodInvocation *invocation, GVariant *options,
                            struct machine *m)
{
    GError *error = NULL;
    struct job *job = ask(m, options, false, &error);

    if (!job)
        return answer_error(invocation, error);
    bus_machine_complete_shutdown(bus, invocation, job->path);
    return TRUE;
}

static gboolean on_reboot(BusMachine *bus, GDBusMethodInvocation *invocation, GVariant *options,
                          struct machine *m)
{
    GError *error = NULL;
    struct job *job = ask(m, options, true, &error);

    if (!job)
        return answer_error(invocation, error);
    bus_machine_complete_reboot(bus, invocation, job->path);
    return TRUE;
}

static gboolean on_destroy(BusMachine *bus, GDBusMethodInvocation *invocation, struct machine *m)
{
    GError *error = NULL;
    struct job *job = life_destroy(m, &error);

    if (!job)
        return answer_error(invocation, error);
    bus_machine_complete_destroy(bus, invocation, job->path);
    return TRUE;
}

static gboolean on_pause(BusMachine *bus, GDBusMethodInvocation *invocation, struct machine *m)
{
    struct backend *b = m->daemon->backend;
    GError *error = NULL;

    if (!machine_is_running(m))
        return answer_code(invocation, DAEMON_ERROR_WRONG_STATE, "%s: does not run", m->name);
    if (!b->ops->pause(b->ts, (uint32_t)m->domid, &error))
        return answer_error(invocation, error);
    refresh(m->daemon);
    bus_machine_complete_pause(bus, invocation);
    return TRUE;
}

static gboolean on_unpause(BusMachine *bus, GDBusMethodInvocation *invocation, struct machine *m)
{
    struct backend *b = m->daemon->backend;
    GError *error = NULL;

    if (!machine_is_running(m))
        return answer_code(invocation, DAEMON_ERROR_WRONG_STATE, "%s: does not run", m->name);
    if (!b->ops->unpause(b->ts, (uint32_t)m->domid, &error))
        return answer_error(invocation, error);
    refresh(m->daemon);
    bus_machine_complete_unpause(bus, invocation);
    return TRUE;
}

static gboolean on_save(BusMachine *bus, GDBusMethodInvocation *invocation, struct machine *m)
{
    GError *error = NULL;
    struct job *job = life_save(m, -1, false, &error);

    if (!job)
        return answer_error(invocation, error);
    bus_machine_complete_save(bus, invocation, job->path);
    return TRUE;
}

static gboolean on_save_to(BusMachine *bus, GDBusMethodInvocation *invocation, GUnixFDList *fds,
                           GVariant *handle, GVariant *options, struct machine *m)
{
    GError *error = NULL;
    gboolean keep = FALSE, paused = FALSE;
    struct job *job;
    int fd;

    if (!options_check(options, &error, "keep-running", "keep-paused", NULL))
        return answer_error(invocation, error);
    g_variant_lookup(options, "keep-running", "b", &keep);
    g_variant_lookup(options, "keep-paused", "b", &paused);
    fd = fds ? g_unix_fd_list_get(fds, g_variant_get_handle(handle), &error) : -1;
    if (fd < 0)
        return error ? answer_error(invocation, error)
                     : answer_code(invocation, DAEMON_ERROR_INVALID_ARGUMENT, "no file was passed");
    if (paused && machine_is_running(m) &&
        !m->daemon->backend->ops->pause(m->daemon->backend->ts, (uint32_t)m->domid, NULL))
        g_message("%s: cannot be paused before it is saved", m->name);
    job = life_save(m, fd, keep || paused, &error);
    if (!job)
        return answer_error(invocation, error);
    bus_machine_complete_save_to(bus, invocation, NULL, job->path);
    return TRUE;
}

static gboolean on_discard_saved(BusMachine *bus, GDBusMethodInvocation *invocation,
                                 struct machine *m)
{
    g_autofree char *path = machine_saved_path(m);

    if (machine_state(m) != STATE_SAVED)
        return answer_code(invocation, DAEMON_ERROR_WRONG_STATE, "%s: is %s, not saved", m->name,
                           machine_state_word(machine_state(m)));
    g_unlink(path);
    machine_publish(m);
    bus_machine_complete_discard_saved(bus, invocation);
    if (!m->defined)
        machine_remove(m);
    return TRUE;
}

/* Only images in our own directory, which the manager made, are ever deleted. */
static void delete_disks(struct machine *m)
{
    unsigned i;

    for (i = 0; m->config && i < m->config->n_disks; i++) {
        const struct disk_config *disk = &m->config->disks[i];
        g_autofree char *dir = disk->target ? g_path_get_dirname(disk->target) : NULL;

        if (dir && !disk->cdrom && !strcmp(dir, m->daemon->images_dir) && g_unlink(disk->target))
            g_warning("%s: cannot delete %s", m->name, disk->target);
    }
}

static gboolean on_delete(BusMachine *bus, GDBusMethodInvocation *invocation, gboolean disks,
                          struct machine *m)
{
    g_autofree char *saved = machine_saved_path(m);
    g_autofree char *path = g_strdup_printf("%s/%s.cfg", m->daemon->config_dir, m->name);

    if (machine_is_running(m) || m->job)
        return answer_code(invocation, DAEMON_ERROR_WRONG_STATE,
                           "%s: is %s; only a machine that is "
                           "off can be deleted",
                           m->name, machine_state_word(machine_state(m)));
    if (disks)
        delete_disks(m);
    g_unlink(saved);
    if (m->defined)
        g_unlink(path);
    bus_machine_complete_delete(bus, invocation);
    machine_remove(m);
    return TRUE;
}

void machine_life_connect(struct machine *m)
{
    g_signal_connect(m->bus, "handle-start", G_CALLBACK(on_start), m);
    g_signal_connect(m->bus, "handle-shutdown", G_CALLBACK(on_shutdown), m);
    g_signal_connect(m->bus, "handle-reboot", G_CALLBACK(on_reboot), m);
    g_signal_connect(m->bus, "handle-destroy", G_CALLBACK(on_destroy), m);
    g_signal_connect(m->bus, "handle-pause", G_CALLBACK(on_pause), m);
    g_signal_connect(m->bus, "handle-unpause", G_CALLBACK(on_unpause), m);
    g_signal_connect(m->bus, "handle-save", G_CALLBACK(on_save), m);
    g_signal_connect(m->bus, "handle-save-to", G_CALLBACK(on_save_to), m);
    g_signal_connect(m->bus, "handle-discard-saved", G_CALLBACK(on_discard_saved), m);
    g_signal_connect(m->bus, "handle-delete", G_CALLBACK(on_delete), m);
}
