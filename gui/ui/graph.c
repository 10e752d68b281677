/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DomusGraph draws with the theme's colours, so it fits a light and a dark one. */
#include "graph.h"

struct line {
    double *values;
    gsize n, span;
};

struct _DomusGraph {
    GtkDrawingArea parent;
    struct line lines[GRAPH_LINES];
    double top;
};

G_DEFINE_FINAL_TYPE(DomusGraph, domus_graph, GTK_TYPE_DRAWING_AREA)

static double top_of(DomusGraph *self)
{
    double top = self->top;
    gsize i, k;

    for (k = 0; self->top <= 0 && k < GRAPH_LINES; k++)
        for (i = 0; i < self->lines[k].n; i++)
            top = MAX(top, self->lines[k].values[i]);
    return top > 0 ? top : 1;
}

static void draw_grid(cairo_t *cr, const GdkRGBA *colour, int width, int height)
{
    int i;

    cairo_set_source_rgba(cr, colour->red, colour->green, colour->blue, 0.15);
    cairo_set_line_width(cr, 1);
    for (i = 1; i < 4; i++) {
        cairo_move_to(cr, 0, (int)(height * i / 4) + 0.5);
        cairo_line_to(cr, width, (int)(height * i / 4) + 0.5);
    }
    cairo_rectangle(cr, 0.5, 0.5, width - 1, height - 1);
    cairo_stroke(cr);
}

static void draw_line(cairo_t *cr, const struct line *l, double top, int width, int height)
{
    double step = (double)width / (double)MAX(l->span - 1, 1);
    double x = width - step * (double)(l->n - 1), first = x;
    gsize i;

    for (i = 0; i < l->n; i++, x += step)
        cairo_line_to(cr, x, height - 1 - (height - 2) * MIN(l->values[i] / top, 1));
    cairo_set_line_width(cr, 1.5);
    cairo_stroke_preserve(cr);
    cairo_line_to(cr, width, height);
    cairo_line_to(cr, first, height);
    cairo_close_path(cr);
}

static gboolean domus_graph_draw(GtkWidget *widget, cairo_t *cr)
{
    static const double colours[GRAPH_LINES][3] = { { 0.21, 0.52, 0.89 }, { 0.90, 0.38, 0.0 } };
    DomusGraph *self = DOMUS_GRAPH(widget);
    int width = gtk_widget_get_allocated_width(widget);
    int height = gtk_widget_get_allocated_height(widget);
    double top = top_of(self);
    GdkRGBA text;
    gsize k;

    gtk_style_context_get_color(gtk_widget_get_style_context(widget),
                                gtk_widget_get_state_flags(widget), &text);
    draw_grid(cr, &text, width, height);
    for (k = 0; k < GRAPH_LINES; k++) {
        if (self->lines[k].n < 2)
            continue;
        cairo_set_source_rgb(cr, colours[k][0], colours[k][1], colours[k][2]);
        draw_line(cr, &self->lines[k], top, width, height);
        cairo_set_source_rgba(cr, colours[k][0], colours[k][1], colours[k][2], 0.2);
        cairo_fill(cr);
    }
    return FALSE;
}

void domus_graph_set_line(DomusGraph *self, unsigned line, const double *values, gsize n,
                          gsize span)
{
    struct line *l = &self->lines[line];

    if (n > span) {
        values += n - span;
        n = span;
    }
    g_free(l->values);
    l->values = g_memdup2(values, n * sizeof(*values));
    l->n = n;
    l->span = span;
    gtk_widget_queue_draw(GTK_WIDGET(self));
}

void domus_graph_set_top(DomusGraph *self, double top)
{
    self->top = top;
}

static void domus_graph_finalize(GObject *object)
{
    gsize k;

    for (k = 0; k < GRAPH_LINES; k++)
        g_free(DOMUS_GRAPH(object)->lines[k].values);
    G_OBJECT_CLASS(domus_graph_parent_class)->finalize(object);
}

static void domus_graph_class_init(DomusGraphClass *class)
{
    G_OBJECT_CLASS(class)->finalize = domus_graph_finalize;
    GTK_WIDGET_CLASS(class)->draw = domus_graph_draw;
}

static void domus_graph_init(DomusGraph *self)
{
    atk_object_set_role(gtk_widget_get_accessible(GTK_WIDGET(self)), ATK_ROLE_CHART);
}
