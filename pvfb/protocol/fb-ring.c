/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The framebuffer's ring and page directory. */
#include <pvfb/protocol/fb-ring.h>

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include <pvfb/protocol/shared.h>

#define PAGE 4096u

/* The public header's macros for these cast volatile away. */
static const volatile void *out_slot(const volatile struct xenfb_page *page, uint32_t index)
{
    return (const volatile char *)page + XENFB_OUT_RING_OFFS +
           index % XENFB_OUT_RING_LEN * XENFB_OUT_EVENT_SIZE;
}

static volatile void *in_slot(volatile struct xenfb_page *page, uint32_t index)
{
    return (volatile char *)page + XENFB_IN_RING_OFFS +
           index % XENFB_IN_RING_LEN * XENFB_IN_EVENT_SIZE;
}

int fb_share_read(const volatile struct xenfb_page *page, uint64_t most, struct fb_share *out)
{
    struct fb_share s = {
        .geometry = { .width = page->width,
                      .height = page->height,
                      .stride = page->line_length,
                      .depth = page->depth },
        .length = page->mem_length,
    };

    if (s.length > most)
        return -E2BIG;
    if (fb_geometry_check(&s.geometry, s.length))
        return -EINVAL;
    *out = s;
    return 0;
}

uint32_t fb_share_frames(const struct fb_share *share)
{
    return ((uint64_t)share->length + PAGE - 1) / PAGE;
}

uint32_t fb_share_directories(const struct fb_share *share, unsigned entry)
{
    uint32_t each = PAGE / entry;

    return (fb_share_frames(share) + each - 1) / each;
}

uint64_t fb_share_directory(const volatile struct xenfb_page *page, uint32_t index, unsigned entry)
{
    const volatile char *pd = (const volatile char *)page + offsetof(struct xenfb_page, pd);
    uint64_t frame = 0;

    shared_copy_from(&frame, pd + (size_t)index * entry, entry);
    return frame;
}

static void take_update(const struct xenfb_update *u, const struct fb_geometry *g, struct damage *d)
{
    struct fb_rect rect;

    if (fb_rect_clip(&rect, (int32_t[]){ u->x, u->y, u->width, u->height }, g->width, g->height))
        damage_add(d, &rect);
}

static bool take_resize(const struct xenfb_resize *r, uint64_t length, struct fb_geometry *geometry)
{
    struct fb_geometry g = { .width = r->width,
                             .height = r->height,
                             .stride = r->stride,
                             .depth = r->depth,
                             .offset = r->offset };

    if (fb_geometry_check(&g, length))
        return false;
    *geometry = g;
    return true;
}

int fb_ring_take(volatile struct xenfb_page *page, uint64_t length, struct fb_geometry *geometry,
                 struct damage *damage, bool *resized)
{
    uint32_t prod = shared_index_acquire(&page->out_prod), cons = page->out_cons;
    union xenfb_out_event event;
    int taken = 0;

    if (prod - cons > XENFB_OUT_RING_LEN)
        return -EPROTO;
    for (; cons != prod; cons++, taken++) {
        shared_copy_from(&event, out_slot(page, cons), sizeof(event));
        if (event.type == XENFB_TYPE_UPDATE) {
            take_update(&event.update, geometry, damage);
        } else if (event.type == XENFB_TYPE_RESIZE &&
                   take_resize(&event.resize, length, geometry)) {
            *resized = true;
            damage_clear(damage);
            damage_add(damage, &(struct fb_rect){ 0, 0, geometry->width, geometry->height });
        }
    }
    shared_index_release(&page->out_cons, cons);
    return taken;
}

int fb_ring_put_period(volatile struct xenfb_page *page, uint32_t milliseconds)
{
    uint32_t cons = shared_index_acquire(&page->in_cons), prod = page->in_prod;
    union xenfb_in_event event;

    if (prod - cons > XENFB_IN_RING_LEN)
        return -EPROTO;
    if (prod - cons == XENFB_IN_RING_LEN)
        return -EAGAIN;
    memset(&event, 0, sizeof(event));
    event.refresh_period.type = XENFB_TYPE_REFRESH_PERIOD;
    event.refresh_period.period = milliseconds;
    shared_copy_to(in_slot(page, prod), &event, sizeof(event));
    shared_index_release(&page->in_prod, prod + 1);
    return 0;
}
