/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DomusScreen wraps a VncDisplay; a new one is made for each connection. */
#include "screen.h"

#include <gio/gunixfdlist.h>
#include <glib/gi18n.h>
#include <vncdisplay.h>

#include "access.h"

struct _DomusScreen {
    DomusDisplay parent;
    GtkWidget *stack, *hint, *scroller, *vnc;
    gboolean scaling;
};

G_DEFINE_FINAL_TYPE(DomusScreen, domus_screen, DOMUS_TYPE_DISPLAY)

static void on_answer(GObject *machine, GAsyncResult *result, gpointer opaque)
{
    g_autoptr(DomusDisplay) self = opaque;
    g_autoptr(GUnixFDList) fds = NULL;
    g_autoptr(GVariant) handle = NULL;
    g_autoptr(GError) error = NULL;

    bus_machine_call_open_screen_finish(BUS_MACHINE(machine), &handle, &fds, result, &error);
    domus_display_answer(self, handle, fds, error);
}

static void domus_screen_ask(DomusDisplay *self, BusMachine *machine, GCancellable *cancel)
{
    bus_machine_call_open_screen(machine, NULL, cancel, on_answer, g_object_ref(self));
}

static void domus_screen_leave(DomusDisplay *display)
{
    DomusScreen *self = DOMUS_SCREEN(display);

    gtk_stack_set_visible_child(GTK_STACK(self->stack), self->hint);
    if (self->vnc)
        vnc_display_close(VNC_DISPLAY(self->vnc));
}

static void on_initialized(DomusScreen *self)
{
    gtk_stack_set_visible_child(GTK_STACK(self->stack), self->scroller);
    gtk_widget_grab_focus(self->vnc);
}

static void on_disconnected(DomusScreen *self)
{
    gtk_stack_set_visible_child(GTK_STACK(self->stack), self->hint);
    domus_display_lost(DOMUS_DISPLAY(self));
}

static void apply_scaling(DomusScreen *self)
{
    if (!self->vnc)
        return;
    vnc_display_set_force_size(VNC_DISPLAY(self->vnc), !self->scaling);
    vnc_display_set_scaling(VNC_DISPLAY(self->vnc), self->scaling);
    vnc_display_set_keep_aspect_ratio(VNC_DISPLAY(self->vnc), TRUE);
}

static void domus_screen_join(DomusDisplay *display, int fd)
{
    DomusScreen *self = DOMUS_SCREEN(display);

    if (self->vnc)
        gtk_widget_destroy(self->vnc);
    self->vnc = vnc_display_new();
    g_signal_connect(self->vnc, "destroy", G_CALLBACK(gtk_widget_destroyed), &self->vnc);
    access_set_name(self->vnc, _("Screen of the machine"));
    gtk_widget_set_can_focus(self->vnc, TRUE);
    vnc_display_set_shared_flag(VNC_DISPLAY(self->vnc), TRUE);
    vnc_display_set_pointer_local(VNC_DISPLAY(self->vnc), TRUE);
    vnc_display_set_keyboard_grab(VNC_DISPLAY(self->vnc), TRUE);
    apply_scaling(self);
    g_signal_connect_object(self->vnc, "vnc-initialized", G_CALLBACK(on_initialized), self,
                            G_CONNECT_SWAPPED);
    g_signal_connect_object(self->vnc, "vnc-disconnected", G_CALLBACK(on_disconnected), self,
                            G_CONNECT_SWAPPED);
    gtk_container_add(GTK_CONTAINER(self->scroller), self->vnc);
    gtk_widget_show(self->vnc);
    gtk_widget_realize(self->vnc);
    vnc_display_open_fd(VNC_DISPLAY(self->vnc), fd);
}

void domus_screen_set_scaling(DomusScreen *self, gboolean scaling)
{
    self->scaling = scaling;
    apply_scaling(self);
}

void domus_screen_send_keys(DomusScreen *self, const guint *keyvals, int n)
{
    if (self->vnc && vnc_display_is_open(VNC_DISPLAY(self->vnc)))
        vnc_display_send_keys(VNC_DISPLAY(self->vnc), keyvals, n);
}

/* One letter at a time, since a guest has no clipboard. */
static void domus_screen_paste(DomusDisplay *display, const char *text)
{
    const char *p;

    for (p = text; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        guint keyval = c == '\n'   ? GDK_KEY_Return
                       : c == '\t' ? GDK_KEY_Tab
                                   : gdk_unicode_to_keyval(c);

        domus_screen_send_keys(DOMUS_SCREEN(display), &keyval, 1);
    }
}

static GdkPixbuf *domus_screen_picture(DomusDisplay *display)
{
    DomusScreen *self = DOMUS_SCREEN(display);

    return self->vnc && vnc_display_is_open(VNC_DISPLAY(self->vnc))
               ? vnc_display_get_pixbuf(VNC_DISPLAY(self->vnc))
               : NULL;
}

static GtkWidget *domus_screen_focus(DomusDisplay *display)
{
    return DOMUS_SCREEN(display)->vnc;
}

static void domus_screen_class_init(DomusScreenClass *class)
{
    DomusDisplayClass *display = DOMUS_DISPLAY_CLASS(class);

    display->ask = domus_screen_ask;
    display->join = domus_screen_join;
    display->leave = domus_screen_leave;
    display->paste = domus_screen_paste;
    display->picture = domus_screen_picture;
    display->focus = domus_screen_focus;
}

static void domus_screen_init(DomusScreen *self)
{
    self->scaling = TRUE;
    self->stack = gtk_stack_new();
    self->hint = gtk_label_new(_("There is no picture: the machine is off, or has not drawn yet."));
    gtk_label_set_line_wrap(GTK_LABEL(self->hint), TRUE);
    self->scroller = gtk_scrolled_window_new(NULL, NULL);
    gtk_container_add(GTK_CONTAINER(self->stack), self->hint);
    gtk_container_add(GTK_CONTAINER(self->stack), self->scroller);
    gtk_container_add(GTK_CONTAINER(self), self->stack);
    gtk_widget_show_all(self->stack);
}
