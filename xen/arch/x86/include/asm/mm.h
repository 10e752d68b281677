/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hypervisor's own mappings. */
#ifndef ASM_MM_H
#define ASM_MM_H

#include <hv/types.h>

#include <asm/layout.h>

extern uint64_t idle_cr3;        /* (c) page table with nothing but the hypervisor in it */
extern uint32_t trampoline_phys; /* (c) a page below 1 MiB for starting CPUs */

static inline void *phys_to_virt(paddr_t pa)
{
    return (void *)(DIRECT_MAP_BASE + pa);
}

static inline void *mfn_to_virt(mfn_t m)
{
    return phys_to_virt(mfn_to_paddr(m));
}

/* The physical address of something in the direct map or in the image. */
paddr_t virt_to_phys(const void *va);

static inline mfn_t virt_to_mfn(const void *va)
{
    return paddr_to_mfn(virt_to_phys(va));
}

/* The machine-to-physical table, which guests read. */
static inline void m2p_set(mfn_t m, uint64_t pfn)
{
    ((uint64_t *)M2P_RW_BASE)[m.n] = pfn;
}

static inline uint64_t m2p_get(mfn_t m)
{
    return ((const uint64_t *)M2P_RW_BASE)[m.n];
}

/* Maps device memory uncached, for good (the same range twice gives two mappings). Null if full. */
void *ioremap(paddr_t pa, size_t size);
/* The same, cached: for firmware tables that lie outside of RAM. */
void *ioremap_cached(paddr_t pa, size_t size);
/* The same, write-combining: for framebuffers. */
void *ioremap_wc(paddr_t pa, size_t size);

/* Sets one 4 KiB mapping in the hypervisor's part; intermediate tables are made. 0 or -ENOMEM. */
int hv_map_page(vaddr_t va, mfn_t m, uint64_t flags);
/*
 * Starting CPUs run at their physical address for a moment: maps their page there, or no longer.
 * Nothing of ours is low otherwise, so that a null pointer faults. 0 or -ENOMEM.
 */
int trampoline_show(bool show);
/* Unmaps a page of ours for good, splitting a large mapping; before other CPUs use it. 0 or
 * -ENOMEM. */
int hv_unmap_page(vaddr_t va);
/* The leaf entry for a 4 KiB mapping in the hypervisor's part; null if there are no tables for it.
 */
uint64_t *hv_pte(vaddr_t va);

static inline void tlb_flush_page_local(vaddr_t va)
{
    asm volatile("invlpg (%0)" ::"r"(va) : "memory");
}

/* Flushes all but global entries (the hypervisor's) of this CPU, or those too. */
void tlb_flush_local(void);
void tlb_flush_local_all(void);

struct cpumask;
/* Flushes on the CPUs of @mask and waits. @va: one page, or 0 with @all. Interrupts on. */
void tlb_flush_mask(const struct cpumask *mask);
void tlb_flush_mask_page(const struct cpumask *mask, vaddr_t va);
void tlb_flush_mask_all(const struct cpumask *mask);

#endif
