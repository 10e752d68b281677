/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The fake host itself: memory, processors, pools, devices of its guests. */
#include <string.h>

#include "fake.h"

static struct host_info *host(struct toolstack *ts, GError **error)
{
    struct fake *f = fake_of(ts);
    struct host_info *info = g_new0(struct host_info, 1);
    uint64_t used = FAKE_HV_KIB;
    guint i;

    (void)error;
    g_mutex_lock(&f->lock);
    for (i = 0; i < f->domains->len; i++)
        used += ((struct fake_domain *)f->domains->pdata[i])->info.memory_kib;
    info->dom0_kib = ((struct fake_domain *)f->domains->pdata[0])->info.memory_kib;
    g_mutex_unlock(&f->lock);
    info->cpus = FAKE_CPUS;
    info->nodes = 1;
    info->cores_per_socket = 2;
    info->threads_per_core = 2;
    info->cpu_khz = 2400000;
    info->total_kib = FAKE_TOTAL_KIB;
    info->free_kib = FAKE_TOTAL_KIB - used;
    info->dom0_floor_kib = FAKE_FLOOR_KIB;
    info->hypervisor = g_strdup("Fake 4.17.0");
    info->capabilities = g_strdup("xen-3.0-x86_64");
    info->scheduler = g_strdup("credit2");
    info->commandline = g_strdup("dom0_mem=2G");
    info->compiler = g_strdup("gcc 12");
    info->compile_date = g_strdup("today");
    info->build_id = g_strdup("0");
    return info;
}

static char *dmesg(struct toolstack *ts, bool clear, GError **error)
{
    struct fake *f = fake_of(ts);
    char *text;

    (void)error;
    g_mutex_lock(&f->lock);
    text = g_strdup(f->log);
    if (clear) {
        g_free(f->log);
        f->log = g_strdup("");
    }
    g_mutex_unlock(&f->lock);
    return text;
}

static bool debug_keys(struct toolstack *ts, const char *keys, GError **error)
{
    struct fake *f = fake_of(ts);
    char *old;

    (void)error;
    g_mutex_lock(&f->lock);
    old = f->log;
    f->log = g_strdup_printf("%s(XEN) '%s' pressed\n", old, keys);
    g_free(old);
    g_mutex_unlock(&f->lock);
    return true;
}

static bool set_memory(struct toolstack *ts, uint32_t domid, uint64_t kib, GError **error)
{
    struct fake *f = fake_of(ts);
    struct fake_domain *d;
    bool ok;

    g_mutex_lock(&f->lock);
    d = fake_domain(f, domid, error);
    ok = d && kib <= d->info.max_memory_kib;
    if (ok)
        d->info.memory_kib = kib;
    else if (d)
        g_set_error(error, TOOLSTACK_ERROR, TOOLSTACK_ERROR_FAILED,
                    "%s: %lu MiB is more than its limit of %lu MiB (maxmem)", d->info.name,
                    (unsigned long)(kib >> 10), (unsigned long)(d->info.max_memory_kib >> 10));
    if (ok)
        fake_changed(f);
    g_mutex_unlock(&f->lock);
    return ok;
}

static bool set_max_memory(struct toolstack *ts, uint32_t domid, uint64_t kib, GError **error)
{
    struct fake *f = fake_of(ts);
    struct fake_domain *d;

    g_mutex_lock(&f->lock);
    d = fake_domain(f, domid, error);
    if (d)
        d->info.max_memory_kib = kib;
    g_mutex_unlock(&f->lock);
    return d;
}

static bool set_vcpus(struct toolstack *ts, uint32_t domid, unsigned online, GError **error)
{
    struct fake *f = fake_of(ts);
    struct fake_domain *d;

    g_mutex_lock(&f->lock);
    d = fake_domain(f, domid, error);
    if (d) {
        d->info.vcpus_online = online;
        fake_changed(f);
    }
    g_mutex_unlock(&f->lock);
    return d;
}

