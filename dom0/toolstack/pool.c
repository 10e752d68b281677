/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pools of CPUs: the hypervisor knows them by number, the store has their names. */
#include "private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define CPU_TRIES   100 /* a CPU that is busy leaves its pool at one of the next tries */
#define CPU_WAIT_US 10000

void pool_info_free(struct pool_info *pool)
{
    if (!pool)
        return;
    g_free(pool->name);
    g_free(pool->scheduler);
    if (pool->cpus)
        g_array_unref(pool->cpus);
    g_free(pool);
}

/* One that has CPUs in its answer; free what is returned. NULL and an error. */
static uint8_t *ask_cpus(struct toolstack *ts, struct xen_sysctl_cpupool_op *op, unsigned *cpus,
                         GError **error)
{
    struct xen_sysctl_physinfo info;
    g_autofree uint8_t *map = NULL;

    if (ctl_physinfo(&ts->ctl, &info)) {
        fail_errno(error, "asking the hypervisor for its CPUs");
        return NULL;
    }
    *cpus = info.max_cpu_id + 1;
    map = g_malloc0((*cpus + 7) / 8);
    set_xen_guest_handle(op->cpumap.bitmap, map);
    op->cpumap.nr_bits = *cpus;
    if (ctl_pool(&ts->ctl, op)) {
        /* The end of the list is no error to be told. */
        if (errno != ENOENT || op->op != XEN_SYSCTL_CPUPOOL_OP_INFO)
            fail_errno(error, "asking the hypervisor for its CPU pools");
        return NULL;
    }
    return g_steal_pointer(&map);
}

static GArray *map_to_array(const uint8_t *map, unsigned cpus)
{
    GArray *array = g_array_new(FALSE, FALSE, sizeof(uint32_t));

    for (uint32_t i = 0; i < cpus; i++)
        if (map[i / 8] >> i % 8 & 1)
            g_array_append_val(array, i);
    return array;
}

static char *pool_name(struct xs_handle *xs, uint32_t id)
{
    char *name = store_read(xs, "/local/pool/%u/name", id);

    return name ? name : g_strdup_printf("Pool-%u", id);
}

/* The first pool whose number is not smaller; NULL: none, with an error where that is why. */
static struct pool_info *pool_next(struct toolstack *ts, struct xs_handle *xs, uint32_t id,
                                   GError **error)
{
    struct xen_sysctl_cpupool_op op = { .op = XEN_SYSCTL_CPUPOOL_OP_INFO, .cpupool_id = id };
    unsigned cpus = 0;
    g_autofree uint8_t *map = ask_cpus(ts, &op, &cpus, error);
    struct pool_info *pool;

    if (!map)
        return NULL;
    pool = g_new0(struct pool_info, 1);
    pool->id = op.cpupool_id;
    pool->name = pool_name(xs, pool->id);
    pool->scheduler = g_strdup(scheduler_word(op.sched_id));
    pool->n_domains = op.n_dom;
    pool->cpus = map_to_array(map, cpus);
    return pool;
}

static GPtrArray *list(struct toolstack *ts, struct xs_handle *xs, GError **error)
{
    g_autoptr(GPtrArray)
        pools = g_ptr_array_new_with_free_func((GDestroyNotify)(void (*)(void))pool_info_free);
    struct pool_info *pool;
    GError *problem = NULL;
    uint32_t next = 0;

    while ((pool = pool_next(ts, xs, next, &problem))) {
        g_ptr_array_add(pools, pool);
        next = pool->id + 1;
    }
    if (!problem)
        return g_steal_pointer(&pools);
    g_propagate_error(error, problem);
    return NULL;
}

GPtrArray *toolstack_pools(struct toolstack *ts, GError **error)
{
    struct xs_handle *xs = store_open(error);
    GPtrArray *pools = xs ? list(ts, xs, error) : NULL;

    store_close(xs);
    return pools;
}

bool pool_scheduler(struct toolstack *ts, uint32_t pool, uint32_t *scheduler, GError **error)
{
    struct xen_sysctl_cpupool_op op = { .op = XEN_SYSCTL_CPUPOOL_OP_INFO, .cpupool_id = pool };
    unsigned cpus = 0;
    g_autofree uint8_t *map = ask_cpus(ts, &op, &cpus, NULL);

    if (!map || op.cpupool_id != pool)
        return fail(error, TOOLSTACK_ERROR_FAILED, "there is no CPU pool %u", pool);
    *scheduler = op.sched_id;
    return true;
}

