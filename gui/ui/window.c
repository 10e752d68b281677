/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DomusWindow arranges views and owns win.*; what is shown follows the client and the selection. */
#include "window.h"

#include <glib/gi18n.h>
#include <string.h>

#include "access.h"
#include "domain-row.h"
#include "host-page.h"
#include "machine-actions.h"
#include "machine-page.h"

struct _DomusWindow {
    GtkApplicationWindow parent;
    DomusClient *client;
    DomusMachineActions *actions;
    char *wanted; /* the path to be selected when it comes */
    GtkStack *views, *pages;
    GtkListBox *list;
    GtkSearchBar *search_bar;
    GtkSearchEntry *search;
    GtkLabel *absent_reason, *message;
    GtkInfoBar *message_bar;
    GtkWidget *machine_page, *host_page, *no_match;
    GtkMenuButton *menu;
    GtkToggleButton *search_button;
};

G_DEFINE_FINAL_TYPE(DomusWindow, domus_window, GTK_TYPE_APPLICATION_WINDOW)

static void show_domain(DomusWindow *self, DomusDomain *domain)
{
    domus_machine_actions_set_domain(self->actions, domain);
    domus_machine_page_set_domain(DOMUS_MACHINE_PAGE(self->machine_page), domain);
    gtk_stack_set_visible_child_name(self->pages, domain ? "machine" : "host");
}

static void on_selected(GtkListBox *list, GtkListBoxRow *row, DomusWindow *self)
{
    (void)list;
    if (row)
        show_domain(self, domus_domain_row_domain(DOMUS_DOMAIN_ROW(row)));
}

void domus_window_show_host(DomusWindow *self)
{
    gtk_list_box_unselect_all(self->list);
    show_domain(self, NULL);
    domus_host_page_refresh(DOMUS_HOST_PAGE(self->host_page));
}

static void on_activated(GtkListBox *list, GtkListBoxRow *row, DomusWindow *self)
{
    (void)list;
    domus_application_open_console(DOMUS_APPLICATION(gtk_window_get_application(GTK_WINDOW(self))),
                                   domus_domain_row_domain(DOMUS_DOMAIN_ROW(row)));
}

static gboolean row_matches(GtkListBoxRow *row, const char *needle)
{
    const char *name = domus_domain_name(domus_domain_row_domain(DOMUS_DOMAIN_ROW(row)));

    return !*needle || g_str_match_string(needle, name, TRUE);
}

/* A list box with a model takes no filter, so the rows are hidden one by one. */
static void on_search_changed(DomusWindow *self)
{
    const char *needle = gtk_entry_get_text(GTK_ENTRY(self->search));
    GtkListBoxRow *row;
    gboolean any = FALSE;
    int i;

    for (i = 0; (row = gtk_list_box_get_row_at_index(self->list, i)); i++) {
        gtk_widget_set_visible(GTK_WIDGET(row), row_matches(row, needle));
        any |= row_matches(row, needle);
    }
    gtk_widget_set_visible(self->no_match, !any && *needle);
}

static GtkWidget *make_row(gpointer item, gpointer opaque)
{
    GApplication *app = g_application_get_default();

    (void)opaque;
    return domus_domain_row_new(item, domus_application_settings(DOMUS_APPLICATION(app)));
}

/* Which of the views fits: connecting, absent, empty or the machines. */
static void update_view(DomusWindow *self)
{
    const char *reason = NULL;
    const char *view = "machines";

    switch (domus_client_state(self->client, &reason)) {
    case CLIENT_CONNECTING: view = "connecting"; break;
    case CLIENT_ABSENT:
        view = "absent";
        gtk_label_set_text(self->absent_reason, reason ? reason : "");
        break;
    case CLIENT_READY:
        domus_host_page_set_client(DOMUS_HOST_PAGE(self->host_page), self->client);
        if (!g_list_model_get_n_items(domus_client_domains(self->client)))
            view = "empty";
        break;
    }
    gtk_stack_set_visible_child_name(self->views, view);
}

static GtkListBoxRow *row_of(DomusWindow *self, const char *path)
{
    GtkListBoxRow *row;
    int i;

    for (i = 0; (row = gtk_list_box_get_row_at_index(self->list, i)); i++)
        if (!path ||
            !strcmp(domus_domain_path(domus_domain_row_domain(DOMUS_DOMAIN_ROW(row))), path))
            return row;
    return NULL;
}

/* The list box has made its rows already, since it was bound before. */
static void on_items(DomusWindow *self)
{
    GtkListBoxRow *wanted = self->wanted ? row_of(self, self->wanted) : NULL;

    update_view(self);
    on_search_changed(self);
    if (wanted) {
        gtk_list_box_select_row(self->list, wanted);
        g_clear_pointer(&self->wanted, g_free);
    } else if (!gtk_list_box_get_selected_row(self->list)) {
        if (row_of(self, NULL) && domus_machine_page_domain(DOMUS_MACHINE_PAGE(self->machine_page)))
            gtk_list_box_select_row(self->list, row_of(self, NULL));
        else if (row_of(self, NULL) && !gtk_widget_get_mapped(self->host_page))
            gtk_list_box_select_row(self->list, row_of(self, NULL));
        else
            show_domain(self, NULL);
    }
}

void domus_window_select(DomusWindow *self, const char *path)
{
    g_free(self->wanted);
    self->wanted = g_strdup(path);
    on_items(self);
}

