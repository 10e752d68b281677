/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The memory map: odd ones by hand, and random ones against a page-by-page reference. */
/* sources: xen/arch/x86/boot/regions.c */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include <hv/boot-info.h>

#define PAGES    64U
#define ROUNDS   20000
#define UNIT     512U /* random regions begin and end on these */
#define TOP_PAGE (~0ULL - PAGE_SIZE + 1)

static struct boot_info bi;

static void begin(void)
{
    memset(&bi, 0, sizeof(bi));
}

static void assert_region(unsigned int i, paddr_t start, paddr_t end, uint32_t type)
{
    assert_true(i < bi.nr_regions);
    assert_int_equal(bi.regions[i].start, start);
    assert_int_equal(bi.regions[i].start + bi.regions[i].size, end);
    assert_int_equal(bi.regions[i].type, type);
}

static void assert_sane(void)
{
    for (unsigned int i = 0; i < bi.nr_regions; i++) {
        const struct boot_region *r = &bi.regions[i], *before = i ? r - 1 : NULL;

        assert_true(r->size > 0);
        assert_int_equal(r->start % PAGE_SIZE, 0);
        assert_int_equal(r->size % PAGE_SIZE, 0);
        assert_true(r->start + r->size > r->start);
        if (!before)
            continue;
        assert_true(before->start + before->size <= r->start);
        assert_false(before->start + before->size == r->start && before->type == r->type);
    }
}

static void add(paddr_t start, uint64_t size, uint32_t type)
{
    assert_true(boot_region_add(&bi, start, size, type));
}

static void sanitize(void)
{
    boot_regions_sanitize(&bi);
    assert_sane();
}

static void test_nothing(void **state)
{
    (void)state;
    begin();
    sanitize();
    assert_int_equal(bi.nr_regions, 0);
}

static void test_zero_length_is_nothing(void **state)
{
    (void)state;
    begin();
    add(0x1000, 0, REGION_RAM);
    assert_int_equal(bi.nr_regions, 0);
}

static void test_unsorted_with_a_hole(void **state)
{
    (void)state;
    begin();
    add(0x100000, 0x100000, REGION_RAM);
    add(0xf0000, 0x10000, REGION_RESERVED);
    add(0, 0x9fc00, REGION_RAM);
    sanitize();
    assert_int_equal(bi.nr_regions, 3);
    assert_region(0, 0, 0x9f000, REGION_RAM);
    assert_region(1, 0xf0000, 0x100000, REGION_RESERVED);
    assert_region(2, 0x100000, 0x200000, REGION_RAM);
}

static void test_neighbours_become_one(void **state)
{
    (void)state;
    begin();
    add(0x2000, 0x1000, REGION_RAM);
    add(0x1000, 0x1000, REGION_RAM);
    add(0x2800, 0x2800, REGION_RAM); /* overlaps, same type */
    sanitize();
    assert_int_equal(bi.nr_regions, 1);
    assert_region(0, 0x1000, 0x5000, REGION_RAM);
}

static void test_higher_type_wins(void **state)
{
    (void)state;
    begin();
    add(0x1000, 0x9000, REGION_RAM);
    add(0x3800, 0x100, REGION_RESERVED); /* takes its whole page */
    sanitize();
    assert_int_equal(bi.nr_regions, 3);
    assert_region(0, 0x1000, 0x3000, REGION_RAM);
    assert_region(1, 0x3000, 0x4000, REGION_RESERVED);
    assert_region(2, 0x4000, 0xa000, REGION_RAM);
}

static void test_above_4_gib(void **state)
{
    (void)state;
    begin();
    add(0x100000000, 0x8000000000, REGION_RAM);
    add(0xfd00000000, 0x300000000, REGION_RESERVED);
    sanitize();
    assert_int_equal(bi.nr_regions, 2);
    assert_region(0, 0x100000000, 0x8100000000, REGION_RAM);
    assert_region(1, 0xfd00000000, 0x10000000000, REGION_RESERVED);
}

