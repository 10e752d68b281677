/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The page tables that a tiny test kernel was started on, and changes of them. */
#ifndef GUEST_PAGES_H
#define GUEST_PAGES_H

#include "guest.h"

#define PTE_WRITE_THROUGH 0x008UL
#define PTE_CACHE_OFF     0x010UL
#define PTE_LARGE         0x080UL
#define PTE_GLOBAL        0x100UL
#define PTE_FRAME         0x000ffffffffff000UL

/* A page as the kernel itself is mapped; the same but read-only; a table entry. */
#define PAGE_RW    (PTE_PRESENT | PTE_WRITABLE | PTE_USER | PTE_ACCESSED | PTE_DIRTY)
#define PAGE_RO    (PTE_PRESENT | PTE_USER | PTE_ACCESSED | PTE_DIRTY)
#define PAGE_TABLE PAGE_RW

#define page_aligned __attribute__((aligned(4096)))
typedef uint64_t page_table[512];

/* Where a frame of the initial mapping is seen. */
void *address_of_frame(unsigned long mfn);

/* The entry of @level (1 to 4) that maps @va under the initial level-4 table; NULL if none does. */
volatile uint64_t *table_entry(const volatile void *va, unsigned int level);
/* The machine address of an entry: what mmu_update calls ptr. */
uint64_t machine_address(const volatile void *address);

/* The entry that maps @page with @bits, pointing to its own frame. */
static inline uint64_t entry_for(const volatile void *page, uint64_t bits)
{
    return frame_of(page) << 12 | bits;
}

/* One mmu_update or mmuext_op for this domain: its answer. */
long update_one(uint64_t ptr, uint64_t val);
long mmuext(unsigned int cmd, unsigned long arg1, unsigned long arg2);

/* Changes how an address is mapped and flushes it here; ends the test if refused. */
void map_page(volatile void *va, uint64_t entry);
/* Makes an own page read-only, so that it can become a table; or writable again. */
void page_read_only(volatile void *page);
void page_writable(volatile void *page);

#endif
