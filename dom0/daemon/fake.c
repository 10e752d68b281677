/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A host in memory, for tests of everything above it. Its guests do what their command line
 * (extra=) says: fake-crash=MS, fake-poweroff=MS, fake-reboot=MS after so many milliseconds;
 * fake-ignore: deaf to requests to shut down; fake-slow=MS: building takes that long; fake-fail: it
 * cannot be built.
 */
#include "fake.h"

#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct fake_domain *fake_domain(struct fake *f, uint32_t domid, GError **error)
{
    guint i;

    for (i = 0; i < f->domains->len; i++) {
        struct fake_domain *d = f->domains->pdata[i];

        if (d->info.domid == domid)
            return d;
    }
    g_set_error(error, TOOLSTACK_ERROR, TOOLSTACK_ERROR_NO_DOMAIN, "there is no domain %u", domid);
    return NULL;
}

static void domain_free(void *opaque)
{
    struct fake_domain *d = opaque;

    g_free(d->info.name);
    g_free(d->cmdline);
    g_free(d->hard);
    g_free(d->soft);
    g_ptr_array_unref(d->vdevs);
    g_ptr_array_unref(d->macs);
    g_free(d);
}

struct fake_domain *fake_add(struct fake *f, uint32_t domid, const char *name)
{
    struct fake_domain *d = g_new0(struct fake_domain, 1);

    d->info.domid = domid;
    d->info.name = g_strdup(name);
    d->info.state = DOMAIN_BLOCKED;
    d->info.shutdown_reason = -1;
    d->info.vcpus_online = 1;
    d->cmdline = g_strdup("");
    d->hard = g_strdup("all");
    d->soft = g_strdup("all");
    d->weight = 256;
    d->born = g_get_monotonic_time();
    d->vdevs = g_ptr_array_new_with_free_func(g_free);
    d->macs = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(f->domains, d);
    return d;
}

int fake_word(const char *cmdline, const char *word)
{
    const char *p = strstr(cmdline, word);

    if (!p)
        return -1;
    p += strlen(word);
    return *p == '=' ? atoi(p + 1) : 0;
}

/* Writes the domains down, and tells who waits for events. */
void fake_changed(struct fake *f)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    guint i;

    for (i = 1; i < f->domains->len; i++) {
        struct fake_domain *d = f->domains->pdata[i];
        g_autofree char *group = g_strdup_printf("%u", d->info.domid);
        g_autofree char *uuid = g_base64_encode(d->info.uuid, 16);

        g_key_file_set_string(file, group, "name", d->info.name);
        g_key_file_set_string(file, group, "uuid", uuid);
        g_key_file_set_string(file, group, "cmdline", d->cmdline);
        g_key_file_set_uint64(file, group, "memory", d->info.memory_kib);
        g_key_file_set_uint64(file, group, "maxmem", d->info.max_memory_kib);
        g_key_file_set_integer(file, group, "vcpus", (int)d->info.vcpus_online);
        g_key_file_set_integer(file, group, "maxvcpus", (int)d->info.max_vcpu_id + 1);
        g_key_file_set_integer(file, group, "state", d->info.state);
    }
    g_key_file_save_to_file(file, f->file, NULL);
    eventfd_write(f->events, 1);
}

static void load(struct fake *f)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_auto(GStrv) groups = NULL;
    char **g;

    if (!g_key_file_load_from_file(file, f->file, G_KEY_FILE_NONE, NULL))
        return;
    groups = g_key_file_get_groups(file, NULL);
    for (g = groups; *g; g++) {
        g_autofree char *name = g_key_file_get_string(file, *g, "name", NULL);
        g_autofree char *text = g_key_file_get_string(file, *g, "uuid", NULL);
        struct fake_domain *d = fake_add(f, (uint32_t)atoi(*g), name);
        gsize n = 0;
        g_autofree guchar *uuid = g_base64_decode(text, &n);

        if (n == 16)
            memcpy(d->info.uuid, uuid, 16);
        g_free(d->cmdline);
        d->cmdline = g_key_file_get_string(file, *g, "cmdline", NULL);
        d->info.memory_kib = g_key_file_get_uint64(file, *g, "memory", NULL);
        d->info.max_memory_kib = g_key_file_get_uint64(file, *g, "maxmem", NULL);
        d->info.vcpus_online = (unsigned)g_key_file_get_integer(file, *g, "vcpus", NULL);
        d->info.max_vcpu_id = (unsigned)g_key_file_get_integer(file, *g, "maxvcpus", NULL) - 1;
        d->info.state = (enum domain_state)g_key_file_get_integer(file, *g, "state", NULL);
        f->next_domid = MAX(f->next_domid, d->info.domid + 1);
    }
}

