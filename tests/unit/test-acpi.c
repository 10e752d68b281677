/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ACPI tables: found wherever firmware puts them, and no damage in them does damage to us. */
/* sources: xen/drivers/acpi/tables.c xen/drivers/acpi/madt.c xen/drivers/acpi/fadt.c
   xen/drivers/acpi/s5.c xen/drivers/acpi/hpet.c xen/drivers/acpi/mcfg.c xen/drivers/acpi/srat.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <hv/acpi.h>
#include <hv/errno.h>

#define RAM_SIZE  0x120000U
#define RSDP      0xf1230U
#define RSDT      0x100800U
#define XSDT      0x101000U
#define TABLES    0x102000U
#define TABLE_GAP 0x4000U

static uint8_t ram[RAM_SIZE];
static void *views[1024];
static unsigned int nr_views;
static unsigned int nr_tables;
static struct acpi_info info;

/* Every view is a heap block of just its size, so that a look past its end is caught. */
static const void *map(paddr_t pa, size_t size)
{
    void *view;

    if (pa > RAM_SIZE || size > RAM_SIZE - pa || nr_views == 1024)
        return NULL;
    view = malloc(size);
    assert_non_null(view);
    memcpy(view, ram + pa, size);
    views[nr_views++] = view;
    return view;
}

static void put(uint32_t at, uint64_t value, unsigned int size)
{
    memcpy(ram + at, &value, size);
}

static void checksum(uint32_t at, uint32_t size, uint32_t where)
{
    uint8_t sum = 0;

    ram[at + where] = 0;
    for (uint32_t i = 0; i < size; i++)
        sum = (uint8_t)(sum + ram[at + i]);
    ram[at + where] = (uint8_t)-sum;
}

static void seal(uint32_t at)
{
    uint32_t length;

    memcpy(&length, ram + at + 4, 4);
    checksum(at, length, 9);
}

static void put_rsdp(uint32_t at, uint8_t revision)
{
    memcpy(ram + at, "RSD PTR ", 8);
    ram[at + 15] = revision;
    put(at + 16, RSDT, 4);
    put(at + 20, 36, 4);
    put(at + 24, XSDT, 8);
    checksum(at, 20, 8);
    checksum(at, 36, 32);
}

/* A new table in both root tables; its contents are zero but for what the test puts there. */
static uint32_t add_table(const char *signature, uint32_t length)
{
    uint32_t at = TABLES + nr_tables * TABLE_GAP;

    memcpy(ram + at, signature, 4);
    put(at + 4, length, 4);
    seal(at);
    put(RSDT + 36 + 4 * nr_tables, at, 4);
    put(XSDT + 36 + 8 * nr_tables, at, 8);
    nr_tables++;
    put(RSDT + 4, 36 + 4 * nr_tables, 4);
    put(XSDT + 4, 36 + 8 * nr_tables, 4);
    seal(RSDT);
    seal(XSDT);
    return at;
}

static int set_up(void **state __unused)
{
    memset(ram, 0, sizeof(ram));
    nr_tables = 0;
    memcpy(ram + RSDT, "RSDT", 4);
    memcpy(ram + XSDT, "XSDT", 4);
    put_rsdp(RSDP, 2);
    return 0;
}

static int tear_down(void **state __unused)
{
    while (nr_views)
        free(views[--nr_views]);
    return 0;
}

static void parse_ok(void)
{
    assert_int_equal(acpi_parse(&info, map, 0), 0);
}

static void no_rsdp(void **state __unused)
{
    add_table("TEST", 36);
    ram[RSDP] = 'X';
    assert_int_equal(acpi_parse(&info, map, 0), -ENOENT);
    assert_int_equal(acpi_parse(&info, map, RSDP), -ENOENT);
    assert_int_equal(acpi_parse(&info, map, ~0ULL), -ENOENT);
    assert_int_equal(info.rsdp, 0);
}

