/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An hour of samples of each machine and of the host, in rings. */
#include "private.h"

struct host_sample {
    uint64_t time, memory;
    double cpus;
    GArray *domains; /* struct domain_use */
};

struct domain_use {
    uint32_t domid;
    double cpus;
};

static void host_sample_free(void *opaque)
{
    struct host_sample *s = opaque;

    g_array_unref(s->domains);
    g_free(s);
}

void history_clear(struct history *h)
{
    g_clear_pointer(&h->samples, g_free);
    h->n = h->next = 0;
}

static uint64_t rate(uint64_t now, uint64_t before, double seconds)
{
    return now > before ? (uint64_t)((double)(now - before) / seconds) : 0;
}

/* The first look after a start only notes the counters. Returns how many processors were busy. */
static double sample_machine(struct machine *m, uint64_t now_us)
{
    struct history *h = &m->history, now = { .cpu_ns = m->info->cpu_time_ns };
    double seconds = (double)(now_us - h->last_us) / G_USEC_PER_SEC;
    struct sample *s;

    counters_read(m->info->domid, &now);
    if (!h->samples)
        h->samples = g_new0(struct sample, N_SAMPLES);
    s = &h->samples[h->next];
    memset(s, 0, sizeof(*s));
    s->time = now_us / G_USEC_PER_SEC;
    s->memory = m->info->memory_kib;
    if (h->last_us && seconds > 0.1 && now.cpu_ns >= h->cpu_ns) {
        s->cpus = (double)(now.cpu_ns - h->cpu_ns) / 1e9 / seconds;
        s->disk_read = rate(now.disk_read, h->disk_read, seconds);
        s->disk_write = rate(now.disk_write, h->disk_write, seconds);
        s->net_rx = rate(now.net_rx, h->net_rx, seconds);
        s->net_tx = rate(now.net_tx, h->net_tx, seconds);
        h->next = (h->next + 1) % N_SAMPLES;
        h->n = MIN(h->n + 1, N_SAMPLES);
    }
    h->last_us = now_us;
    h->cpu_ns = now.cpu_ns;
    h->disk_read = now.disk_read;
    h->disk_write = now.disk_write;
    h->net_rx = now.net_rx;
    h->net_tx = now.net_tx;
    return s->cpus;
}

static void sample_cpus(struct daemon *d, uint64_t now_us)
{
    const struct backend_ops *ops = d->backend->ops;
    GArray *times = ops->cpu_times ? ops->cpu_times(d->backend->ts, NULL) : NULL;
    double seconds = (double)(now_us - d->cpu_last_us) / G_USEC_PER_SEC;
    guint i;

    if (!times)
        return;
    for (i = 0; d->cpu_last && i < times->len && i < d->cpu_last->len && seconds > 0.1; i++) {
        uint64_t busy = g_array_index(times, uint64_t, i) - g_array_index(d->cpu_last, uint64_t, i);
        double share = CLAMP((double)busy / 1e9 / seconds, 0, 1);
        GArray *cpu;

        if (i == d->cpu_history->len)
            g_ptr_array_add(d->cpu_history, g_array_new(FALSE, FALSE, sizeof(double)));
        cpu = d->cpu_history->pdata[i];
        g_array_append_val(cpu, share);
        if (cpu->len > N_SAMPLES)
            g_array_remove_index(cpu, 0);
    }
    g_clear_pointer(&d->cpu_last, g_array_unref);
    d->cpu_last = times;
    d->cpu_last_us = now_us;
}

void statistics_sample(struct daemon *d)
{
    struct host_sample *host = g_new0(struct host_sample, 1);
    uint64_t now_us = (uint64_t)g_get_real_time();
    GHashTableIter iter;
    struct machine *m;

    if (!d->host_samples) {
        d->host_samples = g_ptr_array_new_with_free_func(host_sample_free);
        d->cpu_history = g_ptr_array_new();
    }
    host->time = now_us / G_USEC_PER_SEC;
    host->domains = g_array_new(FALSE, FALSE, sizeof(struct domain_use));
    g_hash_table_iter_init(&iter, d->machines);
    while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&m)) {
        struct domain_use use;

        if (!m->info) {
            m->history.last_us = 0;
            continue;
        }
        use.domid = m->info->domid;
        use.cpus = sample_machine(m, now_us);
        host->cpus += use.cpus;
        host->memory += m->info->memory_kib;
        g_array_append_val(host->domains, use);
    }
    g_ptr_array_add(d->host_samples, host);
    if (d->host_samples->len > N_SAMPLES)
        g_ptr_array_remove_index(d->host_samples, 0);
    sample_cpus(d, now_us);
}

GVariant *history_variant(const struct history *h, unsigned seconds)
{
    unsigned want = MIN(seconds / SAMPLE_SECONDS, h->n), i;
    GVariantBuilder list;

    g_variant_builder_init(&list, G_VARIANT_TYPE("a(tdttttt)"));
    for (i = want; i-- > 0;) {
        const struct sample *s = &h->samples[(h->next + N_SAMPLES - 1 - i) % N_SAMPLES];

        g_variant_builder_add(&list, "(tdttttt)", s->time, s->cpus, s->memory, s->disk_read,
                              s->disk_write, s->net_rx, s->net_tx);
    }
    return g_variant_builder_end(&list);
}

gboolean statistics_machine(BusMachine *bus, GDBusMethodInvocation *invocation, guint seconds,
                            struct machine *m)
{
    bus_machine_complete_statistics(bus, invocation, SAMPLE_SECONDS,
                                    history_variant(&m->history, seconds));
    return TRUE;
}

GVariant *statistics_host(struct daemon *d, unsigned seconds)
{
    guint n = d->host_samples ? d->host_samples->len : 0;
    guint want = MIN(seconds / SAMPLE_SECONDS, n), i, j;
    GVariantBuilder list;

    g_variant_builder_init(&list, G_VARIANT_TYPE("a(tdta(ud))"));
    for (i = n - want; i < n; i++) {
        struct host_sample *s = d->host_samples->pdata[i];

        g_variant_builder_open(&list, G_VARIANT_TYPE("(tdta(ud))"));
        g_variant_builder_add(&list, "t", s->time);
        g_variant_builder_add(&list, "d", s->cpus);
        g_variant_builder_add(&list, "t", s->memory);
        g_variant_builder_open(&list, G_VARIANT_TYPE("a(ud)"));
        for (j = 0; j < s->domains->len; j++) {
            struct domain_use *use = &g_array_index(s->domains, struct domain_use, j);

            g_variant_builder_add(&list, "(ud)", use->domid, use->cpus);
        }
        g_variant_builder_close(&list);
        g_variant_builder_close(&list);
    }
    return g_variant_builder_end(&list);
}

GVariant *statistics_cpus(struct daemon *d, unsigned seconds)
{
    GVariantBuilder list;
    guint i, j;

    g_variant_builder_init(&list, G_VARIANT_TYPE("aad"));
    for (i = 0; d->cpu_history && i < d->cpu_history->len; i++) {
        GArray *cpu = d->cpu_history->pdata[i];
        guint want = MIN(seconds / SAMPLE_SECONDS, cpu->len);

        g_variant_builder_open(&list, G_VARIANT_TYPE("ad"));
        for (j = cpu->len - want; j < cpu->len; j++)
            g_variant_builder_add(&list, "d", g_array_index(cpu, double, j));
        g_variant_builder_close(&list);
    }
    return g_variant_builder_end(&list);
}
