/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DomusDisplay: when to join and leave, the same for a screen and for text. */
#include "display.h"

#include <gio/gunixfdlist.h>
#include <glib/gi18n.h>

#define RETRY_SECONDS 2

typedef struct {
    DomusDomain *domain;
    GCancellable *cancel;
    gboolean joined, asked;
    guint retry;
} DomusDisplayPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE(DomusDisplay, domus_display, GTK_TYPE_BIN)

static DomusDisplayPrivate *private(DomusDisplay *self)
{
    return domus_display_get_instance_private(self);
}

static void update(DomusDisplay *self)
{
    DomusDisplayPrivate *p = private(self);

    if (!p->domain)
        return;
    if (!domus_domain_is_on(p->domain)) {
        if (p->joined) {
            p->joined = FALSE;
            DOMUS_DISPLAY_GET_CLASS(self)->leave(self);
        }
        return;
    }
    if (p->joined || p->asked || p->retry)
        return;
    p->asked = TRUE;
    DOMUS_DISPLAY_GET_CLASS(self)->ask(self, domus_domain_machine(p->domain), p->cancel);
}

static gboolean on_retry(gpointer self)
{
    private(self)->retry = 0;
    update(self);
    return G_SOURCE_REMOVE;
}

static void retry(DomusDisplay *self)
{
    if (!private(self)->retry && private(self)->domain)
    private(self)->retry = g_timeout_add_seconds(RETRY_SECONDS, on_retry, self);
}

void domus_display_answer(DomusDisplay *self, GVariant *handle, GUnixFDList *fds,
                          const GError *error)
{
    DomusDisplayPrivate *p = private(self);
    int fd;

    p->asked = FALSE;
    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
    fd = error ? -1 : g_unix_fd_list_get(fds, g_variant_get_handle(handle), NULL);
    if (fd < 0) {
        retry(self); /* a guest that starts has no console yet */
        return;
    }
    p->joined = TRUE;
    DOMUS_DISPLAY_GET_CLASS(self)->join(self, fd);
}

void domus_display_lost(DomusDisplay *self)
{
    private(self)->joined = FALSE;
    retry(self);
}

void domus_display_set_domain(DomusDisplay *self, DomusDomain *domain)
{
    private(self)->domain = g_object_ref(domain);
    g_signal_connect_object(domain, "changed", G_CALLBACK(update), self, G_CONNECT_SWAPPED);
    update(self);
}

void domus_display_paste(DomusDisplay *self, const char *text)
{
    if (private(self)->joined)
        DOMUS_DISPLAY_GET_CLASS(self)->paste(self, text);
}

GdkPixbuf *domus_display_picture(DomusDisplay *self)
{
    return DOMUS_DISPLAY_GET_CLASS(self)->picture(self);
}

GtkWidget *domus_display_focus_widget(DomusDisplay *self)
{
    return DOMUS_DISPLAY_GET_CLASS(self)->focus(self);
}

static void domus_display_dispose(GObject *object)
{
    DomusDisplayPrivate *p = private(DOMUS_DISPLAY(object));

    g_cancellable_cancel(p->cancel);
    g_clear_handle_id(&p->retry, g_source_remove);
    g_clear_object(&p->domain);
    G_OBJECT_CLASS(domus_display_parent_class)->dispose(object);
}

static void domus_display_finalize(GObject *object)
{
    g_clear_object(&private(DOMUS_DISPLAY(object))->cancel);
    G_OBJECT_CLASS(domus_display_parent_class)->finalize(object);
}

static void domus_display_class_init(DomusDisplayClass *class)
{
    G_OBJECT_CLASS(class)->dispose = domus_display_dispose;
    G_OBJECT_CLASS(class)->finalize = domus_display_finalize;
}

static void domus_display_init(DomusDisplay *self)
{
    private(self)->cancel = g_cancellable_new();
}
