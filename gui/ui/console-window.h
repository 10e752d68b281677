/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DomusConsoleWindow: one machine's screen and text console. */
#ifndef GUI_UI_CONSOLE_WINDOW_H
#define GUI_UI_CONSOLE_WINDOW_H

#include "application.h"

#define DOMUS_TYPE_CONSOLE_WINDOW (domus_console_window_get_type())
G_DECLARE_FINAL_TYPE(DomusConsoleWindow, domus_console_window, DOMUS, CONSOLE_WINDOW,
                     GtkApplicationWindow)

DomusConsoleWindow *domus_console_window_new(DomusApplication *app, DomusDomain *domain);
DomusDomain *domus_console_window_domain(DomusConsoleWindow *self); /* owned by the window */

#endif