static void rsdp_checksum(void **state __unused)
{
    add_table("TEST", 36);
    ram[RSDP + 8]++;
    assert_int_equal(acpi_parse(&info, map, 0), -ENOENT);
}

static void rsdp_in_ebda(void **state __unused)
{
    add_table("TEST", 36);
    ram[RSDP] = 'X';
    put(0x40e, 0x9fc0, 2);
    put_rsdp(0x9fc00 + 1024 - 48, 2);
    parse_ok();
    assert_int_equal(info.rsdp, 0x9fc00 + 1024 - 48);
}

static void rsdp_told(void **state __unused)
{
    add_table("TEST", 36);
    put_rsdp(0x11000, 2);
    assert_int_equal(acpi_parse(&info, map, 0x11000), 0);
    assert_int_equal(info.rsdp, 0x11000);
    /* A wrong hint does not matter. */
    assert_int_equal(acpi_parse(&info, map, 0x12000), 0);
    assert_int_equal(info.rsdp, RSDP);
}

static void rsdp_at_the_end(void **state __unused)
{
    add_table("TEST", 36);
    ram[RSDP] = 'X';
    put_rsdp(0xfffe0, 0);
    parse_ok();
    assert_int_equal(info.rsdp, 0xfffe0);
}

static void root_tables(void **state __unused)
{
    add_table("TEST", 40);
    put_rsdp(RSDP, 0);
    put(XSDT + 36, 0, 8);
    parse_ok();
    assert_int_equal(info.nr_tables, 1);
    assert_string_equal(info.tables[0].signature, "TEST");
    assert_int_equal(info.tables[0].length, 40);
    assert_int_equal(info.tables[0].address, TABLES);
    assert_null(acpi_find(&info, "TEST", 1));
    assert_null(acpi_find(&info, "NONE", 0));
}

static void xsdt_first_then_rsdt(void **state __unused)
{
    add_table("ONE ", 36);
    add_table("TWO ", 36);
    put(RSDT + 4, 40, 4);
    seal(RSDT);
    parse_ok();
    assert_int_equal(info.nr_tables, 2);
    ram[XSDT + 40]++; /* its checksum is wrong now */
    parse_ok();
    assert_int_equal(info.nr_tables, 1);
    ram[XSDT + 40]--;
    ram[RSDP + 33]++; /* the extended checksum is */
    parse_ok();
    assert_int_equal(info.nr_tables, 1);
}

static void root_tables_bad(void **state __unused)
{
    add_table("TEST", 36);
    ram[RSDT]++;
    ram[XSDT]++;
    seal(RSDT);
    seal(XSDT);
    assert_int_equal(acpi_parse(&info, map, 0), -ENOENT);
    put_rsdp(RSDP, 0);
    put(RSDP + 16, 0xffffffff, 4);
    checksum(RSDP, 20, 8);
    assert_int_equal(acpi_parse(&info, map, 0), -ENOENT);
}

static void tables_bad(void **state __unused)
{
    uint32_t sum = add_table("SUM ", 36), small = add_table("SMAL", 36);
    uint32_t large = add_table("LARG", 36), lost = add_table("LOST", 36);

    add_table("GOOD", 36);
    ram[sum + 20]++;
    put(small + 4, 35, 4);
    put(large + 4, 0xfffffff0, 4);
    put(lost + 4, RAM_SIZE, 4);
    put(XSDT + 4, 36 + 8 * 5 + 7, 4); /* and a piece of an entry */
    seal(XSDT);
    parse_ok();
    assert_int_equal(info.nr_tables, 1);
    assert_non_null(acpi_find(&info, "GOOD", 0));
}

static void tables_too_many(void **state __unused)
{
    uint32_t at = add_table("TEST", 36);

    for (unsigned int i = 0; i < ACPI_MAX_TABLES + 20; i++)
        put(XSDT + 36 + 8 * i, at, 8);
    put(XSDT + 4, 36 + 8 * (ACPI_MAX_TABLES + 20), 4);
    seal(XSDT);
    parse_ok();
    assert_int_equal(info.nr_tables, ACPI_MAX_TABLES);
}

