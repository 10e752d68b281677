/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Multiboot 1 information, with the loader's structures in the test's own memory. */
/* sources: xen/arch/x86/boot/multiboot1.c xen/arch/x86/boot/regions.c xen/lib/string.c */
/* cflags: -include tests/unit/boot-memory.h -fno-builtin */
#include "unit.h"

#include <hv/boot-info.h>
#include <hv/errno.h>
#include <hv/string.h>

#define MMAP_AT    (TEST_PHYS_BASE + 0x1000)
#define MODS_AT    (TEST_PHYS_BASE + 0x2000)
#define STRINGS_AT (TEST_PHYS_BASE + 0x3000)

uint8_t test_phys[TEST_PHYS_SIZE];
static struct boot_info bi;
static uint32_t info[30]; /* 120 bytes; members by their offsets in the specification */

static void put32(uint32_t pa, uint32_t value)
{
    memcpy(phys_to_virt(pa), &value, sizeof(value));
}

static void put_entry(uint32_t pa, uint32_t size, uint64_t base, uint64_t length, uint32_t type)
{
    put32(pa, size);
    memcpy(phys_to_virt(pa + 4), &base, 8);
    memcpy(phys_to_virt(pa + 12), &length, 8);
    put32(pa + 20, type);
}

static int setup(void **state)
{
    (void)state;
    memset(&bi, 0, sizeof(bi));
    memset(info, 0, sizeof(info));
    memset(test_phys, 0, sizeof(test_phys));
    info[0] = 0x40;
    put_entry(MMAP_AT, 20, 0, 0x9f000, 1);
    put_entry(MMAP_AT + 24, 20, 0x100000, 0x100000000, 1);
    info[11] = 48;
    info[12] = MMAP_AT;
    return 0;
}

static void test_memory_map_is_needed(void **state)
{
    (void)state;
    info[0] = 0;
    assert_int_equal(multiboot1_parse(info, &bi), -EINVAL);
}

static void test_memory_map(void **state)
{
    (void)state;
    assert_int_equal(multiboot1_parse(info, &bi), 0);
    assert_int_equal(bi.nr_regions, 2);
    assert_int_equal(bi.regions[1].start, 0x100000);
    assert_true(bi.regions[1].size == 0x100000000);
}

static void test_longer_entries_are_stepped_over(void **state)
{
    (void)state;
    put_entry(MMAP_AT, 28, 0, 0x9f000, 1);
    put_entry(MMAP_AT + 32, 20, 0x100000, 0x1000, 2);
    info[11] = 56;
    assert_int_equal(multiboot1_parse(info, &bi), 0);
    assert_int_equal(bi.nr_regions, 2);
    assert_int_equal(bi.regions[1].type, 2);
}

static void test_entry_cut_short_is_left_out(void **state)
{
    (void)state;
    info[11] = 47;
    assert_int_equal(multiboot1_parse(info, &bi), 0);
    assert_int_equal(bi.nr_regions, 1);
}

static void test_strings_and_modules(void **state)
{
    (void)state;
    memcpy(phys_to_virt(STRINGS_AT), "domus a=b", 10);
    memcpy(phys_to_virt(STRINGS_AT + 16), "vmlinuz root=x", 15);
    memcpy(phys_to_virt(STRINGS_AT + 32), "qemu", 5);
    info[0] |= 0x4 | 0x8 | 0x200;
    info[4] = STRINGS_AT;
    info[5] = 3;
    info[6] = MODS_AT;
    info[16] = STRINGS_AT + 32;
    put32(MODS_AT, 0x5000);
    put32(MODS_AT + 4, 0x7123);
    put32(MODS_AT + 8, STRINGS_AT + 16);
    put32(MODS_AT + 16, 0x9000); /* ends before it begins */
    put32(MODS_AT + 20, 0x8000);
    put32(MODS_AT + 32, 0xa000);
    put32(MODS_AT + 36, 0xb000);
    assert_int_equal(multiboot1_parse(info, &bi), 0);
    assert_string_equal(bi.cmdline, "a=b");
    assert_string_equal(bi.loader, "qemu");
    assert_int_equal(bi.nr_modules, 2);
    assert_int_equal(bi.modules[0].size, 0x2123);
    assert_string_equal(bi.modules[0].cmdline, "vmlinuz root=x");
    assert_int_equal(bi.modules[1].start, 0xa000);
    assert_string_equal(bi.modules[1].cmdline, "");
}

static void test_more_modules_than_there_is_room_for(void **state)
{
    (void)state;
    info[0] |= 0x8;
    info[5] = 0xffffffff;
    info[6] = MODS_AT;
    assert_int_equal(multiboot1_parse(info, &bi), 0);
    assert_int_equal(bi.nr_modules, BOOT_MAX_MODULES);
}

static void test_framebuffer(void **state)
{
    uint8_t *p = (uint8_t *)info;

    (void)state;
    info[0] |= 0x1000;
    info[22] = 0xe0000000;
    info[24] = 3200;
    info[25] = 800;
    info[26] = 600;
    p[108] = 32;
    p[109] = 2; /* text */
    assert_int_equal(multiboot1_parse(info, &bi), 0);
    assert_int_equal(bi.framebuffer.base, 0);
    p[109] = 1;
    p[110] = 16;
    p[111] = 8;
    assert_int_equal(multiboot1_parse(info, &bi), 0);
    assert_int_equal(bi.framebuffer.base, 0xe0000000);
    assert_int_equal(bi.framebuffer.pitch, 3200);
    assert_int_equal(bi.framebuffer.red_pos, 16);
    assert_int_equal(bi.framebuffer.red_size, 8);
}

#define T(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(test_memory_map_is_needed),
        T(test_memory_map),
        T(test_longer_entries_are_stepped_over),
        T(test_entry_cut_short_is_left_out),
        T(test_strings_and_modules),
        T(test_more_modules_than_there_is_room_for),
        T(test_framebuffer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
