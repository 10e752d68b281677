/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Picture and input in the middle. */
#include <pvfb/backend/screen.h>

#include <linux/input-event-codes.h>
#include <stdio.h>
#include <string.h>

#include <pvfb/backend/frames.h>
#include <pvfb/backend/vnc.h>
#include <pvfb/protocol/keys.h>
#include <pvfb/protocol/pixels.h>

#include <xen/io/kbdif.h>

#define WHEEL_UP   0x08
#define WHEEL_DOWN 0x10

static struct picture picture;
static const struct source_ops *source;
static unsigned clients;

const struct picture *screen_picture(void)
{
    return &picture;
}

int screen_open(uint32_t width, uint32_t height)
{
    return picture_create(&picture, width, height);
}

void screen_set_source(const struct source_ops *ops)
{
    source = ops;
}

void screen_resized(const struct fb_geometry *geometry)
{
    struct picture old = picture;

    if (picture.width == geometry->width && picture.height == geometry->height)
        return;
    if (picture_create(&picture, geometry->width, geometry->height)) {
        perror("domus-pvfb: memory for the picture");
        picture = old;
        return;
    }
    vnc_resized(&picture);
    frames_resized();
    picture_destroy(&old);
}

void screen_damaged(const void *guest, const struct fb_geometry *geometry,
                    const struct damage *damage)
{
    struct damage changed = { 0 };

    if (picture.width != geometry->width || picture.height != geometry->height)
        return; /* there was no memory for this size */
    for (unsigned i = 0; i < damage->count; i++)
        pixels_copy(picture.pixels, guest, geometry, &damage->rects[i], &changed);
    if (!changed.count)
        return;
    vnc_damaged(&changed);
    frames_damaged(&changed);
}

void screen_vanished(void)
{
    struct damage all = { .count = 1, .rects = { { 0, 0, picture.width, picture.height } } };

    memset(picture.pixels, 0, (size_t)picture.width * picture.height * sizeof(*picture.pixels));
    vnc_damaged(&all);
    frames_damaged(&all);
}

void screen_client_came(struct screen_client *c)
{
    memset(c, 0, sizeof(*c));
    if (clients++ == 0 && source)
        source->watched(true);
}

void screen_client_left(struct screen_client *c)
{
    for (unsigned code = 0; code < KEYS_CODES; code++)
        if (c->keys[code / 8] & 1u << code % 8)
            screen_key(c, code, false);
    if (c->buttons)
        screen_pointer(c, c->x, c->y, 0);
    if (--clients == 0 && source)
        source->watched(false);
}

void screen_key(struct screen_client *c, uint16_t code, bool pressed)
{
    if (!source || !code || code >= KEYS_CODES)
        return;
    if (pressed)
        c->keys[code / 8] |= 1u << code % 8;
    else
        c->keys[code / 8] &= ~(1u << code % 8);
    source->key(code, pressed);
}

static int32_t cut(int32_t value, uint32_t side)
{
    if (value < 0)
        return 0;
    return (uint32_t)value < side ? value : (int32_t)side - 1;
}

/* A step of a client's pointer is at most a screen; more is a client's mistake. */
void screen_motion(int32_t x, int32_t y, int32_t wheel)
{
    int32_t side = FB_SIDE_MAX;

    x = x > side ? side : x < -side ? -side : x;
    y = y > side ? side : y < -side ? -side : y;
    if (source)
        source->motion(x, y, wheel);
}

static void move_to(struct screen_client *c, int32_t x, int32_t y, int32_t wheel)
{
    if (source->wants_position())
        source->position(x, y, wheel);
    else
        source->motion(x - c->x, y - c->y, wheel);
    c->x = x;
    c->y = y;
}

void screen_position(struct screen_client *c, int32_t x, int32_t y, int32_t wheel)
{
    if (source)
        move_to(c, cut(x, picture.width), cut(y, picture.height), wheel);
}

void screen_pointer(struct screen_client *c, int32_t x, int32_t y, uint8_t buttons)
{
    static const uint16_t codes[SCREEN_BUTTONS] = { BTN_LEFT, BTN_MIDDLE, BTN_RIGHT };
    uint8_t newly = buttons & ~c->buttons, changed = buttons ^ c->buttons;
    int32_t wheel = !!(newly & WHEEL_UP) - !!(newly & WHEEL_DOWN);

    if (!source)
        return;
    x = cut(x, picture.width);
    y = cut(y, picture.height);
    if (x != c->x || y != c->y || wheel)
        move_to(c, x, y, wheel);
    for (unsigned i = 0; i < SCREEN_BUTTONS; i++)
        if (changed & 1u << i)
            source->key(codes[i], buttons >> i & 1);
    c->buttons = buttons;
}

void screen_touch(uint8_t event, uint8_t contact, int32_t x, int32_t y)
{
    if (source && event <= XENKBD_MT_EV_SYN && contact < 10)
        source->touch(event, contact, cut(x, picture.width), cut(y, picture.height));
}
