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

int ctl_bitmap_write(const struct xenctl_bitmap *map, const unsigned long *bits, unsigned int nr)
{
    unsigned int bytes = (map->nr_bits + 7) / 8, ours = MIN(bytes, (nr + 7) / 8), last;
    uint8_t *guest = map->bitmap.p;

    if (!bytes)
        return 0;
    if (guest_copy_to(guest, bits, ours) || guest_clear(guest + ours, bytes - ours))
        return -EFAULT;
    /* Bits behind the length are not theirs. */
    last = map->nr_bits % 8;
    if (last && ours == bytes) {
        uint8_t byte = (uint8_t)(((const uint8_t *)bits)[ours - 1] & ((1U << last) - 1));

        return guest_copy_to(guest + ours - 1, &byte, 1);
    }
    return 0;
}
