/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writable page tables: stores of the kernel to a table in use, of all kinds; TLB flushes. */
#include "pages.h"
#include "traps.h"

#define UNMAPPED ((void *)0x10000)
#define WINDOW   ((volatile uint64_t *)(1UL << 39))

static volatile page_table page_aligned a, b, l1, l2, l3;

static void plain_store(volatile uint64_t *at, uint64_t value)
{
    trap_caught.vector = TRAP_NONE;
    __asm__ volatile(TRAP_CAUGHT("mov %0, (%1)") : : "r"(value), "r"(at) : "memory");
}

/* The window's first page is what the entry says, whichever way it was stored. */
static void check_window(volatile uint64_t *page, int line)
{
    uint64_t got = 0;

    if (!try_read(WINDOW, &got) || got != page[0])
        guest_fail(__FILE__, line, "the window", (long)got, (long)page[0]);
}

/* Read-modify-write instructions, as atomic operations on page tables compile to. */
static void test_atomics(void)
{
    uint64_t to_a = entry_for(a, PAGE_RW), to_b = entry_for(b, PAGE_RW), old;
    unsigned char ok;

    l1[0] = to_b;
    mmuext(MMUEXT_TLB_FLUSH_LOCAL, 0, 0);
    check_window(b, __LINE__);
    old = to_a;
    __asm__ volatile("xchg %0, %1" : "+r"(old), "+m"(l1[0]) : : "memory");
    check_equal(old & PTE_FRAME, to_b & PTE_FRAME);
    mmuext(MMUEXT_TLB_FLUSH_LOCAL, 0, 0);
    check_window(a, __LINE__);
    old = l1[0];
    __asm__ volatile("lock cmpxchg %3, %1\n\tsetz %2"
                     : "+a"(old), "+m"(l1[0]), "=q"(ok)
                     : "r"(to_b)
                     : "memory", "cc");
    check_equal(ok, 1);
    mmuext(MMUEXT_INVLPG_ALL, (unsigned long)WINDOW, 0);
    check_window(b, __LINE__);
    old = 0x123;
    __asm__ volatile("lock cmpxchg %3, %1\n\tsetz %2"
                     : "+a"(old), "+m"(l1[0]), "=q"(ok)
                     : "r"(to_a)
                     : "memory", "cc");
    check_equal(ok, 0);
    check_equal(old, l1[0]);
    check_equal(l1[0] & PTE_FRAME, to_b & PTE_FRAME);
    __asm__ volatile("lock btrq $1, %0\n\tsetc %1" : "+m"(l1[0]), "=q"(ok) : : "memory", "cc");
    check_equal(ok, 1);
    check_equal(l1[0] & PTE_WRITABLE, 0);
    mmuext(MMUEXT_TLB_FLUSH_ALL, 0, 0);
    plain_store(WINDOW, 1);
    check_equal(trap_caught.vector, TRAP_PF);
    check_equal(trap_caught.error, 3);
    check_equal(trap_caught.cr2, WINDOW);
    __asm__ volatile("lock orq $2, %0" : "+m"(l1[0]) : : "memory", "cc");
    plain_store(WINDOW, 0xbbbb);
    check_equal(trap_caught.vector, TRAP_NONE);
    __asm__ volatile("lock andq $0, %0" : "+m"(l1[0]) : : "memory", "cc");
    check_equal(l1[0], 0);
    mmuext(MMUEXT_TLB_FLUSH_LOCAL, 0, 0);
}

static void test_stores(void)
{
    volatile uint32_t *half = (volatile uint32_t *)&l1[0];
    uint64_t to_a = entry_for(a, PAGE_RW), to_b = entry_for(b, PAGE_RW), old;

    l1[0] = to_a;
    check_window(a, __LINE__);
    l1[0] = 0;
    mmuext(MMUEXT_INVLPG_LOCAL, (unsigned long)WINDOW, 0);
    check(!try_read(WINDOW, &old));
    l1[0] = to_b;
    check_window(b, __LINE__);
    l1[0] = 0;
    /* Halves, as a 32-bit kernel's order would be: high, then low; low first to take away. */
    half[1] = (uint32_t)(to_a >> 32);
    half[0] = (uint32_t)to_a;
    mmuext(MMUEXT_TLB_FLUSH_LOCAL, 0, 0);
    check_window(a, __LINE__);
    half[0] = 0;
    half[1] = 0;
    check_equal(l1[0], 0);
    *(volatile uint8_t *)&l1[2] = 0x66; /* not present: any bits */
    check_equal(l1[2], 0x66);
    l1[2] = 0;
    __asm__ volatile("movnti %1, %0" : "=m"(l1[0]) : "r"(to_a) : "memory");
    check_window(a, __LINE__);
}

