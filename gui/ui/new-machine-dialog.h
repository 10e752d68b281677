/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DomusNewMachineDialog: the assistant behind New VM. */
#ifndef GUI_UI_NEW_MACHINE_DIALOG_H
#define GUI_UI_NEW_MACHINE_DIALOG_H

#include "application.h"

#define DOMUS_TYPE_NEW_MACHINE_DIALOG (domus_new_machine_dialog_get_type())
G_DECLARE_FINAL_TYPE(DomusNewMachineDialog, domus_new_machine_dialog, DOMUS, NEW_MACHINE_DIALOG,
                     GtkAssistant)

void domus_new_machine_dialog_show(DomusApplication *app, GtkWindow *parent);

#endif
