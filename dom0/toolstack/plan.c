/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is to be done for a domain: its memory, and its nodes of the store. */
#include <dom0/toolstack/plan.h>

#include <string.h>

#define KIB_PER_PAGE   4
#define MEMORY_MAX_KIB (1ULL << 40)

bool plan_memory(const struct machine_config *config, struct plan_memory *memory, const char **why)
{
    uint64_t max = config->max_memory_kib ? config->max_memory_kib : config->memory_kib;

    *why = "memory= is missing or larger than 1 PiB";
    if (!config->memory_kib || config->memory_kib > MEMORY_MAX_KIB || max > MEMORY_MAX_KIB)
        return false;
    *why = "maxmem= is smaller than memory=";
    if (max < config->memory_kib)
        return false;
    *why = NULL;
    memory->pages = config->memory_kib / KIB_PER_PAGE;
    memory->static_max_kib = max;
    memory->limit_kib = config->memory_kib + PLAN_SLACK_KIB;
    memory->needed_kib = config->memory_kib + PLAN_OVERHEAD_KIB +
                         (uint64_t)config->max_vcpus * PLAN_OVERHEAD_PER_VCPU_KIB;
    return true;
}

void plan_uuid_text(const uint8_t u[16], char text[PLAN_UUID_SIZE])
{
    g_snprintf(text, PLAN_UUID_SIZE,
               "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", u[0], u[1],
               u[2], u[3], u[4], u[5], u[6], u[7], u[8], u[9], u[10], u[11], u[12], u[13], u[14],
               u[15]);
}

static void add_vm_nodes(GPtrArray *nodes, const struct machine_config *config,
                         const struct plan_domain *d, const char *uuid)
{
    store_nodes_add(nodes, STORE_READABLE, d->domid, "", "/vm/%s", uuid);
    store_nodes_add(nodes, STORE_INHERIT, d->domid, config->name, "/vm/%s/name", uuid);
    store_nodes_add(nodes, STORE_INHERIT, d->domid, uuid, "/vm/%s/uuid", uuid);
    store_nodes_add(nodes, STORE_INHERIT, d->domid, d->start_time, "/vm/%s/start_time", uuid);
    store_nodes_add(nodes, STORE_INHERIT, d->domid, "linux", "/vm/%s/image/ostype", uuid);
    if (config->kernel)
        store_nodes_add(nodes, STORE_INHERIT, d->domid, config->kernel, "/vm/%s/image/kernel",
                        uuid);
    if (config->ramdisk)
        store_nodes_add(nodes, STORE_INHERIT, d->domid, config->ramdisk, "/vm/%s/image/ramdisk",
                        uuid);
    if (config->cmdline)
        store_nodes_add(nodes, STORE_INHERIT, d->domid, config->cmdline, "/vm/%s/image/cmdline",
                        uuid);
}

/* Places that the guest fills by itself. */
static void add_guest_nodes(GPtrArray *nodes, uint32_t domid)
{
    static const char *const owned[] = {
        "control/shutdown",
        "control/feature-poweroff",
        "control/feature-reboot",
        "control/feature-suspend",
        "control/sysrq",
        "device/suspend/event-channel",
        "data",
        "drivers",
        "feature",
        "attr",
        "error",
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(owned); i++)
        store_nodes_add(nodes, STORE_OWNED, domid, "", "/local/domain/%u/%s", domid, owned[i]);
}

static void add_number(GPtrArray *nodes, uint32_t domid, const char *key, uint64_t value)
{
    char text[24];

    g_snprintf(text, sizeof(text), "%" G_GUINT64_FORMAT, value);
    store_nodes_add(nodes, STORE_INHERIT, domid, text, "/local/domain/%u/%s", domid, key);
}

void plan_domain_nodes(GPtrArray *nodes, const struct machine_config *config,
                       const struct plan_domain *d)
{
    static const char *const dirs[] = { "cpu", "memory", "device", "device/suspend", "control" };
    uint64_t max = config->max_memory_kib ? config->max_memory_kib : config->memory_kib;
    g_autofree char *vm = NULL;
    char uuid[PLAN_UUID_SIZE];

    plan_uuid_text(config->uuid, uuid);
    vm = g_strdup_printf("/vm/%s", uuid);
    add_vm_nodes(nodes, config, d, uuid);
    store_nodes_add(nodes, STORE_READABLE, d->domid, "", "/local/domain/%u", d->domid);
    store_nodes_add(nodes, STORE_INHERIT, d->domid, vm, "/local/domain/%u/vm", d->domid);
    store_nodes_add(nodes, STORE_INHERIT, d->domid, config->name, "/local/domain/%u/name",
                    d->domid);
    add_number(nodes, d->domid, "domid", d->domid);
    for (unsigned i = 0; i < G_N_ELEMENTS(dirs); i++)
        store_nodes_add(nodes, STORE_READABLE, d->domid, "", "/local/domain/%u/%s", d->domid,
                        dirs[i]);
    for (unsigned i = 0; i < config->max_vcpus; i++)
        store_nodes_add(nodes, STORE_INHERIT, d->domid, i < config->vcpus ? "online" : "offline",
                        "/local/domain/%u/cpu/%u/availability", d->domid, i);
    add_number(nodes, d->domid, "memory/static-max", max);
    add_number(nodes, d->domid, "memory/target", config->memory_kib);
    add_number(nodes, d->domid, "memory/videoram", 0);
    add_number(nodes, d->domid, "control/platform-feature-multiprocessor-suspend", 1);
    add_number(nodes, d->domid, "control/platform-feature-xs_reset_watches", 1);
    add_guest_nodes(nodes, d->domid);
    store_nodes_add(nodes, STORE_PRIVATE, d->domid, "", "/libxl/%u", d->domid);
    store_nodes_add(nodes, STORE_INHERIT, d->domid, "pv", "/libxl/%u/type", d->domid);
    store_nodes_add(nodes, STORE_INHERIT, d->domid, "qemu_xen", "/libxl/%u/dm-version", d->domid);
}

void plan_channel_nodes(GPtrArray *nodes, uint32_t domid, const struct plan_channels *c)
{
    const struct plan_device device = { domid, 0, "console", "console" };
    g_autofree char *backend = plan_backend_path(&device);

    add_number(nodes, domid, "store/port", c->store_port);
    add_number(nodes, domid, "store/ring-ref", c->store_frame);
    plan_device_nodes(nodes, &device);
    store_nodes_add(nodes, STORE_INHERIT, domid, "vt100", "%s/protocol", backend);
    store_nodes_add(nodes, STORE_READABLE, domid, "", "/local/domain/%u/console", domid);
    store_nodes_add(nodes, STORE_INHERIT, domid, backend, "/local/domain/%u/console/backend",
                    domid);
    store_nodes_add(nodes, STORE_OWNED, domid, "0", "/local/domain/%u/console/backend-id", domid);
    add_number(nodes, domid, "console/limit", 1048576);
    store_nodes_add(nodes, STORE_INHERIT, domid, "xenconsoled", "/local/domain/%u/console/type",
                    domid);
    store_nodes_add(nodes, STORE_INHERIT, domid, "pty", "/local/domain/%u/console/output", domid);
    store_nodes_add(nodes, STORE_INHERIT, domid, "", "/local/domain/%u/console/tty", domid);
    add_number(nodes, domid, "console/port", c->console_port);
    add_number(nodes, domid, "console/ring-ref", c->console_frame);
}
