/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of the memory_op test share: frames to play with, and short ways to call. */
#ifndef GUEST_MEMORY_H
#define GUEST_MEMORY_H

#define __XEN_TOOLS__ 1

#include "guest.h"
#include "traps.h"

/* Canonical, never mapped by the domain builder; and in the hypervisor's part. */
#define UNMAPPED   ((void *)0x10000)
#define HYPERVISOR ((void *)0xffff830000000000)
#define NO_DOMAIN  0x1234
#define NO_PFN     (~0UL)
#define MAPPED     (PTE_PRESENT | PTE_WRITABLE | PTE_USER | PTE_ACCESSED | PTE_DIRTY)

/* A frame of ours that nothing maps; each call another one. */
unsigned long frame_take(void);
/* What the machine-to-physical table says; NO_PFN also where the table cannot be read. */
unsigned long m2p(unsigned long mfn);
long pages_now(void);
/* Whether the frame is all zeroes, seen through the page at @window. */
bool frame_is_clear(void *window, unsigned long mfn);

/* A call with a struct xen_memory_reservation. */
long reserve(unsigned int op, void *extents, unsigned long count, unsigned int order,
             unsigned int flags, domid_t domid);

#define decrease(list, count, order) \
    reserve(XENMEM_decrease_reservation, list, count, order, 0, DOMID_SELF)
#define increase(list, count, order, flags) \
    reserve(XENMEM_increase_reservation, list, count, order, flags, DOMID_SELF)
#define populate(list, count, order, flags) \
    reserve(XENMEM_populate_physmap, list, count, order, flags, DOMID_SELF)

void test_reservations(void);
void test_exchange(void);
void test_maps(void);
void test_refused(void);
void test_resources(void);

#endif
