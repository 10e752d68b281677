/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DomusWindow: the list of machines beside the page of the one that is selected. */
#ifndef GUI_UI_WINDOW_H
#define GUI_UI_WINDOW_H

#include "application.h"

#define DOMUS_TYPE_WINDOW (domus_window_get_type())
G_DECLARE_FINAL_TYPE(DomusWindow, domus_window, DOMUS, WINDOW, GtkApplicationWindow)

DomusWindow *domus_window_new(DomusApplication *app);
void domus_window_show_host(DomusWindow *self);
/* Selects a machine, when it comes if it is not there yet. */
void domus_window_select(DomusWindow *self, const char *path);

#endif
