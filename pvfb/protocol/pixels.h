/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pixels: from a guest's framebuffer of any served depth to a picture of 32-bit x8r8g8b8. */
#ifndef PVFB_PROTOCOL_PIXELS_H
#define PVFB_PROTOCOL_PIXELS_H

#include <stddef.h>

#include <pvfb/protocol/damage.h>

/* Copies one rectangle that was clipped to `g` from `guest` (the framebuffer's first byte) to
 * `picture`, whose rows have g->width pixels, and adds what really changed to `changed`, in tiles
 * of 64 by 16 pixels. The guest may write meanwhile: each pixel is read once. */
void pixels_copy(uint32_t *picture, const void *guest, const struct fb_geometry *g,
                 const struct fb_rect *rect, struct damage *changed);

#endif
