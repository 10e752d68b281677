/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DomusDomainRow follows its domain. */
#include "domain-row.h"

#include <glib/gi18n.h>
#include <gui/model/words.h>

#include "access.h"
#include "graph.h"
#include "thumbnail.h"

#define SPARK_SAMPLES 24

struct _DomusDomainRow {
    GtkListBoxRow parent;
    DomusDomain *domain;
    GtkWidget *thumbnail;
    GtkLabel *name, *state;
    GtkProgressBar *progress;
    DomusGraph *cpu, *memory;
    GMenuModel *row_menu;
};

G_DEFINE_FINAL_TYPE(DomusDomainRow, domus_domain_row, GTK_TYPE_LIST_BOX_ROW)

static void update_graphs(DomusDomainRow *self)
{
    GArray *samples = domus_domain_samples(self->domain);
    gsize n = domus_domain_is_on(self->domain) ? samples->len : 0, i;
    g_autofree double *busy = g_new0(double, n + 1);
    g_autofree double *memory = g_new0(double, n + 1);

    for (i = 0; i < n; i++) {
        busy[i] = g_array_index(samples, struct domain_sample, i).busy;
        memory[i] = (double)g_array_index(samples, struct domain_sample, i).memory_kib;
    }
    domus_graph_set_top(self->cpu, bus_machine_get_vcpus(domus_domain_machine(self->domain)));
    domus_graph_set_top(self->memory,
                        (double)bus_machine_get_max_memory(domus_domain_machine(self->domain)));
    domus_graph_set_line(self->cpu, 0, busy, n, SPARK_SAMPLES);
    domus_graph_set_line(self->memory, 1, memory, n, SPARK_SAMPLES);
}

static void update_progress(DomusDomainRow *self)
{
    BusJob *job = domus_domain_job(self->domain);
    double part = job ? bus_job_get_progress(job) : -1;

    gtk_widget_set_visible(GTK_WIDGET(self->progress), job != NULL);
    if (!job)
        return;
    if (part >= 0)
        gtk_progress_bar_set_fraction(self->progress, MIN(part, 1));
    else
        gtk_progress_bar_pulse(self->progress);
}

static void update(DomusDomainRow *self)
{
    const char *title, *details, *name = domus_domain_name(self->domain);
    const char *state = words_state(domus_domain_state(self->domain));
    gboolean failed = domus_domain_failure(self->domain, &title, &details) != NULL;
    BusJob *job = domus_domain_job(self->domain);
    const char *step = job ? bus_job_get_step(job) : NULL;
    g_autofree char *all = NULL, *memory = NULL, *line = NULL;

    memory = words_kib(bus_machine_get_memory(domus_domain_machine(self->domain)));
    line = g_strdup_printf("%s · %s", step && *step ? step : failed ? title : state, memory);
    gtk_label_set_text(self->name, name);
    gtk_label_set_text(self->state, line);
    all = g_strdup_printf(_("%s: %s"), name, state);
    access_set_name(GTK_WIDGET(self), all);
    update_progress(self);
    update_graphs(self);
}

static void show_menu(DomusDomainRow *self, const GdkEvent *event)
{
    GtkWidget *menu = gtk_menu_new_from_model(self->row_menu);

    gtk_list_box_select_row(GTK_LIST_BOX(gtk_widget_get_parent(GTK_WIDGET(self))),
                            GTK_LIST_BOX_ROW(self));
    gtk_menu_attach_to_widget(GTK_MENU(menu), GTK_WIDGET(self), NULL);
    g_signal_connect(menu, "selection-done", G_CALLBACK(gtk_menu_detach), NULL);
    if (event)
        gtk_menu_popup_at_pointer(GTK_MENU(menu), event);
    else
        gtk_menu_popup_at_widget(GTK_MENU(menu), GTK_WIDGET(self), GDK_GRAVITY_SOUTH,
                                 GDK_GRAVITY_NORTH, NULL);
}

static gboolean on_button(GtkWidget *widget, GdkEvent *event)
{
    if (!gdk_event_triggers_context_menu(event))
        return FALSE;
    show_menu(DOMUS_DOMAIN_ROW(gtk_widget_get_parent(widget)), event);
    return TRUE;
}

static gboolean domus_domain_row_popup_menu(GtkWidget *widget)
{
    show_menu(DOMUS_DOMAIN_ROW(widget), NULL);
    return TRUE;
}

static void domus_domain_row_dispose(GObject *object)
{
    g_clear_object(&DOMUS_DOMAIN_ROW(object)->domain);
    G_OBJECT_CLASS(domus_domain_row_parent_class)->dispose(object);
}

static void domus_domain_row_class_init(DomusDomainRowClass *class)
{
    GtkWidgetClass *widgets = GTK_WIDGET_CLASS(class);

    g_type_ensure(DOMUS_TYPE_GRAPH);
    g_type_ensure(DOMUS_TYPE_THUMBNAIL);
    G_OBJECT_CLASS(class)->dispose = domus_domain_row_dispose;
    widgets->popup_menu = domus_domain_row_popup_menu;
    gtk_widget_class_set_template_from_resource(widgets, "/org/domus1/Manager/ui/domain-row.ui");
    gtk_widget_class_bind_template_child(widgets, DomusDomainRow, thumbnail);
    gtk_widget_class_bind_template_child(widgets, DomusDomainRow, name);
    gtk_widget_class_bind_template_child(widgets, DomusDomainRow, state);
    gtk_widget_class_bind_template_child(widgets, DomusDomainRow, progress);
    gtk_widget_class_bind_template_child(widgets, DomusDomainRow, cpu);
    gtk_widget_class_bind_template_child(widgets, DomusDomainRow, memory);
    gtk_widget_class_bind_template_child(widgets, DomusDomainRow, row_menu);
    gtk_widget_class_bind_template_callback(widgets, on_button);
}

static void domus_domain_row_init(DomusDomainRow *self)
{
    gtk_widget_init_template(GTK_WIDGET(self));
    access_name_by_tooltips(GTK_WIDGET(self));
}

GtkWidget *domus_domain_row_new(DomusDomain *domain, GSettings *settings)
{
    DomusDomainRow *self = g_object_new(DOMUS_TYPE_DOMAIN_ROW, NULL);

    self->domain = g_object_ref(domain);
    domus_thumbnail_set_domain(DOMUS_THUMBNAIL(self->thumbnail), domain, settings);
    g_signal_connect_object(domain, "changed", G_CALLBACK(update), self, G_CONNECT_SWAPPED);
    update(self);
    return GTK_WIDGET(self);
}

DomusDomain *domus_domain_row_domain(DomusDomainRow *self)
{
    return self->domain;
}
