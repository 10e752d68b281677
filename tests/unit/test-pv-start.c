/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a PV domain starts with: nothing overlaps, and the page tables map what they should. */
/* sources: dom0/builder/image.c dom0/builder/layout.c dom0/builder/start.c dom0/builder/tables.c
   xen/lib/kernel/bzimage.c xen/lib/kernel/unpack.c xen/lib/kernel/decoders.c
   xen/lib/kernel/elf.c xen/lib/kernel/load.c xen/lib/kernel/notes.c */
/* cflags: -I. -D_GNU_SOURCE */
/* libs: -lz -llzma -lzstd -llz4 */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include <dom0/builder/pv.h>
#include <hv/elf.h>
#include <hv/types.h>

#define BASE  0xffffffff80000000ULL
#define PHYS  0x200000ULL
#define PAGES 32768ULL /* 128 MiB */
#define NOTES 0x1000
#define TEXT  0x2000

static struct {
    struct elf64_header h;
    struct elf64_phdr text, note;
    uint8_t rest[0x3000 - sizeof(struct elf64_header) - 2 * sizeof(struct elf64_phdr)];
} file;

static void note(uint32_t type, uint64_t value)
{
    uint8_t *at = (uint8_t *)&file + NOTES + file.note.filesz;
    struct elf_note n = { 4, sizeof(value), type };

    memcpy(at, &n, sizeof(n));
    memcpy(at + 12, "Xen", 4);
    memcpy(at + 16, &value, sizeof(value));
    file.note.filesz += 24;
}

static struct pv_image *open_kernel(uint64_t base, uint64_t init_p2m, bool ramdisk_by_pfn)
{
    struct pv_image *image;
    const char *why;

    memset(&file, 0, sizeof(file));
    file.h = (struct elf64_header){
        .ident = { { 0x7f, 'E', 'L', 'F' }, ELF_CLASS_64, ELF_DATA_LE, 1, { 0 } },
        .type = 2,
        .machine = ELF_MACHINE_X86_64,
        .version = 1,
        .entry = base + PHYS,
        .phoff = sizeof(file.h),
        .phentsize = sizeof(file.text),
        .phnum = 2,
    };
    file.text = (struct elf64_phdr){ ELF_PT_LOAD, 7, TEXT, base + PHYS, PHYS, 0x1000, 0x5000, 0 };
    file.note = (struct elf64_phdr){ .type = ELF_PT_NOTE, .offset = NOTES };
    note(XEN_ELFNOTE_VIRT_BASE, base);
    note(XEN_ELFNOTE_ENTRY, base + PHYS);
    note(XEN_ELFNOTE_MOD_START_PFN, ramdisk_by_pfn);
    if (init_p2m)
        note(XEN_ELFNOTE_INIT_P2M, init_p2m);
    image = pv_image_open(&file, sizeof(file), &why);
    if (!image)
        fail_msg("%s", why);
    return image;
}

/* Machine frames in an order that is not the guest's. */
static xen_pfn_t *make_p2m(void)
{
    xen_pfn_t *p2m = malloc(PAGES * sizeof(*p2m));

    for (uint64_t i = 0; i < PAGES; i++)
        p2m[i] = 0x100000 + (i * 12345 % PAGES);
    return p2m;
}

static uint64_t m2p(const struct pv_layout *l, const xen_pfn_t *p2m, uint64_t mfn)
{
    for (uint64_t i = l->tables_pfn; i < l->tables_pfn + l->n_tables; i++)
        if (p2m[i] == mfn)
            return i - l->tables_pfn;
    fail_msg("a table at frame %lx is none of the tables", (unsigned long)mfn);
    return 0;
}

/* The entry that maps an address, as the processor would find it; 0: none. */
static uint64_t walk(const struct pv_layout *l, const xen_pfn_t *p2m, uint64_t (*tables)[512],
                     uint64_t address)
{
    uint64_t table = 0;

    for (unsigned level = 4; level > 1; level--) {
        uint64_t entry = tables[table][address >> (12 + 9 * (level - 1)) & 511];

        if (!(entry & 1))
            return 0;
        table = m2p(l, p2m, entry << 12 >> 24);
    }
    return tables[table][address >> 12 & 511];
}

static void check_mapping(const struct pv_layout *l, const xen_pfn_t *p2m, uint64_t (*tables)[512])
{
    for (uint64_t pfn = 0; pfn < l->mapped_end; pfn++) {
        uint64_t entry = walk(l, p2m, tables, l->virt_base + pfn * PV_PAGE_SIZE);
        bool is_table = pfn >= l->tables_pfn && pfn < l->tables_pfn + l->n_tables;

        assert_int_equal(entry >> 12, p2m[pfn]);
        assert_int_equal(entry >> 1 & 1, !is_table);
        assert_int_equal(entry & 5, 5);
    }
    assert_int_equal(walk(l, p2m, tables, l->virt_base + l->mapped_end * PV_PAGE_SIZE), 0);
    for (uint64_t i = 0; i < l->p2m_pages; i++)
        assert_int_equal(walk(l, p2m, tables, l->p2m_virt + i * PV_PAGE_SIZE) >> 12,
                         p2m[l->p2m_pfn + i]);
}

