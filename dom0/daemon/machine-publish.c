/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a machine's object shows: its properties, made anew from what is known. */
#include <dom0/toolstack/config-text.h>

#include "private.h"

static const char *const state_words[] = {
    [STATE_OFF] = "off",         [STATE_SAVED] = "saved",         [STATE_STARTING] = "starting",
    [STATE_RUNNING] = "running", [STATE_PAUSED] = "paused",       [STATE_STOPPING] = "stopping",
    [STATE_SAVING] = "saving",   [STATE_RESTORING] = "restoring", [STATE_CRASHED] = "crashed",
    [STATE_DYING] = "dying",
};

const char *machine_state_word(enum machine_state state)
{
    return state_words[state];
}

static void add_string(GVariantBuilder *builder, const char *key, const char *value)
{
    g_variant_builder_add(builder, "{sv}", key, g_variant_new_string(value ? value : ""));
}

GVariant *machine_disks(const struct machine *m)
{
    static const char *const formats[] = { "raw", "qcow2", "vmdk", "vhdx", "vhd", "qed", "" };
    static const char *const backends[] = { "", "phy", "qdisk" };
    GVariantBuilder list, one;
    unsigned i;

    g_variant_builder_init(&list, G_VARIANT_TYPE("aa{sv}"));
    for (i = 0; m->config && i < m->config->n_disks; i++) {
        const struct disk_config *disk = &m->config->disks[i];

        g_variant_builder_init(&one, G_VARIANT_TYPE("a{sv}"));
        add_string(&one, "target", disk->target);
        add_string(&one, "vdev", disk->vdev);
        add_string(&one, "format", formats[disk->format]);
        add_string(&one, "backend", backends[disk->backend]);
        g_variant_builder_add(&one, "{sv}", "writable", g_variant_new_boolean(disk->writable));
        g_variant_builder_add(&one, "{sv}", "cdrom", g_variant_new_boolean(disk->cdrom));
        g_variant_builder_add(&list, "a{sv}", &one);
    }
    return g_variant_builder_end(&list);
}

GVariant *machine_nics(const struct machine *m)
{
    GVariantBuilder list, one;
    unsigned i;

    g_variant_builder_init(&list, G_VARIANT_TYPE("aa{sv}"));
    for (i = 0; m->config && i < m->config->n_nics; i++) {
        const struct nic_config *nic = &m->config->nics[i];

        g_variant_builder_init(&one, G_VARIANT_TYPE("a{sv}"));
        g_variant_builder_add(&one, "{sv}", "devid", g_variant_new_uint32(i));
        add_string(&one, "mac", nic->mac);
        add_string(&one, "bridge", nic->bridge);
        add_string(&one, "model", nic->model);
        add_string(&one, "ip", nic->ip);
        add_string(&one, "ifname", nic->ifname);
        g_variant_builder_add(&list, "a{sv}", &one);
    }
    return g_variant_builder_end(&list);
}

/* Keys of one text whose value the other does not have. */
static void add_differing(GPtrArray *names, GPtrArray *from, GPtrArray *other)
{
    guint i;

    for (i = 0; i < from->len; i++) {
        struct config_setting *a = from->pdata[i], *b = config_text_find(other, a->key);
        g_autofree char *va = NULL, *vb = NULL;

        if (config_text_find(from, a->key) != a || g_str_has_prefix(a->key, "domus_") ||
            g_ptr_array_find_with_equal_func(names, a->key, g_str_equal, NULL))
            continue;
        va = config_value_print(a->value);
        vb = b ? config_value_print(b->value) : NULL;
        if (g_strcmp0(va, vb))
            g_ptr_array_add(names, g_strdup(a->key));
    }
}

/* NULL-terminated names of keys that wait for the next start. */
GPtrArray *machine_pending(const struct machine *m)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) now = NULL, next = NULL;

    if (machine_is_running(m) && m->running_text && m->config &&
        strcmp(m->running_text, m->config_text)) {
        now = config_text_parse(m->running_text, strlen(m->running_text), "", NULL);
        next = config_text_parse(m->config_text, strlen(m->config_text), "", NULL);
        if (now && next) {
            add_differing(names, next, now);
            add_differing(names, now, next);
        }
    }
    g_ptr_array_add(names, NULL);
    return names;
}

