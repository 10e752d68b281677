/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DomusScreen: the graphical console, by gtk-vnc over the socket that the daemon hands out. */
#ifndef GUI_UI_SCREEN_H
#define GUI_UI_SCREEN_H

#include "display.h"

#define DOMUS_TYPE_SCREEN (domus_screen_get_type())
G_DECLARE_FINAL_TYPE(DomusScreen, domus_screen, DOMUS, SCREEN, DomusDisplay)

/* scaling: the picture fills the window, keeping its shape; else it has its own size. */
void domus_screen_set_scaling(DomusScreen *self, gboolean scaling);
/* Keys of a shortcut, pressed together and let go. */
void domus_screen_send_keys(DomusScreen *self, const guint *keyvals, int n);

#endif
