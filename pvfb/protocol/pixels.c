/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copying and comparing in one go: a row of a tile is copied out of the guest's memory into a local
 * buffer, and only that copy is compared and stored. */
#include <pvfb/protocol/pixels.h>

#include <stdbool.h>
#include <string.h>

#define TILE_WIDTH  64u
#define TILE_HEIGHT 16u

/* A channel of so many bits on the scale of 255. */
static uint32_t widen(uint32_t value, unsigned bits)
{
    return value * 255 / ((1u << bits) - 1);
}

static uint32_t from_rgb332(uint8_t p)
{
    return widen(p >> 5, 3) << 16 | widen(p >> 2 & 7, 3) << 8 | widen(p & 3, 2);
}

static uint32_t from_rgb565(uint16_t p)
{
    return widen(p >> 11, 5) << 16 | widen(p >> 5 & 0x3f, 6) << 8 | widen(p & 0x1f, 5);
}

static void row_from(uint32_t *row, const uint8_t *guest, unsigned bytes, uint32_t count)
{
    uint8_t raw[TILE_WIDTH * 3];

    if (bytes == 4) {
        memcpy(row, guest, (size_t)count * 4);
        return;
    }
    memcpy(raw, guest, (size_t)count * bytes);
    for (uint32_t i = 0; i < count; i++) {
        const uint8_t *p = raw + (size_t)i * bytes;

        if (bytes == 3)
            row[i] = (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
        else
            row[i] = bytes == 2 ? from_rgb565(p[0] | p[1] << 8) : from_rgb332(p[0]);
    }
}

static bool copy_tile(uint32_t *picture, const uint8_t *guest, const struct fb_geometry *g,
                      const struct fb_rect *tile)
{
    unsigned bytes = fb_pixel_bytes(g->depth);
    uint32_t row[TILE_WIDTH];
    bool changed = false;

    for (uint32_t y = tile->y; y < tile->y + tile->height; y++) {
        uint32_t *to = picture + (size_t)y * g->width + tile->x;

        row_from(row, guest + g->offset + (size_t)y * g->stride + (size_t)tile->x * bytes, bytes,
                 tile->width);
        if (memcmp(to, row, tile->width * sizeof(*row))) {
            memcpy(to, row, tile->width * sizeof(*row));
            changed = true;
        }
    }
    return changed;
}

void pixels_copy(uint32_t *picture, const void *guest, const struct fb_geometry *g,
                 const struct fb_rect *rect, struct damage *changed)
{
    uint32_t right = rect->x + rect->width, bottom = rect->y + rect->height;
    struct fb_rect run, tile;

    for (uint32_t y = rect->y; y < bottom; y += tile.height) {
        run = (struct fb_rect){ 0 };
        for (uint32_t x = rect->x; x < right; x += tile.width) {
            tile.x = x;
            tile.y = y;
            tile.width = right - x < TILE_WIDTH ? right - x : TILE_WIDTH;
            tile.height = bottom - y < TILE_HEIGHT ? bottom - y : TILE_HEIGHT;
            if (copy_tile(picture, guest, g, &tile)) {
                if (!run.width)
                    run = tile;
                else
                    run.width = x + tile.width - run.x;
            }
        }
        if (run.width)
            damage_add(changed, &run);
    }
}
