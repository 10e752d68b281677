/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks of a framebuffer's shape, in 64-bit arithmetic so that no product wraps. */
#include <pvfb/protocol/geometry.h>

#include <errno.h>
#include <stdbool.h>

unsigned fb_pixel_bytes(uint32_t depth)
{
    switch (depth) {
    case 8: return 1;
    case 16: return 2;
    case 24: return 3;
    case 32: return 4;
    default: return 0;
    }
}

int fb_geometry_check(const struct fb_geometry *g, uint64_t length)
{
    uint64_t row = (uint64_t)g->width * fb_pixel_bytes(g->depth);

    if (!row || !g->height || g->width > FB_SIDE_MAX || g->height > FB_SIDE_MAX)
        return -EINVAL;
    if (g->stride < row)
        return -EINVAL;
    if ((uint64_t)g->offset + (uint64_t)g->stride * (g->height - 1) + row > length)
        return -EINVAL;
    return 0;
}

/* The part of [start, start + length) that lies in [0, side). */
static bool clip_side(int64_t start, int64_t length, uint32_t side, uint32_t out[2])
{
    int64_t end = start + length;

    if (start < 0)
        start = 0;
    if (end > side)
        end = side;
    if (start >= end)
        return false;
    out[0] = start;
    out[1] = end - start;
    return true;
}

bool fb_rect_clip(struct fb_rect *out, const int32_t in[4], uint32_t width, uint32_t height)
{
    uint32_t x[2], y[2];

    if (!clip_side(in[0], in[2], width, x) || !clip_side(in[1], in[3], height, y))
        return false;
    *out = (struct fb_rect){ .x = x[0], .y = y[0], .width = x[1], .height = y[1] };
    return true;
}
