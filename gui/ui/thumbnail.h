/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DomusThumbnail: a small picture of a machine's screen, taken anew every few seconds. */
#ifndef GUI_UI_THUMBNAIL_H
#define GUI_UI_THUMBNAIL_H

#include <gtk/gtk.h>
#include <gui/model/domain.h>

#define DOMUS_TYPE_THUMBNAIL (domus_thumbnail_get_type())
G_DECLARE_FINAL_TYPE(DomusThumbnail, domus_thumbnail, DOMUS, THUMBNAIL, GtkDrawingArea)

/* settings: key "thumbnails" says whether pictures are taken. */
void domus_thumbnail_set_domain(DomusThumbnail *self, DomusDomain *domain, GSettings *settings);

#endif
