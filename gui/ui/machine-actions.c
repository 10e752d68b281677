/* SPDX-License-Identifier: GPL-2.0-or-later */
/* machine.* actions: what can be done in which state, and the questions before what destroys. */
#include "machine-actions.h"

#include <glib/gi18n.h>
#include <string.h>

struct _DomusMachineActions {
    GObject parent;
    GtkWindow *window; /* it owns this object */
    GSimpleActionGroup *group;
    DomusDomain *domain;
};

G_DEFINE_FINAL_TYPE(DomusMachineActions, domus_machine_actions, G_TYPE_OBJECT)

static GVariant *no_options(void)
{
    return g_variant_new("(a{sv})", NULL);
}

static void on_start(GSimpleAction *action, GVariant *parameter, gpointer opaque)
{
    DomusMachineActions *self = opaque;

    (void)action;
    (void)parameter;
    domus_domain_call(self->domain, "Start", no_options());
}

static void on_pause(GSimpleAction *action, GVariant *parameter, gpointer opaque)
{
    DomusMachineActions *self = opaque;
    gboolean paused = !strcmp(domus_domain_state(self->domain), "paused");

    (void)action;
    (void)parameter;
    domus_domain_call(self->domain, paused ? "Unpause" : "Pause", NULL);
}

static void on_shut_down(GSimpleAction *action, GVariant *parameter, gpointer opaque)
{
    DomusMachineActions *self = opaque;

    (void)action;
    (void)parameter;
    domus_domain_call(self->domain, "Shutdown", no_options());
}

static void on_restart(GSimpleAction *action, GVariant *parameter, gpointer opaque)
{
    DomusMachineActions *self = opaque;

    (void)action;
    (void)parameter;
    domus_domain_call(self->domain, "Reboot", no_options());
}

static void on_save(GSimpleAction *action, GVariant *parameter, gpointer opaque)
{
    DomusMachineActions *self = opaque;

    (void)action;
    (void)parameter;
    domus_domain_call(self->domain, "Save", NULL);
}

static void on_cancel(GSimpleAction *action, GVariant *parameter, gpointer opaque)
{
    DomusMachineActions *self = opaque;
    BusJob *job = domus_domain_job(self->domain);

    (void)action;
    (void)parameter;
    if (job)
        bus_job_call_cancel(job, NULL, NULL, NULL);
}

/* A question with the machine it is about, which may be gone or another when it is answered. */
static GtkWidget *ask(DomusMachineActions *self, const char *question, const char *consequence,
                      const char *button)
{
    GtkWidget *dialog = gtk_message_dialog_new(
        self->window, GTK_DIALOG_MODAL | GTK_DIALOG_DESTROY_WITH_PARENT, GTK_MESSAGE_QUESTION,
        GTK_BUTTONS_NONE, question, domus_domain_name(self->domain));
    GtkWidget *yes;

    gtk_message_dialog_format_secondary_text(GTK_MESSAGE_DIALOG(dialog), "%s", consequence);
    gtk_dialog_add_button(GTK_DIALOG(dialog), _("_Cancel"), GTK_RESPONSE_CANCEL);
    yes = gtk_dialog_add_button(GTK_DIALOG(dialog), button, GTK_RESPONSE_ACCEPT);
    gtk_style_context_add_class(gtk_widget_get_style_context(yes), "destructive-action");
    gtk_dialog_set_default_response(GTK_DIALOG(dialog), GTK_RESPONSE_CANCEL);
    g_object_set_data_full(G_OBJECT(dialog), "domain", g_object_ref(self->domain), g_object_unref);
    return dialog;
}

static void on_force_off_answer(GtkDialog *dialog, gint answer, gpointer opaque)
{
    (void)opaque;
    if (answer == GTK_RESPONSE_ACCEPT)
        domus_domain_call(g_object_get_data(G_OBJECT(dialog), "domain"), "Destroy", NULL);
    gtk_widget_destroy(GTK_WIDGET(dialog));
}

static void on_force_off(GSimpleAction *action, GVariant *parameter, gpointer opaque)
{
    GtkWidget *dialog = ask(opaque, _("Force “%s” off?"),
                            _("It is like pulling the plug: what the machine has not yet written "
                              "to its disks is lost."),
                            _("_Force Off"));

    (void)action;
    (void)parameter;
    g_signal_connect(dialog, "response", G_CALLBACK(on_force_off_answer), NULL);
    gtk_widget_show(dialog);
}

static void on_delete_answer(GtkDialog *dialog, gint answer, gpointer check)
{
    gboolean disks = gtk_toggle_button_get_active(check);

    if (answer == GTK_RESPONSE_ACCEPT)
        domus_domain_call(g_object_get_data(G_OBJECT(dialog), "domain"), "Delete",
                          g_variant_new("(b)", disks));
    gtk_widget_destroy(GTK_WIDGET(dialog));
}