static char *flags(const struct machine *m)
{
    char text[] = "------";

    if (!m->info)
        return g_strdup("");
    switch (m->info->state) {
    case DOMAIN_RUNNING: text[0] = 'r'; break;
    case DOMAIN_BLOCKED: text[1] = 'b'; break;
    case DOMAIN_PAUSED: text[2] = 'p'; break;
    case DOMAIN_SHUTDOWN:
        if (m->info->shutdown_reason == 3) /* SHUTDOWN_crash */
            text[4] = 'c';
        else
            text[3] = 's';
        break;
    case DOMAIN_DYING: text[5] = 'd'; break;
    }
    return g_strdup(text);
}

static void publish_sizes(struct machine *m)
{
    const struct machine_config *config = m->config;

    if (m->info) {
        bus_machine_set_memory(m->bus, m->info->memory_kib);
        bus_machine_set_max_memory(m->bus, m->info->max_memory_kib);
        bus_machine_set_vcpus(m->bus, m->info->vcpus_online);
        bus_machine_set_max_vcpus(m->bus, m->info->max_vcpu_id + 1);
        bus_machine_set_cpu_time(m->bus, m->info->cpu_time_ns);
    } else {
        bus_machine_set_memory(m->bus, config ? config->memory_kib : 0);
        bus_machine_set_max_memory(m->bus, config ? config->max_memory_kib : 0);
        bus_machine_set_vcpus(m->bus, config ? config->vcpus : 0);
        bus_machine_set_max_vcpus(m->bus, config ? config->max_vcpus : 0);
        bus_machine_set_cpu_time(m->bus, 0);
    }
}

static void publish_config(struct machine *m)
{
    const struct machine_config *config = m->config;
    g_autoptr(GPtrArray) pending = machine_pending(m);

    bus_machine_set_config(m->bus, m->config_text);
    bus_machine_set_pending(m->bus, (const char *const *)pending->pdata);
    bus_machine_set_disks(m->bus, machine_disks(m));
    bus_machine_set_nics(m->bus, machine_nics(m));
    bus_machine_set_has_screen(m->bus, config && config->n_screens);
    bus_machine_set_autostart(m->bus, config && config->autostart);
    bus_machine_set_autostart_order(m->bus, config ? config->autostart_order : 0);
    bus_machine_set_autostart_delay(m->bus, config ? config->autostart_delay_s : 0);
    bus_machine_set_notes(m->bus, config && config->notes ? config->notes : "");
    bus_machine_set_pool(m->bus, config && config->pool ? config->pool : "");
}

void machine_publish(struct machine *m)
{
    static const char *const kinds[] = { "pv", "pvh", "hvm" };
    g_autofree char *letters = flags(m);

    bus_machine_set_name(m->bus, m->name);
    bus_machine_set_uuid(m->bus, m->uuid);
    bus_machine_set_kind(m->bus, kinds[m->info     ? m->info->kind
                                       : m->config ? m->config->kind
                                                   : MACHINE_PV]);
    bus_machine_set_defined(m->bus, m->defined);
    bus_machine_set_domain_id(m->bus, (gint)m->domid);
    bus_machine_set_flags(m->bus, letters);
    bus_machine_set_start_time(m->bus, machine_is_running(m) ? m->started : 0);
    bus_machine_set_job(m->bus, m->job ? m->job->path : m->waiting ? m->waiting->path : "/");
    bus_machine_set_state_reason(m->bus, m->reason);
    publish_sizes(m);
    publish_config(m);
    bus_machine_set_state(m->bus, machine_state_word(machine_state(m)));
    g_dbus_interface_skeleton_flush(G_DBUS_INTERFACE_SKELETON(m->bus));
}
