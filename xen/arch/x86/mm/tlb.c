/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TLB flushes on this CPU and on others. Guests' entries are never global, the hypervisor's are. */
#include <hv/smp.h>

#include <asm/mm.h>
#include <asm/processor.h>

void tlb_flush_local(void)
{
    write_cr3(read_cr3());
}

void tlb_flush_local_all(void)
{
    uint64_t cr4 = read_cr4();

    if (!(cr4 & CR4_PGE)) {
        tlb_flush_local();
        return;
    }
    write_cr4(cr4 & ~(uint64_t)CR4_PGE);
    write_cr4(cr4);
}

static void flush(void *arg __unused)
{
    tlb_flush_local();
}

static void flush_all(void *arg __unused)
{
    tlb_flush_local_all();
}

static void flush_page(void *va)
{
    tlb_flush_page_local((vaddr_t)va);
}

void tlb_flush_mask(const struct cpumask *mask)
{
    smp_call(mask, flush, NULL);
}

void tlb_flush_mask_page(const struct cpumask *mask, vaddr_t va)
{
    smp_call(mask, flush_page, (void *)va);
}

void tlb_flush_mask_all(const struct cpumask *mask)
{
    smp_call(mask, flush_all, NULL);
}
