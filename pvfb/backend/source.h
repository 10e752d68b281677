/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where frames come from and input goes to: a guest's devices, or an animation for tests. */
#ifndef PVFB_BACKEND_SOURCE_H
#define PVFB_BACKEND_SOURCE_H

#include <stdbool.h>

#include <pvfb/protocol/damage.h>

/* What a source tells the screen; all are called from the loop. */
void screen_resized(const struct fb_geometry *geometry); /* before any damage of the new shape */
void screen_damaged(const void *guest, const struct fb_geometry *geometry,
                    const struct damage *damage);
void screen_vanished(void); /* the guest's memory must not be read any more */

struct source_ops {
    /* Input, in pixels of the screen or evdev codes. Without a guest it is dropped. */
    void (*key)(uint16_t code, bool pressed);
    void (*position)(int32_t x, int32_t y, int32_t wheel);
    void (*motion)(int32_t x, int32_t y, int32_t wheel);
    void (*touch)(uint8_t event, uint8_t contact, int32_t x, int32_t y);
    bool (*wants_position)(void); /* absolute positions; false: relative motion */
    /* Clients came or went: without any, a guest may rest. */
    void (*watched)(bool anybody);
    /* Before the loop waits. Returns how long it may (milliseconds, -1: for ever). */
    int (*before_wait)(void);
};

/* An animation: a moving square, a counter of frames in pixels (0,0) to (31,0), and input told on
 * standard output. Times `rate` a second; as fast as it goes for 0. */
const struct source_ops *source_fake_open(uint32_t width, uint32_t height, unsigned rate);

/* The devices of a guest. `link` is the keeper's socket (link.h); `most` limits the framebuffer, in
 * bytes. Opens Xen's devices and restricts them to the domain. NULL and errno. */
const struct source_ops *source_xen_open(uint32_t domid, int link, uint64_t most);

#endif