static void on_message(DomusClient *client, const char *level, const char *path, const char *text,
                       DomusWindow *self)
{
    (void)client;
    (void)path;
    gtk_label_set_text(self->message, text);
    gtk_info_bar_set_message_type(self->message_bar, !strcmp(level, "error") ? GTK_MESSAGE_ERROR
                                                     : !strcmp(level, "warning")
                                                         ? GTK_MESSAGE_WARNING
                                                         : GTK_MESSAGE_INFO);
    gtk_info_bar_set_revealed(self->message_bar, TRUE);
}

static void on_message_closed(GtkInfoBar *bar)
{
    gtk_info_bar_set_revealed(bar, FALSE);
}

static void on_retry(DomusWindow *self)
{
    domus_client_retry(self->client);
}

static void on_search(GSimpleAction *action, GVariant *parameter, gpointer opaque)
{
    DomusWindow *self = opaque;

    (void)action;
    (void)parameter;
    gtk_toggle_button_set_active(self->search_button, TRUE);
    gtk_widget_grab_focus(GTK_WIDGET(self->search));
}

static void on_menu(GSimpleAction *action, GVariant *parameter, gpointer opaque)
{
    (void)action;
    (void)parameter;
    gtk_button_clicked(GTK_BUTTON(DOMUS_WINDOW(opaque)->menu));
}

static gboolean on_list_key(DomusWindow *self, GdkEventKey *event)
{
    GActionGroup *group = gtk_widget_get_action_group(GTK_WIDGET(self), "machine");

    if (event->keyval != GDK_KEY_Delete || !g_action_group_get_action_enabled(group, "delete"))
        return FALSE;
    g_action_group_activate_action(group, "delete", NULL);
    return TRUE;
}

static void domus_window_dispose(GObject *object)
{
    DomusWindow *self = DOMUS_WINDOW(object);

    if (self->client)
        g_signal_handlers_disconnect_by_data(domus_client_domains(self->client), self);
    g_clear_object(&self->client);
    g_clear_pointer(&self->wanted, g_free);
    G_OBJECT_CLASS(domus_window_parent_class)->dispose(object);
}

static void bind_children(GtkWidgetClass *class)
{
    gtk_widget_class_bind_template_child(class, DomusWindow, views);
    gtk_widget_class_bind_template_child(class, DomusWindow, pages);
    gtk_widget_class_bind_template_child(class, DomusWindow, list);
    gtk_widget_class_bind_template_child(class, DomusWindow, no_match);
    gtk_widget_class_bind_template_child(class, DomusWindow, search_bar);
    gtk_widget_class_bind_template_child(class, DomusWindow, search);
    gtk_widget_class_bind_template_child(class, DomusWindow, search_button);
    gtk_widget_class_bind_template_child(class, DomusWindow, absent_reason);
    gtk_widget_class_bind_template_child(class, DomusWindow, message);
    gtk_widget_class_bind_template_child(class, DomusWindow, message_bar);
    gtk_widget_class_bind_template_child(class, DomusWindow, machine_page);
    gtk_widget_class_bind_template_child(class, DomusWindow, host_page);
    gtk_widget_class_bind_template_child(class, DomusWindow, menu);
}

static void domus_window_class_init(DomusWindowClass *class)
{
    GtkWidgetClass *widgets = GTK_WIDGET_CLASS(class);

    G_OBJECT_CLASS(class)->dispose = domus_window_dispose;
    g_type_ensure(DOMUS_TYPE_MACHINE_PAGE);
    g_type_ensure(DOMUS_TYPE_HOST_PAGE);
    gtk_widget_class_set_template_from_resource(widgets, "/org/domus1/Manager/ui/window.ui");
    bind_children(widgets);
    gtk_widget_class_bind_template_callback(widgets, on_selected);
    gtk_widget_class_bind_template_callback(widgets, on_activated);
    gtk_widget_class_bind_template_callback(widgets, on_message_closed);
    gtk_widget_class_bind_template_callback(widgets, on_retry);
    gtk_widget_class_bind_template_callback(widgets, on_list_key);
}

static void domus_window_init(DomusWindow *self)
{
    static const GActionEntry actions[] = {
        { .name = "search", .activate = on_search },
        { .name = "menu", .activate = on_menu },
    };

    gtk_widget_init_template(GTK_WIDGET(self));
    access_name_by_tooltips(GTK_WIDGET(self));
    g_action_map_add_action_entries(G_ACTION_MAP(self), actions, G_N_ELEMENTS(actions), self);
    self->actions = domus_machine_actions_new(GTK_APPLICATION_WINDOW(self));
    g_object_bind_property(self->search_button, "active", self->search_bar, "search-mode-enabled",
                           G_BINDING_BIDIRECTIONAL);
    gtk_search_bar_connect_entry(self->search_bar, GTK_ENTRY(self->search));
    g_signal_connect_swapped(self->search, "search-changed", G_CALLBACK(on_search_changed), self);
}

DomusWindow *domus_window_new(DomusApplication *app)
{
    DomusWindow *self = g_object_new(DOMUS_TYPE_WINDOW, "application", app, NULL);

    self->client = g_object_ref(domus_application_client(app));
    gtk_list_box_bind_model(self->list, domus_client_domains(self->client), make_row, self, NULL);
    g_signal_connect_object(domus_client_domains(self->client), "items-changed",
                            G_CALLBACK(on_items), self, G_CONNECT_SWAPPED);
    g_signal_connect_object(self->client, "changed", G_CALLBACK(update_view), self,
                            G_CONNECT_SWAPPED);
    g_signal_connect_object(self->client, "message", G_CALLBACK(on_message), self, 0);
    on_items(self);
    return self;
}
