/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading this machine's ACPI tables at start-up. */
#include <hv/acpi.h>

#include <hv/init.h>
#include <hv/printk.h>

#include <asm/mm.h>

struct acpi_info acpi_info;

static bool acpi_off;

/* Mappings last for good, so a table that is looked at again is not mapped again. */
static struct window {
    paddr_t start;
    size_t size;
    const uint8_t *va;
} windows[2 * ACPI_MAX_TABLES];

static int acpi_param(const char *value)
{
    int on = param_bool(value);

    if (on < 0)
        return on;
    acpi_off = !on;
    return 0;
}
DEFINE_PARAM("acpi", acpi_param);

static const void *window_map(paddr_t pa, size_t size)
{
    paddr_t start = pa & PAGE_MASK;
    size_t offset = pa - start, length = ROUND_UP(offset + size, PAGE_SIZE);

    for (unsigned int i = 0; i < ARRAY_SIZE(windows); i++) {
        struct window *w = &windows[i];

        if (!w->va)
            *w = (struct window){ start, length, ioremap_cached(start, length) };
        if (w->va && pa >= w->start && size <= w->size && pa - w->start <= w->size - size)
            return w->va + (pa - w->start);
        if (!w->va)
            return NULL;
    }
    return NULL;
}

static void tables_print(void)
{
    char names[ACPI_MAX_TABLES * 5 + 1];
    unsigned int n = 0;

    for (unsigned int i = 0; i < acpi_info.nr_tables; i++) {
        names[n++] = ' ';
        for (unsigned int c = 0; c < 4; c++) {
            char letter = acpi_info.tables[i].signature[c];

            names[n++] = letter >= ' ' && letter <= '~' ? letter : '?';
        }
    }
    names[n] = '\0';
    printk(LOG_INFO "ACPI: RSDP at %#lx, tables:%s\n", acpi_info.rsdp, names);
}

void acpi_init(paddr_t rsdp)
{
    unsigned int enabled = 0;

    if (acpi_off || acpi_parse(&acpi_info, window_map, rsdp) != 0) {
        printk(LOG_WARN "ACPI: %s\n", acpi_off ? "switched off" : "no tables found");
        return;
    }
    tables_print();
    for (unsigned int i = 0; i < acpi_info.nr_cpus; i++)
        enabled += acpi_info.cpus[i].enabled;
    printk(LOG_INFO "ACPI: %u CPUs (%u enabled), %u I/O APICs, PM timer %#lx, HPET %#lx%s\n",
           acpi_info.nr_cpus, enabled, acpi_info.nr_ioapics, acpi_info.pm_timer.address,
           acpi_info.hpet, acpi_info.has_s5 ? "" : ", no S5");
}
