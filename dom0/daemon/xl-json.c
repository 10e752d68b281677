/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xl's JSON, written from a configuration. */
#include <dom0/daemon/xl-json.h>

#include <string.h>

/* Appends a string with its quotes. */
static void add_string(GString *s, const char *text)
{
    g_string_append_c(s, '"');
    for (; *text; text++) {
        if ((unsigned char)*text < ' ')
            g_string_append_printf(s, "\\u%04x", *text);
        else if (*text == '"' || *text == '\\')
            g_string_append_printf(s, "\\%c", *text);
        else
            g_string_append_c(s, *text);
    }
    g_string_append_c(s, '"');
}

/* "key": "text", after a comma; nothing where there is no text. */
static void add_text(GString *s, const char *key, const char *text)
{
    if (!text)
        return;
    g_string_append_printf(s, ",\"%s\":", key);
    add_string(s, text);
}

static const char *action_word(enum machine_action action)
{
    static const char *const words[] = {
        [ACTION_DESTROY] = "destroy",
        [ACTION_RESTART] = "restart",
        [ACTION_RENAME_RESTART] = "rename_restart",
        [ACTION_PRESERVE] = "preserve",
        [ACTION_COREDUMP_DESTROY] = "coredump_destroy",
        [ACTION_COREDUMP_RESTART] = "coredump_restart",
        [ACTION_SOFT_RESET] = "soft_reset",
    };

    return words[action];
}

static void add_domain(GString *s, const struct machine_config *c)
{
    const uint8_t *u = c->uuid;

    g_string_append(s, "\"c_info\":{\"type\":\"pv\"");
    add_text(s, "name", c->name);
    g_string_append_printf(s,
                           ",\"uuid\":\"%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-"
                           "%02x%02x%02x%02x%02x%02x\"",
                           u[0], u[1], u[2], u[3], u[4], u[5], u[6], u[7], u[8], u[9], u[10], u[11],
                           u[12], u[13], u[14], u[15]);
    add_text(s, "pool_name", c->pool);
    g_string_append(s, ",\"run_hotplug_scripts\":\"True\"}");
}

static void add_build(GString *s, const struct machine_config *c)
{
    uint64_t max = c->max_memory_kib ? c->max_memory_kib : c->memory_kib;

    g_string_append_printf(s, ",\"b_info\":{\"max_vcpus\":%u,\"avail_vcpus\":[", c->max_vcpus);
    for (unsigned i = 0; i < c->vcpus; i++)
        g_string_append_printf(s, "%s%u", i ? "," : "", i);
    g_string_append_printf(s,
                           "],\"max_memkb\":%" G_GUINT64_FORMAT
                           ",\"target_memkb\":%" G_GUINT64_FORMAT ",\"video_memkb\":0",
                           max, c->memory_kib);
    add_text(s, "kernel", c->kernel);
    add_text(s, "cmdline", c->cmdline);
    add_text(s, "ramdisk", c->ramdisk);
    g_string_append(s, ",\"sched_params\":{");
    if (c->cpu_weight > 0)
        g_string_append_printf(s, "\"weight\":%d%s", c->cpu_weight, c->cap >= 0 ? "," : "");
    if (c->cap >= 0)
        g_string_append_printf(s, "\"cap\":%d", c->cap);
    g_string_append(s, "},\"type.pv\":{}}");
}

static void add_disk(GString *s, const struct disk_config *d, bool first)
{
    /* xl has no word for some: it refuses them instead of taking them for raw. */
    static const char *const formats[] = {
        [DISK_RAW] = "raw",      [DISK_QCOW2] = "qcow2", [DISK_VMDK] = "unknown",
        [DISK_VHDX] = "unknown", [DISK_VPC] = "vhd",     [DISK_QED] = "qed",
        [DISK_EMPTY] = "empty",
    };

    g_string_append_printf(s, "%s{\"format\":\"%s\"", first ? "" : ",",
                           d->target ? formats[d->format] : "empty");
    add_text(s, "pdev_path", d->target);
    add_text(s, "vdev", d->vdev);
    add_text(s, "script", d->script);
    g_string_append_printf(s, ",\"removable\":%d,\"readwrite\":%d,\"is_cdrom\":%d}", d->cdrom,
                           d->writable && !d->cdrom, d->cdrom);
}

static void add_nic(GString *s, const struct nic_config *n, unsigned devid)
{
    g_string_append_printf(s, "%s{\"devid\":%u", devid ? "," : "", devid);
    if (n->mtu)
        g_string_append_printf(s, ",\"mtu\":%u", n->mtu);
    add_text(s, "mac", n->mac);
    add_text(s, "bridge", n->bridge);
    add_text(s, "ip", n->ip);
    add_text(s, "script", n->script);
    add_text(s, "ifname", n->ifname);
    g_string_append_c(s, '}');
}

char *xl_json_write(const struct machine_config *c)
{
    GString *s = g_string_new("{");

    add_domain(s, c);
    add_build(s, c);
    g_string_append(s, ",\"disks\":[");
    for (unsigned i = 0; i < c->n_disks; i++)
        add_disk(s, &c->disks[i], !i);
    g_string_append(s, "],\"nics\":[");
    for (unsigned i = 0; i < c->n_nics; i++)
        add_nic(s, &c->nics[i], i);
    g_string_append_c(s, ']');
    add_text(s, "on_poweroff", action_word(c->on_poweroff));
    add_text(s, "on_reboot", action_word(c->on_reboot));
    add_text(s, "on_crash", action_word(c->on_crash));
    add_text(s, "on_watchdog", action_word(c->on_watchdog));
    g_string_append(s, ",\"on_soft_reset\":\"soft_reset\"}");
    return g_string_free(s, FALSE);
}
