/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls on a machine's disks, cards, console and screen. */
#include <dom0/toolstack/config-text.h>

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixfdlist.h>
#include <string.h>
#include <unistd.h>

#include "private.h"

static bool is_domain(struct machine *m, GError **error)
{
    if (machine_is_running(m))
        return true;
    g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_WRONG_STATE, "%s: does not run", m->name);
    return false;
}

/* The value of disk= or vif= as a list of texts. */
static GPtrArray *list_of(struct machine *m, const char *key)
{
    GPtrArray *items = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) settings = NULL;
    struct config_setting *setting;
    guint i;

    settings = config_text_parse(m->config_text, strlen(m->config_text), m->name, NULL);
    setting = settings ? config_text_find(settings, key) : NULL;
    for (i = 0; setting && setting->value->items && i < setting->value->items->len; i++) {
        struct config_value *item = setting->value->items->pdata[i];

        g_ptr_array_add(items, g_strdup(item->text));
    }
    return items;
}

static bool write_list(struct machine *m, const char *key, GPtrArray *items, GError **error)
{
    g_autoptr(GString) text = g_string_new("[ ");
    guint i;

    for (i = 0; i < items->len; i++) {
        g_autofree char *quoted = config_text_quote(items->pdata[i]);

        g_string_append_printf(text, "%s%s", i ? ", " : "", quoted);
    }
    g_string_append(text, " ]");
    return machine_set_value(m, key, text->str, error);
}

/* Whether the configuration shall change: where the machine is off, nothing else can. */
static bool keeps(const struct machine *m, gboolean asked)
{
    return m->config && (asked || !machine_is_running(m));
}

/* What is written to the configuration and is in effect already is not waiting for a start. */
static void now_in_effect(struct machine *m, const char *key)
{
    g_autoptr(GPtrArray) settings = NULL;
    struct config_setting *setting;
    g_autofree char *value = NULL;
    char *text;

    if (!machine_is_running(m) || !m->running_text)
        return;
    settings = config_text_parse(m->config_text, strlen(m->config_text), m->name, NULL);
    setting = settings ? config_text_find(settings, key) : NULL;
    value = setting ? config_value_print(setting->value) : NULL;
    text = config_text_set(m->running_text, key, value, NULL);
    g_free(m->running_text);
    m->running_text = text;
    machine_write_running(m);
    machine_publish(m);
}

static bool append_item(struct machine *m, const char *key, const char *item, GError **error)
{
    g_autoptr(GPtrArray) items = list_of(m, key);

    g_ptr_array_add(items, g_strdup(item));
    if (!write_list(m, key, items, error))
        return false;
    now_in_effect(m, key);
    return true;
}

static gboolean on_attach_disk(BusMachine *bus, GDBusMethodInvocation *invocation, const char *spec,
                               gboolean persist, struct machine *m)
{
    struct backend *b = m->daemon->backend;
    GError *error = NULL;
    struct disk_config *disk = disk_config_parse(spec, &error);
    bool ok = disk && (keeps(m, persist) || is_domain(m, &error)) &&
              (!machine_is_running(m) ||
               b->ops->disk_attach(b->ts, (uint32_t)m->domid, disk, &error)) &&
              (!keeps(m, persist) || append_item(m, "disk", spec, &error));

    disk_config_free(disk);
    if (!ok)
        return answer_error(invocation, error);
    bus_machine_complete_attach_disk(bus, invocation);
    return TRUE;
}

/* Takes out the item `index` of a list. */
static bool drop_item(struct machine *m, const char *key, guint index, GError **error)
{
    g_autoptr(GPtrArray) items = list_of(m, key);

    if (index < items->len)
        g_ptr_array_remove_index(items, index);
    if (!write_list(m, key, items, error))
        return false;
    now_in_effect(m, key);
    return true;
}

static int find_disk(const struct machine *m, const char *vdev)
{
    unsigned i;

    for (i = 0; m->config && i < m->config->n_disks; i++)
        if (!strcmp(m->config->disks[i].vdev, vdev))
            return (int)i;
    return -1;
}

static gboolean on_detach_disk(BusMachine *bus, GDBusMethodInvocation *invocation, const char *vdev,
                               gboolean force, gboolean persist, struct machine *m)
{
    struct backend *b = m->daemon->backend;
    GError *error = NULL;
    int index = find_disk(m, vdev);

    if (!machine_is_running(m) && index < 0)
        return answer_code(invocation, DAEMON_ERROR_NOT_FOUND, "%s: has no disk %s", m->name, vdev);
    if (machine_is_running(m) &&
        !b->ops->disk_detach(b->ts, (uint32_t)m->domid, vdev, force, &error))
        return answer_error(invocation, error);
    if (keeps(m, persist) && index >= 0 && !drop_item(m, "disk", (guint)index, &error))
        return answer_error(invocation, error);
    bus_machine_complete_detach_disk(bus, invocation);
    return TRUE;
}

