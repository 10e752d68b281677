/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The settings of one machine. */
#ifndef GUI_UI_SETTINGS_DIALOG_H
#define GUI_UI_SETTINGS_DIALOG_H

#include "application.h"

/* One window per machine; a second call shows the first one's. */
void domus_settings_dialog_show(DomusApplication *app, DomusDomain *domain, GtkWindow *parent);

#endif