bool pool_find(struct toolstack *ts, struct xs_handle *xs, const char *what, uint32_t *id,
               GError **error)
{
    g_autoptr(GPtrArray) pools = list(ts, xs, error);

    for (unsigned i = 0; pools && i < pools->len; i++) {
        const struct pool_info *pool = g_ptr_array_index(pools, i);
        g_autofree char *number = g_strdup_printf("%u", pool->id);

        if (!strcmp(pool->name, what) || !strcmp(number, what)) {
            *id = pool->id;
            return true;
        }
    }
    return pools && fail(error, TOOLSTACK_ERROR_FAILED, "there is no CPU pool %s", what);
}

static bool name_is_free(struct toolstack *ts, struct xs_handle *xs, const char *name,
                         GError **error)
{
    uint32_t id;

    if (!*name || strchr(name, '/'))
        return fail(error, TOOLSTACK_ERROR_FAILED, "\"%s\" is no name for a CPU pool", name);
    if (pool_find(ts, xs, name, &id, NULL))
        return fail(error, TOOLSTACK_ERROR_EXISTS, "there is a CPU pool %s already", name);
    return true;
}

static bool scheduler_of(struct toolstack *ts, const char *word, uint32_t *id, GError **error)
{
    if (!*word)
        return ctl_scheduler_id(&ts->ctl, id) ? fail_errno(error, "asking for the scheduler")
                                              : true;
    for (*id = 0; *id <= XEN_SCHEDULER_NULL; ++*id)
        if (!strcmp(scheduler_word(*id), word))
            return true;
    return fail(error, TOOLSTACK_ERROR_FAILED,
                "scheduler \"%s\": there are credit, credit2, rtds and null", word);
}

/* The first CPU that is in no pool, as a list of one. */
static GArray *one_free_cpu(struct toolstack *ts, GError **error)
{
    struct xen_sysctl_cpupool_op op = { .op = XEN_SYSCTL_CPUPOOL_OP_FREEINFO };
    unsigned cpus = 0;
    g_autofree uint8_t *map = ask_cpus(ts, &op, &cpus, error);
    GArray *array = map ? map_to_array(map, cpus) : NULL;

    if (array && !array->len) {
        fail(error, TOOLSTACK_ERROR_FAILED,
             "every CPU is in a pool: take one out first (cpupool-cpu-remove)");
        g_clear_pointer(&array, g_array_unref);
    }
    if (array)
        g_array_set_size(array, 1);
    return array;
}

static bool fill(struct toolstack *ts, uint32_t pool, const GArray *cpus, GError **error)
{
    g_autoptr(GArray) one = cpus->len ? NULL : one_free_cpu(ts, error);

    if (!cpus->len)
        cpus = one;
    for (unsigned i = 0; cpus && i < cpus->len; i++)
        if (!toolstack_pool_cpu(ts, pool, g_array_index(cpus, uint32_t, i), true, error))
            return false;
    return cpus;
}

static bool publish(struct xs_handle *xs, uint32_t pool, const char *name, GError **error)
{
    g_autofree char *uuid = g_uuid_string_random();

    return store_write(xs, error, uuid, "/local/pool/%u/uuid", pool) &&
           store_write(xs, error, name, "/local/pool/%u/name", pool);
}

static bool create(struct toolstack *ts, struct xs_handle *xs, const char *name, uint32_t scheduler,
                   uint32_t *id, GError **error)
{
    struct xen_sysctl_cpupool_op op = {
        .op = XEN_SYSCTL_CPUPOOL_OP_CREATE,
        .cpupool_id = XEN_SYSCTL_CPUPOOL_PAR_ANY,
        .sched_id = scheduler,
    };

    if (ctl_pool(&ts->ctl, &op))
        return fail_errno(error, "CPU pool %s: creating it with scheduler %s", name,
                          scheduler_word(scheduler));
    *id = op.cpupool_id;
    return publish(xs, *id, name, error);
}

