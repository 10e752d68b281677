/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Merging of changed rectangles. */
#include <pvfb/protocol/damage.h>

#include <stdbool.h>

static uint64_t area(const struct fb_rect *r)
{
    return (uint64_t)r->width * r->height;
}

static struct fb_rect hull(const struct fb_rect *a, const struct fb_rect *b)
{
    uint32_t x = a->x < b->x ? a->x : b->x, y = a->y < b->y ? a->y : b->y;
    uint32_t ar = a->x + a->width, br = b->x + b->width;
    uint32_t ab = a->y + a->height, bb = b->y + b->height;

    return (struct fb_rect){ x, y, (ar > br ? ar : br) - x, (ab > bb ? ab : bb) - y };
}

/* Pixels that the hull of both has more than the two together; at most 0 when nothing is lost. */
static int64_t waste(const struct fb_rect *a, const struct fb_rect *b)
{
    struct fb_rect both = hull(a, b);

    return (int64_t)area(&both) - (int64_t)area(a) - (int64_t)area(b);
}

static unsigned cheapest(const struct damage *d, const struct fb_rect *rect, int64_t *cost)
{
    unsigned best = 0;

    for (unsigned i = 0; i < d->count; i++) {
        int64_t w = waste(&d->rects[i], rect);

        if (!i || w < *cost) {
            best = i;
            *cost = w;
        }
    }
    return best;
}

void damage_add(struct damage *d, const struct fb_rect *rect)
{
    struct fb_rect add = *rect;
    int64_t cost = 0;
    unsigned i;

    while (d->count) {
        i = cheapest(d, &add, &cost);
        if (cost > 0 && d->count < DAMAGE_RECTS)
            break;
        /* The hull may touch others now: take it out and add it like a new one. */
        add = hull(&d->rects[i], &add);
        d->rects[i] = d->rects[--d->count];
    }
    d->rects[d->count++] = add;
}

void damage_clear(struct damage *d)
{
    d->count = 0;
}
