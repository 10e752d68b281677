/* SPDX-License-Identifier: GPL-2.0-or-later */
/* org.domus1.Host: the hypervisor, its memory, processors and pools. */
#include <string.h>

#include "private.h"

static char *cpu_model(void)
{
    g_autofree char *text = NULL;
    char *line, *end;

    if (!g_file_get_contents("/proc/cpuinfo", &text, NULL, NULL))
        return g_strdup("");
    line = strstr(text, "model name");
    line = line ? strchr(line, ':') : NULL;
    if (!line)
        return g_strdup("");
    end = strchr(line, '\n');
    return g_strstrip(g_strndup(line + 1, end ? (gsize)(end - line - 1) : strlen(line + 1)));
}

/* Ours first when it is there; it is what machines get that do not name one. */
static void publish_bridges(BusHost *host)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    GDir *dir = g_dir_open("/sys/class/net", 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename("/sys/class/net", name, "bridge", NULL);

        if (g_file_test(path, G_FILE_TEST_IS_DIR))
            g_ptr_array_insert(names, g_str_has_prefix(name, "domus") ? 0 : -1, g_strdup(name));
    }
    if (dir)
        g_dir_close(dir);
    g_ptr_array_add(names, NULL);
    bus_host_set_bridges(host, (const char *const *)names->pdata);
}

static void publish_kinds(BusHost *host, const char *capabilities)
{
    bool pv = strstr(capabilities, "xen-3.0-x86_64"), hvm = strstr(capabilities, "hvm-3.0");
    const char *why = hvm ? "this version of Domus starts machines of type pv only"
                          : "this machine has no hardware virtualization, or it is switched off in "
                            "the firmware";
    GVariantBuilder kinds;

    g_variant_builder_init(&kinds, G_VARIANT_TYPE("a{s(bs)}"));
    g_variant_builder_add(&kinds, "{s(bs)}", "pv", pv,
                          pv ? "" : "the hypervisor was built without it");
    g_variant_builder_add(&kinds, "{s(bs)}", "pvh", FALSE, why);
    g_variant_builder_add(&kinds, "{s(bs)}", "hvm", FALSE, why);
    bus_host_set_kinds(host, g_variant_builder_end(&kinds));
}

void host_publish(struct daemon *d)
{
    struct backend *b = d->backend;
    g_autoptr(GError) error = NULL;
    struct host_info *info = b->ops->host(b->ts, &error);
    uint64_t give;

    if (!info) {
        g_warning("cannot read the host: %s", error->message);
        return;
    }
    give = info->dom0_kib > info->dom0_floor_kib ? info->dom0_kib - info->dom0_floor_kib : 0;
    bus_host_set_hypervisor(d->host, info->hypervisor ? info->hypervisor : "");
    bus_host_set_capabilities(d->host, info->capabilities ? info->capabilities : "");
    bus_host_set_command_line(d->host, info->commandline ? info->commandline : "");
    bus_host_set_compiler(d->host, info->compiler ? info->compiler : "");
    bus_host_set_compile_date(d->host, info->compile_date ? info->compile_date : "");
    bus_host_set_build_id(d->host, info->build_id ? info->build_id : "");
    bus_host_set_scheduler(d->host, info->scheduler ? info->scheduler : "");
    bus_host_set_cpus(d->host, info->cpus);
    bus_host_set_nodes(d->host, info->nodes);
    bus_host_set_cores_per_socket(d->host, info->cores_per_socket);
    bus_host_set_threads_per_core(d->host, info->threads_per_core);
    bus_host_set_cpu_khz(d->host, info->cpu_khz);
    bus_host_set_memory_total(d->host, info->total_kib);
    bus_host_set_memory_free(d->host, info->free_kib);
    bus_host_set_memory_claimed(d->host, info->outstanding_claims_kib);
    bus_host_set_memory_dom0(d->host, info->dom0_kib);
    bus_host_set_memory_dom0_floor(d->host, info->dom0_floor_kib);
    bus_host_set_memory_available(
        d->host, info->free_kib - MIN(info->free_kib, info->outstanding_claims_kib) + give);
    publish_kinds(d->host, info->capabilities ? info->capabilities : "");
    publish_bridges(d->host);
    host_info_free(info);
}

static gboolean on_log(BusHost *bus, GDBusMethodInvocation *invocation, gboolean clear,
                       struct daemon *d)
{
    GError *error = NULL;
    g_autofree char *text = d->backend->ops->dmesg(d->backend->ts, clear, &error);
    g_autofree char *valid = NULL;

    if (!text)
        return answer_error(invocation, error);
    valid = g_utf8_make_valid(text, -1);
    bus_host_complete_log(bus, invocation, valid);
    return TRUE;
}

static gboolean on_debug_keys(BusHost *bus, GDBusMethodInvocation *invocation, const char *keys,
                              struct daemon *d)
{
    GError *error = NULL;

    if (!d->backend->ops->debug_keys(d->backend->ts, keys, &error))
        return answer_error(invocation, error);
    bus_host_complete_debug_keys(bus, invocation);
    return TRUE;
}

static gboolean on_statistics(BusHost *bus, GDBusMethodInvocation *invocation, guint seconds,
                              struct daemon *d)
{
    bus_host_complete_statistics(bus, invocation, SAMPLE_SECONDS, statistics_host(d, seconds));
    return TRUE;
}

static gboolean on_cpu_history(BusHost *bus, GDBusMethodInvocation *invocation, guint seconds,
                               struct daemon *d)
{
    bus_host_complete_cpu_history(bus, invocation, SAMPLE_SECONDS, statistics_cpus(d, seconds));
    return TRUE;
}

static uint64_t boot_time(void)
{
    g_autofree char *text = NULL;
    char *line;

    if (!g_file_get_contents("/proc/stat", &text, NULL, NULL))
        return 0;
    line = strstr(text, "\nbtime ");
    return line ? g_ascii_strtoull(line + 7, NULL, 10) : 0;
}

void host_export(struct daemon *d)
{
    g_autoptr(BusObjectSkeleton) object = bus_object_skeleton_new("/org/domus1/Host");
    g_autofree char *model = cpu_model();

    d->host = bus_host_skeleton_new();
    bus_host_set_version(d->host, "4.17");
    bus_host_set_daemon_version(d->host, "1");
    bus_host_set_cpu_model(d->host, model);
    bus_host_set_boot_time(d->host, boot_time());
    g_signal_connect(d->host, "handle-log", G_CALLBACK(on_log), d);
    g_signal_connect(d->host, "handle-debug-keys", G_CALLBACK(on_debug_keys), d);
    g_signal_connect(d->host, "handle-statistics", G_CALLBACK(on_statistics), d);
    g_signal_connect(d->host, "handle-cpu-history", G_CALLBACK(on_cpu_history), d);
    host_pools_connect(d);
    host_publish(d);
    bus_object_skeleton_set_host(object, d->host);
    authority_guard(d, G_DBUS_OBJECT_SKELETON(object));
    g_dbus_object_manager_server_export(d->objects, G_DBUS_OBJECT_SKELETON(object));
}
