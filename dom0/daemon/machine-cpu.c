/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls on a machine's memory, processors and scheduling. */
#include <dom0/toolstack/config-text.h>

#include "private.h"

/* Live where it runs, in the configuration where that is asked for or nothing else is there. */
static bool persist(struct machine *m, bool asked, const char *key, uint64_t value, GError **error)
{
    g_autofree char *text = g_strdup_printf("%" G_GUINT64_FORMAT, value);

    if (!m->config || (!asked && machine_is_running(m)))
        return true;
    if (!machine_set_value(m, key, text, error))
        return false;
    if (machine_is_running(m) && m->running_text) { /* it is in effect already */
        char *now = config_text_set(m->running_text, key, text, NULL);

        g_free(m->running_text);
        m->running_text = now;
        machine_write_running(m);
        machine_publish(m);
    }
    return true;
}

static gboolean on_set_memory(BusMachine *bus, GDBusMethodInvocation *invocation, guint64 kib,
                              gboolean keep, struct machine *m)
{
    struct backend *b = m->daemon->backend;
    GError *error = NULL;

    if (kib < 1024)
        return answer_code(invocation, DAEMON_ERROR_INVALID_ARGUMENT,
                           "%s: memory of %lu KiB; 1024 "
                           "or more is allowed",
                           m->name, (unsigned long)kib);
    if (machine_is_running(m) && !b->ops->set_memory(b->ts, (uint32_t)m->domid, kib, &error))
        return answer_error(invocation, error);
    if (!persist(m, keep, "memory", kib / 1024, &error))
        return answer_error(invocation, error);
    refresh(m->daemon);
    bus_machine_complete_set_memory(bus, invocation);
    return TRUE;
}

static gboolean on_set_max_memory(BusMachine *bus, GDBusMethodInvocation *invocation, guint64 kib,
                                  gboolean keep, struct machine *m)
{
    struct backend *b = m->daemon->backend;
    GError *error = NULL;

    if (kib < 1024)
        return answer_code(invocation, DAEMON_ERROR_INVALID_ARGUMENT,
                           "%s: memory of %lu KiB; 1024 "
                           "or more is allowed",
                           m->name, (unsigned long)kib);
    if (machine_is_running(m) && !b->ops->set_max_memory(b->ts, (uint32_t)m->domid, kib, &error))
        return answer_error(invocation, error);
    if (!persist(m, keep, "maxmem", kib / 1024, &error))
        return answer_error(invocation, error);
    refresh(m->daemon);
    bus_machine_complete_set_max_memory(bus, invocation);
    return TRUE;
}

static gboolean on_set_vcpus(BusMachine *bus, GDBusMethodInvocation *invocation, guint online,
                             gboolean keep, struct machine *m)
{
    struct backend *b = m->daemon->backend;
    GError *error = NULL;

    if (!online)
        return answer_code(invocation, DAEMON_ERROR_INVALID_ARGUMENT,
                           "%s: 0 vcpus; 1 or more is "
                           "allowed",
                           m->name);
    if (machine_is_running(m) && m->info && online > m->info->max_vcpu_id + 1)
        return answer_code(invocation, DAEMON_ERROR_INVALID_ARGUMENT,
                           "%s: %u vcpus; at most %u "
                           "until its next start (maxvcpus=)",
                           m->name, online, m->info->max_vcpu_id + 1);
    if (machine_is_running(m) && !b->ops->set_vcpus(b->ts, (uint32_t)m->domid, online, &error))
        return answer_error(invocation, error);
    if (!persist(m, keep, "vcpus", online, &error))
        return answer_error(invocation, error);
    refresh(m->daemon);
    bus_machine_complete_set_vcpus(bus, invocation);
    return TRUE;
}

static bool check_runs(struct machine *m, GError **error)
{
    if (machine_is_running(m))
        return true;
    g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_WRONG_STATE, "%s: does not run", m->name);
    return false;
}

static gboolean on_pin(BusMachine *bus, GDBusMethodInvocation *invocation, gint vcpu,
                       const char *hard, const char *soft, struct machine *m)
{
    struct backend *b = m->daemon->backend;
    GError *error = NULL;

    if (!check_runs(m, &error) ||
        !b->ops->pin_vcpu(b->ts, (uint32_t)m->domid, vcpu, *hard ? hard : NULL, *soft ? soft : NULL,
                          &error))
        return answer_error(invocation, error);
    bus_machine_complete_pin_vcpu(bus, invocation);
    return TRUE;
}