/* A MADT of these bytes behind its header. */
static void madt(const uint8_t *entries, uint32_t size)
{
    uint32_t at = add_table("APIC", 44 + size);

    put(at + 36, 0xfee00000, 4);
    put(at + 40, 1, 4);
    memcpy(ram + at + 44, entries, size);
    seal(at);
    parse_ok();
}

static void madt_whole(void **state __unused)
{
    static const uint8_t entries[] = {
        0,   8,  1,    2,    1, 0, 0,    0, /* CPU: ACPI id 1, APIC id 2, enabled */
        0,   8,  2,    4,    2, 0, 0,    0, /* may be plugged in later */
        0,   8,  3,    0xff, 0, 0, 0,    0, /* an empty slot */
        9,   16, 0,    0,    0, 1, 0,    0,    1,    0, 0, 0,
        9,   0,  0,    0, /* x2APIC id 256, ACPI id 9 */
        9,   16, 0,    0,    2, 0, 0,    0,    1,    0, 0, 0,
        1,   0,  0,    0,                                     /* the first one again */
        1,   12, 7,    0,    0, 0, 0xc0, 0xfe, 24,   0, 0, 0, /* I/O APIC 7 from GSI 24 */
        2,   10, 0,    0,    2, 0, 0,    0,    0,    0,       /* ISA 0 is GSI 2 */
        2,   10, 0,    9,    9, 0, 0,    0,    0x0f, 0,       /* ISA 9: level, low */
        2,   10, 1,    5,    5, 0, 0,    0,    0,    0,       /* not ISA */
        4,   6,  0xff, 5,    0, 1,                            /* NMI: all CPUs, LINT1 */
        10,  12, 0x0f, 0,    9, 0, 0,    0,    0,    0, 0, 0, /* NMI: CPU 9, LINT0, level, low */
        5,   12, 0,    0,    0, 0, 0,    0,    1,    0, 0, 0, /* the local APICs are elsewhere */
        127, 4,  1,    2,                                     /* unknown */
    };

    madt(entries, sizeof(entries));
    assert_true(info.has_pic);
    assert_int_equal(info.nr_cpus, 3);
    assert_int_equal(info.cpus[0].apic_id, 2);
    assert_int_equal(info.cpus[0].acpi_id, 1);
    assert_true(info.cpus[0].enabled);
    assert_false(info.cpus[1].enabled);
    assert_true(info.cpus[1].online_capable);
    assert_int_equal(info.cpus[2].apic_id, 256);
    assert_int_equal(info.nr_ioapics, 1);
    assert_int_equal(info.ioapics[0].id, 7);
    assert_int_equal(info.ioapics[0].gsi_base, 24);
    assert_int_equal(info.ioapics[0].address, 0xfec00000);
    assert_int_equal(info.nr_overrides, 2);
    assert_int_equal(acpi_isa_gsi(&info, 0).gsi, 2);
    assert_false(acpi_isa_gsi(&info, 0).level);
    assert_true(acpi_isa_gsi(&info, 9).level);
    assert_true(acpi_isa_gsi(&info, 9).active_low);
    assert_int_equal(acpi_isa_gsi(&info, 4).gsi, 4);
    assert_int_equal(info.nr_nmis, 2);
    assert_int_equal(info.nmis[0].acpi_id, ACPI_NMI_ALL_CPUS);
    assert_int_equal(info.nmis[0].lint, 1);
    assert_int_equal(info.nmis[1].acpi_id, 9);
    assert_true(info.nmis[1].level);
    assert_int_equal(info.lapic_address, 0x100000000);
}

