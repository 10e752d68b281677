/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Moving bytes out of and into a shared ring page. */
#include "ring.h"

#include <errno.h>
#include <string.h>

static uint32_t min(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

int ring_take(const struct xenstore_domain_interface *ring, uint32_t consumer, char *to,
              uint32_t room)
{
    uint32_t producer = __atomic_load_n(&ring->req_prod, __ATOMIC_ACQUIRE);
    uint32_t at = MASK_XENSTORE_IDX(consumer), count = producer - consumer, first;

    if (count > XENSTORE_RING_SIZE)
        return -EIO;
    count = min(count, room);
    first = min(count, XENSTORE_RING_SIZE - at);
    memcpy(to, ring->req + at, first);
    memcpy(to + first, ring->req, count - first);
    return (int)count;
}

int ring_put(struct xenstore_domain_interface *ring, uint32_t producer, const char *from,
             uint32_t length)
{
    uint32_t consumer = __atomic_load_n(&ring->rsp_cons, __ATOMIC_ACQUIRE);
    uint32_t at = MASK_XENSTORE_IDX(producer), used = producer - consumer, count, first;

    if (used > XENSTORE_RING_SIZE)
        return -EIO;
    count = min(length, XENSTORE_RING_SIZE - used);
    first = min(count, XENSTORE_RING_SIZE - at);
    memcpy(ring->rsp + at, from, first);
    memcpy(ring->rsp, from + first, count - first);
    return (int)count;
}

void ring_publish(struct xenstore_domain_interface *ring, uint32_t consumer, uint32_t producer)
{
    __atomic_store_n(&ring->req_cons, consumer, __ATOMIC_RELEASE);
    __atomic_store_n(&ring->rsp_prod, producer, __ATOMIC_RELEASE);
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}
