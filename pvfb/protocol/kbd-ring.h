/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The back end's side of a keyboard's shared page (kbdif.h). What the guest has no room for waits
 * in a queue of our own; motion in it is merged, and the oldest of a full queue is dropped. */
#ifndef PVFB_PROTOCOL_KBD_RING_H
#define PVFB_PROTOCOL_KBD_RING_H

#include <stdbool.h>
#include <stdint.h>

#include <xen/io/kbdif.h>

#define KBD_QUEUE 256

struct kbd_queue {
    unsigned first, count;
    union xenkbd_in_event events[KBD_QUEUE];
};

void kbd_queue_clear(struct kbd_queue *q);

/* Each adds one event; `type` fields and padding are set here. */
void kbd_queue_key(struct kbd_queue *q, uint32_t code, bool pressed);
void kbd_queue_motion(struct kbd_queue *q, int32_t x, int32_t y, int32_t wheel);
void kbd_queue_position(struct kbd_queue *q, int32_t x, int32_t y, int32_t wheel);
/* `event` is XENKBD_MT_EV_DOWN, _UP, _MOTION or _SYN; x and y in units of the touch device. */
void kbd_queue_touch(struct kbd_queue *q, uint8_t event, uint8_t contact, int32_t x, int32_t y);

/* Moves what fits into the guest's ring. Returns how many, or -EPROTO for impossible indices. */
int kbd_ring_put(volatile struct xenkbd_page *page, struct kbd_queue *q);

#endif
