/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DomusSettingsDialog: what was changed is sent with Apply; devices change at once. */
#include "settings-dialog.h"

#include <glib/gi18n.h>
#include <gui/model/words.h>
#include <string.h>

#include "access.h"
#include "settings-devices.h"

#define DOMUS_TYPE_SETTINGS_DIALOG (domus_settings_dialog_get_type())
G_DECLARE_FINAL_TYPE(DomusSettingsDialog, domus_settings_dialog, DOMUS, SETTINGS_DIALOG, GtkWindow)

struct _DomusSettingsDialog {
    GtkWindow parent;
    DomusDomain *domain;
    GCancellable *cancel;
    GtkEntry *name;
    GtkTextView *notes, *config;
    GtkToggleButton *autostart;
    GtkSpinButton *order, *delay, *memory, *max_memory, *vcpus, *max_vcpus;
    GtkLabel *result, *pending, *memory_hint;
    GtkComboBox *on_poweroff, *on_reboot, *on_crash;
    GtkBox *disks, *nics;
    unsigned waiting; /* calls under way */
    GString *errors;
};

G_DEFINE_FINAL_TYPE(DomusSettingsDialog, domus_settings_dialog, GTK_TYPE_WINDOW)

static char *text_of(GtkTextView *view)
{
    GtkTextBuffer *buffer = gtk_text_view_get_buffer(view);
    GtkTextIter start, end;

    gtk_text_buffer_get_bounds(buffer, &start, &end);
    return gtk_text_buffer_get_text(buffer, &start, &end, FALSE);
}

static void set_text_of(GtkTextView *view, const char *text)
{
    gtk_text_buffer_set_text(gtk_text_view_get_buffer(view), text ? text : "", -1);
}

