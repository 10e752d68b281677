/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mappings in the hypervisor's part of the address space after start-up. */
#include <hv/alloc.h>
#include <hv/errno.h>
#include <hv/frame.h>
#include <hv/smp.h>
#include <hv/spinlock.h>

#include <asm/mm.h>
#include <asm/page.h>

static struct spinlock map_lock = SPINLOCK_INIT;
static vaddr_t ioremap_next = IOREMAP_BASE;

uint64_t *hv_pte(vaddr_t va)
{
    uint64_t *table = phys_to_virt(idle_cr3);

    for (unsigned int l = 4; l > 1; l--) {
        uint64_t e = READ_ONCE(table[pt_index(va, l)]);

        if (!(e & PTE_PRESENT) || (l < 4 && (e & PTE_PSE)))
            return NULL;
        table = phys_to_virt(e & PTE_ADDR_MASK);
    }
    return &table[pt_index(va, 1)];
}

static int map_locked(vaddr_t va, mfn_t m, uint64_t flags)
{
    uint64_t *table = phys_to_virt(idle_cr3);

    for (unsigned int l = 4; l > 1; l--) {
        uint64_t *e = &table[pt_index(va, l)];

        if (!*e) {
            void *next = page_alloc(0);

            if (!next)
                return -ENOMEM;
            WRITE_ONCE(*e, virt_to_phys(next) | PTE_HV_TABLE);
        }
        table = phys_to_virt(*e & PTE_ADDR_MASK);
    }
    WRITE_ONCE(table[pt_index(va, 1)], flags ? pte_make(m, flags) : 0);
    return 0;
}

int hv_map_page(vaddr_t va, mfn_t m, uint64_t flags)
{
    unsigned long irq = spin_lock_irqsave(&map_lock);
    int ret = map_locked(va, m, flags);

    spin_unlock_irqrestore(&map_lock, irq);
    return ret;
}

/* Small pages with the same rights in place of the large one at @e. */
static int split_locked(uint64_t *e)
{
    uint64_t *table = page_alloc(0), large = *e;

    if (!table)
        return -ENOMEM;
    for (unsigned int i = 0; i < PT_ENTRIES; i++)
        table[i] = (large & ~PTE_PSE) + (uint64_t)i * PAGE_SIZE;
    WRITE_ONCE(*e, virt_to_phys(table) | PTE_HV_TABLE);
    return 0;
}

int hv_unmap_page(vaddr_t va)
{
    unsigned long irq = spin_lock_irqsave(&map_lock);
    uint64_t *table = phys_to_virt(idle_cr3);
    int ret = 0;

    for (unsigned int l = 4; l > 1 && !ret; l--) {
        uint64_t *e = &table[pt_index(va, l)];

        if (l == 2 && (*e & PTE_PSE))
            ret = split_locked(e);
        table = phys_to_virt(*e & PTE_ADDR_MASK);
    }
    if (!ret)
        WRITE_ONCE(table[pt_index(va, 1)], 0);
    spin_unlock_irqrestore(&map_lock, irq);
    tlb_flush_page_local(va);
    return ret;
}

static void *remap(paddr_t pa, size_t size, uint64_t cache)
{
    paddr_t first = ROUND_DOWN(pa, PAGE_SIZE), end = ROUND_UP(pa + size, PAGE_SIZE);
    unsigned long irq = spin_lock_irqsave(&map_lock);
    vaddr_t va = ioremap_next;
    int ret = va + (end - first) > IOREMAP_BASE + IOREMAP_SIZE ? -ENOMEM : 0;

    for (paddr_t p = first; !ret && p < end; p += PAGE_SIZE)
        ret = map_locked(va + (p - first), paddr_to_mfn(p), PTE_HV_RW | cache);
    if (!ret)
        ioremap_next = va + (end - first) + PAGE_SIZE;
    spin_unlock_irqrestore(&map_lock, irq);
    return ret ? NULL : (void *)(va + (pa - first));
}

void *ioremap(paddr_t pa, size_t size)
{
    return remap(pa, size, PTE_PCD | PTE_PWT); /* PAT entry 3: UC */
}

void *ioremap_cached(paddr_t pa, size_t size)
{
    return remap(pa, size, 0);
}

void *ioremap_wc(paddr_t pa, size_t size)
{
    return remap(pa, size, PTE_PAT); /* PAT entry 4: WC */
}

int trampoline_show(bool show)
{
    static uint64_t tables; /* made at first, then kept: the entry of the top level */
    uint64_t *l4 = phys_to_virt(idle_cr3);
    int ret = 0;

    if (show && !tables)
        ret = hv_map_page(trampoline_phys, paddr_to_mfn(trampoline_phys),
                          PTE_PRESENT | PTE_RW | PTE_ACCESSED | PTE_DIRTY);
    else
        WRITE_ONCE(l4[0], show ? tables : 0);
    if (show)
        tables = l4[0];
    else
        tlb_flush_mask(&cpu_online_map);
    return ret;
}

void *map_frame(mfn_t m)
{
    return mfn_to_virt(m);
}
