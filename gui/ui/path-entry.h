/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DomusPathEntry: a file's path to type, with a button to look for it. */
#ifndef GUI_UI_PATH_ENTRY_H
#define GUI_UI_PATH_ENTRY_H

#include <gtk/gtk.h>

#define DOMUS_TYPE_PATH_ENTRY (domus_path_entry_get_type())
G_DECLARE_FINAL_TYPE(DomusPathEntry, domus_path_entry, DOMUS, PATH_ENTRY, GtkBox)

/* Property "title": what the file is, the control's accessible name. Signal "changed". */
const char *domus_path_entry_get(DomusPathEntry *self); /* "" when empty */
void domus_path_entry_set(DomusPathEntry *self, const char *path);

#endif
