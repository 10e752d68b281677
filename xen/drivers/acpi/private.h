/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The readers of the single ACPI tables; each gets a whole table whose checksum is right. */
#ifndef ACPI_PRIVATE_H
#define ACPI_PRIVATE_H

#include <hv/acpi.h>
#include <hv/string.h>

#define ACPI_HEADER_SIZE    36U
#define ACPI_MAX_TABLE_SIZE (16U << 20)

/* A table in memory; fields are read by offset because nothing in it is aligned. */
struct acpi_view {
    const uint8_t *data;
    uint32_t length;
};

/* Little-endian fields; 0 if they lie outside the table. */
static inline uint64_t acpi_field(struct acpi_view t, uint32_t offset, uint32_t size)
{
    uint64_t value = 0;

    if (offset > t.length || size > t.length - offset)
        return 0;
    memcpy(&value, t.data + offset, size);
    return value;
}

static inline uint8_t acpi_u8(struct acpi_view t, uint32_t offset)
{
    return (uint8_t)acpi_field(t, offset, 1);
}

static inline uint16_t acpi_u16(struct acpi_view t, uint32_t offset)
{
    return (uint16_t)acpi_field(t, offset, 2);
}

static inline uint32_t acpi_u32(struct acpi_view t, uint32_t offset)
{
    return (uint32_t)acpi_field(t, offset, 4);
}

static inline uint64_t acpi_u64(struct acpi_view t, uint32_t offset)
{
    return acpi_field(t, offset, 8);
}

/* Maps and checks a table: length, and checksum unless @signature is a table without (null: any).
 */
bool acpi_view_table(acpi_map_fn map, paddr_t pa, struct acpi_view *out);

void acpi_parse_madt(struct acpi_info *info, struct acpi_view t);
void acpi_parse_fadt(struct acpi_info *info, struct acpi_view t);
void acpi_parse_hpet(struct acpi_info *info, struct acpi_view t);
void acpi_parse_mcfg(struct acpi_info *info, struct acpi_view t);
void acpi_parse_srat(struct acpi_info *info, struct acpi_view t);

/* Looks for the \_S5 package in the DSDT's AML. */
void acpi_parse_s5(struct acpi_info *info, struct acpi_view t);

#endif
