/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the manager says to people: states, sizes, times and errors in words. */
#ifndef GUI_MODEL_WORDS_H
#define GUI_MODEL_WORDS_H

#include <glib.h>

/* The word for a Machine's State; owned by the program. */
const char *words_state(const char *state);
/* "1.5 GiB", "256 MiB"; the caller frees it. */
char *words_kib(guint64 kib);
/* "12 s", "3 min", "5 h 10 min", "2 days"; the caller frees it. */
char *words_seconds(gint64 seconds);
/* What failed, as a headline, by the D-Bus name of the error; owned by the program. */
const char *words_error_title(const char *error_name);
/* The message without the bus's prefix, and its D-Bus name or NULL; the caller frees both. */
char *words_error(const GError *error, char **name);

#endif
