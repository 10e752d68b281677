/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an installation medium is, by libosinfo's database. */
#ifndef GUI_MODEL_MEDIA_H
#define GUI_MODEL_MEDIA_H

#include <gio/gio.h>

/* done(name, opaque): the name of the system on it ("Debian 12"), or NULL when it is not known; the
 * name is freed after the call. Not called when cancelled. */
void media_recognise(const char *path, GCancellable *cancel,
                     void (*done)(const char *name, gpointer opaque), gpointer opaque);

/* Where Debian's installer for 12 lies when its package is installed; both NULL when it is not. The
 * caller frees both. */
void media_find_installer(char **kernel, char **ramdisk);

#endif