static void vcpu_free(void *opaque)
{
    struct vcpu_state *v = opaque;

    g_free(v->hard_affinity);
    g_free(v->soft_affinity);
    g_free(v);
}

static GPtrArray *vcpus(struct toolstack *ts, uint32_t domid, GError **error)
{
    struct fake *f = fake_of(ts);
    GPtrArray *list = NULL;
    struct fake_domain *d;
    unsigned i;

    g_mutex_lock(&f->lock);
    d = fake_domain(f, domid, error);
    if (d)
        list = g_ptr_array_new_with_free_func(vcpu_free);
    for (i = 0; d && i <= d->info.max_vcpu_id; i++) {
        struct vcpu_state *v = g_new0(struct vcpu_state, 1);

        v->vcpu = i;
        v->cpu = i % FAKE_CPUS;
        v->online = i < d->info.vcpus_online;
        v->blocked = v->online;
        v->cpu_time_ns = d->info.cpu_time_ns / d->info.vcpus_online * v->online;
        v->hard_affinity = g_strdup(d->hard);
        v->soft_affinity = g_strdup(d->soft);
        g_ptr_array_add(list, v);
    }
    g_mutex_unlock(&f->lock);
    return list;
}

static bool pin_vcpu(struct toolstack *ts, uint32_t domid, int vcpu, const char *hard,
                     const char *soft, GError **error)
{
    struct fake *f = fake_of(ts);
    struct fake_domain *d;

    (void)vcpu;
    g_mutex_lock(&f->lock);
    d = fake_domain(f, domid, error);
    if (d && hard) {
        g_free(d->hard);
        d->hard = g_strdup(hard);
    }
    if (d && soft) {
        g_free(d->soft);
        d->soft = g_strdup(soft);
    }
    g_mutex_unlock(&f->lock);
    return d;
}

/* Adds a text to a list where it is not, or takes it out where it is. */
static bool change(struct toolstack *ts, uint32_t domid, bool disk, const char *text, bool add,
                   GError **error)
{
    struct fake *f = fake_of(ts);
    struct fake_domain *d;
    GPtrArray *list;
    guint index = 0;
    bool found, ok = false;

    g_mutex_lock(&f->lock);
    d = fake_domain(f, domid, error);
    if (d) {
        list = disk ? d->vdevs : d->macs;
        found = g_ptr_array_find_with_equal_func(list, text, g_str_equal, &index);
        ok = found != add;
        if (!ok)
            g_set_error(error, TOOLSTACK_ERROR,
                        add ? TOOLSTACK_ERROR_EXISTS : TOOLSTACK_ERROR_NO_DOMAIN, "%s: %s %s",
                        d->info.name, add ? "has already" : "does not have", text);
        else if (add)
            g_ptr_array_add(list, g_strdup(text));
        else
            g_ptr_array_remove_index(list, index);
    }
    g_mutex_unlock(&f->lock);
    return ok;
}

static bool disk_attach(struct toolstack *ts, uint32_t domid, const struct disk_config *disk,
                        GError **error)
{
    return change(ts, domid, true, disk->vdev, true, error);
}

static bool disk_detach(struct toolstack *ts, uint32_t domid, const char *vdev, bool force,
                        GError **error)
{
    (void)force;
    return change(ts, domid, true, vdev, false, error);
}

static bool nic_attach(struct toolstack *ts, uint32_t domid, const struct nic_config *nic,
                       GError **error)
{
    return change(ts, domid, false, nic->mac ? nic->mac : "00:16:3e:ff:ff:ff", true, error);
}

static bool nic_detach(struct toolstack *ts, uint32_t domid, unsigned devid, bool force,
                       GError **error)
{
    struct fake *f = fake_of(ts);
    struct fake_domain *d;
    bool ok;

    (void)force;
    g_mutex_lock(&f->lock);
    d = fake_domain(f, domid, error);
    ok = d && devid < d->macs->len;
    if (ok)
        g_ptr_array_remove_index(d->macs, devid);
    else if (d)
        g_set_error(error, TOOLSTACK_ERROR, TOOLSTACK_ERROR_NO_DOMAIN, "%s: has no card %u",
                    d->info.name, devid);
    g_mutex_unlock(&f->lock);
    return ok;
}

