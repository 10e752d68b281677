/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The preferences: the manager's own, and what becomes of machines at power-off. */
#ifndef GUI_UI_PREFERENCES_H
#define GUI_UI_PREFERENCES_H

#include "application.h"

void domus_preferences_show(DomusApplication *app, GtkWindow *parent);

#endif
