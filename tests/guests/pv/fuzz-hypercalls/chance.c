/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers that look random and repeat with the seed (xorshift64*); each vcpu has its own. */
#include "fuzz.h"

uint64_t seeds[2] = { 1, 1 };

uint64_t any64(void)
{
    uint64_t *seed = &seeds[me()];

    *seed ^= *seed >> 12;
    *seed ^= *seed << 25;
    *seed ^= *seed >> 27;
    return *seed * 0x2545f4914f6cdd1d;
}

uint64_t bend(uint64_t value)
{
    if (!percent(4))
        return value;
    switch (below(6)) {
    case 0: return value ^ 1UL << below(64);
    case 1: return value + below(16) - 8;
    case 2: return ~0UL << below(64);
    case 3: return 1UL << below(64);
    case 4: return one_of(0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 0x100000000, ~0UL);
    default: return any64();
    }
}
