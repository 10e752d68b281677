/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The page-type model on a machine of 64 frames: random operations, and all counts made anew. */
/* sources: xen/common/memory/frame-types.c xen/common/memory/domain-frames.c
   xen/arch/x86/pv/pt-entry.c xen/arch/x86/pv/pt-validate.c xen/arch/x86/pv/pt-update.c
   xen/common/sync/spinlock.c */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <hv/alloc.h>
#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/memory.h>
#include <hv/printk.h>

#include <asm/cpuid.h>
#include <asm/desc.h>
#include <asm/mm.h>
#include <asm/pv.h>

#include "../../xen/arch/x86/pv/mm.h"

#define FRAMES   64U
#define SHARED   4U /* the last frames: the hypervisor's, shown to the domain */
#define TYPES    8U
#define STEPS    4000U
#define SEEDS    12U
#define IN_TABLE 6U /* entries that operations touch */

static uint64_t memory[FRAMES][PT_ENTRIES] __aligned(4096);
static struct frame frames[FRAMES];
struct frame *const frame_table = frames;
uint64_t frame_limit = FRAMES;
uint64_t idle_cr3;
struct cpu_features cpu_features = { .phys_bits = 40 };
struct domain *dom_xen, *dom_io;
static struct domain domains[2], xen_owner;
static uint64_t idle_l4[PT_ENTRIES];
static const unsigned int places[IN_TABLE] = { 0, 1, 7, 200, 300, 511 };

/* The model: what the test itself holds, and what a TLB may still hold. */
static unsigned int held[FRAMES][TYPES]; /* TYPE_NONE: plain references */
static bool tlb_any[FRAMES], tlb_writable[FRAMES];
static bool is_free[FRAMES];
static uint64_t state;

static unsigned int below(unsigned int n)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned int)(state >> 11) % n;
}

/* fakes */

void *map_frame(mfn_t m)
{
    assert_true(m.n < FRAMES);
    return memory[m.n];
}

paddr_t virt_to_phys(const void *va)
{
    return (paddr_t)((const char *)va - (const char *)memory);
}

void panic(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    vfprintf(stderr, fmt, args);
    va_end(args);
    abort();
}

void printk(const char *fmt __unused, ...)
{
}

/* Bit 44 set: what a guest may have; others are refused. */
bool segment_descriptor_fix(uint64_t *desc)
{
    return !*desc || *desc & 1ULL << 44;
}

void domain_put(struct domain *d)
{
    assert_int_not_equal(d->refs--, 0);
}

/* Pages that the hypervisor shows stay for the whole test. */
void page_free(void *va __unused, unsigned int order __unused)
{
    abort();
}

void arch_set_gpfn(mfn_t m __unused, gfn_t pfn __unused)
{
}

void frame_free(struct frame *pg, unsigned int order __unused)
{
    uint64_t n = frame_mfn(pg).n;

    assert_false(tlb_any[n]);
    *pg = (struct frame){ .refs = 0 };
    is_free[n] = true;
}

static unsigned int level_in_use(uint64_t n)
{
    uint64_t type = frames[n].type;

    return (type & TYPE_COUNT_MASK) && type_of(type) <= TYPE_L4 ? (unsigned int)type_of(type) : 0;
}

static bool is_guest_slot(unsigned int level, unsigned int i)
{
    return level < 4 || i < HV_SLOT_FIRST || i > HV_SLOT_LAST;
}

/* What stands in tables in use can be in a TLB at any time. */
static void tlb_fill(void)
{
    for (unsigned int n = 0; n < FRAMES; n++)
        for (unsigned int i = 0; level_in_use(n) == 1 && i < PT_ENTRIES; i++) {
            uint64_t e = memory[n][i];

            if (e & PTE_PRESENT && pte_mfn(e).n < FRAMES) {
                tlb_any[pte_mfn(e).n] = true;
                tlb_writable[pte_mfn(e).n] |= !!(e & PTE_RW);
            }
        }
}

void arch_domain_flush_tlb(struct domain *d __unused)
{
    memset(tlb_any, 0, sizeof(tlb_any));
    memset(tlb_writable, 0, sizeof(tlb_writable));
}

/* the check */

