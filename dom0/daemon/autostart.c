/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What starts with the host: machines marked so, and those that were saved when it went off. Once
 * per boot, in order, each after its delay. */
#include <glib/gstdio.h>

#include "private.h"

static char *resume_path(const struct machine *m)
{
    return g_strdup_printf("%s/saved/%s.resume", m->daemon->state_dir, m->uuid);
}

void autostart_mark_resume(struct machine *m)
{
    g_autofree char *path = resume_path(m);

    g_file_set_contents(path, "", 0, NULL);
}

static bool shall_resume(struct machine *m)
{
    g_autofree char *path = resume_path(m);

    return g_unlink(path) == 0 && machine_state(m) == STATE_SAVED;
}

static gboolean start_next(gpointer opaque)
{
    struct daemon *d = opaque;
    g_autoptr(GError) error = NULL;
    struct machine *m = g_queue_pop_head(&d->autostart), *next;
    unsigned delay;

    if (!m)
        return G_SOURCE_REMOVE;
    if (!m->removed && !machine_is_running(m) && !m->job && !life_start(m, false, &error)) {
        g_autofree char *text = g_strdup_printf("could not be started with the host: %s",
                                                error->message);

        g_warning("%s: %s", m->name, text);
        bus_manager_emit_message(d->manager, "error", m->path, text);
    }
    machine_unref(m);
    next = g_queue_peek_head(&d->autostart);
    delay = next && next->config ? next->config->autostart_delay_s : 0;
    g_timeout_add(delay * 1000 + 10, start_next, d);
    return G_SOURCE_REMOVE;
}

static gint by_order(gconstpointer a, gconstpointer b, gpointer unused)
{
    const struct machine *x = a, *y = b;

    (void)unused;
    if (x->config->autostart_order != y->config->autostart_order)
        return x->config->autostart_order < y->config->autostart_order ? -1 : 1;
    return strcmp(x->name, y->name);
}

void autostart_begin(struct daemon *d)
{
    g_autofree char *mark = g_build_filename(d->state_dir, "autostarted", NULL), *last = NULL;
    GHashTableIter iter;
    struct machine *m;

    g_queue_init(&d->autostart);
    if (g_file_get_contents(mark, &last, NULL, NULL) && !strcmp(last, d->boot_id))
        return;
    g_file_set_contents(mark, d->boot_id, -1, NULL);
    g_hash_table_iter_init(&iter, d->machines);
    while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&m))
        if (m->config && !machine_is_running(m) &&
            (shall_resume(m) || (m->defined && m->config->autostart)))
            g_queue_insert_sorted(&d->autostart, machine_ref(m), by_order, NULL);
    m = g_queue_peek_head(&d->autostart);
    if (m)
        g_timeout_add(m->config->autostart_delay_s * 1000, start_next, d);
}
