/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernels made here, byte by byte: what is read from their headers and notes, and what is refused.
 */
/* sources: xen/lib/kernel/elf.c xen/lib/kernel/load.c xen/lib/kernel/notes.c */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include <hv/errno.h>
#include <hv/kernel-image.h>

#define BASE    0xffffffff80000000ULL
#define PHYS    0x1000000ULL
#define ENTRY   (BASE + PHYS + 0x100)
#define NOTES   0x1000 /* where the notes are in the file */
#define TEXT    0x2000
#define SECTION 0x4000
#define SIZE    0x5000

/* The file: header, three program headers (text, data, notes), then notes, then the segments. */
static struct {
    struct elf64_header h;
    struct elf64_phdr text, data, note;
    uint8_t rest[SIZE - sizeof(struct elf64_header) - 3 * sizeof(struct elf64_phdr)];
} k;

static uint8_t *notes_end;

static void note(uint32_t type, const void *desc, uint32_t size)
{
    struct elf_note n = { 4, size, type };

    memcpy(notes_end, &n, sizeof(n));
    memcpy(notes_end + 12, "Xen", 4);
    memset(notes_end + 16, 0, (size + 3) & ~3U);
    memcpy(notes_end + 16, desc, size);
    notes_end += 16 + ((size + 3) & ~3U);
    k.note.filesz = notes_end - ((uint8_t *)&k + NOTES);
}

static void note_number(uint32_t type, uint64_t value)
{
    note(type, &value, sizeof(value));
}

static void note_string(uint32_t type, const char *value)
{
    note(type, value, strlen(value) + 1);
}

static void make_elf(void)
{
    memset(&k, 0, sizeof(k));
    k.h = (struct elf64_header){
        .ident = { { 0x7f, 'E', 'L', 'F' }, ELF_CLASS_64, ELF_DATA_LE, 1, { 0 } },
        .type = 2,
        .machine = ELF_MACHINE_X86_64,
        .version = 1,
        .entry = PHYS,
        .phoff = sizeof(k.h),
        .ehsize = sizeof(k.h),
        .phentsize = sizeof(k.text),
        .phnum = 3,
    };
    k.text = (struct elf64_phdr){ ELF_PT_LOAD, 5, TEXT, BASE + PHYS, PHYS, 0x1000, 0x1000, 0x1000 };
    /* As the per-CPU segment of Linux: its virtual address says nothing. */
    k.data = (struct elf64_phdr){
        ELF_PT_LOAD, 6, TEXT + 0x1000, 0, PHYS + 0x2000, 0x800, 0x3001, 0x1000,
    };
    k.note = (struct elf64_phdr){ ELF_PT_NOTE, 4, NOTES, 0, 0, 0, 0, 4 };
    memset((uint8_t *)&k + TEXT, 0x11, 0x1000);
    memset((uint8_t *)&k + TEXT + 0x1000, 0x22, 0x800);
    notes_end = (uint8_t *)&k + NOTES;
}

static void make_kernel(void)
{
    make_elf();
    note_string(XEN_ELFNOTE_GUEST_OS, "linux");
    note_string(XEN_ELFNOTE_XEN_VERSION, "xen-3.0");
    note_number(XEN_ELFNOTE_VIRT_BASE, BASE);
    note_number(XEN_ELFNOTE_ENTRY, ENTRY);
}

static int inspect_size(size_t size, struct kernel_info *info, const char **why)
{
    uint8_t *copy = malloc(size + !size); /* of its exact size, for the sanitizer */
    int ret;

    memcpy(copy, &k, size);
    ret = kernel_inspect(copy, size, info, why);
    free(copy);
    assert_true(ret ? *why != NULL : *why == NULL);
    return ret;
}

static struct kernel_info inspect(void)
{
    struct kernel_info info;
    const char *why;

    if (inspect_size(SIZE, &info, &why))
        fail_msg("refused: %s", why);
    return info;
}

