/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What runs, compared with what is known: domains appear, end, or are somebody else's. */
#include <glib-unix.h>
#include <string.h>

#include "private.h"

static char *uuid_text(const uint8_t *u)
{
    return g_strdup_printf("%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
                           u[0], u[1], u[2], u[3], u[4], u[5], u[6], u[7], u[8], u[9], u[10], u[11],
                           u[12], u[13], u[14], u[15]);
}

/* A domain that no machine has: of a defined one that was started by others, or a stranger. */
static struct machine *adopt(struct daemon *d, const struct domain_info *info)
{
    g_autofree char *uuid = uuid_text(info->uuid);
    struct machine *m = g_hash_table_lookup(d->machines, uuid);
    g_autofree char *name = info->name ? g_strdup(info->name)
                                       : g_strdup_printf("domain-%u", info->domid);

    if (m && m->job)
        return NULL; /* it is just being made */
    if (m && machine_is_running(m)) {
        g_free(uuid);
        uuid = g_uuid_string_random();
        m = NULL;
    }
    if (!m)
        m = machine_new(d, uuid, info->domid ? name : "Domain-0");
    m->domid = info->domid;
    if (!m->started)
        m->started = (uint64_t)(g_get_real_time() / G_USEC_PER_SEC);
    return m;
}

static void update(struct machine *m, struct domain_info *info)
{
    domain_info_free(m->info);
    m->info = info;
    if (!m->defined && !m->config && info->domid && info->name && strcmp(info->name, m->name)) {
        g_free(m->name);
        m->name = g_strdup(info->name);
    }
    /* what others started, others look after */
    if (info->state == DOMAIN_SHUTDOWN && m->running_text && info->shutdown_reason != 2)
        life_domain_ended(m);
    if (!m->removed)
        machine_publish(m);
}

static void end_missing(struct daemon *d, GPtrArray *infos)
{
    g_autoptr(GList) all = g_hash_table_get_values(d->machines);
    GList *l;
    guint i;

    for (l = all; l; l = l->next)
        machine_ref(l->data);
    for (l = all; l; l = l->next) {
        struct machine *m = l->data;
        bool found = m->domid < 0 || m->job;

        for (i = 0; i < infos->len && !found; i++)
            found = ((struct domain_info *)infos->pdata[i])->domid == (uint32_t)m->domid;
        if (!found)
            life_ended(m, "destroy", "destroy");
        machine_unref(m);
    }
}

void refresh(struct daemon *d)
{
    struct backend *b = d->backend;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) infos = b->ops->domains(b->ts, &error);
    guint i;

    if (!infos) {
        g_warning("cannot list the domains: %s", error->message);
        return;
    }
    end_missing(d, infos);
    for (i = 0; i < infos->len; i++) {
        struct domain_info *info = infos->pdata[i];
        struct machine *m = machine_by_domid(d, info->domid);

        if (!m)
            m = adopt(d, info);
        if (m && !(m->job && m->domid != info->domid)) {
            infos->pdata[i] = NULL;
            update(m, info);
        }
    }
}

static gboolean on_event(gint fd, GIOCondition condition, gpointer opaque)
{
    struct daemon *d = opaque;

    (void)fd;
    (void)condition;
    d->backend->ops->events_drain(d->backend->ts);
    refresh(d);
    return G_SOURCE_CONTINUE;
}

static gboolean on_tick(gpointer opaque)
{
    struct daemon *d = opaque;

    refresh(d);
    statistics_sample(d);
    host_publish(d);
    return G_SOURCE_CONTINUE;
}

void refresh_start(struct daemon *d)
{
    g_unix_fd_add(d->backend->ops->events_fd(d->backend->ts), G_IO_IN, on_event, d);
    g_timeout_add_seconds(SAMPLE_SECONDS, on_tick, d);
    refresh(d);
}
