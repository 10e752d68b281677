/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DomusConsoleWindow: two displays in a stack, and the actions on them. */
#include "console-window.h"

#include <glib/gi18n.h>
#include <gui/model/words.h>
#include <string.h>

#include "access.h"
#include "machine-actions.h"
#include "screen.h"
#include "terminal.h"

struct _DomusConsoleWindow {
    GtkApplicationWindow parent;
    DomusDomain *domain;
    GtkHeaderBar *header;
    GtkStack *stack;
    GtkWidget *screen, *terminal, *edge;
    GtkInfoBar *bar;
    GtkLabel *bar_text;
    gboolean fullscreen;
};

G_DEFINE_FINAL_TYPE(DomusConsoleWindow, domus_console_window, GTK_TYPE_APPLICATION_WINDOW)

static DomusDisplay *current(DomusConsoleWindow *self)
{
    return DOMUS_DISPLAY(gtk_stack_get_visible_child(self->stack));
}

static void on_send_keys(GSimpleAction *action, GVariant *parameter, gpointer opaque)
{
    DomusConsoleWindow *self = opaque;
    g_auto(GStrv) names = g_strsplit(g_variant_get_string(parameter, NULL), "+", -1);
    guint keys[8];
    int n;

    (void)action;
    for (n = 0; names[n] && n < (int)G_N_ELEMENTS(keys); n++)
        keys[n] = gdk_keyval_from_name(names[n]);
    domus_screen_send_keys(DOMUS_SCREEN(self->screen), keys, n);
}

static void on_text(GtkClipboard *clipboard, const char *text, gpointer opaque)
{
    g_autoptr(DomusConsoleWindow) self = opaque;

    (void)clipboard;
    if (text && self->domain)
        domus_display_paste(current(self), text);
}

static void on_paste(GSimpleAction *action, GVariant *parameter, gpointer opaque)
{
    GtkClipboard *clipboard = gtk_widget_get_clipboard(opaque, GDK_SELECTION_CLIPBOARD);

    (void)action;
    (void)parameter;
    gtk_clipboard_request_text(clipboard, on_text, g_object_ref(opaque));
}

static void tell(DomusConsoleWindow *self, const char *text)
{
    gtk_label_set_text(self->bar_text, text);
    gtk_info_bar_set_revealed(self->bar, TRUE);
}

static char *picture_path(DomusConsoleWindow *self)
{
    const char *folder = g_get_user_special_dir(G_USER_DIRECTORY_PICTURES);
    g_autoptr(GDateTime) now = g_date_time_new_now_local();
    g_autofree char *time = g_date_time_format(now, "%Y-%m-%d-%H%M%S");
    g_autofree char *name = g_strdup_printf("%s-%s.png", domus_domain_name(self->domain), time);

    return g_build_filename(folder ? folder : g_get_home_dir(), name, NULL);
}

static void on_screenshot(GSimpleAction *action, GVariant *parameter, gpointer opaque)
{
    DomusConsoleWindow *self = opaque;
    g_autoptr(GdkPixbuf) picture = domus_display_picture(current(self));
    g_autofree char *path = picture_path(self), *text = NULL;
    g_autoptr(GError) error = NULL;

    (void)action;
    (void)parameter;
    if (!picture)
        text = g_strdup(_("There is no picture to keep."));
    else if (gdk_pixbuf_save(picture, path, "png", &error, NULL))
        text = g_strdup_printf(_("The picture was saved as %s."), path);
    else
        text = g_strdup_printf(_("The picture could not be saved as %s: %s"), path, error->message);
    tell(self, text);
}

static void on_fullscreen(GSimpleAction *action, GVariant *parameter, gpointer opaque)
{
    DomusConsoleWindow *self = opaque;

    (void)action;
    (void)parameter;
    if (self->fullscreen)
        gtk_window_unfullscreen(GTK_WINDOW(self));
    else
        gtk_window_fullscreen(GTK_WINDOW(self));
}

static void on_scaling(GSimpleAction *action, GVariant *value, gpointer opaque)
{
    DomusConsoleWindow *self = opaque;

    g_simple_action_set_state(action, value);
    domus_screen_set_scaling(DOMUS_SCREEN(self->screen), g_variant_get_boolean(value));
    g_settings_set_boolean(
        domus_application_settings(DOMUS_APPLICATION(g_application_get_default())), "scale",
        g_variant_get_boolean(value));
}

static gboolean on_window_state(DomusConsoleWindow *self, GdkEventWindowState *event)
{
    self->fullscreen = (event->new_window_state & GDK_WINDOW_STATE_FULLSCREEN) != 0;
    if (!self->fullscreen)
        gtk_widget_hide(self->edge);
    return FALSE;
}

/* In full screen the toolbar comes when the pointer is at the upper edge. */
static gboolean on_motion(DomusConsoleWindow *self, GdkEventMotion *event)
{
    int y = 0;

    gdk_window_get_device_position(gtk_widget_get_window(GTK_WIDGET(self)), event->device, NULL, &y,
                                   NULL);
    if (self->fullscreen)
        gtk_widget_set_visible(self->edge, y < (gtk_widget_get_visible(self->edge) ? 60 : 2));
    return FALSE;
}

