/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DomusHostPage reads the host again every few seconds while it is seen. */
#include "host-page.h"

#include <glib/gi18n.h>
#include <gui/model/words.h>

#include "access.h"
#include "graph.h"

#define SECONDS 5

struct _DomusHostPage {
    GtkBox parent;
    DomusClient *client;
    GCancellable *cancel;
    GtkLabel *hypervisor, *processors, *memory, *uptime, *kinds, *users;
    GtkTextView *log;
    GtkLevelBar *memory_bar;
    DomusGraph *cpu, *memory_graph;
    guint timer;
};

G_DEFINE_FINAL_TYPE(DomusHostPage, domus_host_page, GTK_TYPE_BOX)

static void set_text(GtkLabel *label, char *text)
{
    gtk_label_set_text(label, text);
    g_free(text);
}

/* "pv", "pvh (reason)" */
static char *describe_kinds(GVariant *kinds)
{
    GString *out = g_string_new(NULL);
    const char *kind, *why;
    gboolean there;
    GVariantIter iter;

    g_variant_iter_init(&iter, kinds);
    while (g_variant_iter_next(&iter, "{&s(b&s)}", &kind, &there, &why)) {
        g_autofree char *upper = g_ascii_strup(kind, -1);

        g_string_append_printf(out, "%s%s: %s", out->len ? "\n" : "", upper,
                               there ? _("available") : why);
    }
    return g_string_free(out, FALSE);
}

static char *describe_users(DomusHostPage *self, BusHost *host)
{
    GListModel *domains = domus_client_domains(self->client);
    g_autofree char *mine = words_kib(bus_host_get_memory_dom0(host));
    GString *out = g_string_new(NULL);
    guint i;

    g_string_append_printf(out, _("This desktop: %s"), mine);
    for (i = 0; i < g_list_model_get_n_items(domains); i++) {
        g_autoptr(DomusDomain) d = g_list_model_get_item(domains, i);
        g_autofree char *size = words_kib(bus_machine_get_memory(domus_domain_machine(d)));

        if (domus_domain_is_on(d))
            g_string_append_printf(out, "\n%s: %s", domus_domain_name(d), size);
    }
    return g_string_free(out, FALSE);
}

static void show_facts(DomusHostPage *self, BusHost *host)
{
    g_autofree char *total = words_kib(bus_host_get_memory_total(host));
    g_autofree char *available = words_kib(bus_host_get_memory_available(host));
    g_autofree char *now = words_kib(bus_host_get_memory_free(host));
    guint64 boot = bus_host_get_boot_time(host);
    GVariant *kinds = bus_host_get_kinds(host);

    gtk_label_set_text(self->hypervisor, bus_host_get_hypervisor(host));
    set_text(self->processors,
             g_strdup_printf(_("%u × %s, scheduler %s"), bus_host_get_cpus(host),
                             bus_host_get_cpu_model(host), bus_host_get_scheduler(host)));
    set_text(self->memory, g_strdup_printf(_("%s in all, %s free; a new machine can have %s"),
                                           total, now, available));
    set_text(self->uptime,
             words_seconds(boot ? g_get_real_time() / G_USEC_PER_SEC - (gint64)boot : 0));
    set_text(self->kinds, kinds ? describe_kinds(kinds) : g_strdup(""));
    set_text(self->users, describe_users(self, host));
    gtk_level_bar_set_value(self->memory_bar,
                            1 - (double)bus_host_get_memory_available(host) /
                                    (double)MAX(bus_host_get_memory_total(host), 1));
}

static void on_log(GObject *host, GAsyncResult *result, gpointer opaque)
{
    g_autoptr(DomusHostPage) self = opaque;
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL, *name = NULL;
    GtkTextBuffer *buffer = gtk_text_view_get_buffer(self->log);
    g_autofree char *old = NULL;
    GtkTextIter start, end;

    if (!bus_host_call_log_finish(BUS_HOST(host), &text, result, &error)) {
        if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
            return;
        text = words_error(error, &name);
    }
    gtk_text_buffer_get_bounds(buffer, &start, &end);
    old = gtk_text_buffer_get_text(buffer, &start, &end, FALSE);
    if (g_strcmp0(old, text)) /* so that a selection stays */
        gtk_text_buffer_set_text(buffer, text, -1);
}

