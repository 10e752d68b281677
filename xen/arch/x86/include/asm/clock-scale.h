/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the ticks of one clock to another's: ((x << shift) * mul) >> 32, a negative shift to the
 * right. These are the numbers, and this is the rounding, that PV guests use for the TSC, so that
 * their time and ours agree to the nanosecond. Pure.
 */
#ifndef ASM_CLOCK_SCALE_H
#define ASM_CLOCK_SCALE_H

#include <hv/types.h>

struct clock_scale {
    uint32_t mul;
    int8_t shift;
};

/* The best scale from @from_hz to @to_hz, both not 0: mul has its top bit set. */
struct clock_scale clock_scale_make(uint64_t from_hz, uint64_t to_hz);

static inline uint64_t clock_scale(struct clock_scale s, uint64_t x)
{
    x = s.shift < 0 ? x >> -s.shift : x << s.shift;
    return (uint64_t)(((unsigned __int128)x * s.mul) >> 32);
}

#endif
