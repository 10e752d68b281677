/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The FADT: power management registers, reset, and where the DSDT is (ACPI 6.4, section 5.2.9). */
#include "private.h"

/* offsets in the table */
#define FADT_FACS            36
#define FADT_DSDT            40
#define FADT_SCI             46
#define FADT_SMI_CMD         48
#define FADT_ACPI_ENABLE     52
#define FADT_PM1A_EVENT      56
#define FADT_PM1B_EVENT      60
#define FADT_PM1A_CONTROL    64
#define FADT_PM1B_CONTROL    68
#define FADT_PM_TIMER        76
#define FADT_PM_TIMER_LENGTH 91
#define FADT_CENTURY         108
#define FADT_BOOT_FLAGS      109
#define FADT_FLAGS           112
#define FADT_RESET           116
#define FADT_RESET_VALUE     128
#define FADT_X_FACS          132
#define FADT_X_DSDT          140
#define FADT_X_PM1A_EVENT    148
#define FADT_X_PM1B_EVENT    160
#define FADT_X_PM1A_CONTROL  172
#define FADT_X_PM1B_CONTROL  184
#define FADT_X_PM_TIMER      208

#define FADT_BOOT_NO_CMOS_RTC (1U << 5)

#define FADT_FLAG_TIMER_32BIT (1U << 8)
#define FADT_FLAG_RESET       (1U << 10)
#define FADT_FLAG_HW_REDUCED  (1U << 20)

/* A generic address structure: space, width, offset, access size, address. */
static struct acpi_register gas_read(struct acpi_view t, uint32_t offset)
{
    struct acpi_register r = { acpi_u8(t, offset), acpi_u8(t, offset + 1),
                               acpi_u64(t, offset + 4) };

    if (r.space == ACPI_SPACE_IO && r.address > 0xffff)
        r.address = 0;
    return r;
}

/* The extended field where it is filled in, else the old 32-bit port number. */
static struct acpi_register register_read(struct acpi_view t, uint32_t extended, uint32_t old,
                                          uint8_t width)
{
    struct acpi_register r = gas_read(t, extended);
    uint32_t port = acpi_u32(t, old);

    if (r.address && r.space <= ACPI_SPACE_IO)
        return r;
    return (struct acpi_register){ ACPI_SPACE_IO, width, port <= 0xffff ? port : 0 };
}

void acpi_parse_fadt(struct acpi_info *info, struct acpi_view t)
{
    uint32_t flags = acpi_u32(t, FADT_FLAGS);

    info->has_fadt = true;
    info->facs = acpi_u64(t, FADT_X_FACS);
    if (!info->facs)
        info->facs = acpi_u32(t, FADT_FACS);
    info->dsdt = acpi_u64(t, FADT_X_DSDT);
    if (!info->dsdt)
        info->dsdt = acpi_u32(t, FADT_DSDT);
    info->sci_irq = acpi_u16(t, FADT_SCI);
    info->smi_command = acpi_u32(t, FADT_SMI_CMD);
    info->acpi_enable = acpi_u8(t, FADT_ACPI_ENABLE);
    info->century = acpi_u8(t, FADT_CENTURY) & 0x7f;
    info->no_cmos_rtc = acpi_u16(t, FADT_BOOT_FLAGS) & FADT_BOOT_NO_CMOS_RTC;
    info->hw_reduced = flags & FADT_FLAG_HW_REDUCED;
    if (flags & FADT_FLAG_RESET) {
        info->reset = gas_read(t, FADT_RESET);
        info->reset_value = acpi_u8(t, FADT_RESET_VALUE);
    }
    if (info->hw_reduced)
        return; /* the fixed registers below do not exist there */
    info->pm1a_event = register_read(t, FADT_X_PM1A_EVENT, FADT_PM1A_EVENT, 32);
    info->pm1b_event = register_read(t, FADT_X_PM1B_EVENT, FADT_PM1B_EVENT, 32);
    info->pm1a_control = register_read(t, FADT_X_PM1A_CONTROL, FADT_PM1A_CONTROL, 16);
    info->pm1b_control = register_read(t, FADT_X_PM1B_CONTROL, FADT_PM1B_CONTROL, 16);
    if (acpi_u8(t, FADT_PM_TIMER_LENGTH) == 4)
        info->pm_timer = register_read(t, FADT_X_PM_TIMER, FADT_PM_TIMER, 32);
    info->pm_timer_32bit = flags & FADT_FLAG_TIMER_32BIT;
}
