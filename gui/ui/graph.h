/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DomusGraph: values over time as a line, small for a row or large with a scale. */
#ifndef GUI_UI_GRAPH_H
#define GUI_UI_GRAPH_H

#include <gtk/gtk.h>

#define DOMUS_TYPE_GRAPH (domus_graph_get_type())
G_DECLARE_FINAL_TYPE(DomusGraph, domus_graph, DOMUS, GRAPH, GtkDrawingArea)

#define GRAPH_LINES 2

/* values: n of them, oldest first, copied; span: how many values the width stands for. */
void domus_graph_set_line(DomusGraph *self, unsigned line, const double *values, gsize n,
                          gsize span);
/* The value at the upper edge; 0: the largest one that is shown. */
void domus_graph_set_top(DomusGraph *self, double top);

#endif
