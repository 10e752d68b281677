/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The guest's GDT and LDT: checked frames, shown in the CPU's window while the vcpu runs there. */
#include "mm.h"

#include <hv/errno.h>
#include <hv/guest-access.h>
#include <hv/percpu.h>
#include <hv/smp.h>

#include <asm/cpu.h>
#include <asm/desc.h>
#include <asm/mm.h>
#include <asm/pv.h>

/* What this CPU's window holds: so many pages of a GDT, and these of an LDT. */
static DEFINE_PER_CPU(unsigned int, gdt_shown);
static DEFINE_PER_CPU(uint32_t, ldt_shown);
/* LDTR is null and the window shows no LDT: most address spaces have none. */
static DEFINE_PER_CPU(bool, ldt_is_null);

static uint64_t *window_pte(unsigned int page)
{
    return hv_pte(cpu_window(smp_cpu_id()) + page * PAGE_SIZE);
}

static void window_set(unsigned int page, uint64_t pte)
{
    WRITE_ONCE(*window_pte(page), pte);
    tlb_flush_page_local(cpu_window(smp_cpu_id()) + page * PAGE_SIZE);
}

#define LDT_PAGES 16

static unsigned int gdt_pages(const struct vcpu *v)
{
    return (v->arch.pv.gdt_entries + 511) / 512;
}

static void gdt_show(const mfn_t *frames, unsigned int pages)
{
    uint64_t null = pte_make(virt_to_mfn(null_descriptors), PTE_HV_RO & ~PTE_GLOBAL);
    unsigned int old = this_cpu(gdt_shown);

    for (unsigned int i = 0; i < MAX(pages, old); i++)
        window_set(i, i < pages ? pte_make(frames[i], PTE_HV_RW & ~PTE_GLOBAL) : null);
    this_cpu(gdt_shown) = pages;
}

void pv_gdt_load(const struct vcpu *v)
{
    gdt_show(v->arch.pv.gdt_frames, gdt_pages(v));
}

void pv_descriptors_unload(void)
{
    const mfn_t none = INVALID_MFN;

    asm volatile("mov %0, %%ds; mov %0, %%es; mov %0, %%fs; mov %0, %%gs; lldt %w0" ::"r"(0));
    gdt_show(&none, 0);
    for (unsigned int i = 0; i < LDT_PAGES; i++)
        if (this_cpu(ldt_shown) & (1U << i))
            window_set(CPU_WINDOW_LDT + i, 0);
    this_cpu(ldt_shown) = 0;
}

static void ldt_release(struct pv_vcpu *pv)
{
    if (!pv->ldt_mapped)
        return;
    for (unsigned int i = 0; i < LDT_PAGES; i++) {
        if (pv->ldt_frames[i])
            frame_put_and_type(pv->ldt_frames[i]);
        pv->ldt_frames[i] = NULL;
    }
    pv->ldt_mapped = 0;
}

void pv_ldt_change(struct vcpu *v)
{
    ldt_release(&v->arch.pv);
    pv_ldt_load(v);
}

/* The LDT is filled page by page, when the processor looks for a descriptor. */
void pv_ldt_load(struct vcpu *v)
{
    struct pv_vcpu *pv = &v->arch.pv;
    uint64_t base = cpu_window(smp_cpu_id()) + CPU_WINDOW_LDT * PAGE_SIZE;
    uint64_t *gdt = (uint64_t *)(cpu_window(smp_cpu_id()) + FIRST_RESERVED_GDT_PAGE * PAGE_SIZE);
    unsigned int limit = pv->ldt_entries * 8 - 1;

    if (likely(!pv->ldt_entries && this_cpu(ldt_is_null)))
        return;
    for (unsigned int i = 0; i < LDT_PAGES; i++) {
        const struct frame *pg = pv->ldt_frames[i];

        if (pg || (this_cpu(ldt_shown) & (1U << i)))
            window_set(CPU_WINDOW_LDT + i,
                       pg ? pte_make(frame_mfn(pg), PTE_HV_RW & ~PTE_GLOBAL) : 0);
    }
    this_cpu(ldt_shown) = pv->ldt_mapped;
    this_cpu(ldt_is_null) = !pv->ldt_entries && !pv->ldt_mapped;
    if (!pv->ldt_entries) {
        asm volatile("lldt %w0" ::"r"(0));
        return;
    }
    gdt[10] = (limit & 0xffff) | (base & 0xffffff) << 16 | 0x82ULL << 40 |
              (uint64_t)(limit & 0xf0000) << 32 | (base >> 24 & 0xff) << 56;
    gdt[11] = base >> 32;
    asm volatile("lldt %w0" ::"r"(LDT_SEL));
}

/*
 * An IRET or a load of a selector faults with interrupts off, and who holds the lock may wait for
 * this CPU to flush its TLB: so that is done while waiting.
 */
static void ldt_lock(struct domain *d)
{
    while (!spin_trylock(&d->arch.mmu_lock))
        smp_call_poll();
}

