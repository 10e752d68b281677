/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Page tables by hypercall: mmu_update, update_va_mapping, pinning, base pointers, refusals. */
#include "pages.h"
#include "traps.h"

#define UNMAPPED   ((void *)0x10000)
#define HYPERVISOR (HYPERVISOR_VIRT_START + (64UL << 30))

static struct mmu_update page_aligned requests[512]; /* two pages */
static volatile page_table page_aligned a, b, c, l1, l2, l3, l4, user_l4;

static void *plain(const volatile void *p)
{
    return (void *)(unsigned long)p;
}

static void test_update_va_mapping(void)
{
    static const unsigned long flags[] = {
        UVMF_TLB_FLUSH | UVMF_LOCAL,
        UVMF_INVLPG | UVMF_LOCAL,
        UVMF_TLB_FLUSH | UVMF_ALL,
        UVMF_INVLPG | UVMF_ALL,
    };
    static unsigned long mask = 1;
    unsigned int i;

    a[0] = 0xaaaa, b[0] = 0xbbbb;
    for (i = 0; i < 4; i++) {
        check_equal(update_va_mapping(plain(a), entry_for(b, PAGE_RW), flags[i]), 0);
        check_equal(a[0], 0xbbbb);
        check_equal(update_va_mapping(plain(a), entry_for(a, PAGE_RW), flags[i]), 0);
        check_equal(a[0], 0xaaaa);
    }
    check_equal(update_va_mapping(plain(a), entry_for(b, PAGE_RW),
                                  UVMF_TLB_FLUSH | UVMF_MULTI | (unsigned long)&mask),
                0);
    check_equal(a[0], 0xbbbb);
    check_equal(update_va_mapping(plain(a), entry_for(a, PAGE_RW),
                                  UVMF_INVLPG | UVMF_MULTI | (unsigned long)&mask),
                0);
    check_equal(a[0], 0xaaaa);
    /* A bitmap that cannot be read: told after the change was made. */
    check_equal(update_va_mapping(plain(a), entry_for(b, PAGE_RW),
                                  UVMF_INVLPG | UVMF_MULTI | (unsigned long)UNMAPPED),
                -XEN_EFAULT);
    check_equal(*table_entry(a, 1) >> 12, frame_of(b));
    check_equal(update_va_mapping(plain(a), entry_for(a, PAGE_RW), 3), 0);
    check_equal(*table_entry(a, 1) >> 12, frame_of(a));
    check_equal(update_va_mapping(plain(a), entry_for(a, PAGE_RW), UVMF_NONE), 0);
    page_writable(a);
    check_equal(update_va_mapping(UNMAPPED, entry_for(a, PAGE_RW), 0), -XEN_EINVAL);
    check_equal(update_va_mapping((void *)HYPERVISOR, entry_for(a, PAGE_RW), 0), -XEN_EINVAL);
    check_equal(update_va_mapping((void *)(1UL << 47), entry_for(a, PAGE_RW), 0), -XEN_EINVAL);
    check_equal(hypercall(__HYPERVISOR_update_va_mapping_otherdomain, (unsigned long)a,
                          entry_for(a, PAGE_RW), 0, 0x1234, 0),
                -XEN_ESRCH);
    check_equal(hypercall(__HYPERVISOR_update_va_mapping_otherdomain, (unsigned long)a,
                          entry_for(a, PAGE_RW), 0, DOMID_SELF, 0),
                0);
}