static void check_layout(const struct pv_layout *l)
{
    const struct {
        uint64_t first, count;
    } parts[] = {
        { PHYS >> 12, 5 },
        { l->ramdisk_pfn, (l->ramdisk_bytes + 4095) >> 12 },
        { l->p2m_pfn, l->p2m_pages },
        { l->start_info_pfn, 1 },
        { l->store_pfn, 1 },
        { l->console_pfn, 1 },
        { l->tables_pfn, l->n_tables },
        { l->stack_pfn, 1 },
    };

    for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
        assert_true(parts[i].first + parts[i].count <= l->needed);
        for (size_t j = 0; j < i; j++)
            assert_true(!parts[i].count || !parts[j].count ||
                        parts[i].first + parts[i].count <= parts[j].first ||
                        parts[j].first + parts[j].count <= parts[i].first);
    }
    /* 512 KiB behind the last element, as <xen/xen.h> promises. */
    assert_true(l->mapped_end >= l->stack_pfn + 1 + 128);
}

static void try_kernel(uint64_t base, uint64_t init_p2m, bool by_pfn, uint64_t ramdisk)
{
    struct pv_image *image = open_kernel(base, init_p2m, by_pfn);
    xen_pfn_t *p2m = make_p2m();
    struct pv_layout l;
    const char *why;
    void *tables;

    if (pv_layout_plan(&l, image, PAGES, ramdisk, &why))
        fail_msg("%s", why);
    check_layout(&l);
    tables = calloc(l.n_tables, PV_PAGE_SIZE);
    pv_tables_build(&l, p2m, tables);
    check_mapping(&l, p2m, tables);
    free(tables);
    free(p2m);
    pv_image_close(image);
}

static void test_tables(void **state)
{
    (void)state;
    try_kernel(BASE, 0x8000000000, true, 5000000);
    try_kernel(BASE, 0, false, 5000000);
    try_kernel(BASE, 0, true, 0);
    try_kernel(0, 0, false, 1);
    /* The p2m list shares upper tables with the kernel, from below and from above. */
    try_kernel(BASE, BASE + (1 << 28), true, 5000000);
    try_kernel(BASE + (1 << 28), BASE, true, 5000000);
    try_kernel(0x40000000, 0x40000000 + (6 << 20), true, 4096);
}

static void test_refused(void **state)
{
    struct pv_image *image = open_kernel(BASE, BASE + PHYS, true);
    struct pv_layout l;
    const char *why;

    (void)state;
    /* The p2m list on top of the kernel; too little memory; numbers that make no sense. */
    assert_int_equal(pv_layout_plan(&l, image, PAGES, 4096, &why), -1);
    pv_image_close(image);
    image = open_kernel(BASE, 0x8000000000, true);
    assert_int_equal(pv_layout_plan(&l, image, 1000, 4096, &why), -1);
    assert_true(l.needed > 1000);
    assert_int_equal(pv_layout_plan(&l, image, PAGES, PAGES << 12, &why), -1);
    assert_int_equal(pv_layout_plan(&l, image, UINT64_MAX, 0, &why), -1);
    assert_int_equal(pv_layout_plan(&l, image, PAGES, UINT64_MAX, &why), -1);
    pv_image_close(image);
}

static void test_start(void **state)
{
    const struct pv_channels channels = { 1, 2, 3, 4, 5 };
    struct pv_image *image = open_kernel(BASE, 0x8000000000, true);
    char *cmdline = calloc(1, MAX_GUEST_CMDLINE + 1);
    union {
        start_info_t s;
        uint8_t page[PV_PAGE_SIZE];
    } u;
    vcpu_guest_context_t c;
    struct pv_layout l;
    const char *why;

    (void)state;
    assert_int_equal(pv_layout_plan(&l, image, PAGES, 4096, &why), 0);
    assert_int_equal(pv_start_info(&l, &channels, "quiet", &u, &why), 0);
    assert_string_equal(u.s.magic, "xen-3.0-x86_64");
    assert_string_equal((char *)u.s.cmd_line, "quiet");
    assert_int_equal(u.s.shared_info, 1 << 12);
    assert_int_equal(u.s.store_mfn, 2);
    assert_int_equal(u.s.console.domU.mfn, 3);
    assert_true(u.s.flags & SIF_MOD_START_PFN);
    assert_int_equal(u.s.mod_start, l.ramdisk_pfn);
    assert_int_equal(u.s.pt_base, BASE + (l.tables_pfn << 12));
    assert_int_equal(u.s.first_p2m_pfn, l.p2m_pfn);
    pv_vcpu_context(&l, 77, &c);
    assert_int_equal(c.user_regs.rip, BASE + PHYS);
    assert_int_equal(c.user_regs.rsi, BASE + (l.start_info_pfn << 12));
    assert_int_equal(c.user_regs.rsp, BASE + ((l.stack_pfn + 1) << 12));
    assert_int_equal(c.ctrlreg[3], 77 << 12);
    memset(cmdline, 'x', MAX_GUEST_CMDLINE);
    assert_int_equal(pv_start_info(&l, &channels, cmdline, &u, &why), -1);
    free(cmdline);
    pv_image_close(image);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tables),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