/* What is typed is the guest's, before it is a shortcut of ours; F11 alone stays ours. */
static gboolean domus_console_window_key(GtkWidget *widget, GdkEventKey *event)
{
    DomusConsoleWindow *self = DOMUS_CONSOLE_WINDOW(widget);
    GtkWidget *focus = gtk_window_get_focus(GTK_WINDOW(self));

    if (focus && focus == domus_display_focus_widget(current(self)) &&
        event->keyval != GDK_KEY_F11 && gtk_window_propagate_key_event(GTK_WINDOW(self), event))
        return TRUE;
    return GTK_WIDGET_CLASS(domus_console_window_parent_class)->key_press_event(widget, event);
}

static void update(DomusConsoleWindow *self)
{
    const char *title, *details, *failure = domus_domain_failure(self->domain, &title, &details);
    BusJob *job = domus_domain_job(self->domain);
    const char *step = job ? bus_job_get_step(job) : NULL;
    g_autofree char *text = NULL;

    gtk_header_bar_set_title(self->header, domus_domain_name(self->domain));
    gtk_header_bar_set_subtitle(
        self->header, step && *step ? step : words_state(domus_domain_state(self->domain)));
    gtk_window_set_title(GTK_WINDOW(self), domus_domain_name(self->domain));
    if (failure) {
        text = g_strdup_printf("%s: %s", title, failure);
        tell(self, text);
    }
    if (!bus_machine_get_has_screen(domus_domain_machine(self->domain)))
        gtk_stack_set_visible_child(self->stack, self->terminal);
}

static void on_bar_closed(GtkInfoBar *bar)
{
    gtk_info_bar_set_revealed(bar, FALSE);
}

static void domus_console_window_dispose(GObject *object)
{
    g_clear_object(&DOMUS_CONSOLE_WINDOW(object)->domain);
    G_OBJECT_CLASS(domus_console_window_parent_class)->dispose(object);
}

static void domus_console_window_class_init(DomusConsoleWindowClass *class)
{
    GtkWidgetClass *w = GTK_WIDGET_CLASS(class);

    g_type_ensure(DOMUS_TYPE_SCREEN);
    g_type_ensure(DOMUS_TYPE_TERMINAL);
    G_OBJECT_CLASS(class)->dispose = domus_console_window_dispose;
    w->key_press_event = domus_console_window_key;
    gtk_widget_class_set_template_from_resource(w, "/org/domus1/Manager/ui/console-window.ui");
    gtk_widget_class_bind_template_child(w, DomusConsoleWindow, header);
    gtk_widget_class_bind_template_child(w, DomusConsoleWindow, stack);
    gtk_widget_class_bind_template_child(w, DomusConsoleWindow, screen);
    gtk_widget_class_bind_template_child(w, DomusConsoleWindow, terminal);
    gtk_widget_class_bind_template_child(w, DomusConsoleWindow, edge);
    gtk_widget_class_bind_template_child(w, DomusConsoleWindow, bar);
    gtk_widget_class_bind_template_child(w, DomusConsoleWindow, bar_text);
    gtk_widget_class_bind_template_callback(w, on_bar_closed);
    gtk_widget_class_bind_template_callback(w, on_window_state);
    gtk_widget_class_bind_template_callback(w, on_motion);
}

static void domus_console_window_init(DomusConsoleWindow *self)
{
    static const GActionEntry actions[] = {
        { .name = "send-keys", .activate = on_send_keys, .parameter_type = "s" },
        { .name = "paste", .activate = on_paste },
        { .name = "screenshot", .activate = on_screenshot },
        { .name = "fullscreen", .activate = on_fullscreen },
        { .name = "scale", .state = "true", .change_state = on_scaling },
    };

    gtk_widget_init_template(GTK_WIDGET(self));
    access_name_by_tooltips(GTK_WIDGET(self));
    g_action_map_add_action_entries(G_ACTION_MAP(self), actions, G_N_ELEMENTS(actions), self);
    gtk_widget_add_events(GTK_WIDGET(self), GDK_POINTER_MOTION_MASK);
}

DomusConsoleWindow *domus_console_window_new(DomusApplication *app, DomusDomain *domain)
{
    DomusConsoleWindow *self = g_object_new(DOMUS_TYPE_CONSOLE_WINDOW, "application", app, NULL);
    GSettings *settings = domus_application_settings(app);

    self->domain = g_object_ref(domain);
    domus_machine_actions_set_domain(domus_machine_actions_new(GTK_APPLICATION_WINDOW(self)),
                                     domain);
    domus_display_set_domain(DOMUS_DISPLAY(self->screen), domain);
    domus_display_set_domain(DOMUS_DISPLAY(self->terminal), domain);
    g_action_group_change_action_state(
        G_ACTION_GROUP(self), "scale",
        g_variant_new_boolean(g_settings_get_boolean(settings, "scale")));
    g_signal_connect_object(domain, "changed", G_CALLBACK(update), self, G_CONNECT_SWAPPED);
    update(self);
    return self;
}

DomusDomain *domus_console_window_domain(DomusConsoleWindow *self)
{
    return self->domain;
}