/* Guests use a fifth of each processor, and end when their time has come. */
static void *world(void *opaque)
{
    struct fake *f = opaque;
    guint i;

    while (!f->ends) {
        int64_t now;
        bool changed = false;

        g_usleep(20000);
        g_mutex_lock(&f->lock);
        now = g_get_monotonic_time();
        for (i = 0; i < f->domains->len; i++) {
            struct fake_domain *d = f->domains->pdata[i];

            if (d->info.state > DOMAIN_BLOCKED)
                continue;
            d->info.cpu_time_ns += (uint64_t)(now - f->last_tick) * 200 * d->info.vcpus_online;
            if (d->end_at && now >= d->end_at) {
                d->end_at = 0;
                d->info.state = DOMAIN_SHUTDOWN;
                d->info.shutdown_reason = d->end_reason;
                changed = true;
            }
        }
        f->last_tick = now;
        if (changed)
            fake_changed(f);
        g_mutex_unlock(&f->lock);
    }
    return NULL;
}

static GPtrArray *domains(struct toolstack *ts, GError **error)
{
    struct fake *f = fake_of(ts);
    GPtrArray *list = g_ptr_array_new_with_free_func((GDestroyNotify)domain_info_free);
    guint i;

    (void)error;
    g_mutex_lock(&f->lock);
    for (i = 0; i < f->domains->len; i++) {
        struct fake_domain *d = f->domains->pdata[i];
        struct domain_info *info = g_memdup2(&d->info, sizeof(*info));

        info->name = g_strdup(info->name);
        g_ptr_array_add(list, info);
    }
    g_mutex_unlock(&f->lock);
    return list;
}

static int events_fd(struct toolstack *ts)
{
    return fake_of(ts)->events;
}

static void events_drain(struct toolstack *ts)
{
    eventfd_t value;

    eventfd_read(fake_of(ts)->events, &value);
}

static void close_fake(struct toolstack *ts)
{
    struct fake *f = fake_of(ts);

    f->ends = true;
    g_thread_join(f->world);
    close(f->events);
    g_ptr_array_unref(f->domains);
    g_free(f->file);
    g_free(f->log);
    g_free(f);
}

static struct backend_ops ops = {
    .create = fake_create,
    .destroy = fake_destroy,
    .shutdown = fake_shutdown,
    .pause = fake_pause,
    .unpause = fake_unpause,
    .rename = fake_rename,
    .trigger = fake_trigger,
    .save = fake_save,
    .restore = fake_restore,
    .domains = domains,
    .events_fd = events_fd,
    .events_drain = events_drain,
    .close = close_fake,
    .console = fake_console,
    .screen = fake_screen,
};

static struct pool_info *first_pool(void)
{
    struct pool_info *pool = g_new0(struct pool_info, 1);
    guint32 cpu;

    pool->name = g_strdup("Pool-0");
    pool->scheduler = g_strdup("credit2");
    pool->n_domains = 1;
    pool->cpus = g_array_new(FALSE, FALSE, sizeof(guint32));
    for (cpu = 0; cpu < FAKE_CPUS; cpu++)
        g_array_append_val(pool->cpus, cpu);
    return pool;
}

struct backend *backend_fake_open(const char *state_file)
{
    struct backend *b = g_new0(struct backend, 1);
    struct fake *f = g_new0(struct fake, 1);
    struct fake_domain *dom0;

    g_mutex_init(&f->lock);
    f->file = g_strdup(state_file);
    f->log = g_strdup("(XEN) Fake hypervisor version 4.17\n(XEN) 4 CPUs, 8192 MiB\n");
    f->domains = g_ptr_array_new_with_free_func(domain_free);
    f->pools = g_ptr_array_new_with_free_func((GDestroyNotify)pool_info_free);
    g_ptr_array_add(f->pools, first_pool());
    f->next_domid = f->next_pool = 1;
    f->events = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    dom0 = fake_add(f, 0, "Domain-0");
    dom0->info.state = DOMAIN_RUNNING;
    dom0->info.memory_kib = dom0->info.max_memory_kib = UINT64_C(2) << 20;
    dom0->info.vcpus_online = FAKE_CPUS;
    dom0->info.max_vcpu_id = FAKE_CPUS - 1;
    load(f);
    fake_host_fill(&ops);
    f->last_tick = g_get_monotonic_time();
    f->world = g_thread_new("fake", world, f);
    b->ops = &ops;
    b->ts = (struct toolstack *)f;
    return b;
}
