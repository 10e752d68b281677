/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DomusMachinePage follows its domain. */
#include "machine-page.h"

#include <glib/gi18n.h>
#include <gui/model/words.h>
#include <string.h>

#include "access.h"
#include "graph.h"

struct _DomusMachinePage {
    GtkBox parent;
    DomusDomain *domain;
    GtkLabel *name, *state, *failure_title, *failure_text, *failure_details, *step, *pending;
    GtkLabel *kind, *memory, *vcpus, *disks, *nics, *uptime, *notes;
    GtkLabel *cpu_now, *memory_now, *disk_now, *network_now;
    GtkInfoBar *failure_bar, *pending_bar;
    GtkExpander *failure_more;
    GtkProgressBar *progress;
    GtkBox *job;
    GtkButton *pause;
    GtkComboBox *span;
    DomusGraph *cpu, *memory_graph, *disk, *network;
};

G_DEFINE_FINAL_TYPE(DomusMachinePage, domus_machine_page, GTK_TYPE_BOX)

/* One text per device: the first of the keys that has something to say. */
static char *describe(GVariant *devices, const char *first, const char *second, const char *none)
{
    GString *out = g_string_new(NULL);
    GVariantIter iter;
    GVariant *device;

    if (devices) {
        g_variant_iter_init(&iter, devices);
        while ((device = g_variant_iter_next_value(&iter))) {
            const char *a = "", *b = "";

            g_variant_lookup(device, first, "&s", &a);
            g_variant_lookup(device, second, "&s", &b);
            g_string_append_printf(out, "%s%s%s%s", out->len ? "\n" : "",
                                   *a || *b ? a : _("Default"), *a && *b ? ": " : "", b);
            g_variant_unref(device);
        }
    }
    if (!out->len)
        g_string_append(out, none);
    return g_string_free(out, FALSE);
}

static void set_text(GtkLabel *label, char *text)
{
    gtk_label_set_text(label, text);
    g_free(text);
}

static void update_facts(DomusMachinePage *self)
{
    BusMachine *m = domus_domain_machine(self->domain);
    guint64 start = bus_machine_get_start_time(m);
    const char *notes = bus_machine_get_notes(m);

    set_text(self->kind, g_utf8_strup(bus_machine_get_kind(m) ? bus_machine_get_kind(m) : "", -1));
    set_text(self->memory, words_kib(bus_machine_get_memory(m)));
    set_text(self->vcpus, g_strdup_printf("%u", bus_machine_get_vcpus(m)));
    set_text(self->disks, describe(bus_machine_get_disks(m), "vdev", "target", _("None")));
    set_text(self->nics, describe(bus_machine_get_nics(m), "bridge", "mac", _("None")));
    set_text(self->uptime, start ? words_seconds(g_get_real_time() / G_USEC_PER_SEC - (gint64)start)
                                 : g_strdup(_("Not running")));
    gtk_label_set_text(self->notes, notes ? notes : "");
}

static void update_job(DomusMachinePage *self)
{
    BusJob *job = domus_domain_job(self->domain);
    const char *step = job ? bus_job_get_step(job) : NULL;

    gtk_widget_set_visible(GTK_WIDGET(self->job), job != NULL);
    if (!job)
        return;
    gtk_label_set_text(self->step, step && *step ? step : _("Working…"));
    if (bus_job_get_progress(job) >= 0)
        gtk_progress_bar_set_fraction(self->progress, MIN(bus_job_get_progress(job), 1));
    else
        gtk_progress_bar_pulse(self->progress);
}

static void update_bars(DomusMachinePage *self)
{
    const char *const *pending = bus_machine_get_pending(domus_domain_machine(self->domain));
    const char *title, *details;
    const char *failure = domus_domain_failure(self->domain, &title, &details);

    gtk_info_bar_set_revealed(self->failure_bar, failure != NULL);
    if (failure) {
        gtk_label_set_text(self->failure_title, title);
        gtk_label_set_text(self->failure_text, failure);
        gtk_label_set_text(self->failure_details, details);
        gtk_widget_set_visible(GTK_WIDGET(self->failure_more), details && *details);
    }
    gtk_info_bar_set_revealed(self->pending_bar, pending && *pending);
    if (pending && *pending) {
        g_autofree char *keys = g_strjoinv(", ", (char **)(guintptr)pending);

        set_text(self->pending,
                 g_strdup_printf(_("Changes that wait for the next start: %s"), keys));
    }
}

