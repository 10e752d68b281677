/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For sources that follow physical addresses: stands in for <asm/mm.h> (whose guard it takes), with
 * the test's own memory from physical address TEST_PHYS_BASE on.
 */
#ifndef ASM_MM_H
#define ASM_MM_H

#include <hv/types.h>

#define TEST_PHYS_BASE 0x10000U
#define TEST_PHYS_SIZE 0x20000U

extern uint8_t test_phys[TEST_PHYS_SIZE];

static inline void *phys_to_virt(paddr_t pa)
{
    return test_phys + (pa - TEST_PHYS_BASE);
}

#endif