static bool change_live(struct machine *m, const char *spec, const struct disk_config *old,
                        GError **error)
{
    struct backend *b = m->daemon->backend;
    struct disk_config *disk = disk_config_parse(spec, error);
    /* An empty drive is no device to a PV guest. */
    bool ok = disk &&
              (!old->target ||
               b->ops->disk_detach(b->ts, (uint32_t)m->domid, old->vdev, true, error)) &&
              b->ops->disk_attach(b->ts, (uint32_t)m->domid, disk, error);

    disk_config_free(disk);
    return ok;
}

/* A PV machine has no tray: the disk goes and comes again. */
static gboolean on_change_medium(BusMachine *bus, GDBusMethodInvocation *invocation,
                                 const char *vdev, const char *target, gboolean persist,
                                 struct machine *m)
{
    g_autofree char *spec = g_strdup_printf("devtype=cdrom, vdev=%s, access=ro, target=%s", vdev,
                                            target);
    g_autoptr(GPtrArray) items = list_of(m, "disk");
    int index = find_disk(m, vdev);
    GError *error = NULL;

    if (index < 0 || !m->config->disks[index].cdrom)
        return answer_code(invocation, DAEMON_ERROR_NOT_FOUND, "%s: has no CD drive %s", m->name,
                           vdev);
    if (machine_is_running(m) && !change_live(m, spec, &m->config->disks[index], &error))
        return answer_error(invocation, error);
    if (keeps(m, persist)) {
        g_free(items->pdata[index]);
        items->pdata[index] = g_strdup(spec);
        if (!write_list(m, "disk", items, &error))
            return answer_error(invocation, error);
        now_in_effect(m, "disk");
    }
    bus_machine_complete_change_medium(bus, invocation);
    return TRUE;
}

static gboolean on_attach_nic(BusMachine *bus, GDBusMethodInvocation *invocation, const char *spec,
                              gboolean persist, struct machine *m)
{
    struct backend *b = m->daemon->backend;
    GError *error = NULL;
    struct nic_config *nic = nic_config_parse(spec, &error);
    bool ok = nic && (keeps(m, persist) || is_domain(m, &error)) &&
              (!machine_is_running(m) ||
               b->ops->nic_attach(b->ts, (uint32_t)m->domid, nic, &error)) &&
              (!keeps(m, persist) || append_item(m, "vif", spec, &error));

    nic_config_free(nic);
    if (!ok)
        return answer_error(invocation, error);
    bus_machine_complete_attach_nic(bus, invocation);
    return TRUE;
}

/* By number or MAC address; -1 when there is none. */
static int find_nic(struct machine *m, const char *which)
{
    char *rest = NULL;
    guint64 number = g_ascii_strtoull(which, &rest, 10);
    unsigned i;

    if (g_ascii_isdigit(*which) && !*rest && number < 256)
        return (int)number;
    for (i = 0; m->config && i < m->config->n_nics; i++)
        if (m->config->nics[i].mac && !g_ascii_strcasecmp(m->config->nics[i].mac, which))
            return (int)i;
    return -1;
}

static gboolean on_detach_nic(BusMachine *bus, GDBusMethodInvocation *invocation, const char *which,
                              gboolean force, gboolean persist, struct machine *m)
{
    struct backend *b = m->daemon->backend;
    int index = find_nic(m, which);
    GError *error = NULL;

    if (index < 0)
        return answer_code(invocation, DAEMON_ERROR_NOT_FOUND, "%s: has no network card %s",
                           m->name, which);
    if (machine_is_running(m) &&
        !b->ops->nic_detach(b->ts, (uint32_t)m->domid, (unsigned)index, force, &error))
        return answer_error(invocation, error);
    if (keeps(m, persist) && !drop_item(m, "vif", (guint)index, &error))
        return answer_error(invocation, error);
    bus_machine_complete_detach_nic(bus, invocation);
    return TRUE;
}

static gboolean on_list_devices(BusMachine *bus, GDBusMethodInvocation *invocation,
                                const char *class, struct machine *m)
{
    struct backend *b = m->daemon->backend;
    GError *error = NULL;
    GVariant *devices = NULL;

    if (strcmp(class, "vbd") && strcmp(class, "vif"))
        return answer_code(invocation, DAEMON_ERROR_INVALID_ARGUMENT,
                           "class %s; vbd and vif are "
                           "allowed",
                           class);
    if (!b->ops->devices)
        return answer_code(invocation, DAEMON_ERROR_NOT_SUPPORTED, "devices are not listed yet");
    if (is_domain(m, &error))
        devices = b->ops->devices(b->ts, (uint32_t)m->domid, class, &error);
    if (!devices)
        return answer_error(invocation, error);
    bus_machine_complete_list_devices(bus, invocation, devices);
    return TRUE;
}

