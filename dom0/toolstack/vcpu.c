/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Vcpus: how many, where they may run, how much. */
#include "private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MAX_CPUS 4096
#define MAP_SIZE (MAX_CPUS / 8)

static void map_set(uint8_t *map, unsigned cpu, bool on)
{
    if (on)
        map[cpu / 8] |= 1U << cpu % 8;
    else
        map[cpu / 8] &= ~(1U << cpu % 8);
}

static bool map_has(const uint8_t *map, unsigned cpu)
{
    return map[cpu / 8] >> cpu % 8 & 1;
}

/* One element: "3", "0-3", "^2", "all". */
static bool parse_element(const char *text, uint8_t *map, unsigned cpus)
{
    bool on = *text != '^';
    unsigned long first, last;
    char *end;

    if (!strcmp(text, "all")) {
        for (unsigned i = 0; i < cpus; i++)
            map_set(map, i, true);
        return true;
    }
    text += !on;
    if (!g_ascii_isdigit(*text))
        return false;
    first = last = strtoul(text, &end, 10);
    if (*end == '-' && g_ascii_isdigit(end[1]))
        last = strtoul(end + 1, &end, 10);
    if (*end || first > last || last >= MAX_CPUS)
        return false;
    for (unsigned long i = first; i <= last; i++)
        map_set(map, i, on);
    return true;
}

/* xl.cfg's lists of CPUs: elements with commas; "^" takes out of what stands before. */
static bool parse_cpus(const char *text, uint8_t *map, unsigned cpus, GError **error)
{
    g_auto(GStrv) elements = g_strsplit(text, ",", -1);

    memset(map, 0, MAP_SIZE);
    for (char **e = elements; *e; e++)
        if (!parse_element(g_strstrip(*e), map, cpus))
            return fail(error, TOOLSTACK_ERROR_FAILED,
                        "CPUs \"%s\": \"%s\" is none of N, N-M, ^N, ^N-M and all", text, *e);
    for (unsigned i = 0; i < cpus; i++)
        if (map_has(map, i))
            return true;
    return fail(error, TOOLSTACK_ERROR_FAILED,
                "CPUs \"%s\": none of them is there (the machine has %u)", text, cpus);
}

static char *format_cpus(const uint8_t *map, unsigned cpus)
{
    GString *s = g_string_new(NULL);

    for (unsigned i = 0; i < cpus; i++) {
        unsigned first = i;

        if (!map_has(map, i))
            continue;
        while (i + 1 < cpus && map_has(map, i + 1))
            i++;
        if (first == 0 && i == cpus - 1) {
            g_string_assign(s, "all");
            break;
        }
        g_string_append_printf(s, "%s%u", s->len ? "," : "", first);
        if (i > first)
            g_string_append_printf(s, "-%u", i);
    }
    return g_string_free(s, FALSE);
}

static bool count_cpus(struct toolstack *ts, unsigned *cpus, GError **error)
{
    struct xen_sysctl_physinfo info;

    if (ctl_physinfo(&ts->ctl, &info))
        return fail_errno(error, "asking the hypervisor for its CPUs");
    *cpus = MIN(info.max_cpu_id + 1, MAX_CPUS);
    return true;
}

static bool pin(struct toolstack *ts, uint32_t domid, unsigned vcpu, const uint8_t *maps[2],
                GError **error)
{
    if (ctl_vcpu_set_affinity(&ts->ctl, domid, vcpu, maps[0], maps[1], MAX_CPUS))
        return fail_errno(error, "domain %u: affinity of vcpu %u", domid, vcpu);
    return true;
}

bool toolstack_pin_vcpu(struct toolstack *ts, uint32_t domid, int vcpu, const char *hard,
                        const char *soft, GError **error)
{
    struct xen_domctl_getdomaininfo info;
    uint8_t hard_map[MAP_SIZE], soft_map[MAP_SIZE];
    const uint8_t *maps[2] = { hard ? hard_map : NULL, soft ? soft_map : NULL };
    unsigned cpus = 0;

    if (!domain_find(ts, domid, &info, error) || !count_cpus(ts, &cpus, error))
        return false;
    if ((hard && !parse_cpus(hard, hard_map, cpus, error)) ||
        (soft && !parse_cpus(soft, soft_map, cpus, error)))
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

static bool set_share(struct toolstack *ts, uint32_t domid, const struct machine_config *config,
                      GError **error)
{
    struct xen_domctl_scheduler_op op = { .cmd = XEN_DOMCTL_SCHEDOP_getinfo };

    if (config->cpu_weight <= 0 && config->cap < 0)
        return true;
    if (ctl_scheduler_id(&ts->ctl, &op.sched_id))
        return fail_errno(error, "asking for the scheduler");
    if (op.sched_id != XEN_SCHEDULER_CREDIT && op.sched_id != XEN_SCHEDULER_CREDIT2)
        return fail(error, TOOLSTACK_ERROR_NOT_SUPPORTED,
                    "%s: cpu_weight= and cap= mean nothing to this scheduler", config->name);
    if (ctl_domain_schedule(&ts->ctl, domid, &op))
        return fail_errno(error, "%s: asking for its share of the CPUs", config->name);
    op.cmd = XEN_DOMCTL_SCHEDOP_putinfo;
    /* The structures of both schedulers are alike. */
    if (config->cpu_weight > 0)
        op.u.credit2.weight = config->cpu_weight;
    if (config->cap >= 0)
        op.u.credit2.cap = config->cap;
    if (ctl_domain_schedule(&ts->ctl, domid, &op))
        return fail_errno(error, "%s: cpu_weight=, cap=", config->name);
    return true;
}

bool vcpu_apply_config(struct toolstack *ts, uint32_t domid, const struct machine_config *config,
                       GError **error)
{
    if ((config->cpus || config->cpus_soft) &&
        !toolstack_pin_vcpu(ts, domid, -1, config->cpus, config->cpus_soft, error))
        return false;
    return set_share(ts, domid, config, error);
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
    uint8_t hard[MAP_SIZE] = { 0 }, soft[MAP_SIZE] = { 0 };
    struct xen_domctl_getvcpuinfo info;
    struct vcpu_state *v;

    if (ctl_vcpu_info(&ts->ctl, domid, vcpu, &info) ||
        ctl_vcpu_get_affinity(&ts->ctl, domid, vcpu, hard, soft, MAX_CPUS))
        return NULL;
    v = g_new0(struct vcpu_state, 1);
    v->vcpu = vcpu;
    v->cpu = info.cpu;
    v->online = info.online;
    v->blocked = info.blocked;
    v->running = info.running;
    v->cpu_time_ns = info.cpu_time;
    v->hard_affinity = format_cpus(hard, cpus);
    v->soft_affinity = format_cpus(soft, cpus);
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
