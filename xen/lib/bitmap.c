/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Searching and counting in arrays of bits. */
#include <hv/bitmap.h>

static unsigned int find(const unsigned long *map, unsigned int bits, unsigned int from,
                         unsigned long invert)
{
    for (unsigned int i = from / BITS_PER_LONG; i * BITS_PER_LONG < bits; i++) {
        unsigned long word = READ_ONCE(map[i]) ^ invert;

        if (i == from / BITS_PER_LONG)
            word &= ~0UL << (from % BITS_PER_LONG);
        if (word)
            return MIN(i * BITS_PER_LONG + (unsigned int)__builtin_ctzl(word), bits);
    }
    return bits;
}

unsigned int bitmap_find_set(const unsigned long *map, unsigned int bits, unsigned int from)
{
    return find(map, bits, from, 0);
}

unsigned int bitmap_find_clear(const unsigned long *map, unsigned int bits, unsigned int from)
{
    return find(map, bits, from, ~0UL);
}

unsigned int bitmap_weight(const unsigned long *map, unsigned int bits)
{
    unsigned int n = 0, bit;

    bitmap_for_each (bit, map, bits)
        n++;
    return n;
}
