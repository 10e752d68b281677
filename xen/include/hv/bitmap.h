/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arrays of bits in unsigned longs; not atomic (see <asm/atomic.h> for bits that CPUs share). */
#ifndef HV_BITMAP_H
#define HV_BITMAP_H

#include <hv/types.h>

#define BITS_PER_LONG   64U
#define BITMAP_LONGS(n) (((n) + BITS_PER_LONG - 1) / BITS_PER_LONG)

static inline bool bit_is_set(const unsigned long *map, unsigned int bit)
{
    return (READ_ONCE(map[bit / BITS_PER_LONG]) >> (bit % BITS_PER_LONG)) & 1;
}

static inline void bit_set(unsigned long *map, unsigned int bit)
{
    map[bit / BITS_PER_LONG] |= 1UL << (bit % BITS_PER_LONG);
}

static inline void bit_clear(unsigned long *map, unsigned int bit)
{
    map[bit / BITS_PER_LONG] &= ~(1UL << (bit % BITS_PER_LONG));
}

/* The first set (clear) bit at or above @from and below @bits, or @bits if there is none. */
unsigned int bitmap_find_set(const unsigned long *map, unsigned int bits, unsigned int from);
unsigned int bitmap_find_clear(const unsigned long *map, unsigned int bits, unsigned int from);
unsigned int bitmap_weight(const unsigned long *map, unsigned int bits);

#define bitmap_for_each(bit, map, bits)                     \
    for (bit = bitmap_find_set(map, bits, 0); bit < (bits); \
         bit = bitmap_find_set(map, bits, bit + 1))

#endif