static GVariant *devices(struct toolstack *ts, uint32_t domid, const char *class, GError **error)
{
    struct fake *f = fake_of(ts);
    bool disks = !strcmp(class, "vbd");
    struct fake_domain *d;
    GVariantBuilder list, one;
    guint i;

    g_mutex_lock(&f->lock);
    d = fake_domain(f, domid, error);
    g_variant_builder_init(&list, G_VARIANT_TYPE("aa{sv}"));
    for (i = 0; d && i < (disks ? d->vdevs : d->macs)->len; i++) {
        guint32 devid = disks ? 51712 + i * 16 : i;
        g_autofree char *path = g_strdup_printf("/local/domain/0/backend/%s/%u/%u", class, domid,
                                                devid);

        g_variant_builder_init(&one, G_VARIANT_TYPE("a{sv}"));
        g_variant_builder_add(&one, "{sv}", "devid", g_variant_new_uint32(devid));
        g_variant_builder_add(&one, "{sv}", "backend-id", g_variant_new_uint32(0));
        g_variant_builder_add(&one, "{sv}", "state", g_variant_new_uint32(4));
        g_variant_builder_add(&one, "{sv}", "event-channel", g_variant_new_int32((gint32)i + 5));
        g_variant_builder_add(&one, "{sv}", "ring-ref", g_variant_new_int32((gint32)i + 8));
        g_variant_builder_add(&one, "{sv}", "backend-path", g_variant_new_string(path));
        if (!disks)
            g_variant_builder_add(&one, "{sv}", "mac", g_variant_new_string(d->macs->pdata[i]));
        g_variant_builder_add(&list, "a{sv}", &one);
    }
    g_mutex_unlock(&f->lock);
    if (d)
        return g_variant_builder_end(&list);
    g_variant_builder_clear(&list);
    return NULL;
}

static GVariant *sched_get(struct toolstack *ts, uint32_t domid, char **scheduler, GError **error)
{
    struct fake *f = fake_of(ts);
    struct fake_domain *d;
    GVariantBuilder values;

    g_mutex_lock(&f->lock);
    d = fake_domain(f, domid, error);
    if (d) {
        *scheduler = g_strdup("credit2");
        g_variant_builder_init(&values, G_VARIANT_TYPE("a{sv}"));
        g_variant_builder_add(&values, "{sv}", "weight", g_variant_new_uint32(d->weight));
        g_variant_builder_add(&values, "{sv}", "cap", g_variant_new_uint32(d->cap));
    }
    g_mutex_unlock(&f->lock);
    return d ? g_variant_builder_end(&values) : NULL;
}

static bool sched_set(struct toolstack *ts, uint32_t domid, GVariant *parameters, GError **error)
{
    struct fake *f = fake_of(ts);
    struct fake_domain *d;

    g_mutex_lock(&f->lock);
    d = fake_domain(f, domid, error);
    if (d) {
        g_variant_lookup(parameters, "weight", "u", &d->weight);
        g_variant_lookup(parameters, "cap", "u", &d->cap);
    }
    g_mutex_unlock(&f->lock);
    return d;
}

static GArray *cpu_times(struct toolstack *ts, GError **error)
{
    struct fake *f = fake_of(ts);
    GArray *times = g_array_new(FALSE, TRUE, sizeof(uint64_t));
    guint i;

    (void)error;
    g_array_set_size(times, FAKE_CPUS);
    g_mutex_lock(&f->lock);
    for (i = 0; i < f->domains->len; i++)
        g_array_index(times, uint64_t, i % FAKE_CPUS) +=
            ((struct fake_domain *)f->domains->pdata[i])->info.cpu_time_ns / FAKE_CPUS;
    g_mutex_unlock(&f->lock);
    return times;
}

