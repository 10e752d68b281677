/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine.* actions of a window, for the machine that is current in it. */
#ifndef GUI_UI_MACHINE_ACTIONS_H
#define GUI_UI_MACHINE_ACTIONS_H

#include "application.h"

#define DOMUS_TYPE_MACHINE_ACTIONS (domus_machine_actions_get_type())
G_DECLARE_FINAL_TYPE(DomusMachineActions, domus_machine_actions, DOMUS, MACHINE_ACTIONS, GObject)

/* Inserts the group "machine" into the window, which keeps the object. */
DomusMachineActions *domus_machine_actions_new(GtkApplicationWindow *window);
/* NULL: none is current. */
void domus_machine_actions_set_domain(DomusMachineActions *self, DomusDomain *domain);

#endif
