/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A dialog whose changes hold at once. */
#include "preferences.h"

#include <glib/gi18n.h>
#include <gui/model/words.h>

#include "access.h"

struct preferences {
    GtkWidget *dialog;
    BusManager *manager;
    GtkComboBox *action;
    GtkSpinButton *seconds;
    GtkLabel *failure;
};

static void on_set(GObject *manager, GAsyncResult *result, gpointer label)
{
    g_autoptr(GtkLabel) failure = label;
    g_autoptr(GError) error = NULL;
    g_autofree char *name = NULL, *text = NULL;

    if (!bus_manager_call_set_power_off_finish(BUS_MANAGER(manager), result, &error))
        text = words_error(error, &name);
    gtk_label_set_text(failure, text ? text : "");
}

static void on_power_off(struct preferences *p)
{
    const char *action = gtk_combo_box_get_active_id(p->action);

    if (action)
        bus_manager_call_set_power_off(p->manager, action,
                                       (guint)gtk_spin_button_get_value_as_int(p->seconds), NULL,
                                       on_set, g_object_ref(p->failure));
}

static void on_destroy(struct preferences *p)
{
    g_clear_object(&p->manager);
    g_free(p);
}

void domus_preferences_show(DomusApplication *app, GtkWindow *parent)
{
    g_autoptr(GtkBuilder)
        b = gtk_builder_new_from_resource("/org/domus1/Manager/ui/preferences.ui");
    static const char *const keys[] = { "thumbnails", "dark", "scale" };
    BusManager *manager = domus_client_manager(domus_application_client(app));
    struct preferences *p = g_new0(struct preferences, 1);
    gsize i;

    p->dialog = GTK_WIDGET(gtk_builder_get_object(b, "preferences"));
    p->action = GTK_COMBO_BOX(gtk_builder_get_object(b, "action"));
    p->seconds = GTK_SPIN_BUTTON(gtk_builder_get_object(b, "seconds"));
    p->failure = GTK_LABEL(gtk_builder_get_object(b, "failure"));
    for (i = 0; i < G_N_ELEMENTS(keys); i++)
        g_settings_bind(domus_application_settings(app), keys[i],
                        gtk_builder_get_object(b, keys[i]), "active", G_SETTINGS_BIND_DEFAULT);
    g_signal_connect_swapped(p->dialog, "destroy", G_CALLBACK(on_destroy), p);
    gtk_widget_set_sensitive(GTK_WIDGET(p->action), manager != NULL);
    gtk_widget_set_sensitive(GTK_WIDGET(p->seconds), manager != NULL);
    if (manager) {
        p->manager = g_object_ref(manager);
        gtk_combo_box_set_active_id(p->action, bus_manager_get_power_off_action(manager));
        gtk_spin_button_set_value(p->seconds, bus_manager_get_power_off_seconds(manager));
        g_signal_connect_swapped(p->action, "changed", G_CALLBACK(on_power_off), p);
        g_signal_connect_swapped(p->seconds, "value-changed", G_CALLBACK(on_power_off), p);
    }
    access_name_by_tooltips(p->dialog);
    gtk_window_set_transient_for(GTK_WINDOW(p->dialog), parent);
    gtk_window_present(GTK_WINDOW(p->dialog));
}
