/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The shape of a guest's framebuffer: how its bytes make pixels, checked before anything uses it.
 */
#ifndef PVFB_PROTOCOL_GEOMETRY_H
#define PVFB_PROTOCOL_GEOMETRY_H

#include <stdint.h>

#define FB_SIDE_MAX 16384u /* pixels; a larger side is refused */

/* All values in pixels, bytes or bits as fbif.h has them; unsigned copies of what the guest wrote.
 */
struct fb_geometry {
    uint32_t width, height; /* pixels */
    uint32_t stride;        /* bytes from a row to the next */
    uint32_t depth;         /* bits of a pixel: 8, 16, 24 or 32 */
    uint32_t offset;        /* bytes before the first row */
};

struct fb_rect {
    uint32_t x, y, width, height;
};

/* Bytes of a pixel in the guest's memory; 0 for a depth that is not served. */
unsigned fb_pixel_bytes(uint32_t depth);

/* 0 when each pixel lies within the first `length` bytes; -EINVAL otherwise. */
int fb_geometry_check(const struct fb_geometry *g, uint64_t length);

/* Cuts a rectangle as a guest or client sent it (any values) to the picture. False: nothing left.
 */
_Bool fb_rect_clip(struct fb_rect *out, const int32_t in[4], uint32_t width, uint32_t height);

#endif
