/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ring page that a domain shares with the store. The other side may write anything into it at
 * any time: each index is read once and checked, ours are kept elsewhere and only copied to the
 * page. Pure.
 */
#ifndef XENSTORE_RING_H
#define XENSTORE_RING_H

#include <stdint.h>

#include <xen/io/xs_wire.h>

/*
 * Copies up to `room` bytes of requests from `consumer` on to `to`. The number of bytes; -EIO when
 * the producer's index makes no sense.
 */
int ring_take(const struct xenstore_domain_interface *ring, uint32_t consumer, char *to,
              uint32_t room);

/* Copies up to `length` bytes to the replies from `producer` on. The number of bytes or -EIO. */
int ring_put(struct xenstore_domain_interface *ring, uint32_t producer, const char *from,
             uint32_t length);

/* Makes what was taken and put known to the other side. */
void ring_publish(struct xenstore_domain_interface *ring, uint32_t consumer, uint32_t producer);

#endif