static void test_bits(void)
{
    uint64_t mach = machine_address(table_entry(c, 1));
    struct {
        uint64_t bits;
        long want;
    } tries[] = {
        { PAGE_RW, 0 },
        { PAGE_RW & ~PTE_USER, 0 },
        { PAGE_RW | PTE_NX, 0 },
        { PAGE_RW | PTE_CACHE_OFF, 0 },
        { PAGE_RW | PTE_WRITE_THROUGH, 0 },
        { PAGE_RW | PTE_LARGE, 0 }, /* the PAT bit of a small page */
        { PAGE_RW | PTE_GLOBAL, 0 },
        { PAGE_RW | 0x200, 0 },
        { PAGE_RW | 0x400, 0 },
        { PAGE_RW | 0x800, 0 },
        { PAGE_RW | 1UL << 52, 0 },
        { PAGE_RW | 1UL << 58, 0 },
        { PAGE_RW | 1UL << 59, 0 }, /* ignored without protection keys */
        { PAGE_RW | 1UL << 62, 0 },
        { PAGE_RW | 1UL << 51, -XEN_EPERM }, /* an address that this processor does not have */
        { 0, 0 },
        { PAGE_RW & ~PTE_PRESENT, 0 },
    };
    unsigned int i;

    for (i = 0; i < sizeof(tries) / sizeof(tries[0]); i++) {
        long ret = update_one(mach, entry_for(c, tries[i].bits));

        if (ret != tries[i].want)
            print("bits %lx:\n", tries[i].bits);
        check_equal(ret, tries[i].want);
        /* What is added is the hypervisor's affair; nothing that was asked for is lost. */
        if (!ret)
            check_equal(*table_entry(c, 1) & tries[i].bits & ~PTE_GLOBAL,
                        tries[i].bits & ~PTE_GLOBAL);
    }
    page_writable(c);
}

/* A long batch, of two tables' entries and of both rights, up to what cannot be read. */
static void test_mmu_batch(void)
{
    enum { BATCH = 70, BAD = 45 };
    struct mmu_update *ops = requests + 256 - BATCH;
    uint64_t mach = machine_address(table_entry(a, 1)), ro = entry_for(a, PAGE_RW & ~PTE_WRITABLE);
    uint64_t next = *table_entry(requests + 256, 1);
    unsigned int index = (unsigned int)((unsigned long)a >> 12 & 511);
    unsigned int done = 0, i;

    for (i = 0; i < BATCH; i++)
        ops[i] = (struct mmu_update){ mach | (i & 4 ? MMU_PT_UPDATE_PRESERVE_AD : 0),
                                      i & 1 ? ro : entry_for(a, PAGE_RW) };
    ops[33] = (struct mmu_update){ machine_address(&l1[index]), ro };
    page_read_only(l1);
    check_equal(mmuext(MMUEXT_PIN_L1_TABLE, frame_of(l1), 0), 0);
    map_page(requests + 256, 0);
    check_equal(mmu_update(ops, BATCH + 10, &done), -XEN_EFAULT);
    check_equal(done, BATCH);
    map_page(requests + 256, next);
    check_equal(l1[index] & ~PTE_USER, ro & ~PTE_USER);
    check(!(*table_entry(a, 1) & PTE_WRITABLE));
    /* A page table is not to be made writable, in the middle of a batch either. */
    ops[BAD] = (struct mmu_update){ mach, entry_for(table_entry(a, 1), PAGE_RW) };
    check(mmu_update(ops, BATCH, &done) < 0);
    check_equal(done, BAD);
    check_equal(*table_entry(a, 1) & PTE_WRITABLE, PTE_WRITABLE); /* the one before */
    check_equal(update_one(machine_address(&l1[index]), 0), 0);
    check_equal(mmuext(MMUEXT_UNPIN_TABLE, frame_of(l1), 0), 0);
    page_writable(l1);
    page_writable(a);
}