static gboolean on_list_vcpus(BusMachine *bus, GDBusMethodInvocation *invocation, struct machine *m)
{
    struct backend *b = m->daemon->backend;
    g_autoptr(GPtrArray) vcpus = NULL;
    GError *error = NULL;
    GVariantBuilder list;
    guint i;

    if (check_runs(m, &error))
        vcpus = b->ops->vcpus(b->ts, (uint32_t)m->domid, &error);
    if (!vcpus)
        return answer_error(invocation, error);
    g_variant_builder_init(&list, G_VARIANT_TYPE("a(uubbbtss)"));
    for (i = 0; i < vcpus->len; i++) {
        const struct vcpu_state *v = vcpus->pdata[i];

        g_variant_builder_add(&list, "(uubbbtss)", v->vcpu, v->cpu, v->online, v->blocked,
                              v->running, v->cpu_time_ns, v->hard_affinity ? v->hard_affinity : "",
                              v->soft_affinity ? v->soft_affinity : "");
    }
    bus_machine_complete_list_vcpus(bus, invocation, g_variant_builder_end(&list));
    return TRUE;
}

static gboolean on_get_scheduling(BusMachine *bus, GDBusMethodInvocation *invocation,
                                  struct machine *m)
{
    struct backend *b = m->daemon->backend;
    g_autofree char *scheduler = NULL;
    GVariant *parameters = NULL;
    GError *error = NULL;

    if (!b->ops->sched_get)
        return answer_code(invocation, DAEMON_ERROR_NOT_SUPPORTED,
                           "scheduling parameters are not "
                           "read yet");
    if (check_runs(m, &error))
        parameters = b->ops->sched_get(b->ts, (uint32_t)m->domid, &scheduler, &error);
    if (!parameters)
        return answer_error(invocation, error);
    bus_machine_complete_get_scheduling(bus, invocation, scheduler, parameters);
    return TRUE;
}

static gboolean on_set_scheduling(BusMachine *bus, GDBusMethodInvocation *invocation,
                                  GVariant *parameters, struct machine *m)
{
    struct backend *b = m->daemon->backend;
    GError *error = NULL;

    if (!b->ops->sched_set)
        return answer_code(invocation, DAEMON_ERROR_NOT_SUPPORTED,
                           "scheduling parameters are not "
                           "set yet");
    if (!check_runs(m, &error) || !b->ops->sched_set(b->ts, (uint32_t)m->domid, parameters, &error))
        return answer_error(invocation, error);
    bus_machine_complete_set_scheduling(bus, invocation);
    return TRUE;
}

static gboolean on_trigger(BusMachine *bus, GDBusMethodInvocation *invocation, const char *word,
                           gint vcpu, struct machine *m)
{
    struct backend *b = m->daemon->backend;
    GError *error = NULL;

    if (!check_runs(m, &error) || !b->ops->trigger(b->ts, (uint32_t)m->domid, word, vcpu, &error))
        return answer_error(invocation, error);
    bus_machine_complete_trigger(bus, invocation);
    return TRUE;
}

static gboolean on_move(BusMachine *bus, GDBusMethodInvocation *invocation, const char *pool,
                        struct machine *m)
{
    struct backend *b = m->daemon->backend;
    GError *error = NULL;
    uint32_t id;

    if (!check_runs(m, &error) || !host_pool_find(m->daemon, pool, &id, &error) ||
        !b->ops->pool_move(b->ts, id, (uint32_t)m->domid, &error))
        return answer_error(invocation, error);
    bus_machine_complete_move_to_pool(bus, invocation);
    return TRUE;
}

void machine_cpu_connect(struct machine *m)
{
    g_signal_connect(m->bus, "handle-set-memory", G_CALLBACK(on_set_memory), m);
    g_signal_connect(m->bus, "handle-set-max-memory", G_CALLBACK(on_set_max_memory), m);
    g_signal_connect(m->bus, "handle-set-vcpus", G_CALLBACK(on_set_vcpus), m);
    g_signal_connect(m->bus, "handle-pin-vcpu", G_CALLBACK(on_pin), m);
    g_signal_connect(m->bus, "handle-list-vcpus", G_CALLBACK(on_list_vcpus), m);
    g_signal_connect(m->bus, "handle-get-scheduling", G_CALLBACK(on_get_scheduling), m);
    g_signal_connect(m->bus, "handle-set-scheduling", G_CALLBACK(on_set_scheduling), m);
    g_signal_connect(m->bus, "handle-move-to-pool", G_CALLBACK(on_move), m);
    g_signal_connect(m->bus, "handle-trigger", G_CALLBACK(on_trigger), m);
}
