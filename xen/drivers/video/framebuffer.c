/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A linear framebuffer of 15 to 32 bits per pixel; it is only written to. */
#include <hv/errno.h>
#include <hv/string.h>

#include <asm/mm.h>

#include "private.h"

#define FINE_WIDTH 2560U /* from here on characters are drawn twice as large */
#define FINE_SCALE 2U
#define GREY       0xaaU
#define SIZE_MAX_BYTES (256U << 20)

static struct {
    uint8_t *base;
    uint32_t pitch;
    unsigned int bytes; /* per pixel */
    unsigned int scale;
    uint32_t foreground;
} screen;

static uint32_t channel(uint8_t pos, uint8_t size)
{
    return pos < 32 && size && size <= 8 ? (GREY >> (8 - size)) << pos : 0;
}

/* One row of a glyph, @scale pixels for each of its own. */
static void draw_line(uint8_t *p, uint8_t bits)
{
    for (unsigned int x = 0; x < FONT_WIDTH * screen.scale; x++, p += screen.bytes) {
        uint32_t pixel = bits & (0x80 >> x / screen.scale) ? screen.foreground : 0;

        if (screen.bytes == 4)
            *(volatile uint32_t *)p = pixel;
        else
            memcpy(p, &pixel, screen.bytes);
    }
}

static void draw(unsigned int column, unsigned int row, char c)
{
    uint8_t *p = screen.base + (size_t)row * FONT_HEIGHT * screen.scale * screen.pitch +
                 (size_t)column * FONT_WIDTH * screen.scale * screen.bytes;
    const uint8_t *glyph = font_glyph(c);

    for (unsigned int y = 0; y < FONT_HEIGHT * screen.scale; y++, p += screen.pitch)
        draw_line(p, glyph[y / screen.scale]);
}

/* What the loader says is believed only as far as it makes sense. */
static bool is_usable(const struct boot_framebuffer *fb)
{
    unsigned int bytes = (fb->bpp + 7U) / 8;

    return bytes >= 2 && bytes <= 4 && fb->width >= FONT_WIDTH && fb->height >= FONT_HEIGHT &&
           fb->width <= 16384 && fb->height <= 16384 && fb->pitch >= fb->width * bytes &&
           (uint64_t)fb->pitch * fb->height <= SIZE_MAX_BYTES;
}

int framebuffer_init(const struct boot_framebuffer *fb, struct grid *g)
{
    if (!is_usable(fb))
        return -ENODEV;
    screen.base = ioremap_wc(fb->base, (size_t)fb->pitch * fb->height);
    if (!screen.base)
        return -ENOMEM;
    screen.pitch = fb->pitch;
    screen.bytes = (fb->bpp + 7U) / 8;
    screen.scale = fb->width >= FINE_WIDTH ? FINE_SCALE : 1;
    screen.foreground = channel(fb->red_pos, fb->red_size) |
                        channel(fb->green_pos, fb->green_size) |
                        channel(fb->blue_pos, fb->blue_size);
    if (!screen.foreground)
        screen.foreground = ~0U;
    font_init();
    g->draw = draw;
    g->cursor = NULL;
    return grid_init(g, fb->width / (FONT_WIDTH * screen.scale),
                     fb->height / (FONT_HEIGHT * screen.scale));
}
