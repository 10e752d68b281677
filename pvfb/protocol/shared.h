/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Access to memory that a guest writes at the same time: each byte is read once, into a copy. */
#ifndef PVFB_PROTOCOL_SHARED_H
#define PVFB_PROTOCOL_SHARED_H

#include <stddef.h>
#include <stdint.h>

static inline void shared_copy_from(void *to, const volatile void *from, size_t length)
{
    const volatile unsigned char *source = from;
    unsigned char *copy = to;

    while (length--)
        *copy++ = *source++;
}

static inline void shared_copy_to(volatile void *to, const void *from, size_t length)
{
    volatile unsigned char *shared = to;
    const unsigned char *source = from;

    while (length--)
        *shared++ = *source++;
}

/* The other side's index, before what it published. */
static inline uint32_t shared_index_acquire(const volatile uint32_t *index)
{
    return __atomic_load_n(index, __ATOMIC_ACQUIRE);
}

/* Publishes what was written before, or that what was read may be overwritten. */
static inline void shared_index_release(volatile uint32_t *index, uint32_t value)
{
    __atomic_store_n(index, value, __ATOMIC_RELEASE);
}

#endif