static void test_moves(void)
{
    uint64_t values[4] = { entry_for(a, PAGE_RW), entry_for(b, PAGE_RO), 0, 0x1230 };
    const void *from = values;
    volatile void *to = &l1[4];
    unsigned long count = 4;

    __asm__ volatile("rep movsq" : "+S"(from), "+D"(to), "+c"(count) : : "memory");
    check_equal(count, 0);
    check_equal(l1[4] & PTE_FRAME, values[0] & PTE_FRAME);
    check_equal(l1[5] & (PTE_FRAME | PTE_WRITABLE), values[1] & PTE_FRAME);
    check_equal(l1[7], 0x1230);
    to = &l1[4], count = 4;
    __asm__ volatile("rep stosq" : "+D"(to), "+c"(count) : "a"(0) : "memory");
    check_equal(l1[4], 0);
    check_equal(l1[7], 0);
    l1[511] = values[0];
    check_equal(WINDOW[511 * 512], a[0]);
    l1[511] = 0;
}

/* What may not stand in a table is a page fault of the store; nothing changes. */
static void test_refused(void)
{
    uint64_t was;

    l1[0] = entry_for(a, PAGE_RW);
    was = l1[0];
    plain_store(&l1[0], entry_for(l2, PAGE_RW));
    check_equal(trap_caught.vector, TRAP_PF);
    check_equal(trap_caught.error, 3);
    check_equal(trap_caught.cr2, &l1[0]);
    check_equal(l1[0], was);
    plain_store(&l1[0], 1UL << 51 | PAGE_RW);
    check_equal(trap_caught.vector, TRAP_PF);
    check_equal(l1[0], was);
    /* Only level 1 is written so; upper levels take hypercalls. */
    plain_store(&l2[1], 0);
    check_equal(trap_caught.vector, TRAP_PF);
    check_equal(trap_caught.error, 3);
    plain_store((volatile uint64_t *)((unsigned long)&l1[1] + 4), 0x67);
    check_equal(trap_caught.vector, TRAP_PF); /* two entries at once */
    l1[0] = 0;
}

static void test_flushes(void)
{
    static unsigned long mask = 1, none, beyond = ~1UL;
    static const unsigned int commands[] = { MMUEXT_TLB_FLUSH_MULTI, MMUEXT_INVLPG_MULTI };
    unsigned int i;
    struct mmuext_op op = { 0 };

    for (i = 0; i < 2; i++) {
        op.cmd = commands[i];
        op.arg1.linear_addr = (unsigned long)WINDOW;
        l1[0] = entry_for(a, PAGE_RW);
        mmuext(MMUEXT_TLB_FLUSH_LOCAL, 0, 0);
        check_window(a, __LINE__);
        l1[0] = entry_for(b, PAGE_RW);
        set_xen_guest_handle(op.arg2.vcpumask, &mask);
        check_equal(mmuext_op(&op, 1, NULL), 0);
        check_window(b, __LINE__);
        set_xen_guest_handle(op.arg2.vcpumask, &none);
        check_equal(mmuext_op(&op, 1, NULL), 0);
        set_xen_guest_handle(op.arg2.vcpumask, &beyond);
        check_equal(mmuext_op(&op, 1, NULL), 0);
        set_xen_guest_handle(op.arg2.vcpumask, UNMAPPED);
        check_equal(mmuext_op(&op, 1, NULL), -XEN_EINVAL);
        set_xen_guest_handle(op.arg2.vcpumask, NULL);
        check_equal(mmuext_op(&op, 1, NULL), -XEN_EINVAL);
    }
    check_equal(mmuext(MMUEXT_INVLPG_LOCAL, 1UL << 47, 0), 0);
    check_equal(mmuext(MMUEXT_INVLPG_LOCAL, HYPERVISOR_VIRT_START, 0), 0);
    check_equal(mmuext(MMUEXT_INVLPG_ALL, 1UL << 47, 0), 0);
    check_equal(mmuext(MMUEXT_FLUSH_CACHE, 0, 0), 0);
    check_equal(mmuext(MMUEXT_FLUSH_CACHE_GLOBAL, 0, 0), 0);
}

void guest_main(void)
{
    page_read_only(l1);
    page_read_only(l2);
    page_read_only(l3);
    check_equal(mmuext(MMUEXT_PIN_L3_TABLE, frame_of(l3), 0), 0);
    check_equal(mmuext(MMUEXT_PIN_L2_TABLE, frame_of(l2), 0), 0);
    check_equal(mmuext(MMUEXT_PIN_L1_TABLE, frame_of(l1), 0), 0);
    check_equal(update_one(machine_address(&l2[0]), entry_for(l1, PAGE_TABLE)), 0);
    check_equal(update_one(machine_address(&l3[0]), entry_for(l2, PAGE_TABLE)), 0);
    check_equal(update_one(machine_address(table_entry(WINDOW, 4)), entry_for(l3, PAGE_TABLE)), 0);
    plain_store(&l1[0], 0);
    check_equal(trap_caught.vector, TRAP_NONE);
    check_equal(hypercall2(__HYPERVISOR_vm_assist, VMASST_CMD_enable,
                           (void *)VMASST_TYPE_writable_pagetables),
                0);
    a[0] = 0xaaaa;
    b[0] = 0xbbbb;
    test_atomics();
    test_stores();
    test_moves();
    test_refused();
    test_flushes();
}
