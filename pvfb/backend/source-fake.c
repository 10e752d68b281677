/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The animation: a "guest" whose framebuffer is our own memory. It takes the same way as a guest's.
 */
#include <pvfb/backend/source.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SQUARE 96u

static struct fb_geometry shape;
static uint32_t *frame, number;
static unsigned per_second;
static int64_t next_ms;
static bool is_watched;

static int64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void fill(const struct fb_rect *r, uint32_t colour)
{
    for (uint32_t y = r->y; y < r->y + r->height; y++)
        for (uint32_t x = r->x; x < r->x + r->width; x++)
            frame[(size_t)y * shape.width + x] = colour ? colour ^ (x - r->x) * (y - r->y) : 0;
}

static struct fb_rect square_at(uint32_t n)
{
    uint32_t room_x = shape.width - SQUARE, room_y = shape.height - SQUARE - 1;

    return (struct fb_rect){ n * 7 % room_x, 1 + n * 5 % room_y, SQUARE, SQUARE };
}

static void draw(void)
{
    struct fb_rect old = square_at(number), new = square_at(number + 1);
    struct damage damage = { 0 };

    fill(&old, 0);
    fill(&new, 0x40c080);
    number++;
    for (unsigned bit = 0; bit < 32; bit++)
        frame[bit] = number >> bit & 1 ? 0xffffff : 0;
    damage_add(&damage, &(struct fb_rect){ 0, 0, 32, 1 });
    damage_add(&damage, &old);
    damage_add(&damage, &new);
    screen_damaged(frame, &shape, &damage);
}

static void key(uint16_t code, bool pressed)
{
    printf("key %u %d\n", code, pressed);
    fflush(stdout);
}

static void position(int32_t x, int32_t y, int32_t wheel)
{
    printf("position %d %d %d\n", x, y, wheel);
    fflush(stdout);
}

static void motion(int32_t x, int32_t y, int32_t wheel)
{
    printf("motion %d %d %d\n", x, y, wheel);
    fflush(stdout);
}

static void touch(uint8_t event, uint8_t contact, int32_t x, int32_t y)
{
    printf("touch %u %u %d %d\n", event, contact, x, y);
    fflush(stdout);
}

static bool wants_position(void)
{
    return true;
}

static void watched(bool anybody)
{
    is_watched = anybody;
}

static int before_wait(void)
{
    int64_t now = now_ms();

    if (!is_watched)
        return -1;
    if (now >= next_ms) {
        draw();
        next_ms = now + (per_second ? 1000 / per_second : 0);
    }
    return next_ms > now ? (int)(next_ms - now) : 0;
}

const struct source_ops *source_fake_open(uint32_t width, uint32_t height, unsigned rate)
{
    static const struct source_ops ops = { key,     position,   motion, touch, wants_position,
                                           watched, before_wait };

    shape =
        (struct fb_geometry){ .width = width, .height = height, .stride = width * 4, .depth = 32 };
    if (width < SQUARE * 2 || height < SQUARE * 2 || width > FB_SIDE_MAX || height > FB_SIDE_MAX)
        return NULL;
    frame = calloc((size_t)width * height, sizeof(*frame));
    if (!frame)
        return NULL;
    per_second = rate;
    screen_resized(&shape);
    draw();
    return &ops;
}
