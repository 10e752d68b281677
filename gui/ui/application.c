/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DomusApplication: start-up, app.* actions and their keys, windows by machine. */
#include "application.h"

#include <glib/gi18n.h>

#include "console-window.h"
#include "new-machine-dialog.h"
#include "preferences.h"
#include "settings-dialog.h"
#include "window.h"

struct _DomusApplication {
    GtkApplication parent;
    DomusClient *client;
    GSettings *settings;
    gboolean session;
};

G_DEFINE_FINAL_TYPE(DomusApplication, domus_application, GTK_TYPE_APPLICATION)

static DomusWindow *main_window(DomusApplication *self)
{
    GList *l;

    for (l = gtk_application_get_windows(GTK_APPLICATION(self)); l; l = l->next)
        if (DOMUS_IS_WINDOW(l->data))
            return l->data;
    return domus_window_new(self);
}

static void on_new(GSimpleAction *action, GVariant *parameter, gpointer self)
{
    DomusWindow *window = main_window(self);

    (void)action;
    (void)parameter;
    gtk_window_present(GTK_WINDOW(window));
    if (domus_client_state(DOMUS_APPLICATION(self)->client, NULL) == CLIENT_READY)
        domus_new_machine_dialog_show(self, GTK_WINDOW(window));
}

static void on_host(GSimpleAction *action, GVariant *parameter, gpointer self)
{
    DomusWindow *window = main_window(self);

    (void)action;
    (void)parameter;
    domus_window_show_host(window);
    gtk_window_present(GTK_WINDOW(window));
}

static void on_preferences(GSimpleAction *action, GVariant *parameter, gpointer self)
{
    (void)action;
    (void)parameter;
    domus_preferences_show(self, GTK_WINDOW(main_window(self)));
}

static void on_about(GSimpleAction *action, GVariant *parameter, gpointer self)
{
    (void)action;
    (void)parameter;
    gtk_show_about_dialog(GTK_WINDOW(main_window(self)), "program-name", _("Domus"), "comments",
                          _("Virtual machines on this computer"), "license-type",
                          GTK_LICENSE_GPL_2_0, "logo-icon-name", "org.domus1.Manager", NULL);
}

static void on_shortcuts(GSimpleAction *action, GVariant *parameter, gpointer self)
{
    g_autoptr(GtkBuilder)
        builder = gtk_builder_new_from_resource("/org/domus1/Manager/ui/shortcuts.ui");
    GtkWidget *window = GTK_WIDGET(gtk_builder_get_object(builder, "shortcuts"));

    (void)action;
    (void)parameter;
    gtk_window_set_transient_for(GTK_WINDOW(window), GTK_WINDOW(main_window(self)));
    gtk_widget_show_all(window);
}

/* Machines belong to the daemon and go on; only the windows close. */
static void on_quit(GSimpleAction *action, GVariant *parameter, gpointer self)
{
    (void)action;
    (void)parameter;
    g_application_quit(self);
}

static void set_keys(GtkApplication *app)
{
    static const char *const keys[][2] = {
        { "app.new", "<Primary>n" },
        { "app.quit", "<Primary>q" },
        { "app.preferences", "<Primary>comma" },
        { "app.shortcuts", "<Primary>question" },
        { "app.host", "<Primary>h" },
        { "win.search", "<Primary>f" },
        { "machine.start", "<Primary>r" },
        { "machine.pause", "<Primary>p" },
        { "machine.open", "<Primary>o" },
        { "machine.settings", "<Primary>e" },
        { "machine.shut-down", "<Primary>s" },
        { "win.fullscreen", "F11" },
        { "win.menu", "F10" },
    };
    gsize i;

    for (i = 0; i < G_N_ELEMENTS(keys); i++) {
        const char *accels[] = { keys[i][1], NULL };

        gtk_application_set_accels_for_action(app, keys[i][0], accels);
    }
}

static void on_dark(DomusApplication *self)
{
    g_object_set(gtk_settings_get_default(), "gtk-application-prefer-dark-theme",
                 g_settings_get_boolean(self->settings, "dark"), NULL);
}

static void domus_application_startup(GApplication *app)
{
    static const GActionEntry actions[] = {
        { .name = "new", .activate = on_new },
        { .name = "host", .activate = on_host },
        { .name = "preferences", .activate = on_preferences },
        { .name = "shortcuts", .activate = on_shortcuts },
        { .name = "about", .activate = on_about },
        { .name = "quit", .activate = on_quit },
    };
    DomusApplication *self = DOMUS_APPLICATION(app);

    G_APPLICATION_CLASS(domus_application_parent_class)->startup(app);
    g_action_map_add_action_entries(G_ACTION_MAP(app), actions, G_N_ELEMENTS(actions), app);
    set_keys(GTK_APPLICATION(app));
    gtk_icon_theme_add_resource_path(gtk_icon_theme_get_default(), "/org/domus1/Manager/icons");
    gtk_window_set_default_icon_name("org.domus1.Manager");
    self->settings = g_settings_new("org.domus1.Manager");
    g_signal_connect_swapped(self->settings, "changed::dark", G_CALLBACK(on_dark), self);
    if (g_settings_get_boolean(self->settings, "dark"))
        on_dark(self);
    self->client = domus_client_new(self->session);
}

static void domus_application_activate(GApplication *app)
{
    gtk_window_present(GTK_WINDOW(main_window(DOMUS_APPLICATION(app))));
}

static gint domus_application_options(GApplication *app, GVariantDict *options)
{
    DomusApplication *self = DOMUS_APPLICATION(app);

    self->session = g_variant_dict_contains(options, "session");
    return -1;
}

static void domus_application_finalize(GObject *object)
{
    g_clear_object(&DOMUS_APPLICATION(object)->client);
    g_clear_object(&DOMUS_APPLICATION(object)->settings);
    G_OBJECT_CLASS(domus_application_parent_class)->finalize(object);
}

static void domus_application_class_init(DomusApplicationClass *class)
{
    G_OBJECT_CLASS(class)->finalize = domus_application_finalize;
    G_APPLICATION_CLASS(class)->startup = domus_application_startup;
    G_APPLICATION_CLASS(class)->activate = domus_application_activate;
    G_APPLICATION_CLASS(class)->handle_local_options = domus_application_options;
}

static void domus_application_init(DomusApplication *self)
{
    g_application_add_main_option(G_APPLICATION(self), "session", 0, 0, G_OPTION_ARG_NONE,
                                  _("Talk to a daemon on the session bus"), NULL);
}

DomusApplication *domus_application_new(void)
{
    return g_object_new(DOMUS_TYPE_APPLICATION, "application-id", "org.domus1.Manager", NULL);
}

DomusClient *domus_application_client(DomusApplication *self)
{
    return self->client;
}

GSettings *domus_application_settings(DomusApplication *self)
{
    return self->settings;
}

void domus_application_open_console(DomusApplication *self, DomusDomain *domain)
{
    GList *l;

    for (l = gtk_application_get_windows(GTK_APPLICATION(self)); l; l = l->next)
        if (DOMUS_IS_CONSOLE_WINDOW(l->data) && domus_console_window_domain(l->data) == domain) {
            gtk_window_present(l->data);
            return;
        }
    gtk_window_present(GTK_WINDOW(domus_console_window_new(self, domain)));
}

void domus_application_open_settings(DomusApplication *self, DomusDomain *domain, GtkWindow *parent)
{
    domus_settings_dialog_show(self, domain, parent);
}