static void count_tables(unsigned int refs[FRAMES], unsigned int types[FRAMES][TYPES])
{
    for (unsigned int n = 0; n < FRAMES; n++) {
        unsigned int level = level_in_use(n);

        for (unsigned int i = 0; level && i < PT_ENTRIES; i++) {
            uint64_t e = memory[n][i], to = pte_mfn(e).n;

            if (!(e & PTE_PRESENT) || !is_guest_slot(level, i))
                continue;
            assert_true(to < FRAMES);
            refs[to]++;
            if (level > 1)
                types[to][level - 1]++;
            else if (e & PTE_RW)
                types[to][TYPE_WRITABLE]++;
        }
    }
}

static void check_frame(unsigned int n, unsigned int refs, unsigned int types[TYPES])
{
    const struct frame *pg = &frames[n];
    uint64_t count = pg->type & TYPE_COUNT_MASK, type = type_of(pg->type);

    for (unsigned int t = 0; t < TYPES; t++) {
        refs += held[n][t];
        if (t != TYPE_NONE)
            types[t] += held[n][t];
    }
    if (pg->refs & FRAME_ALLOCATED)
        refs++;
    if (pg->refs & FRAME_XENHEAP) /* it keeps a type, writable or none at all */
        types[type]++;
    assert_int_equal(pg->refs & FRAME_COUNT_MASK, refs);
    for (unsigned int t = 0; t < TYPES; t++)
        assert_int_equal(types[t], t == type ? count : 0);
    if (count)
        assert_true(pg->type & TYPE_VALIDATED);
    /* A table or descriptors: nobody can write it, not even by what a TLB remembers. */
    if (count && type != TYPE_WRITABLE && type != TYPE_NONE)
        assert_false(tlb_writable[n]);
    assert_true(!pg->owner == !refs);
}

static void check(void)
{
    unsigned int refs[FRAMES] = { 0 }, types[FRAMES][TYPES] = { { 0 } };
    uint64_t owned[2] = { 0 };

    tlb_fill();
    count_tables(refs, types);
    for (unsigned int n = 0; n < FRAMES; n++) {
        check_frame(n, refs[n], types[n]);
        for (unsigned int d = 0; d < 2; d++)
            owned[d] += frames[n].owner == &domains[d] && !(frames[n].refs & FRAME_XENHEAP);
    }
    for (unsigned int d = 0; d < 2; d++)
        assert_int_equal(owned[d], domains[d].tot_pages);
}

/* operations */

static struct domain *any_domain(void)
{
    return &domains[below(8) ? 0 : 1];
}

static uint64_t any_type(void)
{
    static const uint64_t list[] = { TYPE_L1, TYPE_L1,      TYPE_L2,      TYPE_L3,
                                     TYPE_L4, TYPE_SEGDESC, TYPE_WRITABLE };

    return list[below(ARRAY_SIZE(list))];
}

static uint64_t any_entry(void)
{
    uint64_t e = (uint64_t)below(FRAMES) << PAGE_SHIFT;

    if (!below(40))
        e = (uint64_t)(FRAMES + below(3)) << PAGE_SHIFT;
    if (below(8))
        e |= PTE_PRESENT;
    if (!below(3))
        e |= PTE_RW;
    if (!below(10))
        e |= 1ULL << (2 + below(10));
    if (!below(30))
        e |= 1ULL << (52 + below(12));
    return e;
}

static void op_get(unsigned int n)
{
    const struct domain *d = any_domain();
    bool expected = frames[n].owner == d;

    assert_int_equal(frame_get(&frames[n], d), expected);
    held[n][TYPE_NONE] += expected;
}

static void op_get_type(unsigned int n)
{
    struct domain *d = any_domain();
    uint64_t want = any_type(), was = frames[n].type;
    bool used = was & TYPE_COUNT_MASK;
    int ret = frame_get_and_type(&frames[n], d, want);

    if (frames[n].owner != d)
        assert_int_equal(ret, -EINVAL);
    else if (used && type_of(was) != want)
        assert_int_equal(ret, -EBUSY);
    else if (used || want == TYPE_WRITABLE)
        assert_int_equal(ret, 0);
    held[n][want] += !ret;
}

static void op_put(unsigned int n)
{
    unsigned int t = below(TYPES);

    if (!held[n][t])
        return;
    held[n][t]--;
    if (t == TYPE_NONE)
        frame_put(&frames[n]);
    else
        frame_put_and_type(&frames[n]);
}

