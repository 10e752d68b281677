/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The host goes off: every machine is saved, shut down or destroyed, within the time there is. */
#include "private.h"

struct end_all {
    struct daemon *daemon;
    struct job *job;
    char *action;
    int64_t until;
    GHashTable *asked; /* uuids */
};

static void end_all_free(struct end_all *e)
{
    g_hash_table_unref(e->asked);
    g_free(e->action);
    g_free(e);
}

/* A machine that cannot be saved is shut down, one that cannot be asked is destroyed. */
static void end_one(struct end_all *e, struct machine *m, bool late)
{
    bool asked = g_hash_table_contains(e->asked, m->uuid);
    g_autoptr(GError) error = NULL;

    if (m->job)
        return;
    if (late || !strcmp(e->action, "destroy") || m->preserved) {
        life_destroy(m, NULL);
        return;
    }
    if (!asked && !strcmp(e->action, "save")) {
        g_hash_table_add(e->asked, g_strdup(m->uuid));
        autostart_mark_resume(m);
        if (life_save(m, -1, false, &error))
            return;
    }
    if (!m->waiting && !life_shutdown(m, false, 0, false, NULL))
        life_destroy(m, NULL);
}

static gboolean look(gpointer opaque)
{
    struct end_all *e = opaque;
    struct daemon *d = e->daemon;
    bool late = g_get_monotonic_time() > e->until;
    g_autoptr(GList) all = g_hash_table_get_values(d->machines);
    unsigned left = 0, n = 0;
    GList *l;

    for (l = all; l; l = l->next)
        machine_ref(l->data);
    for (l = all; l; l = l->next) {
        struct machine *m = l->data;

        n++;
        if (m->domid != 0 && (machine_is_running(m) || m->job)) {
            left++;
            end_one(e, m, late);
        }
        machine_unref(m);
    }
    job_step(e->job, n ? 1 - (double)left / n : 1, late ? "Destroying what is left" : NULL);
    if (left && !e->job->finished)
        return G_SOURCE_CONTINUE;
    job_finish(e->job, NULL);
    d->end_all = NULL;
    end_all_free(e);
    return G_SOURCE_REMOVE;
}

struct job *poweroff_end_all(struct daemon *d, const char *action, GError **error)
{
    struct end_all *e;

    if (d->end_all) {
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_WRONG_STATE,
                    "all machines are being ended "
                    "already");
        return NULL;
    }
    while (!g_queue_is_empty(&d->autostart)) /* nothing more starts */
        machine_unref(g_queue_pop_head(&d->autostart));
    e = d->end_all = g_new0(struct end_all, 1);
    e->daemon = d;
    e->action = g_strdup(action);
    e->asked = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    e->until = g_get_monotonic_time() +
               (int64_t)bus_manager_get_power_off_seconds(d->manager) * G_USEC_PER_SEC;
    e->job = job_new(d, "end-all", NULL);
    job_step(e->job, 0, "Ending all machines");
    g_timeout_add(100, look, e);
    return e->job;
}