static void expect_why(const char *expected)
{
    struct kernel_info info;
    const char *why;

    assert_int_equal(inspect_size(SIZE, &info, &why), -EINVAL);
    assert_string_equal(why, expected);
}

/* Makes a good kernel, sets one thing, and expects it to be refused with that sentence. */
#define EXPECT_WHY(change, sentence) \
    do {                             \
        make_kernel();               \
        change;                      \
        expect_why(sentence);        \
    } while (0)

static void test_extent_and_entry(void **state)
{
    struct kernel_info info;

    (void)state;
    make_kernel();
    info = inspect();
    assert_true(info.is_64bit);
    assert_true(info.virt_base == BASE);
    assert_true(info.phys_start == PHYS && info.phys_end == PHYS + 0x5001);
    assert_true(info.virt_start == BASE + PHYS && info.virt_end == BASE + PHYS + 0x5001);
    assert_true(info.entry == ENTRY);
    assert_string_equal(info.guest_os, "linux");
    assert_string_equal(info.xen_version, "xen-3.0");
    assert_false(info.has_hypercall_page || info.has_init_p2m || info.mod_start_pfn);
}

/* The same notes that Debian's 6.1 has, and a hypercall page. */
static void test_notes_of_linux(void **state)
{
    static const uint64_t pairs[2] = { 1, 1 };
    static const char features[] = "!writable_page_tables|pae_pgdir_above_4gb";
    struct kernel_info info;

    (void)state;
    make_kernel();
    note_string(XEN_ELFNOTE_GUEST_VERSION, "2.6");
    note_string(XEN_ELFNOTE_LOADER, "generic");
    note(XEN_ELFNOTE_FEATURES, features, sizeof(features) - 1);
    note(XEN_ELFNOTE_SUPPORTED_FEATURES, "\x01\x88\0\0", 4);
    note_string(XEN_ELFNOTE_PAE_MODE, "yes,bimodal");
    note(XEN_ELFNOTE_L1_MFN_VALID, pairs, sizeof(pairs));
    note(XEN_ELFNOTE_SUSPEND_CANCEL, "\1\0\0\0", 4);
    note(XEN_ELFNOTE_MOD_START_PFN, "\1\0\0\0", 4);
    note_number(XEN_ELFNOTE_HV_START_LOW, 0xffff800000000000);
    note_number(XEN_ELFNOTE_PADDR_OFFSET, 0);
    note_number(XEN_ELFNOTE_INIT_P2M, 0x8000000000);
    note_number(XEN_ELFNOTE_HYPERCALL_PAGE, BASE + PHYS + 0x3000);
    note_number(XEN_ELFNOTE_PHYS32_ENTRY, 0x1000850);
    info = inspect();
    assert_string_equal(info.guest_version, "2.6");
    assert_string_equal(info.loader, "generic");
    assert_int_equal(info.features_required, 1 << XENFEAT_writable_page_tables);
    assert_int_equal(info.features_supported, 0x8801 | 1 << XENFEAT_pae_pgdir_above_4gb);
    assert_true(info.has_supported_features && info.pae_bimodal && !info.bsd_symtab);
    assert_int_equal(info.nr_l1_pairs, 1);
    assert_true(info.l1_pairs[0].mask == 1 && info.l1_pairs[0].value == 1);
    assert_true(info.suspend_cancel && info.mod_start_pfn);
    assert_true(info.has_hv_start_low && info.hv_start_low == 0xffff800000000000);
    assert_true(info.has_init_p2m && info.init_p2m == 0x8000000000);
    assert_true(info.has_hypercall_page && info.hypercall_page == BASE + PHYS + 0x3000);
    assert_true(info.has_phys32_entry && info.phys32_entry == 0x1000850);
}

static void test_paddr_offset_and_default_entry(void **state)
{
    struct kernel_info info;

    (void)state;
    make_elf();
    k.text.paddr = BASE + PHYS;
    k.data.paddr = BASE + PHYS + 0x2000;
    k.h.entry = ENTRY;
    note_number(XEN_ELFNOTE_VIRT_BASE, BASE);
    note_number(XEN_ELFNOTE_PADDR_OFFSET, BASE);
    info = inspect();
    assert_true(info.phys_start == PHYS && info.virt_start == BASE + PHYS);
    assert_true(info.entry == ENTRY);
}

