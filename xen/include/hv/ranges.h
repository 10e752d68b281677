/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sets of numbers as sorted ranges: which frames, ports or interrupts a domain may use. */
#ifndef HV_RANGES_H
#define HV_RANGES_H

#include <hv/spinlock.h>
#include <hv/types.h>

struct range;

/* All zeroes is an empty one. */
struct ranges {
    struct spinlock lock;
    struct range *list; /* under lock; sorted, apart from each other */
};

/* Adds or takes out all from @first to @last. 0, or -ENOMEM with nothing changed. */
int ranges_add(struct ranges *r, uint64_t first, uint64_t last) __must_check;
int ranges_remove(struct ranges *r, uint64_t first, uint64_t last) __must_check;
/* All of them are in it. */
bool ranges_have(struct ranges *r, uint64_t first, uint64_t last);
/* Empties it. */
void ranges_free(struct ranges *r);

#endif