static void madt_bad(void **state __unused)
{
    static const uint8_t no_length[] = { 0, 0, 1, 2, 1, 0, 0, 0, 0, 8, 1, 3, 1, 0, 0, 0 };
    static const uint8_t cut[] = { 0, 8, 1, 2, 1, 0, 0, 0, 0, 8, 1, 3, 1, 0, 0 };
    static const uint8_t half[] = { 0, 8, 1, 2, 1, 0, 0, 0, 0 };
    static const uint8_t small[] = { 0, 7, 1, 2, 1, 0, 0, 0, 8, 1, 3, 1, 0, 0, 0, 2, 4, 0, 1 };

    madt(no_length, sizeof(no_length));
    assert_int_equal(info.nr_cpus, 0);
    set_up(NULL);
    madt(cut, sizeof(cut));
    assert_int_equal(info.nr_cpus, 1);
    set_up(NULL);
    madt(half, sizeof(half));
    assert_int_equal(info.nr_cpus, 1);
    set_up(NULL);
    madt(small, sizeof(small));
    assert_int_equal(info.nr_cpus, 1);
    assert_int_equal(info.cpus[0].apic_id, 3);
    assert_int_equal(info.nr_overrides, 0);
}

static void madt_headerless(void **state __unused)
{
    add_table("APIC", 40);
    parse_ok();
    assert_int_equal(info.nr_cpus, 0);
    assert_int_equal(info.lapic_address, 0);
}

static void madt_too_many(void **state __unused)
{
    static uint8_t entries[512 * 16 + 40 * 12 + 40 * 10 + 40 * 6];
    uint8_t *p = entries;

    for (unsigned int i = 0; i < 512; i++, p += 16)
        memcpy(p, (uint8_t[16]){ 9, 16, 0, 0, (uint8_t)i, (uint8_t)(i >> 8), 0, 0, 1 }, 16);
    for (unsigned int i = 0; i < 40; i++, p += 12)
        memcpy(p, (uint8_t[12]){ 1, 12, 0, 0, 0, 0, 0xc0, 0xfe }, 12);
    for (unsigned int i = 0; i < 40; i++, p += 10)
        memcpy(p, (uint8_t[10]){ 2, 10, 0, (uint8_t)(i % 16), 5 }, 10);
    for (unsigned int i = 0; i < 40; i++, p += 6)
        memcpy(p, (uint8_t[6]){ 4, 6, 0xff, 0, 0, (uint8_t)(i & 3) }, 6);
    madt(entries, sizeof(entries));
    assert_int_equal(info.nr_cpus, NR_CPUS);
    assert_int_equal(info.nr_ioapics, ACPI_MAX_IOAPICS);
    assert_int_equal(info.nr_overrides, ACPI_MAX_OVERRIDES);
    assert_int_equal(info.nr_nmis, 20); /* LINT2 and LINT3 do not exist */
}

/* A FADT of this length, with a DSDT of these bytes behind its header. */
static uint32_t fadt(uint32_t length, const void *aml, uint32_t size)
{
    uint32_t dsdt = TABLES + 6 * TABLE_GAP, at = add_table("FACP", length);

    memcpy(ram + dsdt, "DSDT", 4);
    put(dsdt + 4, 36 + size, 4);
    memcpy(ram + dsdt + 36, aml, size);
    seal(dsdt);
    put(at + 40, dsdt, 4);
    put(at + 46, 9, 2);
    put(at + 64, 0x604, 4);
    put(at + 76, 0x608, 4);
    put(at + 91, 4, 1);
    put(at + 108, 0x32, 1);
    seal(at);
    return at;
}

static void fadt_old(void **state __unused)
{
    fadt(116, "", 0);
    parse_ok();
    assert_true(info.has_fadt);
    assert_int_equal(info.sci_irq, 9);
    assert_int_equal(info.pm_timer.space, ACPI_SPACE_IO);
    assert_int_equal(info.pm_timer.address, 0x608);
    assert_int_equal(info.pm1a_control.address, 0x604);
    assert_int_equal(info.pm1b_control.address, 0);
    assert_int_equal(info.reset.address, 0);
    assert_int_equal(info.century, 0x32);
    assert_false(info.has_s5);
}