static void test_sections_serve_where_no_segment_has_notes(void **state)
{
    struct elf64_shdr s[2] = { [1] = { .type = ELF_SHT_NOTE, .offset = NOTES } };

    (void)state;
    make_kernel();
    s[1].size = k.note.filesz;
    k.note.type = 0;
    k.h.shoff = SECTION;
    k.h.shentsize = sizeof(s[0]);
    k.h.shnum = 2;
    memcpy((uint8_t *)&k + SECTION, s, sizeof(s));
    assert_true(inspect().entry == ENTRY);
    s[1].size = SIZE;
    memcpy((uint8_t *)&k + SECTION, s, sizeof(s));
    expect_why("the ELF file is truncated: its notes lie beyond its end");
    k.h.shoff = SIZE - 64;
    expect_why("the ELF file is truncated: its section headers lie beyond its end");
}

static void test_load(void **state)
{
    struct kernel_info info;
    struct kernel_segment s;
    struct elf_file elf;
    unsigned int cursor = 0;
    const char *why;
    uint8_t *image;

    (void)state;
    make_kernel();
    info = inspect();
    image = malloc(info.phys_end - info.phys_start);
    memset(image, 0xff, info.phys_end - info.phys_start);
    kernel_load(&k, SIZE, &info, image);
    for (size_t i = 0; i < info.phys_end - info.phys_start; i++) {
        uint8_t expected = i < 0x1000 ? 0x11 : i < 0x2000 ? 0 : i < 0x2800 ? 0x22 : 0;

        assert_int_equal(image[i], expected);
    }
    free(image);
    assert_int_equal(elf_open(&elf, &k, SIZE, &why), 0);
    assert_true(kernel_next_segment(&elf, &info, &cursor, &s));
    assert_true(s.phys == PHYS && s.size == 0x1000 && s.data == (uint8_t *)&k + TEXT);
    assert_true(kernel_next_segment(&elf, &info, &cursor, &s));
    assert_true(s.phys == PHYS + 0x2000 && s.data_size == 0x800 && s.size == 0x3001);
    assert_false(kernel_next_segment(&elf, &info, &cursor, &s));
}

static void test_32_bit(void **state)
{
    struct elf32_header h = {
        .ident = { { 0x7f, 'E', 'L', 'F' }, ELF_CLASS_32, ELF_DATA_LE, 1, { 0 } },
        .machine = ELF_MACHINE_X86,
        .phoff = sizeof(h),
        .phentsize = sizeof(struct elf32_phdr),
        .phnum = 2,
    };
    struct elf32_phdr p[2] = {
        { ELF_PT_LOAD, TEXT, 0xc0100000, 0x100000, 0x1000, 0x1800, 7, 0 },
        { ELF_PT_NOTE, NOTES, 0, 0, 0, 0, 4, 0 },
    };
    struct kernel_info info;

    (void)state;
    make_elf();
    note(XEN_ELFNOTE_VIRT_BASE, "\0\0\0\xc0", 4);
    note(XEN_ELFNOTE_ENTRY, "\0\0\x10\xc0", 4);
    p[1].filesz = k.note.filesz;
    memcpy(&k, &h, sizeof(h));
    memcpy((uint8_t *)&k + sizeof(h), p, sizeof(p));
    info = inspect();
    assert_false(info.is_64bit);
    assert_true(info.virt_start == 0xc0100000 && info.virt_end == 0xc0101800);
    p[0].paddr = 0x3ffff000;
    memcpy((uint8_t *)&k + sizeof(h), p, sizeof(p));
    expect_why("its virtual addresses lie beyond 4 GiB");
}