static void on_delete(GSimpleAction *action, GVariant *parameter, gpointer opaque)
{
    GtkWidget *check = gtk_check_button_new_with_mnemonic(_("Also delete its _disk images"));
    GtkWidget *dialog = ask(
        opaque, _("Delete “%s”?"),
        _("Its settings are forgotten. This cannot be undone. Disk images are kept unless you "
          "tick the box; only images that Domus made are deleted."),
        _("_Delete"));

    (void)action;
    (void)parameter;
    gtk_widget_show(check);
    gtk_container_add(
        GTK_CONTAINER(gtk_message_dialog_get_message_area(GTK_MESSAGE_DIALOG(dialog))), check);
    g_signal_connect(dialog, "response", G_CALLBACK(on_delete_answer), check);
    gtk_widget_show(dialog);
}

static void on_open(GSimpleAction *action, GVariant *parameter, gpointer opaque)
{
    DomusMachineActions *self = opaque;

    (void)action;
    (void)parameter;
    domus_application_open_console(DOMUS_APPLICATION(gtk_window_get_application(self->window)),
                                   self->domain);
}

static void on_settings(GSimpleAction *action, GVariant *parameter, gpointer opaque)
{
    DomusMachineActions *self = opaque;

    (void)action;
    (void)parameter;
    domus_application_open_settings(DOMUS_APPLICATION(gtk_window_get_application(self->window)),
                                    self->domain, self->window);
}

static void enable(DomusMachineActions *self, const char *name, gboolean on)
{
    GAction *action = g_action_map_lookup_action(G_ACTION_MAP(self->group), name);

    g_simple_action_set_enabled(G_SIMPLE_ACTION(action), on);
}

static void update(DomusMachineActions *self)
{
    const char *state = self->domain ? domus_domain_state(self->domain) : "";
    gboolean here = self->domain != NULL, busy = here && domus_domain_job(self->domain);
    gboolean off = !strcmp(state, "off"), saved = !strcmp(state, "saved");
    gboolean runs = !strcmp(state, "running"), paused = !strcmp(state, "paused");

    enable(self, "start", !busy && (off || saved));
    enable(self, "pause", !busy && (runs || paused));
    enable(self, "shut-down", !busy && runs);
    enable(self, "restart", !busy && runs);
    enable(self, "save", !busy && (runs || paused));
    enable(self, "force-off", here && !off && !saved && strcmp(state, "dying"));
    enable(self, "delete", !busy && off);
    enable(self, "open", here);
    enable(self, "settings", here);
    enable(self, "cancel", busy);
}

void domus_machine_actions_set_domain(DomusMachineActions *self, DomusDomain *domain)
{
    if (self->domain)
        g_signal_handlers_disconnect_by_data(self->domain, self);
    g_set_object(&self->domain, domain);
    if (domain)
        g_signal_connect_swapped(domain, "changed", G_CALLBACK(update), self);
    update(self);
}

static void domus_machine_actions_dispose(GObject *object)
{
    DomusMachineActions *self = DOMUS_MACHINE_ACTIONS(object);

    if (self->domain)
        g_signal_handlers_disconnect_by_data(self->domain, self);
    g_clear_object(&self->domain);
    g_clear_object(&self->group);
    G_OBJECT_CLASS(domus_machine_actions_parent_class)->dispose(object);
}

static void domus_machine_actions_class_init(DomusMachineActionsClass *class)
{
    G_OBJECT_CLASS(class)->dispose = domus_machine_actions_dispose;
}

static void domus_machine_actions_init(DomusMachineActions *self)
{
    static const GActionEntry actions[] = {
        { .name = "start", .activate = on_start },
        { .name = "pause", .activate = on_pause },
        { .name = "shut-down", .activate = on_shut_down },
        { .name = "restart", .activate = on_restart },
        { .name = "save", .activate = on_save },
        { .name = "cancel", .activate = on_cancel },
        { .name = "force-off", .activate = on_force_off },
        { .name = "delete", .activate = on_delete },
        { .name = "open", .activate = on_open },
        { .name = "settings", .activate = on_settings },
    };

    self->group = g_simple_action_group_new();
    g_action_map_add_action_entries(G_ACTION_MAP(self->group), actions, G_N_ELEMENTS(actions),
                                    self);
    update(self);
}

DomusMachineActions *domus_machine_actions_new(GtkApplicationWindow *window)
{
    DomusMachineActions *self = g_object_new(DOMUS_TYPE_MACHINE_ACTIONS, NULL);

    self->window = GTK_WINDOW(window);
    gtk_widget_insert_action_group(GTK_WIDGET(window), "machine", G_ACTION_GROUP(self->group));
    g_object_set_data_full(G_OBJECT(window), "machine-actions", self, g_object_unref);
    return self;
}
