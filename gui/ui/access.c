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

/* A label stands for the control that its mnemonic leads to. */
static void name_labelled(GtkLabel *label)
{
    GtkWidget *target = gtk_label_get_mnemonic_widget(label);
    const char *name;

    if (!target)
        return;
    name = atk_object_get_name(gtk_widget_get_accessible(target));
    if (!name || !*name)
        access_set_name(target, gtk_label_get_text(label));
}

void access_name_by_tooltips(GtkWidget *widget)
{
    g_autofree char *tooltip = gtk_widget_get_tooltip_text(widget);
    const char *name = atk_object_get_name(gtk_widget_get_accessible(widget));

    /* a menu button calls itself Menu, whatever it is the menu of */
    if (tooltip && (!name || !*name || GTK_IS_MENU_BUTTON(widget)))
        access_set_name(widget, tooltip);
    if (GTK_IS_LABEL(widget))
        name_labelled(GTK_LABEL(widget));
    if (GTK_IS_CONTAINER(widget))
        gtk_container_forall(GTK_CONTAINER(widget), name_child, NULL);
}