static void fadt_new(void **state __unused)
{
    uint32_t at = fadt(244, "", 0);

    put(at + 112, 1 << 10 | 1 << 8, 4);
    put(at + 116, ACPI_SPACE_IO | 8 << 8, 4);
    put(at + 120, 0xcf9, 8);
    put(at + 128, 6, 1);
    put(at + 172, ACPI_SPACE_MEMORY | 16 << 8, 4);
    put(at + 176, 0xfed80804, 8);
    put(at + 208, ACPI_SPACE_IO | 32 << 8, 4);
    put(at + 212, 0x12345, 8); /* no port has such a number: the old field holds */
    seal(at);
    parse_ok();
    assert_int_equal(info.reset.address, 0xcf9);
    assert_int_equal(info.reset_value, 6);
    assert_int_equal(info.pm1a_control.space, ACPI_SPACE_MEMORY);
    assert_int_equal(info.pm1a_control.address, 0xfed80804);
    assert_int_equal(info.pm_timer.address, 0x608);
    assert_true(info.pm_timer_32bit);
}

static void fadt_reduced(void **state __unused)
{
    uint32_t at = fadt(244, "", 0);

    put(at + 112, 1 << 20, 4);
    put(at + 120, 0xcf9, 8); /* not announced by its flag */
    seal(at);
    parse_ok();
    assert_true(info.hw_reduced);
    assert_int_equal(info.pm_timer.address, 0);
    assert_int_equal(info.reset.address, 0);
}

static void fadt_short(void **state __unused)
{
    uint32_t at = add_table("FACP", 36);

    seal(at);
    parse_ok();
    assert_int_equal(info.dsdt, 0);
    assert_int_equal(info.pm_timer.address, 0);
}

static void s5_check(const char *aml, uint32_t size, int type_a, int type_b)
{
    set_up(NULL);
    fadt(116, aml, size);
    parse_ok();
    assert_int_equal(info.has_s5, type_a >= 0);
    if (type_a >= 0) {
        assert_int_equal(info.s5_type_a, type_a);
        assert_int_equal(info.s5_type_b, type_b);
    }
}
#define S5_CHECK(aml, a, b) s5_check(aml, sizeof(aml) - 1, a, b)

static void s5_forms(void **state __unused)
{
    S5_CHECK("\x08_S5_\x12\x06\x04\x00\x00\x00\x00", 0, 0);
    S5_CHECK("junk\x08\\_S5_\x12\x08\x04\x0a\x05\x0a\x06\x00\x00", 5, 6);
    S5_CHECK("\x08_S5_\x12\x4a\x00\x02\x0b\x07\x00\x01", 7, 1);
    S5_CHECK("\x08_S5_\x12\x0a\x02\x0c\x03\x00\x00\x00\x0a\x02", 3, 2);
    S5_CHECK("\x08_S5_\x12\x04\x01\x0a\x05", 5, 0);
    /* The name alone, as in a method's body, is not the definition; the next one is. */
    S5_CHECK("\x70_S5_\x60\x08_S5_\x12\x05\x02\x01\x01", 1, 1);
}

static void s5_bad(void **state __unused)
{
    static const char whole[] = "\x08_S5_\x12\x4a\x00\x02\x0c\x03\x00\x00\x00\x0a\x02";

    S5_CHECK("\x08_S5_\x12\x05\x00\x00", -1, 0);
    S5_CHECK("\x08_S5_\x11\x05\x02\x01\x01", -1, 0);
    S5_CHECK("\x08_S5_\x12\x05\x02\x5b\x01", -1, 0);
    S5_CHECK("_S5_\x12\x05\x02\x01\x01", -1, 0);
    for (uint32_t size = 0; size < sizeof(whole) - 1; size++)
        s5_check(whole, size, -1, 0);
}

