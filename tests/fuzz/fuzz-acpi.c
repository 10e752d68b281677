/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ACPI tables of random bytes. Checksums are made right, or nothing would be looked at. */
/* sources: xen/drivers/acpi/tables.c xen/drivers/acpi/madt.c xen/drivers/acpi/fadt.c
   xen/drivers/acpi/s5.c xen/drivers/acpi/hpet.c xen/drivers/acpi/mcfg.c xen/drivers/acpi/srat.c */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <hv/acpi.h>

#define BASE   0x1000U
#define RSDT   0x100U /* offsets from BASE */
#define TABLES 0x200U
#define SIZE   0x2000U

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint8_t ram[SIZE];
static void *views[256];
static unsigned int nr_views;

/* Blocks of just the size that was asked for, so that looking past the end is seen. */
static const void *map(paddr_t pa, size_t size)
{
    void *view;

    if (pa < BASE || pa - BASE > SIZE || size > SIZE - (pa - BASE) || nr_views == 256)
        return NULL;
    view = malloc(size ? size : 1);
    if (!view)
        abort();
    memcpy(view, ram + (pa - BASE), size);
    views[nr_views++] = view;
    return view;
}

static void checksum(uint32_t at, uint32_t size, uint32_t where)
{
    uint8_t sum = 0;

    ram[at + where] = 0;
    for (uint32_t i = 0; i < size; i++)
        sum = (uint8_t)(sum + ram[at + i]);
    ram[at + where] = (uint8_t)-sum;
}

static void header(uint32_t at, const char *signature, uint32_t length)
{
    memcpy(ram + at, signature, 4);
    memcpy(ram + at + 4, &length, 4);
}

/* The first byte chooses the table, the rest is what stands behind its header. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = { "APIC", "FACP", "HPET", "MCFG", "SRAT", "DSDT" };
    static struct acpi_info info;
    uint32_t rsdt = BASE + RSDT, table = BASE + TABLES, dsdt = BASE + TABLES + 0x1000, length;
    const char *name;

    if (size < 1 || size > 0xf00)
        return 0;
    memset(ram, 0, sizeof(ram));
    name = names[data[0] % 6];
    length = 36 + (uint32_t)size - 1;
    memcpy(ram, "RSD PTR ", 8);
    memcpy(ram + 16, &rsdt, 4);
    checksum(0, 20, 8);
    header(RSDT, "RSDT", 40);
    memcpy(ram + RSDT + 36, &table, 4);
    checksum(RSDT, 40, 9);
    if (strcmp(name, "DSDT") == 0) {
        header(TABLES, "FACP", 116);
        memcpy(ram + TABLES + 40, &dsdt, 4);
        checksum(TABLES, 116, 9);
        header(TABLES + 0x1000, name, length < 0xe00 ? length : 0xe00);
        memcpy(ram + TABLES + 0x1000 + 36, data + 1, length < 0xe00 ? size - 1 : 0xe00 - 36);
        checksum(TABLES + 0x1000, length < 0xe00 ? length : 0xe00, 9);
    } else {
        header(TABLES, name, length);
        memcpy(ram + TABLES + 36, data + 1, size - 1);
        checksum(TABLES, length, 9);
    }
    if (acpi_parse(&info, map, BASE) == 0 &&
        (info.nr_cpus > NR_CPUS || info.nr_ioapics > ACPI_MAX_IOAPICS ||
         info.nr_mcfg > ACPI_MAX_MCFG || info.nr_nmis > ACPI_MAX_NMIS))
        abort();
    while (nr_views)
        free(views[--nr_views]);
    return 0;
}
