/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An index that a guest chose, made harmless for a CPU that runs ahead of the check of its range.
 */
#ifndef HV_SPECULATION_H
#define HV_SPECULATION_H

#include <hv/types.h>

/* @i, or 0 where a mispredicted bounds check let a number from @limit on through. */
static inline uint32_t index_clamp(uint32_t i, uint32_t limit)
{
    asm("" : "+r"(i)); /* the compiler must forget that it has compared it */
    return i & (0U - (uint32_t)(((uint64_t)i - limit) >> 63));
}

#endif
