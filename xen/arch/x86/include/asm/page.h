/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Page-table entries (SDM vol. 3, 4.5; APM vol. 2, 5.3). */
#ifndef ASM_PAGE_H
#define ASM_PAGE_H

#include <hv/types.h>

#define PTE_PRESENT  (1ULL << 0)
#define PTE_RW       (1ULL << 1)
#define PTE_USER     (1ULL << 2)
#define PTE_PWT      (1ULL << 3)
#define PTE_PCD      (1ULL << 4)
#define PTE_ACCESSED (1ULL << 5)
#define PTE_DIRTY    (1ULL << 6)
#define PTE_PSE      (1ULL << 7) /* levels 2 and 3: a large page */
#define PTE_PAT      (1ULL << 7) /* level 1 */
#define PTE_GLOBAL   (1ULL << 8)
#define PTE_AVAIL    (7ULL << 9)
#define PTE_GRANT    (1ULL << 61) /* ours: a granted frame, whose references the grant holds */
#define PTE_NX       (1ULL << 63)

#define PTE_ADDR_MASK 0x000ffffffffff000ULL
#define PT_ENTRIES    512U

#define L1_SHIFT 12
#define L2_SHIFT 21
#define L3_SHIFT 30
#define L4_SHIFT 39

#define pt_index(va, level) (((va) >> (L1_SHIFT + 9 * ((level)-1))) & 511)

#define PTE_HV_RW    (PTE_PRESENT | PTE_RW | PTE_ACCESSED | PTE_DIRTY | PTE_GLOBAL | PTE_NX)
#define PTE_HV_RO    (PTE_PRESENT | PTE_ACCESSED | PTE_GLOBAL | PTE_NX)
#define PTE_HV_RX    (PTE_PRESENT | PTE_ACCESSED | PTE_GLOBAL)
#define PTE_HV_TABLE (PTE_PRESENT | PTE_RW | PTE_USER | PTE_ACCESSED | PTE_DIRTY)

static inline mfn_t pte_mfn(uint64_t pte)
{
    return mfn((pte & PTE_ADDR_MASK) >> PAGE_SHIFT);
}

static inline uint64_t pte_make(mfn_t m, uint64_t flags)
{
    return mfn_to_paddr(m) | flags;
}

static inline bool vaddr_is_canonical(vaddr_t va)
{
    return (uint64_t)((int64_t)(va << 16) >> 16) == va;
}

#endif
