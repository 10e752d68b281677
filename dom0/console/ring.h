/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The page that a guest and its console share: two rings of bytes. Pure: nothing but memory. */
#ifndef DOM0_CONSOLE_RING_H
#define DOM0_CONSOLE_RING_H

#include <stdint.h>

#include <xen/io/console.h>

/*
 * Copies what the guest printed, from index `consumer` on, at most `room` bytes. Returns how many,
 * or -EIO when the guest's index makes no sense. Changes nothing in the page.
 */
int ring_take(const struct xencons_interface *ring, uint32_t consumer, char *to, uint32_t room);

/*
 * Copies typed bytes to index `producer` on, as many as there is room for. Returns how many, or
 * -EIO. The guest sees them when the caller has published the index.
 */
int ring_put(struct xencons_interface *ring, uint32_t producer, const char *from, uint32_t length);

/* How many bytes ring_put() would take; 0 also where the guest's index makes no sense. */
uint32_t ring_room(const struct xencons_interface *ring, uint32_t producer);

/* Tells the guest our two indices. */
void ring_publish(struct xencons_interface *ring, uint32_t consumer, uint32_t producer);

#endif
