/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the viewer shows: a back end's memory file, or any VNC server. */
#ifndef PVFB_VIEWER_SOURCE_H
#define PVFB_VIEWER_SOURCE_H

#include <stdbool.h>

#include <pvfb/protocol/damage.h>

struct source {
    int fd; /* ready to read: call `take` */
    uint32_t width, height;
    const uint32_t *pixels; /* x8r8g8b8, rows of `width` pixels; valid until the next `take` */
    bool resized;           /* set by `take`; the window clears it */
    struct damage damage;   /* what `take` found; the window clears it */
    const struct source_ops *ops;
    void *private;
};

struct source_ops {
    bool (*take)(struct source *s); /* false: the other side is gone */
    void (*shown)(struct source *s);
    void (*key)(struct source *s, uint16_t code, bool pressed); /* evdev, buttons too */
    void (*position)(struct source *s, int32_t x, int32_t y, int32_t wheel);
    void (*motion)(struct source *s, int32_t x, int32_t y, int32_t wheel);
    void (*touch)(struct source *s, uint8_t event, uint8_t contact, int32_t x, int32_t y);
    void (*close)(struct source *s);
};

/* Each connects; false, told on standard error. */
bool source_frames_open(struct source *s, const char *path);
bool source_vnc_open(struct source *s, const char *server);

#endif
