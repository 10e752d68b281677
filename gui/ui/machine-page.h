/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DomusMachinePage: one machine: what can be done, how it is, its use over the last hour. */
#ifndef GUI_UI_MACHINE_PAGE_H
#define GUI_UI_MACHINE_PAGE_H

#include <gtk/gtk.h>
#include <gui/model/domain.h>

#define DOMUS_TYPE_MACHINE_PAGE (domus_machine_page_get_type())
G_DECLARE_FINAL_TYPE(DomusMachinePage, domus_machine_page, DOMUS, MACHINE_PAGE, GtkBox)

/* NULL: none. */
void domus_machine_page_set_domain(DomusMachinePage *self, DomusDomain *domain);
DomusDomain *domus_machine_page_domain(DomusMachinePage *self); /* owned by the page */

#endif
