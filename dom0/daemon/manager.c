/* SPDX-License-Identifier: GPL-2.0-or-later */
/* org.domus1.Manager: what is about all machines. */
#include <errno.h>
#include <fcntl.h>
#include <gio/gunixfdlist.h>
#include <string.h>
#include <unistd.h>

#include "private.h"

static gboolean on_reload(BusManager *bus, GDBusMethodInvocation *invocation, struct daemon *d)
{
    g_autoptr(GPtrArray) messages = store_load(d);

    g_ptr_array_add(messages, NULL);
    bus_manager_complete_reload(bus, invocation, (const char *const *)messages->pdata);
    return TRUE;
}

static gboolean on_find(BusManager *bus, GDBusMethodInvocation *invocation, const char *what,
                        struct daemon *d)
{
    struct machine *m = machine_find(d, what);

    if (!m)
        return answer_code(invocation, DAEMON_ERROR_NOT_FOUND, "there is no machine %s", what);
    bus_manager_complete_find_machine(bus, invocation, m->path);
    return TRUE;
}

static char *settings_path(struct daemon *d)
{
    return g_build_filename(d->state_dir, "settings", NULL);
}

static bool is_action(const char *action)
{
    return !strcmp(action, "save") || !strcmp(action, "shutdown") || !strcmp(action, "destroy");
}

static gboolean on_set_power_off(BusManager *bus, GDBusMethodInvocation *invocation,
                                 const char *action, guint seconds, struct daemon *d)
{
    g_autofree char *path = settings_path(d);
    g_autoptr(GKeyFile) file = g_key_file_new();
    GError *error = NULL;

    if (!is_action(action) || !seconds || seconds > 3600)
        return answer_code(invocation, DAEMON_ERROR_INVALID_ARGUMENT,
                           "%s within %u seconds; save, "
                           "shutdown and destroy within 1 to 3600 are allowed",
                           action, seconds);
    g_key_file_set_string(file, "poweroff", "action", action);
    g_key_file_set_integer(file, "poweroff", "seconds", (int)seconds);
    if (!g_key_file_save_to_file(file, path, &error))
        return answer_error(invocation, error);
    bus_manager_set_power_off_action(d->manager, action);
    bus_manager_set_power_off_seconds(d->manager, seconds);
    bus_manager_complete_set_power_off(bus, invocation);
    return TRUE;
}

static void load_settings(struct daemon *d)
{
    g_autofree char *path = settings_path(d), *action = NULL;
    g_autoptr(GKeyFile) file = g_key_file_new();
    int seconds;

    bus_manager_set_power_off_action(d->manager, "save");
    bus_manager_set_power_off_seconds(d->manager, 120);
    if (!g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, NULL))
        return;
    action = g_key_file_get_string(file, "poweroff", "action", NULL);
    seconds = g_key_file_get_integer(file, "poweroff", "seconds", NULL);
    if (action && is_action(action))
        bus_manager_set_power_off_action(d->manager, action);
    if (seconds > 0 && seconds <= 3600)
        bus_manager_set_power_off_seconds(d->manager, (guint)seconds);
}

static gboolean on_end_all(BusManager *bus, GDBusMethodInvocation *invocation, const char *action,
                           struct daemon *d)
{
    GError *error = NULL;
    struct job *job;

    if (!*action)
        action = bus_manager_get_power_off_action(bus);
    if (!is_action(action))
        return answer_code(invocation, DAEMON_ERROR_INVALID_ARGUMENT,
                           "%s; save, shutdown and "
                           "destroy are allowed",
                           action);
    job = poweroff_end_all(d, action, &error);
    if (!job)
        return answer_error(invocation, error);
    bus_manager_complete_end_all(bus, invocation, job->path);
    return TRUE;
}

struct disk_work {
    char *path, *format;
    uint64_t size;
};

static void disk_work_free(void *opaque)
{
    struct disk_work *work = opaque;

    g_free(work->path);
    g_free(work->format);
    g_free(work);
}

