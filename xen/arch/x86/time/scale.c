/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Computing the multiplier and shift that turn one clock's ticks into another's. Pure. */
#include <asm/clock-scale.h>

struct clock_scale clock_scale_make(uint64_t from_hz, uint64_t to_hz)
{
    struct clock_scale s = { .shift = 0 };
    uint64_t mul;

    /* Bring the quotient to between one half and one, */
    while (to_hz >= from_hz && s.shift < 32) {
        if (from_hz >> 62)
            to_hz >>= 1;
        else
            from_hz <<= 1;
        s.shift++;
    }
    while (to_hz < (from_hz + 1) / 2 && s.shift > -32) {
        to_hz <<= 1;
        s.shift--;
    }
    /* and both to 31 bits, so that one 64-bit division gives it to 32 bits. */
    while (from_hz >> 32) {
        from_hz >>= 1;
        to_hz >>= 1;
    }
    mul = ((to_hz << 32) + from_hz / 2) / from_hz;
    s.mul = mul > UINT32_MAX ? UINT32_MAX : (uint32_t)mul;
    return s;
}