static void plot(DomusGraph *graph, unsigned line, GArray *samples, double (*value)(gpointer),
                 gsize span)
{
    g_autofree double *values = g_new0(double, samples->len + 1);
    guint i;

    for (i = 0; i < samples->len; i++)
        values[i] = value(&g_array_index(samples, struct domain_sample, i));
    domus_graph_set_line(graph, line, values, samples->len, span);
}

static double busy_of(gpointer sample)
{
    return ((struct domain_sample *)sample)->busy;
}

static double memory_of(gpointer sample)
{
    return (double)((struct domain_sample *)sample)->memory_kib;
}

static double read_of(gpointer sample)
{
    return (double)((struct domain_sample *)sample)->read;
}

static double written_of(gpointer sample)
{
    return (double)((struct domain_sample *)sample)->written;
}

static double received_of(gpointer sample)
{
    return (double)((struct domain_sample *)sample)->received;
}

static double sent_of(gpointer sample)
{
    return (double)((struct domain_sample *)sample)->sent;
}

static void update_numbers(DomusMachinePage *self, GArray *samples)
{
    const struct domain_sample none = { 0 };
    const struct domain_sample *s = samples->len && domus_domain_is_on(self->domain)
                                        ? &g_array_index(samples, struct domain_sample,
                                                         samples->len - 1)
                                        : &none;

    set_text(self->cpu_now, g_strdup_printf(_("%.0f %% of a processor"), s->busy * 100));
    set_text(self->memory_now, words_kib(s->memory_kib));
    set_text(self->disk_now, g_strdup_printf(_("%.1f kB/s read, %.1f kB/s written"),
                                             (double)s->read / 1000, (double)s->written / 1000));
    set_text(self->network_now,
             g_strdup_printf(_("%.1f kB/s received, %.1f kB/s sent"), (double)s->received / 1000,
                             (double)s->sent / 1000));
}

static void update_graphs(DomusMachinePage *self)
{
    BusMachine *m = domus_domain_machine(self->domain);
    GArray *samples = domus_domain_samples(self->domain);
    const char *id = gtk_combo_box_get_active_id(self->span);
    guint64 interval = 5, seconds = id ? g_ascii_strtoull(id, NULL, 10) : 300;
    gsize span;

    if (samples->len > 1)
        interval = g_array_index(samples, struct domain_sample, 1).time -
                   g_array_index(samples, struct domain_sample, 0).time;
    span = (gsize)(seconds / CLAMP(interval, 1, 60));
    domus_graph_set_top(self->cpu, bus_machine_get_vcpus(m));
    domus_graph_set_top(self->memory_graph, (double)bus_machine_get_max_memory(m));
    plot(self->cpu, 0, samples, busy_of, span);
    plot(self->memory_graph, 0, samples, memory_of, span);
    plot(self->disk, 0, samples, read_of, span);
    plot(self->disk, 1, samples, written_of, span);
    plot(self->network, 0, samples, received_of, span);
    plot(self->network, 1, samples, sent_of, span);
    update_numbers(self, samples);
}

static void update(DomusMachinePage *self)
{
    const char *state, *reason;

    if (!self->domain)
        return;
    state = domus_domain_state(self->domain);
    reason = bus_machine_get_state_reason(domus_domain_machine(self->domain));
    gtk_label_set_text(self->name, domus_domain_name(self->domain));
    set_text(self->state, g_strdup_printf("%s%s%s", words_state(state),
                                          reason && *reason ? " – " : "", reason ? reason : ""));
    gtk_button_set_label(self->pause, strcmp(state, "paused") ? _("_Pause") : _("C_ontinue"));
    update_facts(self);
    update_job(self);
    update_bars(self);
    update_graphs(self);
}