static void test_truncated_anywhere(void **state)
{
    struct kernel_info info;
    const char *why;

    (void)state;
    make_kernel();
    for (size_t size = 0; size < TEXT + 0x1800; size += size < 400 ? 1 : 61)
        assert_int_equal(inspect_size(size, &info, &why), -EINVAL);
    assert_int_equal(inspect_size(TEXT + 0x1800, &info, &why), 0);
}

static void test_bad_headers(void **state)
{
    (void)state;
    EXPECT_WHY(k.h.ident.magic[0] = 0, "it is not an ELF file");
    EXPECT_WHY(k.h.ident.class = 3, "the ELF file is of an unknown class");
    EXPECT_WHY(k.h.ident.data = 2, "the ELF file is for another processor");
    EXPECT_WHY(k.h.machine = 183, "the ELF file is for another processor");
    EXPECT_WHY(k.h.machine = ELF_MACHINE_X86, "the ELF file is for another processor");
    EXPECT_WHY(k.h.phnum = 0, "the ELF file has no program headers");
    EXPECT_WHY(k.h.phentsize = 55, "the ELF file's headers are too small");
    EXPECT_WHY(k.h.phoff = ~0ULL - 20,
               "the ELF file is truncated: its program headers lie beyond its end");
    EXPECT_WHY(k.h.phnum = 0xffff,
               "the ELF file is truncated: its program headers lie beyond its end");
}

static void test_bad_segments(void **state)
{
    (void)state;
    EXPECT_WHY(k.text.filesz = 0x1001, "a segment has more data in the file than in memory");
    EXPECT_WHY(k.data.offset = ~0ULL,
               "the ELF file is truncated: a segment's data lies beyond its end");
    EXPECT_WHY(k.data.memsz = ~0ULL, "a segment's physical address is out of range");
    EXPECT_WHY(note_number(XEN_ELFNOTE_PADDR_OFFSET, PHYS + 1),
               "a segment's physical address is out of range");
    EXPECT_WHY(k.data.memsz = 2ULL << 30, "its segments span more than 1 GiB");
    EXPECT_WHY((k.text.type = 0, k.data.memsz = 0), "the ELF file has nothing to load");
}

static void test_bad_addresses(void **state)
{
    static const char outside[] = "its entry point lies outside the image";
    static const char page[] = "its hypercall page lies outside the image";
    static const char range[] = "its virtual addresses lie in the hypervisor's range";
    static const char p2m[] = "its INIT_P2M address is not usable";

    (void)state;
    EXPECT_WHY(note_number(XEN_ELFNOTE_VIRT_BASE, 0 - PHYS - 0x1000),
               "its virtual addresses overflow: VIRT_BASE and segments do not fit together");
    EXPECT_WHY(note_number(XEN_ELFNOTE_VIRT_BASE, 0xffff800000000000), range);
    EXPECT_WHY(note_number(XEN_ELFNOTE_VIRT_BASE, 0x7fffff000000), range);
    EXPECT_WHY(note_number(XEN_ELFNOTE_ENTRY, BASE + PHYS - 1), outside);
    EXPECT_WHY(note_number(XEN_ELFNOTE_ENTRY, BASE + PHYS + 0x5001), outside);
    EXPECT_WHY(note_number(XEN_ELFNOTE_HYPERCALL_PAGE, BASE + PHYS - 0x1000), page);
    EXPECT_WHY(note_number(XEN_ELFNOTE_HYPERCALL_PAGE, BASE + PHYS + 8), page);
    EXPECT_WHY(note_number(XEN_ELFNOTE_HYPERCALL_PAGE, BASE + PHYS + 0x5000), page);
    EXPECT_WHY(note_number(XEN_ELFNOTE_INIT_P2M, 0x8000000001), p2m);
    EXPECT_WHY(note_number(XEN_ELFNOTE_INIT_P2M, 0xffff830000000000), p2m);
    EXPECT_WHY(note_number(XEN_ELFNOTE_INIT_P2M, 0 - 0x1000ULL), p2m);
    EXPECT_WHY(note_number(XEN_ELFNOTE_HV_START_LOW, 0xffff800000001000),
               "it wants the hypervisor's range to start higher than it does");
}

