/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Multiboot 2 information: each tag, tags that lie about their size, and EFI memory maps. */
/* sources: xen/arch/x86/boot/multiboot2.c xen/arch/x86/boot/efi-map.c
   xen/arch/x86/boot/regions.c */
#include "unit.h"

#include "mb2-block.h"

#include <hv/boot-info.h>
#include <hv/errno.h>

#include <asm/efi-abi.h>

#include "../../xen/arch/x86/boot/private.h"

static struct boot_info bi;
static struct mb2_block block;

struct mmap_tag {
    uint32_t entry_size, version;
    struct {
        uint64_t base, length;
        uint32_t type, zero;
    } e[2];
};

static const struct mmap_tag mmap_two = {
    24,
    0,
    { { 0, 0x9f000, REGION_RAM, 0 }, { 0x100000, 0x7f00000, REGION_RAM, 0 } },
};

static int setup(void **state)
{
    (void)state;
    memset(&bi, 0, sizeof(bi));
    mb2_begin(&block);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    free(block.bytes);
    return 0;
}

/* Ends the block and parses it. */
static int parse(void)
{
    mb2_add(&block, MB2_TAG_END, NULL, 0);
    return multiboot2_parse(block.bytes, &bi);
}

static void test_empty_block_is_refused(void **state)
{
    (void)state;
    assert_int_equal(parse(), -EINVAL);
}

static void test_strings(void **state)
{
    (void)state;
    mb2_add(&block, MB2_TAG_CMDLINE, "a=b c", 6);
    mb2_add(&block, MB2_TAG_LOADER, "GRUB 2", 7);
    mb2_add(&block, MB2_TAG_MMAP, &mmap_two, sizeof(mmap_two));
    assert_int_equal(parse(), 0);
    assert_string_equal(bi.cmdline, "a=b c");
    assert_string_equal(bi.loader, "GRUB 2");
    assert_int_equal(bi.nr_regions, 2);
    assert_int_equal(bi.regions[1].start, 0x100000);
    assert_int_equal(bi.regions[1].size, 0x7f00000);
}

static void test_string_without_end_is_cut(void **state)
{
    char long_line[BOOT_CMDLINE_MAX + 100];

    (void)state;
    memset(long_line, 'x', sizeof(long_line));
    mb2_add(&block, MB2_TAG_CMDLINE, long_line, sizeof(long_line));
    mb2_add(&block, MB2_TAG_LOADER, "abcdefgh", 8); /* fills the tag, no NUL */
    (void)parse();
    assert_int_equal(strlen(bi.cmdline), BOOT_CMDLINE_MAX - 1);
    assert_string_equal(bi.loader, "abcdefgh");
}

static void test_modules(void **state)
{
    struct {
        uint32_t start, end;
        char line[8];
    } mod = { 0x1000, 0x3456, "one two" };
    struct {
        uint32_t start, end;
    } backwards = { 0x2000, 0x1000 };

    (void)state;
    mb2_add(&block, MB2_TAG_MODULE, &mod, sizeof(mod));
    mb2_add(&block, MB2_TAG_MODULE, &backwards, sizeof(backwards));
    mb2_add(&block, MB2_TAG_MODULE, &mod, 4);
    for (int i = 0; i < 20; i++)
        mb2_add(&block, MB2_TAG_MODULE, &mod, 8);
    (void)parse();
    assert_int_equal(bi.nr_modules, BOOT_MAX_MODULES);
    assert_int_equal(bi.modules[0].start, 0x1000);
    assert_int_equal(bi.modules[0].size, 0x2456);
    assert_string_equal(bi.modules[0].cmdline, "one two");
    assert_int_equal(bi.modules[1].size, 0x2456);
    assert_string_equal(bi.modules[1].cmdline, "");
}

static void test_tag_beyond_the_block_ends_the_walk(void **state)
{
    (void)state;
    mb2_add(&block, MB2_TAG_MMAP, &mmap_two, sizeof(mmap_two));
    mb2_add_claiming(&block, MB2_TAG_CMDLINE, "abc", 4, 4000);
    assert_int_equal(parse(), 0);
    assert_string_equal(bi.cmdline, "");
}

static void test_tag_without_header_ends_the_walk(void **state)
{
    (void)state;
    mb2_add_claiming(&block, MB2_TAG_CMDLINE, "abc", 4, (uint32_t)-8); /* size 0: would not move */
    mb2_add(&block, MB2_TAG_MMAP, &mmap_two, sizeof(mmap_two));
    assert_int_equal(parse(), -EINVAL);
}

static void test_memory_map_entry_sizes(void **state)
{
    struct mmap_tag m = mmap_two;

    (void)state;
    m.entry_size = 0; /* would not move */
    mb2_add(&block, MB2_TAG_MMAP, &m, sizeof(m));
    m.entry_size = 0xfffffff0;
    mb2_add(&block, MB2_TAG_MMAP, &m, sizeof(m));
    mb2_add(&block, MB2_TAG_MMAP, &mmap_two, sizeof(mmap_two) - 1); /* the last is cut off */
    assert_int_equal(parse(), 0);
    assert_int_equal(bi.nr_regions, 1);
}

static void test_framebuffer(void **state)
{
    const uint8_t rgb[] = { 0, 0, 0, 0xfd, 0, 0,  0, 0, 0, 20, 0, 0, 0, 5, 0,
                            0, 0, 3, 0,    0, 32, 1, 0, 0, 16, 8, 8, 7, 0, 6 };

    (void)state;
    mb2_add(&block, MB2_TAG_FRAMEBUFFER, rgb, sizeof(rgb));
    (void)parse();
    assert_int_equal(bi.framebuffer.base, 0xfd000000);
    assert_int_equal(bi.framebuffer.pitch, 5120);
    assert_int_equal(bi.framebuffer.width, 1280);
    assert_int_equal(bi.framebuffer.height, 768);
    assert_int_equal(bi.framebuffer.red_pos, 16);
    assert_int_equal(bi.framebuffer.green_size, 7);
    assert_int_equal(bi.framebuffer.blue_size, 6);
}

