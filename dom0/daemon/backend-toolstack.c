/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The toolstack as the daemon's back end. */
#include <dom0/daemon/backend.h>

static const struct backend_ops ops = {
    .create = toolstack_create,
    .destroy = toolstack_destroy,
    .shutdown = toolstack_shutdown,
    .pause = toolstack_pause,
    .unpause = toolstack_unpause,
    .rename = toolstack_rename,
    .trigger = toolstack_trigger,
    .set_memory = toolstack_set_memory,
    .set_max_memory = toolstack_set_max_memory,
    .set_vcpus = toolstack_set_vcpus,
    .pin_vcpu = toolstack_pin_vcpu,
    .vcpus = toolstack_vcpus,
    .disk_attach = toolstack_disk_attach,
    .disk_detach = toolstack_disk_detach,
    .nic_attach = toolstack_nic_attach,
    .nic_detach = toolstack_nic_detach,
    .save = toolstack_save,
    .restore = toolstack_restore,
    .domains = toolstack_domains,
    .host = toolstack_host,
    .dmesg = toolstack_dmesg,
    .debug_keys = toolstack_debug_keys,
    .events_fd = toolstack_events_fd,
    .events_drain = toolstack_events_drain,
    .close = toolstack_close,
    .pools = toolstack_pools,
    .pool_create = toolstack_pool_create,
    .pool_destroy = toolstack_pool_destroy,
    .pool_rename = toolstack_pool_rename,
    .pool_cpu = toolstack_pool_cpu,
    .pool_move = toolstack_pool_move,
    .pool_sched_get = toolstack_pool_sched_get,
    .pool_sched_set = toolstack_pool_sched_set,
    .sched_get = toolstack_sched_get,
    .sched_set = toolstack_sched_set,
    .devices = toolstack_devices,
    .cpu_times = toolstack_cpu_times,
};

struct backend *backend_toolstack_open(uint64_t dom0_floor_kib, GError **error)
{
    struct toolstack *ts = toolstack_open(error);
    struct backend *b;

    if (!ts)
        return NULL;
    if (dom0_floor_kib)
        toolstack_set_dom0_floor(ts, dom0_floor_kib);
    b = g_new0(struct backend, 1);
    b->ops = &ops;
    b->ts = ts;
    return b;
}
