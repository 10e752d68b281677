/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls that bring a machine into being: defined, created for one run, restored. */
#include <dom0/toolstack/config-text.h>

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixfdlist.h>
#include <string.h>
#include <unistd.h>

#include "private.h"

static char **notes_end(GPtrArray *notes)
{
    g_ptr_array_add(notes, NULL);
    return (char **)notes->pdata;
}

/* The text with the lines "key=value" of options behind it. */
static char *with_overrides(const char *text, GVariant *options)
{
    g_auto(GStrv) lines = NULL;
    GString *out = g_string_new(text);
    char **line;

    g_variant_lookup(options, "overrides", "^as", &lines);
    if (lines && *lines && out->len && out->str[out->len - 1] != '\n')
        g_string_append_c(out, '\n');
    for (line = lines; line && *line; line++)
        g_string_append_printf(out, "%s\n", *line);
    return g_string_free(out, FALSE);
}

static gboolean on_check(BusManager *bus, GDBusMethodInvocation *invocation, const char *text,
                         const char *file, struct daemon *d)
{
    static const char *const kinds[] = { "pv", "pvh", "hvm" };
    g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
    GError *error = NULL;
    struct machine view = { .daemon = d };
    GVariantBuilder values;

    view.config = machine_config_parse(text, strlen(text), file, notes, &error);
    if (!view.config)
        return answer_error(invocation, error);
    g_variant_builder_init(&values, G_VARIANT_TYPE("a{sv}"));
    g_variant_builder_add(&values, "{sv}", "name", g_variant_new_string(view.config->name));
    g_variant_builder_add(&values, "{sv}", "kind", g_variant_new_string(kinds[view.config->kind]));
    g_variant_builder_add(&values, "{sv}", "memory", g_variant_new_uint64(view.config->memory_kib));
    g_variant_builder_add(&values, "{sv}", "vcpus", g_variant_new_uint32(view.config->vcpus));
    g_variant_builder_add(&values, "{sv}", "disks", machine_disks(&view));
    g_variant_builder_add(&values, "{sv}", "nics", machine_nics(&view));
    bus_manager_complete_check_config(bus, invocation, g_variant_builder_end(&values),
                                      (const char *const *)notes_end(notes));
    machine_config_free(view.config);
    return TRUE;
}

/* Neither the name nor the uuid of a new machine may be there. */
static bool check_new(struct daemon *d, const char *text, const char *file, GError **error)
{
    struct machine_config *config = machine_config_parse(text, strlen(text), file, NULL, error);
    struct machine *m = NULL;
    GHashTableIter iter;

    if (!config)
        return false;
    m = machine_find(d, config->name);
    g_hash_table_iter_init(&iter, d->machines);
    while (!m && config->uuid_given && g_hash_table_iter_next(&iter, NULL, (gpointer *)&m))
        if (!m->config || !m->config->uuid_given || memcmp(m->config->uuid, config->uuid, 16))
            m = NULL;
    if (m)
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_EXISTS, "there is a machine %s already%s",
                    m->name, strcmp(m->name, config->name) ? ", with this uuid" : "");
    machine_config_free(config);
    return !m;
}

static struct machine *define(struct daemon *d, const char *text, const char *file,
                              GPtrArray *notes, GError **error)
{
    struct machine *m;

    if (!check_new(d, text, file, error))
        return NULL;
    m = store_machine(d, text, file, notes, error);
    if (!m)
        return NULL;
    m->defined = true;
    if (!machine_write_config(m, error)) {
        machine_remove(m);
        return NULL;
    }
    machine_publish(m);
    return m;
}

static gboolean on_define(BusManager *bus, GDBusMethodInvocation *invocation, const char *config,
                          const char *file, GVariant *options, struct daemon *d)
{
    g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *text = with_overrides(config, options), *full = NULL;
    const char *words = NULL;
    GError *error = NULL;
    struct machine *m;

    if (!options_check(options, &error, "overrides", "notes", NULL))
        return answer_error(invocation, error);
    if (g_variant_lookup(options, "notes", "&s", &words)) {
        g_autofree char *quoted = config_text_quote(words);

        full = config_text_set(text, "domus_notes", quoted, &error);
        if (!full)
            return answer_error(invocation, error);
    }
    m = define(d, full ? full : text, file, notes, &error);
    if (!m)
        return answer_error(invocation, error);
    bus_manager_complete_define_machine(bus, invocation, m->path,
                                        (const char *const *)notes_end(notes));
    return TRUE;
}