static void test_text_mode_is_no_framebuffer(void **state)
{
    const uint8_t text[] = { 0,  0x80, 0x0b, 0, 0,  0, 0, 0, 160, 0, 0, 0,
                             80, 0,    0,    0, 25, 0, 0, 0, 16,  2, 0, 0 };

    (void)state;
    mb2_add(&block, MB2_TAG_FRAMEBUFFER, text, sizeof(text));
    (void)parse();
    assert_int_equal(bi.framebuffer.base, 0);
    assert_int_equal(bi.framebuffer.width, 80);
    assert_int_equal(bi.framebuffer.height, 25);
}

static void test_framebuffer_cut_short_is_none(void **state)
{
    const uint8_t rgb[] = { 0, 0, 0, 0xfd, 0, 0, 0, 0,  0, 20, 0, 0,  0,
                            5, 0, 0, 0,    3, 0, 0, 32, 1, 0,  0, 16, 8 };

    (void)state;
    mb2_add(&block, MB2_TAG_FRAMEBUFFER, rgb, sizeof(rgb));
    (void)parse();
    assert_int_equal(bi.framebuffer.base, 0);
}

static void test_new_rsdp_wins(void **state)
{
    uint8_t old[20] = "RSD PTR old", new[36] = "RSD PTR new";

    (void)state;
    mb2_add(&block, MB2_TAG_ACPI_NEW, new, sizeof(new));
    mb2_add(&block, MB2_TAG_ACPI_OLD, old, sizeof(old));
    (void)parse();
    assert_int_equal(bi.rsdp_copy_size, 36);
    assert_memory_equal(bi.rsdp_copy, new, sizeof(new));
}

static void test_efi_entry_wins_over_memory_map(void **state)
{
    (void)state;
    bi.efi.present = true;
    bi.efi.system_table = 0x1234;
    assert_true(boot_region_add(&bi, 0x1000, 0x1000, REGION_RAM));
    mb2_add(&block, MB2_TAG_MMAP, &mmap_two, sizeof(mmap_two));
    mb2_add(&block, MB2_TAG_EFI64, "abcdefgh", 8);
    assert_int_equal(parse(), 0);
    assert_int_equal(bi.nr_regions, 1);
    assert_int_equal(bi.efi.system_table, 0x1234);
}

static void efi_descriptor(uint8_t *at, uint32_t type, uint64_t pa, uint64_t pages, uint64_t attr)
{
    struct efi_memory_descriptor d = { type, 0, pa, 0, pages, attr };

    memcpy(at, &d, sizeof(d));
}

static void test_efi_map_becomes_regions(void **state)
{
    uint8_t map[7 * 48] = { 0 };

    (void)state;
    efi_descriptor(map, EFI_BOOT_SERVICES_DATA, 0, 16, EFI_MEMORY_WB);
    efi_descriptor(map + 48, EFI_CONVENTIONAL_MEMORY, 0x10000, 16, EFI_MEMORY_WB);
    efi_descriptor(map + 96, EFI_RUNTIME_SERVICES_DATA, 0x20000, 1,
                   EFI_MEMORY_WB | EFI_MEMORY_RUNTIME);
    efi_descriptor(map + 144, EFI_ACPI_RECLAIM_MEMORY, 0x21000, 1, EFI_MEMORY_WB);
    efi_descriptor(map + 192, EFI_CONVENTIONAL_MEMORY, 0x100000, 1, EFI_MEMORY_UC);
    efi_descriptor(map + 240, EFI_CONVENTIONAL_MEMORY, 0x200000, ~0ULL, EFI_MEMORY_WB);
    efi_descriptor(map + 288, EFI_UNUSABLE_MEMORY, 0x300000, 1, EFI_MEMORY_WB);
    assert_true(efi_map_keep(&bi, map, sizeof(map), 48, 1));
    efi_map_regions(&bi);
    assert_int_equal(bi.nr_regions, 5); /* the one that wraps around is none */
    assert_int_equal(bi.regions[0].size, 0x20000);
    assert_int_equal(bi.regions[0].type, REGION_RAM);
    assert_int_equal(bi.regions[1].type, REGION_RESERVED);
    assert_int_equal(bi.regions[2].type, REGION_ACPI);
    assert_int_equal(bi.regions[3].type, REGION_RESERVED);
    assert_int_equal(bi.regions[4].type, REGION_UNUSABLE);
}

static void test_efi_map_that_cannot_be_kept(void **state)
{
    static uint8_t big[BOOT_EFI_MAP_MAX + 48];

    (void)state;
    assert_false(efi_map_keep(&bi, big, sizeof(big), 48, 1));
    assert_false(efi_map_keep(&bi, big, 48, 39, 1));
    assert_false(efi_map_keep(&bi, big, 48, 0, 1));
    efi_map_regions(&bi);
    assert_int_equal(bi.nr_regions, 0);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(test_empty_block_is_refused),
        T(test_strings),
        T(test_string_without_end_is_cut),
        T(test_modules),
        T(test_tag_beyond_the_block_ends_the_walk),
        T(test_tag_without_header_ends_the_walk),
        T(test_memory_map_entry_sizes),
        T(test_framebuffer),
        T(test_text_mode_is_no_framebuffer),
        T(test_framebuffer_cut_short_is_none),
        T(test_new_rsdp_wins),
        T(test_efi_entry_wins_over_memory_map),
        T(test_efi_map_becomes_regions),
        T(test_efi_map_that_cannot_be_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