static bool run_create_disk(struct job *job, GError **error)
{
    struct disk_work *work = job->data;
    g_autofree char *size = g_strdup_printf("%" G_GUINT64_FORMAT, work->size), *text = NULL;
    g_autoptr(GSubprocess) process = NULL;
    int fd = open(work->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    if (fd < 0 || (!strcmp(work->format, "raw") && ftruncate(fd, (off_t)work->size))) {
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_FAILED, "cannot make %s: %s", work->path,
                    g_strerror(errno));
        if (fd >= 0) {
            unlink(work->path);
            close(fd);
        }
        return false;
    }
    close(fd);
    if (!strcmp(work->format, "raw"))
        return true;
    process = g_subprocess_new(G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_PIPE,
                               error, "qemu-img", "create", "-q", "-f", work->format, work->path,
                               size, NULL);
    if (process && g_subprocess_communicate_utf8(process, NULL, NULL, NULL, &text, error) &&
        g_subprocess_get_successful(process))
        return true;
    unlink(work->path);
    if (error && !*error)
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_FAILED, "cannot make %s: %s", work->path,
                    text ? g_strchomp(text) : "qemu-img failed");
    return false;
}

static void done_create_disk(struct job *job, GError *error)
{
    struct disk_work *work = job->data;
    GVariantBuilder result;

    if (error)
        return;
    g_variant_builder_init(&result, G_VARIANT_TYPE("a{sv}"));
    g_variant_builder_add(&result, "{sv}", "path", g_variant_new_string(work->path));
    bus_job_set_result(job->bus, g_variant_builder_end(&result));
}

static gboolean on_create_disk(BusManager *bus, GDBusMethodInvocation *invocation, const char *name,
                               const char *format, guint64 size, struct daemon *d)
{
    struct disk_work *work;
    struct job *job;

    if (strcmp(format, "raw") && strcmp(format, "qcow2"))
        return answer_code(invocation, DAEMON_ERROR_INVALID_ARGUMENT,
                           "format %s; raw and qcow2 are "
                           "allowed",
                           format);
    if (!*name || *name == '.' || strchr(name, '/') || strchr(name, ','))
        return answer_code(invocation, DAEMON_ERROR_INVALID_ARGUMENT,
                           "'%s' is no name for an image; "
                           "one without / and , that does not begin with . is allowed",
                           name);
    if (size < 512 || size > G_MAXINT64 / 2)
        return answer_code(invocation, DAEMON_ERROR_INVALID_ARGUMENT,
                           "%s: a size of %lu bytes; 512 "
                           "or more is allowed",
                           name, (unsigned long)size);
    work = g_new0(struct disk_work, 1);
    work->path = g_build_filename(d->images_dir, name, NULL);
    work->format = g_strdup(format);
    work->size = size & ~UINT64_C(511);
    job = job_new(d, "create-disk", NULL);
    job->run = run_create_disk;
    job->done = done_create_disk;
    job_run(job, work, disk_work_free);
    bus_manager_complete_create_disk(bus, invocation, job->path);
    return TRUE;
}

void manager_export(struct daemon *d)
{
    g_autoptr(BusObjectSkeleton) object = bus_object_skeleton_new("/org/domus1/Manager");
    g_autofree char *saved = g_build_filename(d->state_dir, "saved", NULL);

    d->manager = bus_manager_skeleton_new();
    bus_manager_set_config_directory(d->manager, d->config_dir);
    bus_manager_set_images_directory(d->manager, d->images_dir);
    bus_manager_set_saved_directory(d->manager, saved);
    load_settings(d);
    g_signal_connect(d->manager, "handle-reload", G_CALLBACK(on_reload), d);
    g_signal_connect(d->manager, "handle-find-machine", G_CALLBACK(on_find), d);
    g_signal_connect(d->manager, "handle-set-power-off", G_CALLBACK(on_set_power_off), d);
    g_signal_connect(d->manager, "handle-end-all", G_CALLBACK(on_end_all), d);
    g_signal_connect(d->manager, "handle-create-disk", G_CALLBACK(on_create_disk), d);
    manager_define_connect(d);
    bus_object_skeleton_set_manager(object, d->manager);
    authority_guard(d, G_DBUS_OBJECT_SKELETON(object));
    g_dbus_object_manager_server_export(d->objects, G_DBUS_OBJECT_SKELETON(object));
}
