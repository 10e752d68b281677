/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DomusTerminal copies between a VTE terminal and the console's socket. */
#include "terminal.h"

#include <errno.h>
#include <gio/gunixfdlist.h>
#include <glib-unix.h>
#include <glib/gi18n.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vte/vte.h>

#include "access.h"

struct _DomusTerminal {
    DomusDisplay parent;
    GtkWidget *vte;
    int fd; /* -1: none */
    guint source;
};

G_DEFINE_FINAL_TYPE(DomusTerminal, domus_terminal, DOMUS_TYPE_DISPLAY)

static void close_socket(DomusTerminal *self)
{
    g_clear_handle_id(&self->source, g_source_remove);
    if (self->fd >= 0)
        close(self->fd);
    self->fd = -1;
}

static void on_answer(GObject *machine, GAsyncResult *result, gpointer opaque)
{
    g_autoptr(DomusDisplay) self = opaque;
    g_autoptr(GUnixFDList) fds = NULL;
    g_autoptr(GVariant) handle = NULL;
    g_autoptr(GError) error = NULL;

    bus_machine_call_open_console_finish(BUS_MACHINE(machine), &handle, &fds, result, &error);
    domus_display_answer(self, handle, fds, error);
}

static void domus_terminal_ask(DomusDisplay *self, BusMachine *machine, GCancellable *cancel)
{
    bus_machine_call_open_console(machine, "pv", 0, NULL, cancel, on_answer, g_object_ref(self));
}

static gboolean on_readable(gint fd, GIOCondition condition, gpointer opaque)
{
    DomusTerminal *self = opaque;
    char data[4096];
    ssize_t n = recv(fd, data, sizeof(data), MSG_DONTWAIT);

    (void)condition;
    if (n > 0) {
        vte_terminal_feed(VTE_TERMINAL(self->vte), data, n);
        return G_SOURCE_CONTINUE;
    }
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return G_SOURCE_CONTINUE;
    self->source = 0;
    close_socket(self);
    domus_display_lost(DOMUS_DISPLAY(self));
    return G_SOURCE_REMOVE;
}

static void domus_terminal_join(DomusDisplay *display, int fd)
{
    DomusTerminal *self = DOMUS_TERMINAL(display);

    close_socket(self);
    self->fd = fd;
    self->source = g_unix_fd_add(fd, G_IO_IN | G_IO_HUP | G_IO_ERR, on_readable, self);
}

static void domus_terminal_leave(DomusDisplay *display)
{
    close_socket(DOMUS_TERMINAL(display));
}

/* A console that does not take what is typed loses it, as a serial line does. */
static void send_text(DomusTerminal *self, const char *text, gsize n)
{
    while (self->fd >= 0 && n) {
        ssize_t sent = send(self->fd, text, n, MSG_DONTWAIT | MSG_NOSIGNAL);

        if (sent <= 0)
            return;
        text += sent;
        n -= (gsize)sent;
    }
}

static void on_commit(VteTerminal *vte, const char *text, guint n, DomusTerminal *self)
{
    (void)vte;
    send_text(self, text, n);
}

static void domus_terminal_paste(DomusDisplay *display, const char *text)
{
    send_text(DOMUS_TERMINAL(display), text, strlen(text));
}

static GdkPixbuf *domus_terminal_picture(DomusDisplay *display)
{
    GtkWidget *vte = DOMUS_TERMINAL(display)->vte;
    GdkWindow *window = gtk_widget_get_window(vte);
    GtkAllocation a;

    gtk_widget_get_allocation(vte, &a);
    return window ? gdk_pixbuf_get_from_window(window, 0, 0, a.width, a.height) : NULL;
}

static GtkWidget *domus_terminal_focus(DomusDisplay *display)
{
    return DOMUS_TERMINAL(display)->vte;
}

static void domus_terminal_dispose(GObject *object)
{
    close_socket(DOMUS_TERMINAL(object));
    G_OBJECT_CLASS(domus_terminal_parent_class)->dispose(object);
}

static void domus_terminal_class_init(DomusTerminalClass *class)
{
    DomusDisplayClass *display = DOMUS_DISPLAY_CLASS(class);

    G_OBJECT_CLASS(class)->dispose = domus_terminal_dispose;
    display->ask = domus_terminal_ask;
    display->join = domus_terminal_join;
    display->leave = domus_terminal_leave;
    display->paste = domus_terminal_paste;
    display->picture = domus_terminal_picture;
    display->focus = domus_terminal_focus;
}

static void domus_terminal_init(DomusTerminal *self)
{
    GtkWidget *scroller = gtk_scrolled_window_new(NULL, NULL);

    self->fd = -1;
    self->vte = vte_terminal_new();
    vte_terminal_set_scrollback_lines(VTE_TERMINAL(self->vte), 10000);
    access_set_name(self->vte, _("Text console of the machine"));
    g_signal_connect(self->vte, "commit", G_CALLBACK(on_commit), self);
    gtk_container_add(GTK_CONTAINER(scroller), self->vte);
    gtk_container_add(GTK_CONTAINER(self), scroller);
    gtk_widget_show_all(scroller);
}