/* A list with one fd, which it owns; the handle is its index. */
static GUnixFDList *fd_list(int fd)
{
    return g_unix_fd_list_new_from_array(&fd, 1);
}

static gboolean on_open_console(BusMachine *bus, GDBusMethodInvocation *invocation, GUnixFDList *in,
                                const char *type, guint number, struct machine *m)
{
    struct backend *b = m->daemon->backend;
    g_autoptr(GUnixFDList) fds = NULL;
    g_autofree char *path = NULL;
    GError *error = NULL;
    int fd = -1;

    (void)in;
    if (!is_domain(m, &error))
        return answer_error(invocation, error);
    if (b->ops->console) {
        fd = b->ops->console(b->ts, (uint32_t)m->domid, type, number, &error);
    } else {
        path = g_strdup_printf("%s/console/%" G_GINT64_FORMAT, m->daemon->run_dir, m->domid);
        fd = socket_connect(path, &error);
    }
    if (fd < 0)
        return answer_error(invocation, error);
    fds = fd_list(fd);
    bus_machine_complete_open_console(bus, invocation, fds, g_variant_new_handle(0));
    return TRUE;
}

static gboolean on_console_log(BusMachine *bus, GDBusMethodInvocation *invocation, guint bytes,
                               struct machine *m)
{
    g_autofree char *path = g_strdup_printf("%s/%s.log", m->daemon->log_dir, m->name);
    g_autofree char *data = NULL;
    gsize length = 0, from;

    g_file_get_contents(path, &data, &length, NULL);
    bytes = MIN(bytes, 1u << 20);
    from = length > bytes ? length - bytes : 0;
    bus_machine_complete_console_log(
        bus, invocation,
        g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, data ? data + from : "", length - from, 1));
    return TRUE;
}

static gboolean on_open_screen(BusMachine *bus, GDBusMethodInvocation *invocation, GUnixFDList *in,
                               struct machine *m)
{
    struct backend *b = m->daemon->backend;
    g_autoptr(GUnixFDList) fds = NULL;
    g_autofree char *path = NULL;
    GError *error = NULL;
    int fd;

    (void)in;
    if (!is_domain(m, &error))
        return answer_error(invocation, error);
    if (b->ops->screen) {
        fd = b->ops->screen(b->ts, (uint32_t)m->domid, &error);
    } else {
        path = g_strdup_printf("%s/screen/%" G_GINT64_FORMAT ".vnc", m->daemon->run_dir, m->domid);
        fd = socket_connect(path, &error);
    }
    if (fd < 0)
        return answer_error(invocation, error);
    fds = fd_list(fd);
    bus_machine_complete_open_screen(bus, invocation, fds, g_variant_new_handle(0));
    return TRUE;
}

static gboolean on_screen_file(BusMachine *bus, GDBusMethodInvocation *invocation, GUnixFDList *in,
                               struct machine *m)
{
    g_autofree char *path = g_strdup_printf("%s/screen/%" G_GINT64_FORMAT ".view",
                                            m->daemon->run_dir, m->domid);
    g_autoptr(GUnixFDList) fds = NULL;
    GError *error = NULL;
    int pair[2];

    (void)in;
    if (!is_domain(m, &error))
        return answer_error(invocation, error);
    pair[1] = socket_connect(path, &error);
    if (pair[1] < 0)
        return answer_error(invocation, error);
    pair[0] = socket_receive_fd(pair[1], &error);
    if (pair[0] < 0) {
        close(pair[1]);
        return answer_error(invocation, error);
    }
    fds = g_unix_fd_list_new_from_array(pair, 2);
    bus_machine_complete_screen_file(bus, invocation, fds, g_variant_new_handle(0),
                                     g_variant_new_handle(1));
    return TRUE;
}

void machine_device_connect(struct machine *m)
{
    g_signal_connect(m->bus, "handle-attach-disk", G_CALLBACK(on_attach_disk), m);
    g_signal_connect(m->bus, "handle-detach-disk", G_CALLBACK(on_detach_disk), m);
    g_signal_connect(m->bus, "handle-change-medium", G_CALLBACK(on_change_medium), m);
    g_signal_connect(m->bus, "handle-attach-nic", G_CALLBACK(on_attach_nic), m);
    g_signal_connect(m->bus, "handle-detach-nic", G_CALLBACK(on_detach_nic), m);
    g_signal_connect(m->bus, "handle-list-devices", G_CALLBACK(on_list_devices), m);
    g_signal_connect(m->bus, "handle-open-console", G_CALLBACK(on_open_console), m);
    g_signal_connect(m->bus, "handle-console-log", G_CALLBACK(on_console_log), m);
    g_signal_connect(m->bus, "handle-open-screen", G_CALLBACK(on_open_screen), m);
    g_signal_connect(m->bus, "handle-screen-file", G_CALLBACK(on_screen_file), m);
}
