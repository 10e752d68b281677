/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DomusPathEntry: an entry and a button beside it. */
#include "path-entry.h"

#include <glib/gi18n.h>

#include "access.h"

struct _DomusPathEntry {
    GtkBox parent;
    GtkWidget *entry, *button;
    char *title;
};

G_DEFINE_FINAL_TYPE(DomusPathEntry, domus_path_entry, GTK_TYPE_BOX)

static guint changed_signal;

static void on_changed(DomusPathEntry *self)
{
    g_signal_emit(self, changed_signal, 0);
}

static void on_chosen(GtkNativeDialog *dialog, gint response, DomusPathEntry *self)
{
    g_autofree char *path = gtk_file_chooser_get_filename(GTK_FILE_CHOOSER(dialog));

    if (response == GTK_RESPONSE_ACCEPT && path)
        domus_path_entry_set(self, path);
    gtk_native_dialog_destroy(dialog);
    g_object_unref(dialog);
}

static void on_browse(DomusPathEntry *self)
{
    GtkWidget *top = gtk_widget_get_toplevel(GTK_WIDGET(self));
    GtkFileChooserNative *dialog = gtk_file_chooser_native_new(
        self->title, GTK_WINDOW(top), GTK_FILE_CHOOSER_ACTION_OPEN, _("_Choose"), _("_Cancel"));

    if (*domus_path_entry_get(self))
        gtk_file_chooser_set_filename(GTK_FILE_CHOOSER(dialog), domus_path_entry_get(self));
    gtk_native_dialog_set_modal(GTK_NATIVE_DIALOG(dialog), TRUE);
    g_signal_connect_object(dialog, "response", G_CALLBACK(on_chosen), self, 0);
    gtk_native_dialog_show(GTK_NATIVE_DIALOG(dialog));
}

const char *domus_path_entry_get(DomusPathEntry *self)
{
    return gtk_entry_get_text(GTK_ENTRY(self->entry));
}

void domus_path_entry_set(DomusPathEntry *self, const char *path)
{
    gtk_entry_set_text(GTK_ENTRY(self->entry), path ? path : "");
}

static void domus_path_entry_set_property(GObject *object, guint id, const GValue *value,
                                          GParamSpec *spec)
{
    DomusPathEntry *self = DOMUS_PATH_ENTRY(object);
    g_autofree char *browse = NULL;

    (void)id;
    (void)spec;
    g_free(self->title);
    self->title = g_value_dup_string(value);
    browse = g_strdup_printf(_("Browse for: %s"), self->title);
    access_set_name(self->entry, self->title);
    access_set_name(self->button, browse);
}

static void domus_path_entry_finalize(GObject *object)
{
    g_free(DOMUS_PATH_ENTRY(object)->title);
    G_OBJECT_CLASS(domus_path_entry_parent_class)->finalize(object);
}

static void domus_path_entry_class_init(DomusPathEntryClass *class)
{
    GObjectClass *objects = G_OBJECT_CLASS(class);

    objects->set_property = domus_path_entry_set_property;
    objects->finalize = domus_path_entry_finalize;
    g_object_class_install_property(
        objects, 1,
        g_param_spec_string("title", NULL, NULL, "", G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS));
    changed_signal = g_signal_new("changed", DOMUS_TYPE_PATH_ENTRY, G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 0);
}

static void domus_path_entry_init(DomusPathEntry *self)
{
    self->entry = gtk_entry_new();
    self->button = gtk_button_new_with_label(_("Browse…"));
    gtk_box_set_spacing(GTK_BOX(self), 6);
    gtk_box_pack_start(GTK_BOX(self), self->entry, TRUE, TRUE, 0);
    gtk_box_pack_start(GTK_BOX(self), self->button, FALSE, FALSE, 0);
    gtk_widget_show(self->entry);
    gtk_widget_show(self->button);
    gtk_entry_set_width_chars(GTK_ENTRY(self->entry), 34);
    g_signal_connect_swapped(self->entry, "changed", G_CALLBACK(on_changed), self);
    g_signal_connect_swapped(self->button, "clicked", G_CALLBACK(on_browse), self);
}
