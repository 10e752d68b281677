/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DomusHostPage: this computer: hypervisor, processors, memory and who has it, the log. */
#ifndef GUI_UI_HOST_PAGE_H
#define GUI_UI_HOST_PAGE_H

#include <gtk/gtk.h>
#include <gui/model/client.h>

#define DOMUS_TYPE_HOST_PAGE (domus_host_page_get_type())
G_DECLARE_FINAL_TYPE(DomusHostPage, domus_host_page, DOMUS, HOST_PAGE, GtkBox)

void domus_host_page_set_client(DomusHostPage *self, DomusClient *client);
/* Asks for the figures and the log. */
void domus_host_page_refresh(DomusHostPage *self);

#endif
