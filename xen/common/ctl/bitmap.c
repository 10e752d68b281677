/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sets (of CPUs, of nodes) as the tools pass them: an array of bytes with a length in bits. */
#include <hv/bitmap.h>
#include <hv/ctl.h>
#include <hv/errno.h>
#include <hv/guest-access.h>
#include <hv/string.h>

int ctl_bitmap_read(unsigned long *bits, unsigned int nr, const struct xenctl_bitmap *map)
{
    unsigned int count = MIN(map->nr_bits, nr);

    memset(bits, 0, BITMAP_LONGS(nr) * sizeof(*bits));
    if (guest_copy_from(bits, map->bitmap.p, (count + 7) / 8))
        return -EFAULT;
    for (unsigned int i = count; i % 8; i++) /* of the last byte */
        bits[i / BITS_PER_LONG] &= ~(1UL << i % BITS_PER_LONG);
    return 0;
}

/* Byte @i of the set, without what is behind its end. */
static uint8_t byte_of(const unsigned long *bits, unsigned int nr, unsigned int i)
{
    unsigned int first = i * 8, count = first < nr ? MIN(nr - first, 8U) : 0;

    return (uint8_t)(bits[first / BITS_PER_LONG] >> first % BITS_PER_LONG & ((1U << count) - 1));
}

int ctl_bitmap_write(const struct xenctl_bitmap *map, const unsigned long *bits, unsigned int nr)
{
    unsigned int count = MIN(map->nr_bits, nr), ours = (count + 7) / 8;
    uint8_t *guest = map->bitmap.p;

    for (unsigned int i = 0; i < ours; i++) {
        uint8_t byte = byte_of(bits, count, i);

        if (guest_copy_to(guest + i, &byte, 1))
            return -EFAULT;
    }
    return guest_clear(guest + ours, (map->nr_bits + 7) / 8 - ours);
}