static void test_mmu_update(void)
{
    uint64_t mach = machine_address(table_entry(a, 1));
    struct mmu_update ops[3] = {
        { .ptr = mach, .val = entry_for(b, PAGE_RW) },
        { .ptr = mach, .val = entry_for(a, PAGE_RW) },
        { .ptr = 1UL << 50, .val = 0 },
    };
    unsigned int done = 7, i;

    check_equal(mmu_update(ops, 3, &done), -XEN_EINVAL);
    check_equal(done, 2);
    check_equal(mmu_update(ops, 0, &done), 0);
    check_equal(done, 0);
    check_equal(mmu_update(ops, 2, NULL), 0);
    check_equal(mmu_update(UNMAPPED, 1, &done), -XEN_EFAULT);
    check_equal(mmu_update(ops, 1, UNMAPPED), 0);
    check_equal(
        hypercall(__HYPERVISOR_mmu_update, (unsigned long)ops, 1, (unsigned long)&done, 0x1234, 0),
        -XEN_ESRCH);
    check_equal(hypercall(__HYPERVISOR_mmu_update, (unsigned long)ops, 1, (unsigned long)&done,
                          DOMID_SELF | 0x1235UL << 16, 0),
                -XEN_ESRCH);
    page_writable(a);
    /* Accessed and dirty are kept when asked. */
    a[1] = 1;
    check_equal(update_one(mach | MMU_PT_UPDATE_PRESERVE_AD,
                           entry_for(a, PTE_PRESENT | PTE_WRITABLE | PTE_USER)),
                0);
    check_equal(*table_entry(a, 1) & (PTE_ACCESSED | PTE_DIRTY), PTE_ACCESSED | PTE_DIRTY);
    check_equal(update_one(mach, entry_for(a, PTE_PRESENT | PTE_WRITABLE | PTE_USER)), 0);
    check_equal(*table_entry(a, 1) & (PTE_ACCESSED | PTE_DIRTY), 0);
    page_writable(a);
    /* A word of ordinary memory may be written like a table; not one of a read-only frame's. */
    check_equal(update_one(machine_address(&b[3]), 0x1234567890), 0);
    check_equal(b[3], 0x1234567890);
    for (i = 4; i < 8; i++)
        check_equal(update_one(machine_address(&b[3]) + i, 77), -XEN_ENOSYS);
    check_equal(b[3], 0x1234567890);
    check_equal(update_one(machine_address(&b[3]) | MMU_PT_UPDATE_NO_TRANSLATE, 5), 0);
    check_equal(b[3], 5);
    /* The machine-to-physical table. */
    check_equal(update_one(frame_of(b) << 12 | MMU_MACHPHYS_UPDATE, 0x55), 0);
    check_equal(((unsigned long *)HYPERVISOR_VIRT_START)[frame_of(b)], 0x55);
    check_equal(update_one(frame_of(b) << 12 | MMU_MACHPHYS_UPDATE,
                           ((unsigned long)b - GUEST_BASE) / PAGE_SIZE),
                0);
    check_equal(update_one(1UL << 50 | MMU_MACHPHYS_UPDATE, 0), -XEN_EINVAL);
    check_equal(update_one(MMU_MACHPHYS_UPDATE, 0), -XEN_EINVAL);
}

static void test_refusals(void)
{
    uint64_t mach = machine_address(table_entry(c, 1));
    const unsigned long hole = 0x8000000;

    /* A table may be mapped, but never writable. */
    check_equal(update_one(mach, (*table_entry(a, 2) & PTE_FRAME) | PAGE_RW), -XEN_EBUSY);
    check_equal(update_one(mach, (*table_entry(a, 2) & PTE_FRAME) | PAGE_RO), 0);
    check_equal(update_one(mach, (*table_entry(a, 3) & PTE_FRAME) | PAGE_RW), -XEN_EBUSY);
    check_equal(update_one(mach, (*table_entry(a, 4) & PTE_FRAME) | PAGE_RW), -XEN_EBUSY);
    check_equal(update_one(mach, entry_for((void *)start_info->pt_base, PAGE_RW)), -XEN_EBUSY);
    /* Frame 0 is not this domain's; nor is what holds the machine-to-physical table. */
    check_equal(update_one(mach, PAGE_RW), 0);
    check_equal(update_one(mach, hole << 12 | PAGE_RW), 0);
    page_writable(c);
    /* Upper levels: no large pages, nothing that is not a table, not the hypervisor's slots. */
    check_equal(update_one(machine_address(table_entry(UNMAPPED, 4)), entry_for(b, PAGE_TABLE)),
                -XEN_EINVAL);
    check_equal(
        update_one(machine_address(table_entry((void *)GUEST_BASE, 2) + 300), PAGE_RW | PTE_LARGE),
        -XEN_EINVAL);
    check_equal(
        update_one(machine_address(table_entry((void *)GUEST_BASE, 3) + 1), PAGE_RW | PTE_LARGE),
        -XEN_EINVAL);
    check_equal(update_one(machine_address(table_entry((void *)HYPERVISOR_VIRT_START, 4)), 0),
                -XEN_EINVAL);
    check_equal(update_one(machine_address(table_entry((void *)HYPERVISOR, 4) + 4), 0),
                -XEN_EINVAL);
    /* Not present entries hold anything. */
    check_equal(update_one(machine_address(table_entry((void *)GUEST_BASE, 2) + 300), 0x1230), 0);
    check_equal(update_one(machine_address(table_entry((void *)GUEST_BASE, 2) + 300), 0), 0);
}