bool toolstack_pool_create(struct toolstack *ts, const char *name, const char *scheduler,
                           const GArray *cpus, uint32_t *id, GError **error)
{
    struct xs_handle *xs = store_open(error);
    uint32_t number;
    bool ok;

    if (!xs)
        return false;
    *id = XEN_SYSCTL_CPUPOOL_PAR_ANY;
    ok = name_is_free(ts, xs, name, error) && scheduler_of(ts, scheduler, &number, error) &&
         create(ts, xs, name, number, id, error) && fill(ts, *id, cpus, error);
    store_close(xs);
    if (!ok && *id != XEN_SYSCTL_CPUPOOL_PAR_ANY)
        toolstack_pool_destroy(ts, *id, NULL);
    return ok;
}

static bool empty(struct toolstack *ts, const struct pool_info *pool, GError **error)
{
    if (pool->n_domains)
        return fail(error, TOOLSTACK_ERROR_FAILED,
                    "CPU pool %s has %u domains: move them to another first", pool->name,
                    pool->n_domains);
    for (unsigned i = 0; i < pool->cpus->len; i++)
        if (!toolstack_pool_cpu(ts, pool->id, g_array_index(pool->cpus, uint32_t, i), false, error))
            return false;
    return true;
}

static bool remove_pool(struct toolstack *ts, struct xs_handle *xs, uint32_t id, GError **error)
{
    struct xen_sysctl_cpupool_op op = { .op = XEN_SYSCTL_CPUPOOL_OP_DESTROY, .cpupool_id = id };
    struct pool_info *pool = pool_next(ts, xs, id, error);
    bool ok = false;

    if (!pool || pool->id != id)
        fail(error && *error ? NULL : error, TOOLSTACK_ERROR_FAILED, "there is no CPU pool %u", id);
    else if (!id)
        fail(error, TOOLSTACK_ERROR_NOT_SUPPORTED, "%s is always there", pool->name);
    else if (empty(ts, pool, error))
        ok = !ctl_pool(&ts->ctl, &op) || fail_errno(error, "CPU pool %s: ending it", pool->name);
    pool_info_free(pool);
    if (ok)
        store_remove(xs, "/local/pool/%u", id);
    return ok;
}

bool toolstack_pool_destroy(struct toolstack *ts, uint32_t pool, GError **error)
{
    struct xs_handle *xs = store_open(error);
    bool ok = xs && remove_pool(ts, xs, pool, error);

    store_close(xs);
    return ok;
}

bool toolstack_pool_rename(struct toolstack *ts, uint32_t pool, const char *name, GError **error)
{
    struct xs_handle *xs = store_open(error);
    bool ok = xs && name_is_free(ts, xs, name, error) &&
              store_write(xs, error, name, "/local/pool/%u/name", pool);

    store_close(xs);
    return ok;
}

bool toolstack_pool_cpu(struct toolstack *ts, uint32_t pool, unsigned cpu, bool add, GError **error)
{
    int ret = -1;

    for (unsigned i = 0; i < CPU_TRIES; i++) {
        struct xen_sysctl_cpupool_op op = {
            .op = add ? XEN_SYSCTL_CPUPOOL_OP_ADDCPU : XEN_SYSCTL_CPUPOOL_OP_RMCPU,
            .cpupool_id = pool,
            .cpu = cpu,
        };

        ret = ctl_pool(&ts->ctl, &op);
        if (!ret || errno != EAGAIN)
            break;
        g_usleep(CPU_WAIT_US);
    }
    if (!ret)
        return true;
    if (errno == ENODEV)
        return fail(error, TOOLSTACK_ERROR_FAILED,
                    add ? "CPU pool %u: CPU %u is in a pool already"
                        : "CPU pool %u: CPU %u is not in it",
                    pool, cpu);
    return fail_errno(error, "CPU pool %u: %s CPU %u", pool, add ? "adding" : "taking out", cpu);
}

bool toolstack_pool_move(struct toolstack *ts, uint32_t pool, uint32_t domid, GError **error)
{
    struct xen_domctl_getdomaininfo info;

    if (!domain_find(ts, domid, &info, error))
        return false;
    if (ctl_domain_move_to_pool(&ts->ctl, domid, pool))
        return fail_errno(error, "domain %u: moving it to CPU pool %u", domid, pool);
    return true;
}
