/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DomusTerminal: the text console, in a VTE terminal. */
#ifndef GUI_UI_TERMINAL_H
#define GUI_UI_TERMINAL_H

#include "display.h"

#define DOMUS_TYPE_TERMINAL (domus_terminal_get_type())
G_DECLARE_FINAL_TYPE(DomusTerminal, domus_terminal, DOMUS, TERMINAL, DomusDisplay)

#endif