static void s5_dsdt_bad(void **state __unused)
{
    fadt(116, "\x08_S5_\x12\x05\x02\x01\x01", 10);
    ram[TABLES + 6 * TABLE_GAP + 12]++;
    parse_ok();
    assert_false(info.has_s5);
}

static void hpet(void **state __unused)
{
    uint32_t at = add_table("HPET", 56);

    put(at + 44, 0xfed00000, 8);
    put(at + 52, 3, 1);
    seal(at);
    parse_ok();
    assert_int_equal(info.hpet, 0xfed00000);
    assert_int_equal(info.hpet_number, 3);
    put(at + 40, ACPI_SPACE_IO, 1);
    seal(at);
    parse_ok();
    assert_int_equal(info.hpet, 0);
    put(at + 40, 0, 1);
    put(at + 4, 55, 4);
    seal(at);
    parse_ok();
    assert_int_equal(info.hpet, 0);
}

static void mcfg(void **state __unused)
{
    uint32_t at = add_table("MCFG", 44 + 16 * 30 + 15);

    for (uint32_t i = 0; i < 30; i++) {
        put(at + 44 + 16 * i, 0xe0000000, 8);
        put(at + 44 + 16 * i + 8, i, 2);
        put(at + 44 + 16 * i + 11, 255, 1);
    }
    put(at + 44, 0xe0000800, 8);  /* not aligned */
    put(at + 44 + 16, 0, 8);      /* nowhere */
    put(at + 44 + 32 + 10, 9, 1); /* the last bus comes before the first */
    put(at + 44 + 32 + 11, 8, 1);
    seal(at);
    parse_ok();
    assert_int_equal(info.nr_mcfg, ACPI_MAX_MCFG);
    assert_int_equal(info.mcfg[0].segment, 3);
    assert_int_equal(info.mcfg[0].base, 0xe0000000);
    assert_int_equal(info.mcfg[0].last_bus, 255);
    /* The last entry is cut off. */
    put(at + 4, 44 + 16 * 5 + 15, 4);
    seal(at);
    parse_ok();
    assert_int_equal(info.nr_mcfg, 2);
}

static void srat(void **state __unused)
{
    static const uint8_t entries[] = {
        0, 16, 1, 0, 1, 0, 0, 0, 0, 2,  0, 0, 0, 0, 0, 0, /* CPU in node 0x201 */
        0, 16, 5, 0, 0, 0, 0, 0, 0, 0,  0, 0, 0, 0, 0, 0, /* not enabled */
        2, 24, 0, 0, 1, 2, 0, 0, 0, 0,  0, 0, 1, 0, 0, 0, /* x2APIC CPU, the same node */
        0, 0,  0, 0, 0, 0, 0, 0, 1, 40, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* memory in node
                                                                                     7 */
        0, 0,  0, 0, 0, 0, 0, 0, 0, 0,  0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
        0, /* ends it */
    };
    uint32_t at = add_table("SRAT", 48 + sizeof(entries));

    memcpy(ram + at + 48, entries, sizeof(entries));
    seal(at);
    add_table("SLIT", 44);
    parse_ok();
    assert_int_equal(info.nr_nodes, 2);
    assert_int_equal(info.slit, TABLES + TABLE_GAP);
    assert_int_equal(info.dmar, 0);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(no_rsdp),
        TEST(rsdp_checksum),
        TEST(rsdp_in_ebda),
        TEST(rsdp_told),
        TEST(rsdp_at_the_end),
        TEST(root_tables),
        TEST(root_tables_bad),
        TEST(xsdt_first_then_rsdt),
        TEST(tables_bad),
        TEST(tables_too_many),
        TEST(madt_whole),
        TEST(madt_bad),
        TEST(madt_headerless),
        TEST(madt_too_many),
        TEST(fadt_old),
        TEST(fadt_new),
        TEST(fadt_reduced),
        TEST(fadt_short),
        TEST(s5_forms),
        TEST(s5_bad),
        TEST(s5_dsdt_bad),
        TEST(hpet),
        TEST(mcfg),
        TEST(srat),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