static void test_pin(void)
{
    /* Writable: no table yet. */
    check_equal(mmuext(MMUEXT_PIN_L1_TABLE, frame_of(l1), 0), -XEN_EINVAL);
    page_read_only(l1), page_read_only(l2), page_read_only(l3), page_read_only(l4);
    page_read_only(user_l4);
    check_equal(mmuext(MMUEXT_UNPIN_TABLE, frame_of(l1), 0), -XEN_EINVAL);
    check_equal(mmuext(MMUEXT_PIN_L1_TABLE, frame_of(l1), 0), 0);
    check_equal(mmuext(MMUEXT_PIN_L1_TABLE, frame_of(l1), 0), -XEN_EINVAL);
    check_equal(mmuext(MMUEXT_PIN_L2_TABLE, frame_of(l1), 0), -XEN_EINVAL);
    check_equal(mmuext(MMUEXT_UNPIN_TABLE, frame_of(l1), 0), 0);
    check_equal(mmuext(MMUEXT_PIN_L2_TABLE, frame_of(l1), 0), 0);
    check_equal(mmuext(MMUEXT_UNPIN_TABLE, frame_of(l1), 0), 0);
    check_equal(mmuext(MMUEXT_PIN_L2_TABLE, frame_of(l2), 0), 0);
    check_equal(mmuext(MMUEXT_PIN_L3_TABLE, frame_of(l3), 0), 0);
    check_equal(mmuext(MMUEXT_PIN_L4_TABLE, frame_of(user_l4), 0), 0);
    check_equal(user_l4[0], 0);
    check_equal(update_one(machine_address(&l2[0]), entry_for(l1, PAGE_TABLE)), 0);
    check_equal(update_one(machine_address(&l3[0]), entry_for(l2, PAGE_TABLE)), 0);
    check_equal(update_one(machine_address(&l3[1]), entry_for(l1, PAGE_TABLE)), -XEN_EINVAL);
    check_equal(update_one(machine_address(&user_l4[1]), entry_for(l3, PAGE_TABLE)), 0);
    check_equal(update_one(machine_address(&l1[0]), entry_for(a, PAGE_RW)), 0);
    check_equal(update_one(machine_address(&l1[1]), entry_for(l2, PAGE_RW)), -XEN_EBUSY);
    check_equal(mmuext(MMUEXT_UNPIN_TABLE, frame_of(user_l4), 0), 0);
    check_equal(mmuext(MMUEXT_UNPIN_TABLE, frame_of(user_l4), 0), -XEN_EINVAL);
    check_equal(mmuext(MMUEXT_PIN_L4_TABLE, 1UL << 40, 0), -XEN_EINVAL);
    check_equal(mmuext(MMUEXT_UNPIN_TABLE, 1UL << 40, 0), -XEN_EINVAL);
    check_equal(mmuext(MMUEXT_PIN_L4_TABLE, frame_of(user_l4), 0), 0);
}

