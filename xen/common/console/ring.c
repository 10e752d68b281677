/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ring that keeps the last messages (conring_size=). */
#include <hv/alloc.h>
#include <hv/errno.h>
#include <hv/init.h>
#include <hv/printk.h>
#include <hv/string.h>

#include "private.h"

#define RING_MIN 16384U
#define RING_MAX (16U << 20)

/* All under the console's lock. Positions count since boot; the ring holds the last of them. */
static char first_ring[RING_MIN];
static char *ring = first_ring;
static uint32_t ring_size = RING_MIN; /* a power of two */
static uint64_t ring_end, ring_cleared;

static uint32_t wanted_size = 65536;

static int conring_size_parse(const char *value)
{
    const char *end;
    uint64_t size = param_size(value, &end);

    if (*end || size < RING_MIN || size > RING_MAX)
        return -EINVAL;
    for (wanted_size = RING_MIN; wanted_size < size;)
        wanted_size *= 2;
    return 0;
}
DEFINE_PARAM("conring_size", conring_size_parse);

/* At most up to the end of the storage, so that it is one copy. */
static size_t span(uint64_t pos, size_t len)
{
    return MIN(len, ring_size - (size_t)(pos & (ring_size - 1)));
}

static uint64_t oldest_locked(void)
{
    return ring_end > ring_size ? ring_end - ring_size : 0;
}

void ring_put_locked(const char *s, size_t len)
{
    while (len) {
        size_t n = span(ring_end, len);

        memcpy(ring + (ring_end & (ring_size - 1)), s, n);
        ring_end += n;
        s += n;
        len -= n;
    }
}

size_t ring_get_locked(char *buf, size_t size, uint64_t *pos)
{
    size_t done = 0;

    if (*pos < oldest_locked())
        *pos = oldest_locked();
    while (done < size && *pos < ring_end) {
        size_t n = span(*pos, MIN(size - done, (size_t)(ring_end - *pos)));

        memcpy(buf + done, ring + (*pos & (ring_size - 1)), n);
        *pos += n;
        done += n;
    }
    return done;
}

void ring_use_locked(char *storage, uint32_t size)
{
    uint64_t pos = 0, first;
    char *old = ring;

    if (ring_get_locked(NULL, 0, &pos))
        return;
    first = pos;
    while (pos < ring_end) {
        size_t n = MIN(span(pos, (size_t)(ring_end - pos)), size - (size_t)(pos & (size - 1)));

        memcpy(storage + (pos & (size - 1)), old + (pos & (ring_size - 1)), n);
        pos += n;
    }
    ring_cleared = MAX(ring_cleared, first);
    ring = storage;
    ring_size = size;
}

size_t console_ring_read(char *buf, size_t size, uint64_t *pos)
{
    unsigned long flags = console_lock();
    size_t n = ring_get_locked(buf, size, pos);

    console_unlock(flags);
    return n;
}

void console_ring_clear(uint64_t pos)
{
    unsigned long flags = console_lock();

    ring_cleared = MAX(ring_cleared, pos);
    console_unlock(flags);
}

uint64_t console_ring_start(void)
{
    unsigned long flags = console_lock();
    uint64_t start = MAX(ring_cleared, oldest_locked());

    console_unlock(flags);
    return start;
}

uint64_t console_ring_position(uint32_t index)
{
    unsigned long flags = console_lock();
    uint32_t back = (uint32_t)ring_end - index;
    uint64_t pos = back > ring_end ? 0 : ring_end - back;

    console_unlock(flags);
    return pos;
}

void console_ring_grow(void)
{
    unsigned int order = 0;
    unsigned long flags;
    char *storage;

    if (wanted_size <= ring_size)
        return;
    while (PAGE_SIZE << order < wanted_size)
        order++;
    storage = page_alloc(order);
    if (!storage) {
        printk(LOG_WARN "no memory for a console ring of %u bytes\n", wanted_size);
        return;
    }
    flags = console_lock();
    ring_use_locked(storage, wanted_size);
    console_unlock(flags);
}
