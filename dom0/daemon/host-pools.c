/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls on the host's CPU pools. */
#include <string.h>

#include "private.h"

static GPtrArray *pools(struct daemon *d, GError **error)
{
    const struct backend_ops *ops = d->backend->ops;

    if (ops->pools)
        return ops->pools(d->backend->ts, error);
    g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_NOT_SUPPORTED, "CPU pools are not there yet");
    return NULL;
}

bool host_pool_find(struct daemon *d, const char *what, uint32_t *id, GError **error)
{
    g_autoptr(GPtrArray) all = pools(d, error);
    char number[16];
    guint i;

    for (i = 0; all && i < all->len; i++) {
        struct pool_info *pool = all->pdata[i];

        g_snprintf(number, sizeof(number), "%u", pool->id);
        if (!strcmp(pool->name, what) || !strcmp(number, what)) {
            *id = pool->id;
            return true;
        }
    }
    if (all)
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_NOT_FOUND, "there is no CPU pool %s", what);
    return false;
}

static gboolean on_list(BusHost *bus, GDBusMethodInvocation *invocation, struct daemon *d)
{
    GError *error = NULL;
    g_autoptr(GPtrArray) all = pools(d, &error);
    GVariantBuilder list;
    guint i;

    if (!all)
        return answer_error(invocation, error);
    g_variant_builder_init(&list, G_VARIANT_TYPE("a(ussuau)"));
    for (i = 0; i < all->len; i++) {
        struct pool_info *pool = all->pdata[i];

        g_variant_builder_add(&list, "(ussu@au)", pool->id, pool->name, pool->scheduler,
                              pool->n_domains,
                              g_variant_new_fixed_array(G_VARIANT_TYPE_UINT32, pool->cpus->data,
                                                        pool->cpus->len, sizeof(guint32)));
    }
    bus_host_complete_list_pools(bus, invocation, g_variant_builder_end(&list));
    return TRUE;
}

static GArray *cpu_array(GVariant *cpus)
{
    GArray *array = g_array_new(FALSE, FALSE, sizeof(guint32));
    gsize n;
    const guint32 *values = g_variant_get_fixed_array(cpus, &n, sizeof(guint32));

    if (n)
        g_array_append_vals(array, values, (guint)n);
    return array;
}

static gboolean on_create(BusHost *bus, GDBusMethodInvocation *invocation, const char *name,
                          const char *scheduler, GVariant *cpus, struct daemon *d)
{
    const struct backend_ops *ops = d->backend->ops;
    g_autoptr(GArray) array = cpu_array(cpus);
    GError *error = NULL;
    uint32_t id;

    if (!ops->pool_create)
        return answer_code(invocation, DAEMON_ERROR_NOT_SUPPORTED, "CPU pools are not there yet");
    if (!ops->pool_create(d->backend->ts, name, scheduler, array, &id, &error))
        return answer_error(invocation, error);
    bus_host_complete_create_pool(bus, invocation, id);
    return TRUE;
}

static gboolean on_destroy(BusHost *bus, GDBusMethodInvocation *invocation, const char *pool,
                           struct daemon *d)
{
    GError *error = NULL;
    uint32_t id;

    if (!host_pool_find(d, pool, &id, &error) ||
        !d->backend->ops->pool_destroy(d->backend->ts, id, &error))
        return answer_error(invocation, error);
    bus_host_complete_destroy_pool(bus, invocation);
    return TRUE;
}

static gboolean on_rename(BusHost *bus, GDBusMethodInvocation *invocation, const char *pool,
                          const char *name, struct daemon *d)
{
    GError *error = NULL;
    uint32_t id;

    if (!host_pool_find(d, pool, &id, &error) ||
        !d->backend->ops->pool_rename(d->backend->ts, id, name, &error))
        return answer_error(invocation, error);
    bus_host_complete_rename_pool(bus, invocation);
    return TRUE;
}

static bool move_cpus(struct daemon *d, const char *pool, GVariant *cpus, bool add, GError **error)
{
    g_autoptr(GArray) array = cpu_array(cpus);
    uint32_t id;
    guint i;

    if (!host_pool_find(d, pool, &id, error))
        return false;
    for (i = 0; i < array->len; i++)
        if (!d->backend->ops->pool_cpu(d->backend->ts, id, g_array_index(array, guint32, i), add,
                                       error))
            return false;
    return true;
}

static gboolean on_add(BusHost *bus, GDBusMethodInvocation *invocation, const char *pool,
                       GVariant *cpus, struct daemon *d)
{
    GError *error = NULL;

    if (!move_cpus(d, pool, cpus, true, &error))
        return answer_error(invocation, error);
    bus_host_complete_add_pool_cpus(bus, invocation);
    return TRUE;
}

static gboolean on_remove(BusHost *bus, GDBusMethodInvocation *invocation, const char *pool,
                          GVariant *cpus, struct daemon *d)
{
    GError *error = NULL;

    if (!move_cpus(d, pool, cpus, false, &error))
        return answer_error(invocation, error);
    bus_host_complete_remove_pool_cpus(bus, invocation);
    return TRUE;
}

static gboolean on_get(BusHost *bus, GDBusMethodInvocation *invocation, const char *pool,
                       struct daemon *d)
{
    const struct backend_ops *ops = d->backend->ops;
    GVariant *parameters = NULL;
    GError *error = NULL;
    uint32_t id;

    if (!ops->pool_sched_get)
        return answer_code(invocation, DAEMON_ERROR_NOT_SUPPORTED,
                           "this back end's schedulers have no parameters");
    if (host_pool_find(d, pool, &id, &error))
        parameters = ops->pool_sched_get(d->backend->ts, id, &error);
    if (!parameters)
        return answer_error(invocation, error);
    bus_host_complete_get_pool_scheduling(bus, invocation, parameters);
    return TRUE;
}

static gboolean on_set(BusHost *bus, GDBusMethodInvocation *invocation, const char *pool,
                       GVariant *parameters, struct daemon *d)
{
    const struct backend_ops *ops = d->backend->ops;
    GError *error = NULL;
    uint32_t id;

    if (!ops->pool_sched_set)
        return answer_code(invocation, DAEMON_ERROR_NOT_SUPPORTED,
                           "this back end's schedulers have no parameters");
    if (!host_pool_find(d, pool, &id, &error) ||
        !ops->pool_sched_set(d->backend->ts, id, parameters, &error))
        return answer_error(invocation, error);
    bus_host_complete_set_pool_scheduling(bus, invocation);
    return TRUE;
}

void host_pools_connect(struct daemon *d)
{
    g_signal_connect(d->host, "handle-list-pools", G_CALLBACK(on_list), d);
    g_signal_connect(d->host, "handle-create-pool", G_CALLBACK(on_create), d);
    g_signal_connect(d->host, "handle-destroy-pool", G_CALLBACK(on_destroy), d);
    g_signal_connect(d->host, "handle-rename-pool", G_CALLBACK(on_rename), d);
    g_signal_connect(d->host, "handle-add-pool-cpus", G_CALLBACK(on_add), d);
    g_signal_connect(d->host, "handle-remove-pool-cpus", G_CALLBACK(on_remove), d);
    g_signal_connect(d->host, "handle-get-pool-scheduling", G_CALLBACK(on_get), d);
    g_signal_connect(d->host, "handle-set-pool-scheduling", G_CALLBACK(on_set), d);
}
