/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Damage: a short list of rectangles that changed. It never grows past its room: what does not fit
 * is merged with what costs the fewest pixels more, so a guest that floods it gains nothing. */
#ifndef PVFB_PROTOCOL_DAMAGE_H
#define PVFB_PROTOCOL_DAMAGE_H

#include <pvfb/protocol/geometry.h>

#define DAMAGE_RECTS 16

struct damage {
    unsigned count;
    struct fb_rect rects[DAMAGE_RECTS];
};

/* Adds a clipped rectangle (fb_rect_clip). */
void damage_add(struct damage *d, const struct fb_rect *rect);
void damage_clear(struct damage *d);

#endif