/* The value of a key in the configuration's text: good enough for the words of on_...=. */
static char *config_word(const char *config, const char *key)
{
    g_autofree char *pattern = g_strdup_printf("(?m)^\\s*%s\\s*=\\s*[\"']?([a-z-]+)", key);
    g_autoptr(GRegex) regex = g_regex_new(pattern, 0, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;

    return config && g_regex_match(regex, config, 0, &match) ? g_match_info_fetch(match, 1) : NULL;
}

static void set_word(GtkComboBox *box, const char *config, const char *key, const char *fallback)
{
    g_autofree char *word = config_word(config, key);

    gtk_combo_box_set_active_id(box, word ? word : fallback);
}

static void show_pending(DomusSettingsDialog *self)
{
    const char *const *keys = bus_machine_get_pending(domus_domain_machine(self->domain));
    g_autofree char *list = keys && *keys ? g_strjoinv(", ", (char **)(guintptr)keys) : NULL;
    g_autofree char *text =
        list ? g_strdup_printf(_("Changes that wait for the next start: %s"), list) : g_strdup("");

    gtk_label_set_text(self->pending, text);
}

static void load(DomusSettingsDialog *self)
{
    BusMachine *m = domus_domain_machine(self->domain);
    const char *config = bus_machine_get_config(m);

    gtk_entry_set_text(self->name, domus_domain_name(self->domain));
    set_text_of(self->notes, bus_machine_get_notes(m));
    set_text_of(self->config, config);
    gtk_toggle_button_set_active(self->autostart, bus_machine_get_autostart(m));
    gtk_spin_button_set_value(self->order, bus_machine_get_autostart_order(m));
    gtk_spin_button_set_value(self->delay, bus_machine_get_autostart_delay(m));
    gtk_spin_button_set_value(self->memory, (double)(bus_machine_get_memory(m) >> 10));
    gtk_spin_button_set_value(self->max_memory, (double)(bus_machine_get_max_memory(m) >> 10));
    gtk_spin_button_set_value(self->max_vcpus, bus_machine_get_max_vcpus(m));
    gtk_spin_button_set_value(self->vcpus, bus_machine_get_vcpus(m));
    set_word(self->on_poweroff, config, "on_poweroff", "destroy");
    set_word(self->on_reboot, config, "on_reboot", "restart");
    set_word(self->on_crash, config, "on_crash", "destroy");
    show_pending(self);
}

static void show_result(DomusSettingsDialog *self)
{
    if (self->waiting)
        return;
    gtk_label_set_text(self->result, self->errors->len ? self->errors->str : _("Applied."));
    if (!self->errors->len)
        load(self);
}

static void on_answer(GObject *proxy, GAsyncResult *result, gpointer opaque)
{
    g_autoptr(DomusSettingsDialog) self = opaque;
    g_autoptr(GError) error = NULL;
    g_autofree char *name = NULL, *text = NULL;
    g_autoptr(GVariant) answer = g_dbus_proxy_call_finish(G_DBUS_PROXY(proxy), result, &error);

    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
    if (!answer) {
        text = words_error(error, &name);
        g_string_append_printf(self->errors, "%s%s: %s", self->errors->len ? "\n" : "",
                               words_error_title(name), text);
    }
    self->waiting--;
    show_result(self);
}

static void send(DomusSettingsDialog *self, const char *method, GVariant *arguments)
{
    self->waiting++;
    g_dbus_proxy_call(G_DBUS_PROXY(domus_domain_machine(self->domain)), method, arguments,
                      G_DBUS_CALL_FLAGS_NONE, -1, self->cancel, on_answer, g_object_ref(self));
}

static void send_general(DomusSettingsDialog *self, BusMachine *m)
{
    const char *name = gtk_entry_get_text(self->name);
    g_autofree char *notes = text_of(self->notes);
    gboolean on = gtk_toggle_button_get_active(self->autostart);
    guint order = (guint)gtk_spin_button_get_value_as_int(self->order);
    guint delay = (guint)gtk_spin_button_get_value_as_int(self->delay);

    if (strcmp(name, domus_domain_name(self->domain)))
        send(self, "Rename", g_variant_new("(s)", name));
    if (g_strcmp0(notes, bus_machine_get_notes(m)))
        send(self, "SetNotes", g_variant_new("(s)", notes));
    if (on != bus_machine_get_autostart(m) || order != bus_machine_get_autostart_order(m) ||
        delay != bus_machine_get_autostart_delay(m))
        send(self, "SetAutostart", g_variant_new("(buu)", on, order, delay));
}

static void send_sizes(DomusSettingsDialog *self, BusMachine *m)
{
    guint64 memory = (guint64)gtk_spin_button_get_value_as_int(self->memory);
    guint64 max_memory = (guint64)gtk_spin_button_get_value_as_int(self->max_memory);
    guint vcpus = (guint)gtk_spin_button_get_value_as_int(self->vcpus);
    guint max_vcpus = (guint)gtk_spin_button_get_value_as_int(self->max_vcpus);
    GVariantBuilder values;

    if (max_memory != bus_machine_get_max_memory(m) >> 10)
        send(self, "SetMaxMemory", g_variant_new("(tb)", max_memory << 10, TRUE));
    if (memory != bus_machine_get_memory(m) >> 10)
        send(self, "SetMemory", g_variant_new("(tb)", memory << 10, TRUE));
    if (max_vcpus != bus_machine_get_max_vcpus(m)) {
        g_variant_builder_init(&values, G_VARIANT_TYPE_VARDICT);
        g_variant_builder_add(&values, "{sv}", "maxvcpus", g_variant_new_uint32(max_vcpus));
        send(self, "SetConfigValues", g_variant_new("(a{sv})", &values));
    }
    if (vcpus != bus_machine_get_vcpus(m))
        send(self, "SetVCpus", g_variant_new("(ub)", vcpus, TRUE));
}

static void send_actions(DomusSettingsDialog *self, const char *config)
{
    struct {
        GtkComboBox *box;
        const char *key, *fallback;
    } rows[] = { { self->on_poweroff, "on_poweroff", "destroy" },
                 { self->on_reboot, "on_reboot", "restart" },
                 { self->on_crash, "on_crash", "destroy" } };
    GVariantBuilder values;
    gsize i, n = 0;

    g_variant_builder_init(&values, G_VARIANT_TYPE_VARDICT);
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *old = config_word(config, rows[i].key);
        const char *new = gtk_combo_box_get_active_id(rows[i].box);

        if (!new || !strcmp(new, old ? old : rows[i].fallback))
            continue;
        g_variant_builder_add(&values, "{sv}", rows[i].key, g_variant_new_string(new));
        n++;
    }
    if (n)
        send(self, "SetConfigValues", g_variant_new("(a{sv})", &values));
    else
        g_variant_builder_clear(&values);
}

static void on_apply(DomusSettingsDialog *self)
{
    BusMachine *m = domus_domain_machine(self->domain);
    const char *old = bus_machine_get_config(m);
    g_autofree char *config = text_of(self->config);

    if (self->waiting)
        return;
    g_string_truncate(self->errors, 0);
    /* The text as a whole would undo single keys sent beside it: it goes alone. */
    if (g_strcmp0(config, old)) {
        send(self, "SetConfig", g_variant_new("(s)", config));
    } else {
        send_sizes(self, m);
        send_actions(self, old);
        send_general(self, m);
    }
    show_result(self);
}

