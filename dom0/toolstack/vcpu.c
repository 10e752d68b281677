/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Vcpus: how many, where they may run, how much. */
#include "private.h"

#include <dom0/toolstack/cpu-list.h>

#include <errno.h>
#include <string.h>

static bool count_cpus(struct toolstack *ts, unsigned *cpus, GError **error)
{
    struct xen_sysctl_physinfo info;

    if (ctl_physinfo(&ts->ctl, &info))
        return fail_errno(error, "asking the hypervisor for its CPUs");
    *cpus = MIN(info.max_cpu_id + 1, CPU_LIST_MAX);
    return true;
}

static bool pin(struct toolstack *ts, uint32_t domid, unsigned vcpu, const uint8_t *maps[2],
                GError **error)
{
    if (ctl_vcpu_set_affinity(&ts->ctl, domid, vcpu, maps[0], maps[1], CPU_LIST_MAX))
        return fail_errno(error, "domain %u: affinity of vcpu %u", domid, vcpu);
    return true;
}

/* A list about this machine, as a map. */
static bool parse_cpus(struct toolstack *ts, const char *text, uint8_t *map, GError **error)
{
    g_autofree uint32_t *nodes = NULL;
    g_autofree char *why = NULL;
    struct cpu_set set = { 0 };

    if (!count_cpus(ts, &set.cpus, error))
        return false;
    if (strstr(text, "node")) {
        nodes = g_new0(uint32_t, set.cpus);
        if (ctl_cpu_nodes(&ts->ctl, nodes, set.cpus) < 0)
            return fail_errno(error, "asking the hypervisor which CPU is in which node");
        set.nodes = nodes;
    }
    return cpu_list_parse(text, &set, map, &why) || fail(error, TOOLSTACK_ERROR_FAILED, "%s", why);
}

bool toolstack_pin_vcpu(struct toolstack *ts, uint32_t domid, int vcpu, const char *hard,
                        const char *soft, GError **error)
{
    struct xen_domctl_getdomaininfo info;
    uint8_t hard_map[CPU_LIST_SIZE], soft_map[CPU_LIST_SIZE];
    const uint8_t *maps[2] = { hard ? hard_map : NULL, soft ? soft_map : NULL };

    if (!domain_find(ts, domid, &info, error) || (hard && !parse_cpus(ts, hard, hard_map, error)) ||
        (soft && !parse_cpus(ts, soft, soft_map, error)))
        return false;
    if (vcpu > (int)info.max_vcpu_id)
        return fail(error, TOOLSTACK_ERROR_FAILED, "domain %u: there is no vcpu %d", domid, vcpu);
    if (vcpu >= 0)
        return pin(ts, domid, vcpu, maps, error);
    for (unsigned i = 0; i <= info.max_vcpu_id; i++)
        if (!pin(ts, domid, i, maps, error))
            return false;
    return true;
}

/* cpus=, cpus_soft=: one list for all vcpus, or a list of lists, the first for vcpu 0. */
static bool apply_affinity(struct toolstack *ts, uint32_t domid, const char *lists, bool soft,
                           unsigned vcpus, GError **error)
{
    g_auto(GStrv) items = g_strsplit(lists, ";", -1);
    bool each = items[0] && items[1];

    for (unsigned i = 0; i < vcpus && items[i]; i++) {
        const char *hard_list = soft ? NULL : items[i], *soft_list = soft ? items[i] : NULL;

        if (!toolstack_pin_vcpu(ts, domid, each ? (int)i : -1, hard_list, soft_list, error))
            return false;
    }
    return true;
}

bool vcpu_apply_config(struct toolstack *ts, uint32_t domid, const struct machine_config *config,
                       GError **error)
{
    unsigned vcpus = config->max_vcpus;

    if ((config->cpus && !apply_affinity(ts, domid, config->cpus, false, vcpus, error)) ||
        (config->cpus_soft && !apply_affinity(ts, domid, config->cpus_soft, true, vcpus, error))) {
        g_prefix_error(error, "%s: cpus=, cpus_soft=: ", config->name);
        return false;
    }
    return schedule_apply_config(ts, domid, config, error);
}

bool toolstack_set_vcpus(struct toolstack *ts, uint32_t domid, unsigned online, GError **error)
{
    g_autoptr(GPtrArray) nodes = store_nodes_new();
    struct xen_domctl_getdomaininfo info;
    struct xs_handle *xs;
    bool ok;

    if (!domain_find(ts, domid, &info, error))
        return false;
    if (!online || online > info.max_vcpu_id + 1)
        return fail(error, TOOLSTACK_ERROR_FAILED, "domain %u can have 1 to %u vcpus, not %u",
                    domid, info.max_vcpu_id + 1, online);
    for (unsigned i = 0; i <= info.max_vcpu_id; i++)
        store_nodes_add(nodes, STORE_INHERIT, domid, i < online ? "online" : "offline",
                        "/local/domain/%u/cpu/%u/availability", domid, i);
    xs = store_open(error);
    if (!xs)
        return false;
    ok = store_write_nodes(xs, nodes, error);
    store_close(xs);
    return ok;
}

static void vcpu_state_free(void *opaque)
{
    struct vcpu_state *v = opaque;

    g_free(v->hard_affinity);
    g_free(v->soft_affinity);
    g_free(v);
}

static struct vcpu_state *vcpu_state_new(struct toolstack *ts, uint32_t domid, unsigned vcpu,
                                         unsigned cpus)
{
    uint8_t hard[CPU_LIST_SIZE] = { 0 }, soft[CPU_LIST_SIZE] = { 0 };
    struct xen_domctl_getvcpuinfo info;
    struct vcpu_state *v;

    if (ctl_vcpu_info(&ts->ctl, domid, vcpu, &info) ||
        ctl_vcpu_get_affinity(&ts->ctl, domid, vcpu, hard, soft, CPU_LIST_MAX))
        return NULL;
    v = g_new0(struct vcpu_state, 1);
    v->vcpu = vcpu;
    v->cpu = info.cpu;
    v->online = info.online;
    v->blocked = info.blocked;
    v->running = info.running;
    v->cpu_time_ns = info.cpu_time;
    v->hard_affinity = cpu_list_format(hard, cpus);
    v->soft_affinity = cpu_list_format(soft, cpus);
    return v;
}

GPtrArray *toolstack_vcpus(struct toolstack *ts, uint32_t domid, GError **error)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(vcpu_state_free);
    struct xen_domctl_getdomaininfo info;
    unsigned cpus = 0;

    if (!domain_find(ts, domid, &info, error) || !count_cpus(ts, &cpus, error))
        return NULL;
    for (unsigned i = 0; info.max_vcpu_id != XEN_INVALID_MAX_VCPU_ID && i <= info.max_vcpu_id;
         i++) {
        struct vcpu_state *v = vcpu_state_new(ts, domid, i, cpus);

        if (v)
            g_ptr_array_add(list, v);
    }
    return g_steal_pointer(&list);
}
