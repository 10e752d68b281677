/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DomusDomainRow: a machine in the list: picture, name, state, progress, processor and memory. */
#ifndef GUI_UI_DOMAIN_ROW_H
#define GUI_UI_DOMAIN_ROW_H

#include <gtk/gtk.h>
#include <gui/model/domain.h>

#define DOMUS_TYPE_DOMAIN_ROW (domus_domain_row_get_type())
G_DECLARE_FINAL_TYPE(DomusDomainRow, domus_domain_row, DOMUS, DOMAIN_ROW, GtkListBoxRow)

/* settings: whether pictures are wanted. The context menu uses the window's machine.* actions. */
GtkWidget *domus_domain_row_new(DomusDomain *domain, GSettings *settings);
DomusDomain *domus_domain_row_domain(DomusDomainRow *self); /* owned by the row */

#endif
