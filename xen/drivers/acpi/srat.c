/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The SRAT: which memory is near which CPU. Only the number of nodes is taken so far. */
#include "private.h"

#define SRAT_ENTRIES    48U
#define SRAT_CPU        0
#define SRAT_MEMORY     1
#define SRAT_X2APIC_CPU 2
#define SRAT_MAX_NODES  64U

/* The entry's proximity domain, if it is enabled. */
static bool node_of(struct acpi_view e, uint32_t *node)
{
    switch (acpi_u8(e, 0)) {
    case SRAT_CPU:
        *node = acpi_u8(e, 2) | (uint32_t)(acpi_field(e, 9, 3) << 8);
        return acpi_u32(e, 4) & 1;
    case SRAT_MEMORY: *node = acpi_u32(e, 2); return acpi_u32(e, 28) & 1;
    case SRAT_X2APIC_CPU: *node = acpi_u32(e, 4); return acpi_u32(e, 12) & 1;
    default: return false;
    }
}

void acpi_parse_srat(struct acpi_info *info, struct acpi_view t)
{
    uint32_t nodes[SRAT_MAX_NODES], node;

    for (uint32_t at = SRAT_ENTRIES; at + 2 <= t.length; at += t.data[at + 1]) {
        struct acpi_view e = { t.data + at, t.data[at + 1] };
        unsigned int i = 0;

        if (e.length < 2 || e.length > t.length - at)
            return;
        if (!node_of(e, &node))
            continue;
        while (i < info->nr_nodes && nodes[i] != node)
            i++;
        if (i == info->nr_nodes && i < SRAT_MAX_NODES)
            nodes[info->nr_nodes++] = node;
    }
}