bool pv_ldt_fault(struct vcpu *v, vaddr_t addr)
{
    struct pv_vcpu *pv = &v->arch.pv;
    vaddr_t window = cpu_window(smp_cpu_id()) + CPU_WINDOW_LDT * PAGE_SIZE;
    unsigned int page = (unsigned int)((addr - window) >> PAGE_SHIFT);
    uint64_t *pte, e;
    bool ok = false;
    mfn_t table;

    if (v->is_idle || addr - window >= pv->ldt_entries * 8UL || pv->ldt_frames[page])
        return false;
    ldt_lock(v->domain);
    pte = pt_walk_l1(pv->kernel_l4, pv->ldt_base + page * PAGE_SIZE, &table);
    e = pte ? READ_ONCE(*pte) : 0;
    if ((e & PTE_PRESENT) && mfn_is_valid(pte_mfn(e)) &&
        !frame_get_and_type(frame_of(pte_mfn(e)), v->domain, TYPE_SEGDESC)) {
        pv->ldt_frames[page] = frame_of(pte_mfn(e));
        pv->ldt_mapped |= 1U << page;
        this_cpu(ldt_shown) |= 1U << page;
        window_set(CPU_WINDOW_LDT + page, pte_make(pte_mfn(e), PTE_HV_RW & ~PTE_GLOBAL));
        ok = true;
    }
    spin_unlock(&v->domain->arch.mmu_lock);
    return ok;
}

static void gdt_release(struct pv_vcpu *pv)
{
    unsigned int pages = (pv->gdt_entries + 511) / 512;

    for (unsigned int i = 0; i < pages; i++)
        frame_put_and_type(frame_of(pv->gdt_frames[i]));
    pv->gdt_entries = 0;
}

void pv_descriptors_release(struct vcpu *v)
{
    struct pv_vcpu *pv = &v->arch.pv;

    gdt_release(pv);
    ldt_release(pv);
    pv->ldt_entries = 0;
}

int pv_gdt_set(struct vcpu *v, const uint64_t *frames, unsigned int entries)
{
    unsigned int pages = (entries + 511) / 512, i;
    struct domain *d = v->domain;

    if (entries > FIRST_RESERVED_GDT_ENTRY)
        return -EINVAL;
    spin_lock(&d->arch.mmu_lock);
    for (i = 0; i < pages; i++) {
        mfn_t m = mfn(frames[i]);

        if (!mfn_is_valid(m) || frame_get_and_type(frame_of(m), d, TYPE_SEGDESC))
            break;
    }
    if (i < pages) {
        while (i--)
            frame_put_and_type(frame_of(mfn(frames[i])));
        spin_unlock(&d->arch.mmu_lock);
        return -EINVAL;
    }
    gdt_release(&v->arch.pv);
    for (i = 0; i < pages; i++)
        v->arch.pv.gdt_frames[i] = mfn(frames[i]);
    v->arch.pv.gdt_entries = entries;
    spin_unlock(&d->arch.mmu_lock);
    if (v == current)
        pv_gdt_load(v);
    return 0;
}

long do_set_gdt(unsigned long uframes, unsigned long entries, unsigned long a3 __unused,
                unsigned long a4 __unused, unsigned long a5 __unused)
{
    uint64_t frames[PV_GDT_FRAMES];

    if (entries > FIRST_RESERVED_GDT_ENTRY)
        return -EINVAL;
    if (guest_copy_from(frames, (void *)uframes, (entries + 511) / 512 * 8))
        return -EFAULT;
    return pv_gdt_set(current, frames, (unsigned int)entries);
}

long do_update_descriptor(unsigned long pa, unsigned long desc, unsigned long a3 __unused,
                          unsigned long a4 __unused, unsigned long a5 __unused)
{
    struct domain *d = current->domain;
    mfn_t m = paddr_to_mfn(pa);
    struct frame *pg = frame_of(m);
    uint64_t d64 = desc, *page, type;
    int ret = -EINVAL;

    if ((pa & 7) || !mfn_is_valid(m) || !segment_descriptor_fix(&d64) || !frame_get(pg, d))
        return -EINVAL;
    spin_lock(&d->arch.mmu_lock);
    type = READ_ONCE(pg->type);
    /* A table in use takes descriptors as they are checked; any other frame must be writable. */
    if ((type & TYPE_COUNT_MASK) && type_of(type) == TYPE_SEGDESC)
        ret = frame_get_type(pg, TYPE_SEGDESC);
    else
        ret = frame_get_type(pg, TYPE_WRITABLE) ? -EINVAL : 0;
    if (!ret) {
        page = map_frame(m);
        WRITE_ONCE(page[(pa & ~PAGE_MASK) / 8], d64);
        unmap_frame(page);
        frame_put_type(pg);
    }
    spin_unlock(&d->arch.mmu_lock);
    frame_put(pg);
    return ret;
}