static void test_base_pointers(void)
{
    unsigned long first = frame_of((void *)start_info->pt_base);
    unsigned int i;

    check_equal(mmuext(MMUEXT_NEW_BASEPTR, first, 0), 0);
    check_equal(mmuext(MMUEXT_NEW_BASEPTR, 1UL << 40, 0), -XEN_EINVAL);
    check_equal(mmuext(MMUEXT_NEW_BASEPTR, frame_of(b), 0), -XEN_EINVAL);
    check_equal(mmuext(MMUEXT_NEW_BASEPTR, 0, 0), -XEN_EINVAL);
    check_equal(mmuext(MMUEXT_NEW_USER_BASEPTR, frame_of(b), 0), -XEN_EINVAL);
    check_equal(mmuext(MMUEXT_NEW_USER_BASEPTR, 1UL << 40, 0), -XEN_EINVAL);
    check_equal(mmuext(MMUEXT_NEW_USER_BASEPTR, frame_of(user_l4), 0), 0);
    check_equal(mmuext(MMUEXT_NEW_USER_BASEPTR, frame_of(user_l4), 0), 0);
    check_equal(mmuext(MMUEXT_NEW_USER_BASEPTR, 0, 0), 0);
    /* A kernel table of our own: the first one's entries, and one more of ours. */
    page_writable(l4);
    for (i = 0; i < 512; i++)
        l4[i] = i >= 256 && i < 272 ? 0 : ((volatile uint64_t *)start_info->pt_base)[i];
    l4[1] = entry_for(l3, PAGE_TABLE);
    page_read_only(l4);
    check_equal(mmuext(MMUEXT_NEW_BASEPTR, frame_of(l4), 0), 0);
    a[5] = 0x4321;
    check_equal(*(volatile uint64_t *)((1UL << 39) + 40), 0x4321);
    check_equal(update_va_mapping((void *)(1UL << 39), 0, UVMF_INVLPG), 0);
    check(!try_read((void *)(1UL << 39), plain(&b[0])));
    check_equal(trap_caught.cr2, 1UL << 39);
    check_equal(update_va_mapping((void *)(1UL << 39), entry_for(a, PAGE_RW), 0), 0);
    check_equal(mmuext(MMUEXT_NEW_BASEPTR, first, 0), 0);
    check(!try_read((void *)(1UL << 39), plain(&b[0])));
    page_writable(l4);
}

static void test_pages(void)
{
    struct mmuext_op op = { .cmd = MMUEXT_TLB_FLUSH_LOCAL };

    a[0] = 1, a[511] = 2;
    check_equal(mmuext(MMUEXT_COPY_PAGE, frame_of(b), frame_of(a)), 0);
    check_equal(b[0], 1);
    check_equal(b[511], 2);
    check_equal(mmuext(MMUEXT_CLEAR_PAGE, frame_of(b), 0), 0);
    check_equal(b[0], 0);
    check_equal(b[511], 0);
    check_equal(mmuext(MMUEXT_CLEAR_PAGE, frame_of(l2), 0), -XEN_EINVAL);
    check_equal(mmuext(MMUEXT_CLEAR_PAGE, 1UL << 40, 0), -XEN_EINVAL);
    check_equal(mmuext(MMUEXT_COPY_PAGE, frame_of(l2), frame_of(a)), -XEN_EINVAL);
    check_equal(mmuext(MMUEXT_COPY_PAGE, frame_of(b), frame_of(l2)), 0);
    check_equal(b[0], l2[0]);
    check_equal(mmuext(MMUEXT_COPY_PAGE, frame_of(b), 1UL << 40), -XEN_EINVAL);
    check_equal(mmuext(MMUEXT_MARK_SUPER, frame_of(b), 0), -XEN_EOPNOTSUPP);
    check_equal(mmuext(MMUEXT_UNMARK_SUPER, frame_of(b), 0), -XEN_EOPNOTSUPP);
    check_equal(mmuext(1000, 0, 0), -XEN_ENOSYS);
    check_equal(mmuext(14, 0, 0), -XEN_ENOSYS);
    check_equal(mmuext_op(UNMAPPED, 1, NULL), -XEN_EFAULT);
    check_equal(mmuext_op(&op, 1, UNMAPPED), 0);
    check_equal(mmuext_op(&op, 1, NULL), 0);
    check_equal(hypercall(__HYPERVISOR_mmuext_op, (unsigned long)b, 1, 0, 0x1234, 0), -XEN_ESRCH);
}

void guest_main(void)
{
    test_update_va_mapping();
    test_bits();
    test_mmu_update();
    test_mmu_batch();
    test_refusals();
    test_pin();
    test_base_pointers();
    test_pages();
}
