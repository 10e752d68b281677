/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The page-type model on a machine of 64 frames: random operations, and all counts made anew. */
/* sources: xen/common/memory/frame-types.c xen/common/memory/domain-frames.c
   xen/arch/x86/pv/pt-entry.c xen/arch/x86/pv/pt-validate.c xen/arch/x86/pv/pt-update.c
   xen/arch/x86/pv/pt-release.c xen/arch/x86/pv/l1tf.c xen/common/sync/spinlock.c */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <hv/alloc.h>
#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/hypercall.h>
#include <hv/init.h>
#include <hv/memory.h>
#include <hv/printk.h>
#include <hv/ranges.h>

#include <asm/cpuid.h>
#include <asm/desc.h>
#include <asm/mm.h>
#include <asm/pv.h>

#include "../../xen/arch/x86/pv/l1tf.h"
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
static bool pinned[FRAMES];
static unsigned int stopped, old_tables; /* how often it came to that */
static bool busy;                        /* other work waits, now and then */
static struct vcpu vcpu;
static uint64_t state;

static unsigned int below(unsigned int n)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned int)(state >> 11) % n;
}

/* fakes */

bool ranges_have(struct ranges *r __unused, uint64_t first __unused, uint64_t last __unused)
{
    return false; /* no device memory here */
}

int param_bool(const char *value __unused)
{
    return -EINVAL;
}

bool hypercall_preempt_check(void)
{
    return busy;
}

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

