/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Controls without a text of their own are named here. */
#include "access.h"

void access_set_name(GtkWidget *widget, const char *name)
{
    atk_object_set_name(gtk_widget_get_accessible(widget), name);
}

static void name_child(GtkWidget *widget, gpointer opaque)
{
    (void)opaque;
    access_name_by_tooltips(widget);
}

void access_name_by_tooltips(GtkWidget *widget)
{
    g_autofree char *tooltip = gtk_widget_get_tooltip_text(widget);
    const char *name = atk_object_get_name(gtk_widget_get_accessible(widget));

    if (tooltip && (!name || !*name))
        access_set_name(widget, tooltip);
    if (GTK_IS_CONTAINER(widget))
        gtk_container_forall(GTK_CONTAINER(widget), name_child, NULL);
}
