/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The viewer's window: it shows a source and sends it what is typed and pointed. */
#ifndef PVFB_VIEWER_WINDOW_H
#define PVFB_VIEWER_WINDOW_H

#include <stdbool.h>

#include <pvfb/viewer/source.h>

struct window_options {
    const char *title;
    bool fullscreen, grab, relative;
    const char *screenshots; /* the directory where the hot key puts them */
};

/* Until the person leaves or the source ends; the exit code. */
int window_run(struct source *s, const struct window_options *o);

#endif