static gboolean on_define_values(BusManager *bus, GDBusMethodInvocation *invocation,
                                 GVariant *values, GVariant *options, struct daemon *d)
{
    g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
    GError *error = NULL;
    g_autofree char *text = NULL;
    struct machine *m;

    if (!options_check(options, &error, "", NULL))
        return answer_error(invocation, error);
    text = config_with_values("", values, &error);
    m = text ? define(d, text, "values", notes, &error) : NULL;
    if (!m)
        return answer_error(invocation, error);
    bus_manager_complete_define_machine_from_values(bus, invocation, m->path,
                                                    (const char *const *)notes_end(notes));
    return TRUE;
}

/* The machine that a text starts: the defined one of its name, or a new one. */
static struct machine *for_one_run(struct daemon *d, const char *text, const char *file,
                                   GPtrArray *notes, GError **error)
{
    struct machine_config *config = machine_config_parse(text, strlen(text), file, notes, error);
    g_autofree char *quoted = NULL;
    struct machine *m;

    if (!config)
        return NULL;
    m = machine_find(d, config->name);
    machine_config_free(config);
    if (!m || machine_is_running(m) || m->job || !m->defined)
        return check_new(d, text, file, error) ? store_machine(d, text, file, NULL, error) : NULL;
    quoted = g_strdup_printf("\"%s\"", m->uuid);
    g_free(m->once_text);
    m->once_text = config_text_set(text, "uuid", quoted, error);
    return m->once_text ? m : NULL;
}

static gboolean on_create(BusManager *bus, GDBusMethodInvocation *invocation, const char *config,
                          const char *file, GVariant *options, struct daemon *d)
{
    g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *text = with_overrides(config, options), *path = NULL;
    gboolean paused = FALSE;
    GError *error = NULL;
    struct machine *m;
    struct job *job;

    if (!options_check(options, &error, "overrides", "paused", NULL))
        return answer_error(invocation, error);
    g_variant_lookup(options, "paused", "b", &paused);
    m = for_one_run(d, text, file, notes, &error);
    if (!m)
        return answer_error(invocation, error);
    path = g_strdup(m->path);
    job = life_start(m, paused, &error);
    if (!job) {
        if (!m->defined)
            machine_remove(m);
        return answer_error(invocation, error);
    }
    bus_manager_complete_create_machine(bus, invocation, path, job->path,
                                        (const char *const *)notes_end(notes));
    return TRUE;
}

/* Takes the fd. */
static struct job *restore(struct daemon *d, int fd, const char *config, bool paused,
                           struct machine **machine, GError **error)
{
    g_autofree char *saved = save_head_read(fd, error);
    struct machine *m = saved
                            ? for_one_run(d, *config ? config : saved, "saved machine", NULL, error)
                            : NULL;
    struct job *job;

    if (!m) {
        close(fd);
        return NULL;
    }
    *machine = m;
    job = life_restore(m, fd, paused, false, error);
    if (!job && !m->defined)
        machine_remove(m);
    return job;
}

static gboolean on_restore(BusManager *bus, GDBusMethodInvocation *invocation, GUnixFDList *fds,
                           GVariant *handle, GVariant *options, struct daemon *d)
{
    gboolean paused = FALSE;
    const char *config = "";
    GError *error = NULL;
    struct machine *m = NULL;
    struct job *job;
    int fd;

    if (!options_check(options, &error, "paused", "config", NULL))
        return answer_error(invocation, error);
    g_variant_lookup(options, "paused", "b", &paused);
    g_variant_lookup(options, "config", "&s", &config);
    fd = fds ? g_unix_fd_list_get(fds, g_variant_get_handle(handle), &error) : -1;
    if (fd < 0)
        return error ? answer_error(invocation, error)
                     : answer_code(invocation, DAEMON_ERROR_INVALID_ARGUMENT, "no file was passed");
    job = restore(d, fd, config, paused, &m, &error);
    if (!job)
        return answer_error(invocation, error);
    bus_manager_complete_restore_machine(bus, invocation, NULL, m->path, job->path);
    return TRUE;
}

void manager_define_connect(struct daemon *d)
{
    g_signal_connect(d->manager, "handle-check-config", G_CALLBACK(on_check), d);
    g_signal_connect(d->manager, "handle-define-machine", G_CALLBACK(on_define), d);
    g_signal_connect(d->manager, "handle-define-machine-from-values", G_CALLBACK(on_define_values),
                     d);
    g_signal_connect(d->manager, "handle-create-machine", G_CALLBACK(on_create), d);
    g_signal_connect(d->manager, "handle-restore-machine", G_CALLBACK(on_restore), d);
}
