/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The MCFG table: windows of memory-mapped PCI configuration space. */
#include "private.h"

#define MCFG_ENTRIES    44U
#define MCFG_ENTRY_SIZE 16U

void acpi_parse_mcfg(struct acpi_info *info, struct acpi_view t)
{
    for (uint32_t at = MCFG_ENTRIES; at + MCFG_ENTRY_SIZE <= t.length; at += MCFG_ENTRY_SIZE) {
        struct acpi_mcfg m = {
            .base = acpi_u64(t, at),
            .segment = acpi_u16(t, at + 8),
            .first_bus = acpi_u8(t, at + 10),
            .last_bus = acpi_u8(t, at + 11),
        };

        if (info->nr_mcfg == ACPI_MAX_MCFG)
            return;
        if (m.base && !(m.base & ((1U << 20) - 1)) && m.first_bus <= m.last_bus)
            info->mcfg[info->nr_mcfg++] = m;
    }
}
