/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The HPET table: where the high precision timer's registers are. */
#include "private.h"

void acpi_parse_hpet(struct acpi_info *info, struct acpi_view t)
{
    if (t.length < 56 || acpi_u8(t, 40) != ACPI_SPACE_MEMORY)
        return;
    info->hpet = acpi_u64(t, 44) & PAGE_MASK;
    info->hpet_number = acpi_u8(t, 52);
}