static void test_bad_notes(void **state)
{
    struct elf_note huge = { 4, ~0U, XEN_ELFNOTE_ENTRY };

    (void)state;
    make_elf();
    expect_why("it has no Xen notes: it is not built to run under this hypervisor");
    make_kernel();
    memcpy((uint8_t *)&k + NOTES + 4, &huge.descsz, 4);
    expect_why("a note goes beyond the end of its segment");
    make_kernel();
    memcpy((uint8_t *)&k + NOTES, &huge.descsz, 4);
    expect_why("a note goes beyond the end of its segment");
    EXPECT_WHY(k.note.offset = SIZE, "the ELF file is truncated: its notes lie beyond its end");
    EXPECT_WHY(note(XEN_ELFNOTE_ENTRY, "12345", 5),
               "a note that must be a number has another size than 4 or 8");
    EXPECT_WHY(note(XEN_ELFNOTE_L1_MFN_VALID, "12345678", 8),
               "its L1_MFN_VALID note has an odd size");
    EXPECT_WHY(note(XEN_ELFNOTE_L1_MFN_VALID, k.rest, 5 * 16),
               "its L1_MFN_VALID note has an odd size");
    EXPECT_WHY(note_string(XEN_ELFNOTE_FEATURES, "dom0|!time_travel"),
               "it requires a feature that this hypervisor does not know");
    EXPECT_WHY(note_string(XEN_ELFNOTE_XEN_VERSION, "xen-2.0"),
               "it is for another version of the interface than xen-3.0");
    EXPECT_WHY(note_string(XEN_ELFNOTE_LOADER, "special"),
               "it wants another loader than the generic one");
}

/* What other owners or later versions define is passed over; long strings are cut. */
static void test_unknown_notes_are_skipped(void **state)
{
    struct kernel_info info;

    (void)state;
    make_kernel();
    note_string(999, "from the future");
    note(XEN_ELFNOTE_FEATURES, "future_thing||dom0|", 19);
    note_string(XEN_ELFNOTE_GUEST_VERSION, "0123456789012345678901234567890123456789");
    note_number(XEN_ELFNOTE_ENTRY, 0);
    memcpy(notes_end - 12, "GNU", 4);
    info = inspect();
    assert_true(info.entry == ENTRY);
    assert_int_equal(info.features_supported, 1 << XENFEAT_dom0);
    assert_string_equal(info.guest_version, "0123456789012345678901234567890");
}

static void test_features(void **state)
{
    struct kernel_info info = { .features_required = 1 << XENFEAT_writable_page_tables };
    const char *why;

    (void)state;
    assert_int_equal(kernel_check_features(&info, 0, true, &why), -EINVAL);
    assert_string_equal(why, "it requires a feature that is not offered");
    assert_int_equal(kernel_check_features(&info, 1, true, &why), 0);
    info.has_supported_features = true;
    assert_int_equal(kernel_check_features(&info, 1, true, &why), -EINVAL);
    assert_string_equal(why, "it cannot run as the control domain");
    assert_int_equal(kernel_check_features(&info, 1, false, &why), 0);
    info.features_supported = 1 << XENFEAT_dom0;
    assert_int_equal(kernel_check_features(&info, 1, true, &why), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_extent_and_entry),
        cmocka_unit_test(test_notes_of_linux),
        cmocka_unit_test(test_paddr_offset_and_default_entry),
        cmocka_unit_test(test_sections_serve_where_no_segment_has_notes),
        cmocka_unit_test(test_load),
        cmocka_unit_test(test_32_bit),
        cmocka_unit_test(test_truncated_anywhere),
        cmocka_unit_test(test_bad_headers),
        cmocka_unit_test(test_bad_segments),
        cmocka_unit_test(test_bad_addresses),
        cmocka_unit_test(test_bad_notes),
        cmocka_unit_test(test_unknown_notes_are_skipped),
        cmocka_unit_test(test_features),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