static void on_failure_closed(GtkInfoBar *bar, gint response, DomusMachinePage *self)
{
    (void)bar;
    (void)response;
    if (self->domain)
        domus_domain_forgive(self->domain);
}

void domus_machine_page_set_domain(DomusMachinePage *self, DomusDomain *domain)
{
    if (domain == self->domain)
        return;
    if (self->domain)
        g_signal_handlers_disconnect_by_data(self->domain, self);
    g_set_object(&self->domain, domain);
    if (domain) {
        g_signal_connect_swapped(domain, "changed", G_CALLBACK(update), self);
        domus_domain_refresh(domain);
    }
    update(self);
}

DomusDomain *domus_machine_page_domain(DomusMachinePage *self)
{
    return self->domain;
}

static void domus_machine_page_dispose(GObject *object)
{
    domus_machine_page_set_domain(DOMUS_MACHINE_PAGE(object), NULL);
    G_OBJECT_CLASS(domus_machine_page_parent_class)->dispose(object);
}

static void domus_machine_page_class_init(DomusMachinePageClass *class)
{
    GtkWidgetClass *w = GTK_WIDGET_CLASS(class);

    g_type_ensure(DOMUS_TYPE_GRAPH);
    G_OBJECT_CLASS(class)->dispose = domus_machine_page_dispose;
    gtk_widget_class_set_template_from_resource(w, "/org/domus1/Manager/ui/machine-page.ui");
    gtk_widget_class_bind_template_child(w, DomusMachinePage, name);
    gtk_widget_class_bind_template_child(w, DomusMachinePage, state);
    gtk_widget_class_bind_template_child(w, DomusMachinePage, failure_bar);
    gtk_widget_class_bind_template_child(w, DomusMachinePage, failure_title);
    gtk_widget_class_bind_template_child(w, DomusMachinePage, failure_text);
    gtk_widget_class_bind_template_child(w, DomusMachinePage, failure_more);
    gtk_widget_class_bind_template_child(w, DomusMachinePage, failure_details);
    gtk_widget_class_bind_template_child(w, DomusMachinePage, pending_bar);
    gtk_widget_class_bind_template_child(w, DomusMachinePage, pending);
    gtk_widget_class_bind_template_child(w, DomusMachinePage, job);
    gtk_widget_class_bind_template_child(w, DomusMachinePage, step);
    gtk_widget_class_bind_template_child(w, DomusMachinePage, progress);
    gtk_widget_class_bind_template_child(w, DomusMachinePage, pause);
    gtk_widget_class_bind_template_child(w, DomusMachinePage, kind);
    gtk_widget_class_bind_template_child(w, DomusMachinePage, memory);
    gtk_widget_class_bind_template_child(w, DomusMachinePage, vcpus);
    gtk_widget_class_bind_template_child(w, DomusMachinePage, disks);
    gtk_widget_class_bind_template_child(w, DomusMachinePage, nics);
    gtk_widget_class_bind_template_child(w, DomusMachinePage, uptime);
    gtk_widget_class_bind_template_child(w, DomusMachinePage, notes);
    gtk_widget_class_bind_template_child(w, DomusMachinePage, span);
    gtk_widget_class_bind_template_child(w, DomusMachinePage, cpu);
    gtk_widget_class_bind_template_child(w, DomusMachinePage, memory_graph);
    gtk_widget_class_bind_template_child(w, DomusMachinePage, disk);
    gtk_widget_class_bind_template_child(w, DomusMachinePage, network);
    gtk_widget_class_bind_template_child(w, DomusMachinePage, cpu_now);
    gtk_widget_class_bind_template_child(w, DomusMachinePage, memory_now);
    gtk_widget_class_bind_template_child(w, DomusMachinePage, disk_now);
    gtk_widget_class_bind_template_child(w, DomusMachinePage, network_now);
    gtk_widget_class_bind_template_callback(w, on_failure_closed);
}

static void domus_machine_page_init(DomusMachinePage *self)
{
    gtk_widget_init_template(GTK_WIDGET(self));
    access_name_by_tooltips(GTK_WIDGET(self));
    g_signal_connect_object(self->span, "changed", G_CALLBACK(update), self, G_CONNECT_SWAPPED);
}
