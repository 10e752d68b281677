/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DomusDisplay: what shows a running machine: its screen (DomusScreen) or text (DomusTerminal). */
#ifndef GUI_UI_DISPLAY_H
#define GUI_UI_DISPLAY_H

#include <gtk/gtk.h>
#include <gui/model/domain.h>

#define DOMUS_TYPE_DISPLAY (domus_display_get_type())
G_DECLARE_DERIVABLE_TYPE(DomusDisplay, domus_display, DOMUS, DISPLAY, GtkBin)

struct _DomusDisplayClass {
    GtkBinClass parent;
    /* Asks the daemon for a socket; domus_display_join() is called with it. */
    void (*ask)(DomusDisplay *self, BusMachine *machine, GCancellable *cancel);
    /* Shows what comes from a socket, which it closes in the end. */
    void (*join)(DomusDisplay *self, int fd);
    void (*leave)(DomusDisplay *self);
    void (*paste)(DomusDisplay *self, const char *text);
    /* NULL when there is nothing to see. */
    GdkPixbuf *(*picture)(DomusDisplay *self);
    GtkWidget *(*focus)(DomusDisplay *self);
};

/* Joins while the domain is on, again when it comes back. */
void domus_display_set_domain(DomusDisplay *self, DomusDomain *domain);
void domus_display_paste(DomusDisplay *self, const char *text);
GdkPixbuf *domus_display_picture(DomusDisplay *self);
GtkWidget *domus_display_focus_widget(DomusDisplay *self);

/* For the children: the answer of the call in ask(), and the end of a connection. */
void domus_display_answer(DomusDisplay *self, GVariant *handle, GUnixFDList *fds,
                          const GError *error);
void domus_display_lost(DomusDisplay *self);

#endif
