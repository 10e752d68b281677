/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The screen between a source and its clients: it owns the picture, hands damage on, and turns
 * clients' keys and pointers into input for the source. */
#ifndef PVFB_BACKEND_SCREEN_H
#define PVFB_BACKEND_SCREEN_H

#include <pvfb/backend/picture.h>
#include <pvfb/backend/source.h>

#define SCREEN_BUTTONS 3u

/* What a client holds down, so that it can be let go when the client goes. */
struct screen_client {
    uint8_t keys[64]; /* a bit for each evdev code; KEYS_CODES of them */
    uint8_t buttons;  /* VNC's mask: left, middle, right, wheel up, wheel down */
    int32_t x, y;
};

/* What clients can see; valid until the next resize. */
const struct picture *screen_picture(void);

/* Starts with a black picture of that size, until the source says another. -1 and errno. */
int screen_open(uint32_t width, uint32_t height);
void screen_set_source(const struct source_ops *ops);

void screen_client_came(struct screen_client *c);
void screen_client_left(struct screen_client *c);

/* Input of a client. Coordinates are cut to the screen. */
void screen_key(struct screen_client *c, uint16_t code, bool pressed);
void screen_pointer(struct screen_client *c, int32_t x, int32_t y, uint8_t buttons);
/* A position for a guest that only knows motion becomes the way from the client's last one. */
void screen_position(struct screen_client *c, int32_t x, int32_t y, int32_t wheel);
void screen_motion(int32_t x, int32_t y, int32_t wheel);
void screen_touch(uint8_t event, uint8_t contact, int32_t x, int32_t y);

#endif
