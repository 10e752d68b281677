/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The page tables that a tiny test kernel was started on, and changes of them. */
#include "pages.h"

void *address_of_frame(unsigned long mfn)
{
    const unsigned long *m2p = (const unsigned long *)HYPERVISOR_VIRT_START;

    return (void *)(GUEST_BASE + m2p[mfn] * PAGE_SIZE);
}

volatile uint64_t *table_entry(const volatile void *va, unsigned int level)
{
    unsigned long at = (unsigned long)va;
    volatile uint64_t *table = (volatile uint64_t *)start_info->pt_base;
    unsigned int now;

    for (now = 4;; now--) {
        volatile uint64_t *entry = &table[at >> (3 + 9 * now) & 511];

        if (now == level)
            return entry;
        if (!(*entry & PTE_PRESENT))
            return NULL;
        table = address_of_frame((*entry & PTE_FRAME) >> 12);
    }
}

uint64_t machine_address(const volatile void *address)
{
    return frame_of(address) << 12 | ((unsigned long)address & (PAGE_SIZE - 1));
}

long update_one(uint64_t ptr, uint64_t val)
{
    struct mmu_update update = { .ptr = ptr, .val = val };
    unsigned int done = ~0U;
    long ret = mmu_update(&update, 1, &done);

    check_equal(done, ret ? 0 : 1);
    return ret;
}

long mmuext(unsigned int cmd, unsigned long arg1, unsigned long arg2)
{
    struct mmuext_op op = { .cmd = cmd, .arg1.mfn = arg1 };
    unsigned int done = ~0U;
    long ret;

    op.arg2.src_mfn = arg2;
    ret = mmuext_op(&op, 1, &done);
    check_equal(done, ret ? 0 : 1);
    return ret;
}

void map_page(volatile void *va, uint64_t entry)
{
    long ret = update_va_mapping((const void *)(unsigned long)va, entry, UVMF_INVLPG | UVMF_ALL);

    if (ret) {
        print("mapping %p with %lx: %ld\n", (void *)(unsigned long)va, entry, ret);
        guest_error("a page could not be mapped");
    }
}

void page_read_only(volatile void *page)
{
    map_page(page, entry_for(page, PAGE_RO));
}

void page_writable(volatile void *page)
{
    map_page(page, entry_for(page, PAGE_RW));
}