static void op_set_entry(unsigned int n)
{
    unsigned int level = level_in_use(n), i = places[below(IN_TABLE)];
    uint64_t was = memory[n][i], val = any_entry();
    int ret;

    if (!level)
        return;
    if (level > 1 && below(4)) /* one that has a chance */
        for (unsigned int tries = 0; tries < FRAMES; tries++)
            if (type_of(frames[pte_mfn(val).n % FRAMES].type) != level - 1)
                val = (val & ~PTE_ADDR_MASK) | (uint64_t)below(FRAMES) << PAGE_SHIFT;
    tlb_fill();
    ret = pt_entry_set(&frames[n], i, val, frames[n].owner, below(2));
    if (ret)
        assert_int_equal(memory[n][i], was);
    else
        assert_false((memory[n][i] ^ val) & (PTE_PRESENT | PTE_RW | PTE_ADDR_MASK));
}

/* As the guest writes: through a writable mapping, taken for the moment. */
static void op_write(unsigned int n)
{
    unsigned int count = below(4);

    if (!frames[n].owner || frame_get_and_type(&frames[n], frames[n].owner, TYPE_WRITABLE))
        return;
    if (!below(3))
        memset(memory[n], 0, sizeof(memory[n]));
    while (count--)
        memory[n][places[below(IN_TABLE)]] = below(8) ? any_entry() & ~PTE_RW : any_entry();
    frame_put_and_type(&frames[n]);
}

static void op_owner(unsigned int n)
{
    struct domain *d = &domains[below(8) ? 0 : 1];
    bool alone = frames[n].owner == d && frames[n].refs == (FRAME_ALLOCATED | 1) &&
                 !(frames[n].type & TYPE_COUNT_MASK);

    if (n >= FRAMES - SHARED)
        return;
    tlb_fill();
    if (is_free[n]) {
        is_free[n] = false;
        assert_int_equal(domain_assign_frame(d, &frames[n]), 0);
    } else if (below(2)) {
        assert_int_equal(domain_steal_frame(d, &frames[n]), alone ? 0 : -EINVAL);
        is_free[n] = alone;
    } else if (!below(4) && frames[n].owner) {
        domain_drop_owner_ref(&frames[n]);
    }
}

static void (*const ops[])(unsigned int) = {
    op_get,       op_get_type,  op_get_type,  op_get_type,  op_put,   op_put,
    op_set_entry, op_set_entry, op_set_entry, op_set_entry, op_write, op_owner,
};

static void machine_start(void)
{
    memset(memory, 0, sizeof(memory));
    memset(frames, 0, sizeof(frames));
    memset(held, 0, sizeof(held));
    memset(domains, 0, sizeof(domains));
    memset(is_free, 0, sizeof(is_free));
    arch_domain_flush_tlb(&domains[0]);
    dom_xen = &xen_owner;
    /* The arithmetic of the direct map wraps, so that any host address can be meant. */
    idle_cr3 = (uint64_t)idle_l4 - DIRECT_MAP_BASE;
    domains[0].is_privileged = true;
    for (unsigned int d = 0; d < 2; d++) {
        domains[d].page_list = FRAME_NONE;
        domains[d].max_pages = FRAMES;
    }
    for (unsigned int n = 0; n < FRAMES - SHARED; n++)
        assert_int_equal(domain_assign_frame(&domains[n % 8 == 7], &frames[n]), 0);
    for (unsigned int n = FRAMES - SHARED; n < FRAMES; n++)
        domain_share_page(n % 2 ? dom_xen : &domains[0], memory[n], !(n % 2));
}

static void test_random_operations(void **unused __unused)
{
    unsigned int tables = 0;

    for (unsigned int seed = 1; seed <= SEEDS; seed++) {
        state = seed * 0x9e3779b97f4a7c15;
        machine_start();
        check();
        for (unsigned int step = 0; step < STEPS; step++) {
            unsigned int n = below(FRAMES);

            ops[below(ARRAY_SIZE(ops))](n);
            check();
            tables += level_in_use(n) > 1;
        }
    }
    /* It got somewhere: tables of tables were in use. */
    assert_true(tables > STEPS / 10);
}

/* A frame of ours that the domain sees is written by us, so it is never a table of its. */
static void test_shared_pages_are_no_tables(void **unused __unused)
{
    struct frame *shared = &frames[FRAMES - 2];

    machine_start();
    for (uint64_t t = TYPE_L1; t <= TYPE_SEGDESC; t++)
        assert_int_equal(frame_get_and_type(shared, &domains[0], t), -EBUSY);
    assert_int_equal(frame_get_and_type(shared, &domains[0], TYPE_WRITABLE), 0);
    frame_put_and_type(shared);
    check();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_operations),
        cmocka_unit_test(test_shared_pages_are_no_tables),
    };

    pv_mm_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
