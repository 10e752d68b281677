/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the daemon keeps on disk: configurations, what runs, what is saved. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>

#include <dom0/toolstack/config-text.h>

#include "private.h"

bool store_prepare(struct daemon *d, GError **error)
{
    static const char *const below[] = { "running", "saved", NULL };
    unsigned i;

    for (i = 0; below[i]; i++) {
        g_autofree char *path = g_build_filename(d->state_dir, below[i], NULL);

        if (g_mkdir_with_parents(path, 0700)) {
            g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_FAILED, "cannot make %s: %s", path,
                        g_strerror(errno));
            return false;
        }
    }
    if (g_mkdir_with_parents(d->config_dir, 0755) || g_mkdir_with_parents(d->images_dir, 0711) ||
        g_mkdir_with_parents(d->run_dir, 0755)) {
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_FAILED, "cannot make %s, %s or %s: %s",
                    d->config_dir, d->images_dir, d->run_dir, g_strerror(errno));
        return false;
    }
    if (!g_file_get_contents("/proc/sys/kernel/random/boot_id", &d->boot_id, NULL, NULL))
        d->boot_id = g_strdup("");
    g_strchomp(d->boot_id);
    return true;
}

static char *uuid_of(const struct machine_config *config)
{
    GString *s = g_string_new(NULL);
    unsigned i;

    for (i = 0; i < 16; i++)
        g_string_append_printf(s, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "",
                               config->uuid[i]);
    return g_string_free(s, FALSE);
}

/* A machine for a configuration's text; one without a uuid gets one, written into the text. */
struct machine *store_machine(struct daemon *d, const char *text, const char *file,
                              GPtrArray *notes, GError **error)
{
    struct machine_config *config = machine_config_parse(text, strlen(text), file, notes, error);
    g_autofree char *uuid = NULL;
    char *with_uuid;
    struct machine *m;

    if (!config)
        return NULL;
    if (config->uuid_given) {
        uuid = uuid_of(config);
        with_uuid = g_strdup(text);
    } else {
        g_autofree char *quoted = NULL;

        uuid = g_uuid_string_random();
        quoted = g_strdup_printf("\"%s\"", uuid);
        with_uuid = config_text_set(text, "uuid", quoted, NULL);
        machine_config_free(config);
        config = machine_config_parse(with_uuid, strlen(with_uuid), file, NULL, error);
    }
    if (!strcmp(uuid, DOM0_UUID)) {
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_EXISTS, "%s: the uuid of zeros is dom0's",
                    config->name);
        machine_config_free(config);
        g_free(with_uuid);
        return NULL;
    }
    m = g_hash_table_lookup(d->machines, uuid);
    if (!m)
        m = machine_new(d, uuid, config->name);
    machine_set_config(m, with_uuid, config);
    return m;
}

static void load_config(struct daemon *d, const char *file, GPtrArray *messages)
{
    g_autofree char *path = g_build_filename(d->config_dir, file, NULL);
    g_autofree char *base = g_strndup(file, strlen(file) - 4), *text = NULL;
    g_autoptr(GError) error = NULL;
    struct machine_config *config = machine_config_load(path, NULL, &error);
    struct machine *m, *other;

    if (!config) {
        g_ptr_array_add(messages, g_strdup(error->message));
        return;
    }
    if (strcmp(config->name, base)) {
        g_ptr_array_add(messages, g_strdup_printf("%s: name: is %s; the file's own name is needed",
                                                  path, config->name));
        goto free_config;
    }
    if (!g_file_get_contents(path, &text, NULL, NULL))
        goto free_config;
    other = machine_find(d, config->name);
    if (other && other->defined && !strcmp(other->config_text, text))
        goto free_config;
    m = store_machine(d, text, path, NULL, &error);
    if (!m) {
        g_ptr_array_add(messages, g_strdup(error->message));
        goto free_config;
    }
    m->defined = true;
    if (strcmp(m->config_text, text))
        machine_write_config(m, NULL);
    machine_publish(m);
free_config:
    machine_config_free(config);
}

static void load_running(struct daemon *d, const char *uuid)
{
    g_autofree char *path = g_build_filename(d->state_dir, "running", uuid, NULL);
    g_autofree char *name = NULL, *text = NULL, *boot = NULL;
    g_autoptr(GKeyFile) file = g_key_file_new();
    struct machine *m = g_hash_table_lookup(d->machines, uuid);

    if (!g_uuid_string_is_valid(uuid) ||
        !g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, NULL))
        return;
    boot = g_key_file_get_string(file, "machine", "boot", NULL);
    if (g_strcmp0(boot, d->boot_id)) { /* its domain ended with the host */
        g_unlink(path);
        return;
    }
    name = g_key_file_get_string(file, "machine", "name", NULL);
    text = g_key_file_get_string(file, "machine", "config", NULL);
    if (!m && text)
        m = store_machine(d, text, path, NULL, NULL);
    if (!m)
        m = machine_new(d, uuid, name ? name : "unknown");
    m->domid = g_key_file_get_int64(file, "machine", "domid", NULL);
    m->started = g_key_file_get_uint64(file, "machine", "started", NULL);
    m->preserved = g_key_file_get_boolean(file, "machine", "preserved", NULL);
    g_free(m->running_text);
    m->running_text = g_steal_pointer(&text);
}

/* A machine that is only known by its saved state. */
static void load_saved(struct daemon *d, const char *file)
{
    g_autofree char *path = g_build_filename(d->state_dir, "saved", file, NULL), *text = NULL;
    g_autofree char *uuid = NULL;
    int fd;

    if (!g_str_has_suffix(file, ".save"))
        return;
    uuid = g_strndup(file, strlen(file) - 5);
    if (g_hash_table_contains(d->machines, uuid))
        return;
    fd = g_open(path, O_RDONLY | O_CLOEXEC, 0);
    if (fd < 0)
        return;
    text = save_head_read(fd, NULL);
    if (text)
        store_machine(d, text, path, NULL, NULL);
    g_close(fd, NULL);
}

GPtrArray *store_load(struct daemon *d)
{
    GPtrArray *messages = g_ptr_array_new_with_free_func(g_free);
    static bool first = true;
    const char *below[] = { d->config_dir, "running", "saved" };
    unsigned i;

    for (i = 0; i < (first ? 3 : 1); i++) {
        g_autofree char *path = i ? g_build_filename(d->state_dir, below[i], NULL)
                                  : g_strdup(d->config_dir);
        GDir *dir = g_dir_open(path, 0, NULL);
        const char *file;

        while (dir && (file = g_dir_read_name(dir))) {
            if (i == 0 && g_str_has_suffix(file, ".cfg") && file[0] != '.')
                load_config(d, file, messages);
            else if (i == 1)
                load_running(d, file);
            else if (i == 2)
                load_saved(d, file);
        }
        if (dir)
            g_dir_close(dir);
    }
    first = false;
    return messages;
}