/* How many entries hold references. */
static unsigned int entries_in_use(unsigned int n)
{
    uint64_t type = frames[n].type;

    if (type_of(type) < TYPE_L1 || type_of(type) > TYPE_L4)
        return 0;
    if (type & TYPE_PARTIAL)
        return type_done_of(type);
    return type & TYPE_COUNT_MASK ? PT_ENTRIES : 0;
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
        unsigned int level = (unsigned int)type_of(frames[n].type), end = entries_in_use(n);

        for (unsigned int i = 0; i < end; i++) {
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
    if ((pg->type & TYPE_PARTIAL) && !count)
        refs++;
    assert_int_equal(!!(pg->type & TYPE_PINNED), pinned[n]);
    if (pinned[n]) {
        refs++;
        types[type]++;
    }
    if (vcpu.arch.pv.old_table == pg) {
        refs++;
        types[type]++;
    }
    if (pg->refs & FRAME_XENHEAP) /* it keeps a type, writable or none at all */
        types[type]++;
    assert_int_equal(pg->refs & FRAME_COUNT_MASK, refs);
    for (unsigned int t = 0; t < TYPES; t++)
        assert_int_equal(types[t], t == type ? count : 0);
    if (count)
        assert_true(!(pg->type & TYPE_VALIDATED) == !!(pg->type & TYPE_PARTIAL));
    /* A table or descriptors: nobody can write it, not even by what a TLB remembers. */
    if ((count || pg->type & TYPE_PARTIAL) && type != TYPE_WRITABLE && type != TYPE_NONE)
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
    bool used = was & (TYPE_COUNT_MASK | TYPE_PARTIAL), is_owner = frames[n].owner == d;
    int ret;

    busy = below(2);
    ret = busy ? frame_get_and_type_preemptible(&frames[n], d, want)
               : frame_get_and_type(&frames[n], d, want);
    if (!is_owner)
        assert_int_equal(ret, -EINVAL);
    else if (used && type_of(was) != want)
        assert_int_equal(ret, -EBUSY);
    else if ((used && !(was & TYPE_PARTIAL)) || want == TYPE_WRITABLE)
        assert_int_equal(ret, 0);
    stopped += ret == -ERESTART;
    assert_true(busy || ret != -ERESTART);
    held[n][want] += !ret;
}

static void op_put(unsigned int n)
{
    unsigned int t = below(TYPES);

    if (!held[n][t])
        return;
    held[n][t]--;
    if (t == TYPE_NONE) {
        frame_put(&frames[n]);
    } else if (below(2)) {
        frame_put_and_type(&frames[n]);
    } else {
        busy = true;
        if (frame_put_and_type_preemptible(&frames[n])) { /* it is still owed */
            held[n][t]++;
            stopped++;
        }
    }
}

static void op_pin(unsigned int n)
{
    uint64_t want = TYPE_L1 + below(4);

    busy = true;
    if (pinned[n] || frame_get_and_type_preemptible(&frames[n], &domains[0], want))
        return;
    frames[n].type |= TYPE_PINNED;
    pinned[n] = true;
}

static void op_unpin(unsigned int n)
{
    bool was = pinned[n];
    int ret;

    if (!frames[n].owner || !frame_get(&frames[n], frames[n].owner))
        return;
    busy = true;
    ret = pv_table_unpin(&frames[n]);
    assert_true(was ? ret == 0 || ret == -ERESTART : ret == -EINVAL);
    pinned[n] = was && ret;
    stopped += ret == -ERESTART;
    frame_put(&frames[n]);
}

/* A preempted check that nobody continues, and what a replaced table left. */
static void op_end(unsigned int n)
{
    busy = true;
    if (pv_old_table_release(&vcpu) == 0)
        assert_null(vcpu.arch.pv.old_table);
    if (frames[n].owner && !below(4) && frame_get(&frames[n], frames[n].owner)) {
        if (!frame_type_abandon(&frames[n]))
            assert_true(!(frames[n].type & TYPE_PARTIAL) || frames[n].type & TYPE_COUNT_MASK);
        frame_put(&frames[n]);
    }
}

static void op_set_entry(unsigned int n)
{
    unsigned int level = level_in_use(n), i = places[below(IN_TABLE)];
    uint64_t was = memory[n][i], val = any_entry();
    unsigned int how = below(2) ? PT_PRESERVE_AD : 0;
    int ret;

    if (!level || !(frames[n].type & TYPE_VALIDATED))
        return;
    if (level > 1 && below(4)) /* one that has a chance */
        for (unsigned int tries = 0; tries < FRAMES; tries++)
            if (type_of(frames[pte_mfn(val).n % FRAMES].type) != level - 1)
                val = (val & ~PTE_ADDR_MASK) | (uint64_t)below(FRAMES) << PAGE_SHIFT;
    tlb_fill();
    busy = !vcpu.arch.pv.old_table && below(2);
    ret = pt_entry_set(&frames[n], i, val, frames[n].owner, how | (busy ? PT_MAY_STOP : 0));
    if (vcpu.arch.pv.old_table && busy) { /* it was done, all but releasing the old one */
        assert_int_equal(ret, -ERESTART);
        old_tables++;
        ret = 0;
    }
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
    op_pin,       op_pin,       op_unpin,     op_end,
};

static void machine_start(void)
{
    memset(memory, 0, sizeof(memory));
    memset(frames, 0, sizeof(frames));
    memset(held, 0, sizeof(held));
    memset(domains, 0, sizeof(domains));
    memset(is_free, 0, sizeof(is_free));
    memset(pinned, 0, sizeof(pinned));
    memset(&vcpu, 0, sizeof(vcpu));
    vcpu.domain = &domains[0];
    current = &vcpu;
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
    assert_true(stopped > 20 && old_tables > 0);
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

/* Calls again and again, as a guest does; each time a little is done. Returns the last answer. */
static int get_in_steps(struct frame *pg, uint64_t type, unsigned int *steps)
{
    int ret;

    busy = true;
    for (*steps = 0; (ret = frame_get_and_type_preemptible(pg, &domains[0], type)) == -ERESTART;) {
        check();
        assert_true(++*steps < 50);
    }
    return ret;
}

/* A level-3 table (frame 16) of nine level-2 tables. */
static struct frame *table_of_nine(void)
{
    machine_start();
    for (unsigned int i = 0; i < 9; i++)
        memory[16][places[0] + i * 3] = (uint64_t)(i % 7 + i / 7 * 8) << PAGE_SHIFT | PTE_PRESENT;
    return &frames[16];
}

static void test_check_in_steps(void **unused __unused)
{
    struct frame *l3 = table_of_nine();
    unsigned int steps, puts = 0;

    assert_int_equal(get_in_steps(l3, TYPE_L3, &steps), 0);
    assert_in_range(steps, 8, 10);
    held[16][TYPE_L3]++;
    check();
    while (frame_put_and_type_preemptible(l3)) {
        check();
        puts++;
    }
    assert_in_range(puts, 7, 10);
    held[16][TYPE_L3]--;
    check();
    assert_int_equal(l3->type & TYPE_COUNT_MASK, 0);
}

/* What was taken before the bad entry is released in steps too; then it is over. */
static void test_failed_check_in_steps(void **unused __unused)
{
    struct frame *l3 = table_of_nine();
    unsigned int steps;

    memory[16][100] = 0x3000000 | PTE_PRESENT;
    assert_int_equal(get_in_steps(l3, TYPE_L3, &steps), -EINVAL);
    assert_in_range(steps, 15, 20);
    assert_int_equal(l3->type, TYPE_NONE);
    assert_int_equal(l3->refs, FRAME_ALLOCATED | 1);
}

/* The guest gives up: the frame cannot be used otherwise until that is cleared away. */
static void test_abandoned_check(void **unused __unused)
{
    struct frame *l3 = table_of_nine();

    busy = true;
    assert_int_equal(frame_get_and_type_preemptible(l3, &domains[0], TYPE_L3), -ERESTART);
    assert_int_equal(frame_get_and_type(l3, &domains[0], TYPE_WRITABLE), -EBUSY);
    assert_int_equal(frame_get_and_type(l3, &domains[0], TYPE_L2), -EBUSY);
    assert_int_equal(domain_steal_frame(&domains[0], l3), -EINVAL);
    while (frame_type_abandon(l3))
        check();
    check();
    assert_int_equal(frame_get_and_type(l3, &domains[0], TYPE_WRITABLE), 0);
    frame_put_and_type(l3);
}

/* Entries that are not present: those that name memory are refused where that is asked for. */
static void test_l1tf(void **unused __unused)
{
    static const struct {
        unsigned int level;
        uint64_t entry;
        bool leaks;
    } cases[] = {
        { 1, 0, false },
        { 1, 0x7fe, false }, /* the first frame holds no secrets */
        { 1, 5 << PAGE_SHIFT, true },
        { 1, (FRAMES - 1) << PAGE_SHIFT | PTE_RW, true },
        { 1, FRAMES << PAGE_SHIFT, false },
        { 1, 1ULL << 40 | 5 << PAGE_SHIFT, true }, /* bits that the CPU does not have */
        { 1, 1ULL << 39 | 5 << PAGE_SHIFT, false },
        { 1, ~0ULL & ~PTE_PRESENT, false }, /* as kernels write it that know */
        { 3, PTE_PSE, true },
        { 3, 5 << PAGE_SHIFT, true },
        { 3, 1ULL << 39 | PTE_PSE, false },
    };

    for (unsigned int i = 0; i < ARRAY_SIZE(cases) * 2; i++) {
        struct frame *pg = &frames[16];
        uint64_t e = cases[i / 2].entry;
        bool leaks = cases[i / 2].leaks && i % 2;

        machine_start();
        pv_l1tf.dom0 = i % 2;
        assert_int_equal(frame_get_and_type(pg, &domains[0], cases[i / 2].level), 0);
        assert_int_equal(pt_entry_set(pg, 7, e, &domains[0], 0), leaks ? -EINVAL : 0);
        frame_put_and_type(pg);
        memory[16][7] = e;
        assert_int_equal(frame_get_and_type(pg, &domains[0], cases[i / 2].level),
                         leaks ? -EINVAL : 0);
    }
    pv_l1tf.dom0 = false;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_operations), cmocka_unit_test(test_shared_pages_are_no_tables),
        cmocka_unit_test(test_check_in_steps),    cmocka_unit_test(test_failed_check_in_steps),
        cmocka_unit_test(test_abandoned_check),   cmocka_unit_test(test_l1tf),
    };

    pv_mm_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
