/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DomusApplication: owns the way to the daemon, the app.* actions and the windows. */
#ifndef GUI_UI_APPLICATION_H
#define GUI_UI_APPLICATION_H

#include <gtk/gtk.h>
#include <gui/model/client.h>

#define DOMUS_TYPE_APPLICATION (domus_application_get_type())
G_DECLARE_FINAL_TYPE(DomusApplication, domus_application, DOMUS, APPLICATION, GtkApplication)

DomusApplication *domus_application_new(void);
/* Both owned by the application. */
DomusClient *domus_application_client(DomusApplication *self);
GSettings *domus_application_settings(DomusApplication *self);

/* The machine's console window is shown, a new one when it has none. */
void domus_application_open_console(DomusApplication *self, DomusDomain *domain);
void domus_application_open_settings(DomusApplication *self, DomusDomain *domain,
                                     GtkWindow *parent);

#endif