static void on_statistics(GObject *host, GAsyncResult *result, gpointer opaque)
{
    g_autoptr(DomusHostPage) self = opaque;
    g_autoptr(GVariant) samples = NULL;
    g_autofree double *busy = NULL, *memory = NULL;
    guint interval;
    gsize i, n;

    if (!bus_host_call_statistics_finish(BUS_HOST(host), &interval, &samples, result, NULL))
        return;
    n = g_variant_n_children(samples);
    busy = g_new0(double, n + 1);
    memory = g_new0(double, n + 1);
    for (i = 0; i < n; i++) {
        guint64 time, used;

        g_variant_get_child(samples, i, "(tdt@a(ud))", &time, &busy[i], &used, NULL);
        memory[i] = (double)used;
    }
    domus_graph_set_top(self->cpu, bus_host_get_cpus(BUS_HOST(host)));
    domus_graph_set_top(self->memory_graph, (double)bus_host_get_memory_total(BUS_HOST(host)));
    domus_graph_set_line(self->cpu, 0, busy, n, 600 / MAX(interval, 1));
    domus_graph_set_line(self->memory_graph, 0, memory, n, 600 / MAX(interval, 1));
}

void domus_host_page_refresh(DomusHostPage *self)
{
    BusHost *host = self->client ? domus_client_host(self->client) : NULL;

    if (!host)
        return;
    show_facts(self, host);
    bus_host_call_log(host, FALSE, self->cancel, on_log, g_object_ref(self));
    bus_host_call_statistics(host, 600, self->cancel, on_statistics, g_object_ref(self));
}

static gboolean on_timer(gpointer opaque)
{
    DomusHostPage *self = opaque;

    if (gtk_widget_get_mapped(opaque))
        domus_host_page_refresh(self);
    return G_SOURCE_CONTINUE;
}

void domus_host_page_set_client(DomusHostPage *self, DomusClient *client)
{
    g_set_object(&self->client, client);
    domus_host_page_refresh(self);
}

static void domus_host_page_dispose(GObject *object)
{
    DomusHostPage *self = DOMUS_HOST_PAGE(object);

    g_cancellable_cancel(self->cancel);
    g_clear_handle_id(&self->timer, g_source_remove);
    g_clear_object(&self->client);
    G_OBJECT_CLASS(domus_host_page_parent_class)->dispose(object);
}

static void domus_host_page_finalize(GObject *object)
{
    g_clear_object(&DOMUS_HOST_PAGE(object)->cancel);
    G_OBJECT_CLASS(domus_host_page_parent_class)->finalize(object);
}

static void domus_host_page_class_init(DomusHostPageClass *class)
{
    GtkWidgetClass *w = GTK_WIDGET_CLASS(class);

    g_type_ensure(DOMUS_TYPE_GRAPH);
    G_OBJECT_CLASS(class)->dispose = domus_host_page_dispose;
    G_OBJECT_CLASS(class)->finalize = domus_host_page_finalize;
    gtk_widget_class_set_template_from_resource(w, "/org/domus1/Manager/ui/host-page.ui");
    gtk_widget_class_bind_template_child(w, DomusHostPage, hypervisor);
    gtk_widget_class_bind_template_child(w, DomusHostPage, processors);
    gtk_widget_class_bind_template_child(w, DomusHostPage, memory);
    gtk_widget_class_bind_template_child(w, DomusHostPage, uptime);
    gtk_widget_class_bind_template_child(w, DomusHostPage, kinds);
    gtk_widget_class_bind_template_child(w, DomusHostPage, users);
    gtk_widget_class_bind_template_child(w, DomusHostPage, log);
    gtk_widget_class_bind_template_child(w, DomusHostPage, memory_bar);
    gtk_widget_class_bind_template_child(w, DomusHostPage, cpu);
    gtk_widget_class_bind_template_child(w, DomusHostPage, memory_graph);
}

static void domus_host_page_init(DomusHostPage *self)
{
    self->cancel = g_cancellable_new();
    gtk_widget_init_template(GTK_WIDGET(self));
    access_name_by_tooltips(GTK_WIDGET(self));
    self->timer = g_timeout_add_seconds(SECONDS, on_timer, self);
}