static void on_changed(DomusSettingsDialog *self)
{
    settings_devices_fill(self->disks, self->nics, self->domain);
    show_pending(self);
}

static void domus_settings_dialog_dispose(GObject *object)
{
    DomusSettingsDialog *self = DOMUS_SETTINGS_DIALOG(object);

    g_cancellable_cancel(self->cancel);
    g_clear_object(&self->domain);
    G_OBJECT_CLASS(domus_settings_dialog_parent_class)->dispose(object);
}

static void domus_settings_dialog_finalize(GObject *object)
{
    g_clear_object(&DOMUS_SETTINGS_DIALOG(object)->cancel);
    g_string_free(DOMUS_SETTINGS_DIALOG(object)->errors, TRUE);
    G_OBJECT_CLASS(domus_settings_dialog_parent_class)->finalize(object);
}

static void domus_settings_dialog_class_init(DomusSettingsDialogClass *class)
{
    GtkWidgetClass *w = GTK_WIDGET_CLASS(class);

    G_OBJECT_CLASS(class)->dispose = domus_settings_dialog_dispose;
    G_OBJECT_CLASS(class)->finalize = domus_settings_dialog_finalize;
    gtk_widget_class_set_template_from_resource(w, "/org/domus1/Manager/ui/settings-dialog.ui");
    gtk_widget_class_bind_template_child(w, DomusSettingsDialog, name);
    gtk_widget_class_bind_template_child(w, DomusSettingsDialog, notes);
    gtk_widget_class_bind_template_child(w, DomusSettingsDialog, config);
    gtk_widget_class_bind_template_child(w, DomusSettingsDialog, autostart);
    gtk_widget_class_bind_template_child(w, DomusSettingsDialog, order);
    gtk_widget_class_bind_template_child(w, DomusSettingsDialog, delay);
    gtk_widget_class_bind_template_child(w, DomusSettingsDialog, memory);
    gtk_widget_class_bind_template_child(w, DomusSettingsDialog, max_memory);
    gtk_widget_class_bind_template_child(w, DomusSettingsDialog, vcpus);
    gtk_widget_class_bind_template_child(w, DomusSettingsDialog, max_vcpus);
    gtk_widget_class_bind_template_child(w, DomusSettingsDialog, on_poweroff);
    gtk_widget_class_bind_template_child(w, DomusSettingsDialog, on_reboot);
    gtk_widget_class_bind_template_child(w, DomusSettingsDialog, on_crash);
    gtk_widget_class_bind_template_child(w, DomusSettingsDialog, disks);
    gtk_widget_class_bind_template_child(w, DomusSettingsDialog, nics);
    gtk_widget_class_bind_template_child(w, DomusSettingsDialog, result);
    gtk_widget_class_bind_template_child(w, DomusSettingsDialog, pending);
    gtk_widget_class_bind_template_child(w, DomusSettingsDialog, memory_hint);
    gtk_widget_class_bind_template_callback(w, on_apply);
}

static void domus_settings_dialog_init(DomusSettingsDialog *self)
{
    self->cancel = g_cancellable_new();
    self->errors = g_string_new(NULL);
    gtk_widget_init_template(GTK_WIDGET(self));
    access_name_by_tooltips(GTK_WIDGET(self));
}

void domus_settings_dialog_show(DomusApplication *app, DomusDomain *domain, GtkWindow *parent)
{
    BusHost *host = domus_client_host(domus_application_client(app));
    DomusSettingsDialog *self;
    g_autofree char *title = NULL, *size = NULL, *hint = NULL;
    GList *l;

    for (l = gtk_application_get_windows(GTK_APPLICATION(app)); l; l = l->next)
        if (DOMUS_IS_SETTINGS_DIALOG(l->data) && DOMUS_SETTINGS_DIALOG(l->data)->domain == domain) {
            gtk_window_present(l->data);
            return;
        }
    title = g_strdup_printf(_("Settings of %s"), domus_domain_name(domain));
    self = g_object_new(DOMUS_TYPE_SETTINGS_DIALOG, "application", app, "transient-for", parent,
                        "title", title, NULL);
    self->domain = g_object_ref(domain);
    size = words_kib(host ? bus_host_get_memory_available(host) / 1024 * 1024 : 0);
    hint = g_strdup_printf(_("%s more can be given now. A running guest takes it by ballooning."),
                           size);
    gtk_label_set_text(self->memory_hint, hint);
    load(self);
    on_changed(self);
    g_signal_connect_object(domus_domain_machine(domain), "g-properties-changed",
                            G_CALLBACK(on_changed), self, G_CONNECT_SWAPPED);
    gtk_window_present(GTK_WINDOW(self));
}
