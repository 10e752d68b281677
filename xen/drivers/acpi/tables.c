/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The way from the RSDP to the ACPI tables: search, checksums, bounds. */
#include <hv/acpi.h>

#include <hv/errno.h>

#include "private.h"

#define RSDP_V1_SIZE 20U
#define RSDP_V2_SIZE 36U

#define EBDA_POINTER 0x40eU /* real-mode segment of the extended BIOS data area */
#define BIOS_START   0xe0000U
#define BIOS_SIZE    0x20000U

static bool checksum_is_right(const uint8_t *p, size_t size)
{
    uint8_t sum = 0;

    for (size_t i = 0; i < size; i++)
        sum = (uint8_t)(sum + p[i]);
    return sum == 0;
}

static bool rsdp_is_valid(const uint8_t *p)
{
    return memcmp(p, "RSD PTR ", 8) == 0 && checksum_is_right(p, RSDP_V1_SIZE);
}

/* The RSDP lies on a 16-byte boundary somewhere in [start, start + size); 0 if not. */
static paddr_t rsdp_scan(acpi_map_fn map, paddr_t start, size_t size)
{
    const uint8_t *p = map(start, size);

    if (!p)
        return 0;
    for (size_t i = 0; i + RSDP_V1_SIZE <= size; i += 16)
        if (rsdp_is_valid(p + i))
            return start + i;
    return 0;
}

static paddr_t rsdp_find(acpi_map_fn map)
{
    const uint8_t *p = map(EBDA_POINTER, 2);
    paddr_t ebda = p ? (paddr_t)(p[0] | p[1] << 8) << 4 : 0, found = 0;

    if (ebda >= 0x400 && ebda < 0xa0000)
        found = rsdp_scan(map, ebda, 1024);
    return found ? found : rsdp_scan(map, BIOS_START, BIOS_SIZE);
}

bool acpi_view_table(acpi_map_fn map, paddr_t pa, struct acpi_view *out)
{
    struct acpi_view header = { .length = ACPI_HEADER_SIZE };
    uint32_t length;

    if (!pa || pa > UINT64_MAX - ACPI_MAX_TABLE_SIZE)
        return false;
    header.data = map(pa, ACPI_HEADER_SIZE);
    if (!header.data)
        return false;
    length = acpi_u32(header, 4);
    if (length < ACPI_HEADER_SIZE || length > ACPI_MAX_TABLE_SIZE)
        return false;
    out->data = map(pa, length);
    out->length = length;
    return out->data && checksum_is_right(out->data, length);
}

static void table_add(struct acpi_info *info, acpi_map_fn map, paddr_t pa)
{
    struct acpi_table *t = &info->tables[info->nr_tables];
    struct acpi_view view;

    if (info->nr_tables == ACPI_MAX_TABLES || !acpi_view_table(map, pa, &view))
        return;
    memcpy(t->signature, view.data, 4);
    t->signature[4] = '\0';
    t->length = view.length;
    t->address = pa;
    info->nr_tables++;
}

/* The root table is a header and an array of addresses, 32 bits (RSDT) or 64 bits (XSDT) each. */
static bool root_read(struct acpi_info *info, acpi_map_fn map, paddr_t pa, unsigned int size)
{
    struct acpi_view root;

    if (!acpi_view_table(map, pa, &root) || memcmp(root.data, size == 8 ? "XSDT" : "RSDT", 4) != 0)
        return false;
    for (uint32_t i = ACPI_HEADER_SIZE; i + size <= root.length; i += size)
        table_add(info, map, acpi_field(root, i, size));
    return info->nr_tables > 0;
}

static bool tables_list(struct acpi_info *info, acpi_map_fn map, paddr_t rsdp)
{
    struct acpi_view v = { .data = map(rsdp, RSDP_V1_SIZE), .length = RSDP_V1_SIZE };
    paddr_t rsdt;

    if (!v.data || !rsdp_is_valid(v.data))
        return false;
    info->rsdp = rsdp;
    rsdt = acpi_u32(v, 16);
    if (v.data[15] >= 2) {
        v.data = map(rsdp, RSDP_V2_SIZE);
        v.length = RSDP_V2_SIZE;
        if (v.data && checksum_is_right(v.data, RSDP_V2_SIZE) &&
            root_read(info, map, acpi_u64(v, 24), 8))
            return true;
    }
    return root_read(info, map, rsdt, 4);
}

const struct acpi_table *acpi_find(const struct acpi_info *info, const char *signature,
                                   unsigned int index)
{
    for (unsigned int i = 0; i < info->nr_tables; i++)
        if (memcmp(info->tables[i].signature, signature, 4) == 0 && index-- == 0)
            return &info->tables[i];
    return NULL;
}

static paddr_t table_address(const struct acpi_info *info, const char *signature)
{
    const struct acpi_table *t = acpi_find(info, signature, 0);

    return t ? t->address : 0;
}

static const struct {
    const char *signature;
    void (*parse)(struct acpi_info *info, struct acpi_view t);
} readers[] = {
    { "APIC", acpi_parse_madt }, { "FACP", acpi_parse_fadt }, { "HPET", acpi_parse_hpet },
    { "MCFG", acpi_parse_mcfg }, { "SRAT", acpi_parse_srat },
};

int acpi_parse(struct acpi_info *info, acpi_map_fn map, paddr_t rsdp)
{
    struct acpi_view view;

    memset(info, 0, sizeof(*info));
    if (!rsdp || !tables_list(info, map, rsdp)) {
        rsdp = rsdp_find(map);
        if (!rsdp || !tables_list(info, map, rsdp)) {
            info->rsdp = 0;
            return -ENOENT;
        }
    }
    for (unsigned int i = 0; i < ARRAY_SIZE(readers); i++) {
        const struct acpi_table *t = acpi_find(info, readers[i].signature, 0);

        if (t && acpi_view_table(map, t->address, &view))
            readers[i].parse(info, view);
    }
    if (acpi_view_table(map, info->dsdt, &view) && memcmp(view.data, "DSDT", 4) == 0)
        acpi_parse_s5(info, view);
    info->slit = table_address(info, "SLIT");
    info->dmar = table_address(info, "DMAR");
    info->ivrs = table_address(info, "IVRS");
    return 0;
}

struct acpi_override acpi_isa_gsi(const struct acpi_info *info, unsigned int isa_irq)
{
    for (unsigned int i = 0; i < info->nr_overrides; i++)
        if (info->overrides[i].source == isa_irq)
            return info->overrides[i];
    return (struct acpi_override){ .source = (uint8_t)isa_irq, .gsi = isa_irq };
}