static void test_wrap_around_is_cut_at_the_top(void **state)
{
    (void)state;
    begin();
    add(0x100000, 0x100000, REGION_RAM);
    add(TOP_PAGE - PAGE_SIZE, ~0ULL, REGION_RESERVED);
    sanitize();
    assert_int_equal(bi.nr_regions, 2);
    assert_region(1, TOP_PAGE - PAGE_SIZE, TOP_PAGE, REGION_RESERVED);
}

static void test_ram_inside_the_top_page_is_nothing(void **state)
{
    (void)state;
    begin();
    add(TOP_PAGE + 0x800, 0x100, REGION_RAM); /* rounded up, its start would be 0 */
    sanitize();
    assert_int_equal(bi.nr_regions, 0);
}

static void test_end_inside_the_top_page(void **state)
{
    (void)state;
    begin();
    add(TOP_PAGE - PAGE_SIZE, PAGE_SIZE + 0x800, REGION_RESERVED);
    sanitize();
    assert_int_equal(bi.nr_regions, 1);
}

static void test_full_table_refuses(void **state)
{
    (void)state;
    begin();
    for (unsigned int i = 0; i < BOOT_MAX_REGIONS; i++)
        add(i * 0x2000ULL, 0x1000, REGION_RAM);
    assert_false(boot_region_add(&bi, 0x10000000, 0x1000, REGION_RAM));
    sanitize();
    assert_int_equal(bi.nr_regions, BOOT_MAX_REGIONS);
}

/* What each page must be, by looking at each region alone. */
static void reference(uint32_t type[PAGES], paddr_t base)
{
    memset(type, 0, PAGES * sizeof(*type));
    for (unsigned int p = 0; p < PAGES; p++)
        for (unsigned int i = 0; i < bi.nr_regions; i++) {
            const struct boot_region *r = &bi.regions[i];
            paddr_t first = base + p * PAGE_SIZE, last = first + PAGE_SIZE - 1;
            paddr_t r_last = r->start + r->size - 1;
            bool touches = r->start <= last && r_last >= first;
            bool covers = r->start <= first && r_last >= last;

            if ((r->type == REGION_RAM ? covers : touches) && r->type > type[p])
                type[p] = r->type;
        }
}

static uint32_t page_type(paddr_t pa)
{
    for (unsigned int i = 0; i < bi.nr_regions; i++)
        if (pa >= bi.regions[i].start && pa - bi.regions[i].start < bi.regions[i].size)
            return bi.regions[i].type;
    return 0;
}

static void test_random(void **state)
{
    static const paddr_t bases[] = { 0, 0x100000000 - PAGES / 2 * PAGE_SIZE, 1ULL << 46 };
    uint32_t want[PAGES];

    (void)state;
    srand(1);
    for (int round = 0; round < ROUNDS; round++) {
        paddr_t base = bases[(unsigned int)round % 3];
        unsigned int n = 1 + (unsigned int)rand() % 12;

        begin();
        while (n--) {
            unsigned int start = (unsigned int)rand() % (PAGES * (PAGE_SIZE / UNIT));
            unsigned int room = (unsigned int)(PAGES * (PAGE_SIZE / UNIT)) - start;

            add(base + start * UNIT, (uint64_t)(1 + (unsigned int)rand() % room) * UNIT,
                1 + (unsigned int)rand() % 5);
        }
        reference(want, base);
        sanitize();
        for (unsigned int p = 0; p < PAGES; p++)
            assert_int_equal(page_type(base + p * PAGE_SIZE), want[p]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_zero_length_is_nothing),
        cmocka_unit_test(test_unsorted_with_a_hole),
        cmocka_unit_test(test_neighbours_become_one),
        cmocka_unit_test(test_higher_type_wins),
        cmocka_unit_test(test_above_4_gib),
        cmocka_unit_test(test_wrap_around_is_cut_at_the_top),
        cmocka_unit_test(test_ram_inside_the_top_page_is_nothing),
        cmocka_unit_test(test_end_inside_the_top_page),
        cmocka_unit_test(test_full_table_refuses),
        cmocka_unit_test(test_random),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
