/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A framebuffer's and a keyboard's shared page with any bytes: nothing is read outside of the
 * framebuffer that the guest declared, and nothing hangs. */
/* sources: pvfb/protocol/geometry.c pvfb/protocol/damage.c pvfb/protocol/fb-ring.c
   pvfb/protocol/kbd-ring.c pvfb/protocol/pixels.c */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <pvfb/protocol/fb-ring.h>
#include <pvfb/protocol/kbd-ring.h>
#include <pvfb/protocol/pixels.h>

#define MOST (256u << 10)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void copy_all(const struct fb_geometry *g, const uint8_t *guest, const struct damage *d)
{
    struct damage changed = { 0 };
    uint32_t *picture;

    if ((uint64_t)g->width * g->height > MOST) /* sparse strides make pictures larger than memory */
        return;
    picture = calloc((size_t)g->width * g->height, 4);
    for (unsigned i = 0; i < d->count; i++)
        pixels_copy(picture, guest, g, &d->rects[i], &changed);
    for (unsigned i = 0; i < changed.count; i++)
        if (changed.rects[i].x + changed.rects[i].width > g->width ||
            changed.rects[i].y + changed.rects[i].height > g->height)
            abort();
    free(picture);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static union {
        struct xenfb_page fb;
        struct xenkbd_page kbd;
        uint8_t bytes[4096];
    } page;
    struct kbd_queue *queue;
    struct damage damage = { 0 };
    struct fb_share share;
    bool resized = false;
    uint8_t *guest;

    memset(&page, 0, sizeof(page));
    memcpy(&page, data, size < sizeof(page) ? size : sizeof(page));
    if (!fb_share_read(&page.fb, MOST, &share)) {
        if (fb_share_directories(&share, 8) > FB_DIRECTORIES)
            abort();
        guest = calloc(1, share.length);
        if (fb_ring_take(&page.fb, share.length, &share.geometry, &damage, &resized) >= 0)
            copy_all(&share.geometry, guest, &damage);
        fb_ring_put_period(&page.fb, 0);
        free(guest);
    }
    queue = calloc(1, sizeof(*queue));
    kbd_queue_key(queue, 1, true);
    kbd_ring_put(&page.kbd, queue);
    free(queue);
    return 0;
}
