/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Moving bytes out of and into a console's shared page. */
#include "ring.h"

#include <errno.h>
#include <string.h>

static uint32_t min(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

int ring_take(const struct xencons_interface *ring, uint32_t consumer, char *to, uint32_t room)
{
    uint32_t producer = __atomic_load_n(&ring->out_prod, __ATOMIC_ACQUIRE);
    uint32_t at = MASK_XENCONS_IDX(consumer, ring->out), count = producer - consumer, first;

    if (count > sizeof(ring->out))
        return -EIO;
    count = min(count, room);
    first = min(count, (uint32_t)sizeof(ring->out) - at);
    memcpy(to, ring->out + at, first);
    memcpy(to + first, ring->out, count - first);
    return (int)count;
}

uint32_t ring_room(const struct xencons_interface *ring, uint32_t producer)
{
    uint32_t used = producer - __atomic_load_n(&ring->in_cons, __ATOMIC_ACQUIRE);

    return used > sizeof(ring->in) ? 0 : (uint32_t)sizeof(ring->in) - used;
}

int ring_put(struct xencons_interface *ring, uint32_t producer, const char *from, uint32_t length)
{
    uint32_t used = producer - __atomic_load_n(&ring->in_cons, __ATOMIC_ACQUIRE);
    uint32_t at = MASK_XENCONS_IDX(producer, ring->in), count, first;

    if (used > sizeof(ring->in))
        return -EIO;
    count = min(length, (uint32_t)sizeof(ring->in) - used);
    first = min(count, (uint32_t)sizeof(ring->in) - at);
    memcpy(ring->in + at, from, first);
    memcpy(ring->in, from + first, count - first);
    return (int)count;
}

void ring_publish(struct xencons_interface *ring, uint32_t consumer, uint32_t producer)
{
    __atomic_store_n(&ring->out_cons, consumer, __ATOMIC_RELEASE);
    __atomic_store_n(&ring->in_prod, producer, __ATOMIC_RELEASE);
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}
