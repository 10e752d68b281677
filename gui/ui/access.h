/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names for those who use the manager through AT-SPI. */
#ifndef GUI_UI_ACCESS_H
#define GUI_UI_ACCESS_H

#include <gtk/gtk.h>

void access_set_name(GtkWidget *widget, const char *name);
/* Everything below widget that has no name of its own is named by its tooltip, or by the label
 * whose mnemonic leads to it. */
void access_name_by_tooltips(GtkWidget *widget);

#endif
