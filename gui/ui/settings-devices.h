/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lists of disks and network cards in the settings, with what adds to them and takes away. */
#ifndef GUI_UI_SETTINGS_DEVICES_H
#define GUI_UI_SETTINGS_DEVICES_H

#include <gtk/gtk.h>
#include <gui/model/domain.h>

/* Fills both boxes anew from the machine's devices. Changes hold at once and from then on; what
 * fails is told by the domain's failure. */
void settings_devices_fill(GtkBox *disks, GtkBox *nics, DomusDomain *domain);

#endif