static GPtrArray *pools(struct toolstack *ts, GError **error)
{
    struct fake *f = fake_of(ts);
    GPtrArray *list = g_ptr_array_new_with_free_func((GDestroyNotify)pool_info_free);
    guint i;

    (void)error;
    for (i = 0; i < f->pools->len; i++) {
        struct pool_info *pool = g_memdup2(f->pools->pdata[i], sizeof(*pool));

        pool->name = g_strdup(pool->name);
        pool->scheduler = g_strdup(pool->scheduler);
        pool->cpus = g_array_copy(pool->cpus);
        g_ptr_array_add(list, pool);
    }
    return list;
}

static bool pool_create(struct toolstack *ts, const char *name, const char *scheduler,
                        const GArray *cpus, uint32_t *id, GError **error)
{
    struct fake *f = fake_of(ts);
    struct pool_info *pool = g_new0(struct pool_info, 1);

    (void)error;
    pool->id = *id = f->next_pool++;
    pool->name = g_strdup(name);
    pool->scheduler = g_strdup(scheduler);
    pool->cpus = g_array_new(FALSE, FALSE, sizeof(guint32));
    g_array_append_vals(pool->cpus, cpus->data, cpus->len);
    g_ptr_array_add(f->pools, pool);
    return true;
}

static struct pool_info *pool_of(struct toolstack *ts, uint32_t id, GError **error)
{
    struct fake *f = fake_of(ts);
    guint i;

    for (i = 0; i < f->pools->len; i++)
        if (((struct pool_info *)f->pools->pdata[i])->id == id)
            return f->pools->pdata[i];
    g_set_error(error, TOOLSTACK_ERROR, TOOLSTACK_ERROR_FAILED, "there is no pool %u", id);
    return NULL;
}

static bool pool_destroy(struct toolstack *ts, uint32_t id, GError **error)
{
    struct pool_info *pool = pool_of(ts, id, error);

    if (pool && !id) {
        g_set_error(error, TOOLSTACK_ERROR, TOOLSTACK_ERROR_FAILED, "Pool-0 is always there");
        return false;
    }
    return pool && g_ptr_array_remove(fake_of(ts)->pools, pool);
}

static bool pool_rename(struct toolstack *ts, uint32_t id, const char *name, GError **error)
{
    struct pool_info *pool = pool_of(ts, id, error);

    if (pool) {
        g_free(pool->name);
        pool->name = g_strdup(name);
    }
    return pool;
}

static bool pool_cpu(struct toolstack *ts, uint32_t id, unsigned cpu, bool add, GError **error)
{
    struct pool_info *pool = pool_of(ts, id, error);
    guint32 number = cpu;
    guint i;

    for (i = 0; pool && i < pool->cpus->len; i++)
        if (g_array_index(pool->cpus, guint32, i) == cpu)
            g_array_remove_index(pool->cpus, i--);
    if (pool && add)
        g_array_append_val(pool->cpus, number);
    return pool;
}

static bool pool_move(struct toolstack *ts, uint32_t pool, uint32_t domid, GError **error)
{
    struct fake_domain *d = fake_domain(fake_of(ts), domid, error);

    if (d)
        d->info.pool = pool;
    return d;
}

void fake_host_fill(struct backend_ops *ops)
{
    ops->host = host;
    ops->dmesg = dmesg;
    ops->debug_keys = debug_keys;
    ops->set_memory = set_memory;
    ops->set_max_memory = set_max_memory;
    ops->set_vcpus = set_vcpus;
    ops->pin_vcpu = pin_vcpu;
    ops->vcpus = vcpus;
    ops->disk_attach = disk_attach;
    ops->disk_detach = disk_detach;
    ops->nic_attach = nic_attach;
    ops->nic_detach = nic_detach;
    ops->devices = devices;
    ops->sched_get = sched_get;
    ops->sched_set = sched_set;
    ops->cpu_times = cpu_times;
    ops->pools = pools;
    ops->pool_create = pool_create;
    ops->pool_destroy = pool_destroy;
    ops->pool_rename = pool_rename;
    ops->pool_cpu = pool_cpu;
    ops->pool_move = pool_move;
}
