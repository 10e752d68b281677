/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The keyboard's queue and ring. */
#include <pvfb/protocol/kbd-ring.h>

#include <errno.h>
#include <string.h>

#include <pvfb/protocol/shared.h>

void kbd_queue_clear(struct kbd_queue *q)
{
    q->first = q->count = 0;
}

static union xenkbd_in_event *newest(struct kbd_queue *q)
{
    return q->count ? &q->events[(q->first + q->count - 1) % KBD_QUEUE] : NULL;
}

static union xenkbd_in_event *append(struct kbd_queue *q, uint8_t type)
{
    union xenkbd_in_event *e;

    if (q->count == KBD_QUEUE) {
        q->first = (q->first + 1) % KBD_QUEUE;
        q->count--;
    }
    q->count++;
    e = &q->events[(q->first + q->count - 1) % KBD_QUEUE];
    memset(e, 0, sizeof(*e));
    e->type = type;
    return e;
}

void kbd_queue_key(struct kbd_queue *q, uint32_t code, bool pressed)
{
    union xenkbd_in_event *e = append(q, XENKBD_TYPE_KEY);

    e->key.pressed = pressed;
    e->key.keycode = code;
}

void kbd_queue_motion(struct kbd_queue *q, int32_t x, int32_t y, int32_t wheel)
{
    union xenkbd_in_event *e = newest(q);

    if (!e || e->type != XENKBD_TYPE_MOTION || wheel || e->motion.rel_z)
        e = append(q, XENKBD_TYPE_MOTION);
    /* Small sums: clients move within a screen, and the guest empties the ring or gets no more. */
    e->motion.rel_x = (int32_t)((uint32_t)e->motion.rel_x + (uint32_t)x);
    e->motion.rel_y = (int32_t)((uint32_t)e->motion.rel_y + (uint32_t)y);
    e->motion.rel_z = wheel;
}

void kbd_queue_position(struct kbd_queue *q, int32_t x, int32_t y, int32_t wheel)
{
    union xenkbd_in_event *e = newest(q);

    if (!e || e->type != XENKBD_TYPE_POS || wheel || e->pos.rel_z)
        e = append(q, XENKBD_TYPE_POS);
    e->pos.abs_x = x;
    e->pos.abs_y = y;
    e->pos.rel_z = wheel;
}

void kbd_queue_touch(struct kbd_queue *q, uint8_t event, uint8_t contact, int32_t x, int32_t y)
{
    union xenkbd_in_event *e = append(q, XENKBD_TYPE_MTOUCH);

    e->mtouch.event_type = event;
    e->mtouch.contact_id = contact;
    if (event == XENKBD_MT_EV_DOWN || event == XENKBD_MT_EV_MOTION) {
        e->mtouch.u.pos.abs_x = x;
        e->mtouch.u.pos.abs_y = y;
    }
}

/* The public header's macro for this casts volatile away. */
static volatile void *in_slot(volatile struct xenkbd_page *page, uint32_t index)
{
    return (volatile char *)page + XENKBD_IN_RING_OFFS +
           index % XENKBD_IN_RING_LEN * XENKBD_IN_EVENT_SIZE;
}

int kbd_ring_put(volatile struct xenkbd_page *page, struct kbd_queue *q)
{
    uint32_t cons = shared_index_acquire(&page->in_cons), prod = page->in_prod;
    int put = 0;

    if (prod - cons > XENKBD_IN_RING_LEN)
        return -EPROTO;
    for (; q->count && prod - cons < XENKBD_IN_RING_LEN; prod++, put++) {
        shared_copy_to(in_slot(page, prod), &q->events[q->first], sizeof(union xenkbd_in_event));
        q->first = (q->first + 1) % KBD_QUEUE;
        q->count--;
    }
    shared_index_release(&page->in_prod, prod);
    return put;
}
