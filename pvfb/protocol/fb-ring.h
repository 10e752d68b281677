/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The back end's side of a framebuffer's shared page (fbif.h): requests are copied, then checked.
 * The page is the guest's, and may change under every read. */
#ifndef PVFB_PROTOCOL_FB_RING_H
#define PVFB_PROTOCOL_FB_RING_H

#include <stdint.h>

#include <xen/io/fbif.h> /* wants stdint.h before it */

#include <pvfb/protocol/damage.h>

/* How many directory pages a shared page names at most. */
#define FB_DIRECTORIES 256u

/* What the guest said when it connected: one copy of the page's fixed part. */
struct fb_share {
    struct fb_geometry geometry;
    uint32_t length; /* bytes of the framebuffer */
};

/* Copies the fixed part and checks it; `most` is the largest framebuffer allowed, in bytes.
 * -EINVAL, or -E2BIG where it is larger. */
int fb_share_read(const volatile struct xenfb_page *page, uint64_t most, struct fb_share *out);

/* Frames of the framebuffer, and the directory pages that name them, for entries of `entry` bytes
 * (8 for 64-bit front ends, 4 for 32-bit ones). */
uint32_t fb_share_frames(const struct fb_share *share);
uint32_t fb_share_directories(const struct fb_share *share, unsigned entry);

/* Copies the frame number of directory `index` out of the shared page. */
uint64_t fb_share_directory(const volatile struct xenfb_page *page, uint32_t index, unsigned entry);

/* Takes all requests there are: updates go to `damage`; a resize, when it is sound, to `geometry`,
 * which then damages all of the picture and sets *resized. `length` is the framebuffer's. Unsound
 * requests are left out. Returns how many were taken, or -EPROTO for indices no ring can have. */
int fb_ring_take(volatile struct xenfb_page *page, uint64_t length, struct fb_geometry *geometry,
                 struct damage *damage, _Bool *resized);

/* Tells the guest how often it may update (milliseconds; 0: no need). -EAGAIN: the ring is full,
 * -EPROTO: its indices are impossible. */
int fb_ring_put_period(volatile struct xenfb_page *page, uint32_t milliseconds);

#endif
