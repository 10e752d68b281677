/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sleep type values for power-off. They stand in the DSDT as Name(\_S5, Package{a, b, ...})
 * with constants; that much AML can be recognised without an interpreter.
 */
#include "private.h"

#define AML_ZERO    0x00
#define AML_ONE     0x01
#define AML_NAME    0x08
#define AML_BYTE    0x0a
#define AML_WORD    0x0b
#define AML_DWORD   0x0c
#define AML_PACKAGE 0x12
#define AML_ONES    0xff

/* A constant at *at, which is moved behind it. */
static bool constant_read(struct acpi_view t, uint32_t *at, uint8_t *value)
{
    uint8_t op;

    if (*at >= t.length)
        return false;
    op = t.data[(*at)++];
    switch (op) {
    case AML_ZERO:
    case AML_ONE:
    case AML_ONES: *value = op; return true;
    case AML_BYTE:
    case AML_WORD:
    case AML_DWORD:
        if (*at >= t.length)
            return false;
        *value = t.data[*at];
        *at += op == AML_BYTE ? 1 : op == AML_WORD ? 2 : 4;
        return true;
    default: return false;
    }
}

/* @at is behind the name's four letters: a package of two constants or more. */
static bool package_read(struct acpi_info *info, struct acpi_view t, uint32_t at)
{
    uint8_t a, b = 0, count;

    if (at + 2 > t.length || t.data[at] != AML_PACKAGE)
        return false;
    /* The package's length: bits 7:6 of its first byte say how many bytes follow. */
    at += 2U + (t.data[at + 1] >> 6);
    if (at >= t.length)
        return false;
    count = t.data[at++];
    if (count < 1 || !constant_read(t, &at, &a) || (count > 1 && !constant_read(t, &at, &b)))
        return false;
    info->s5_type_a = a & 7;
    info->s5_type_b = b & 7;
    info->has_s5 = true;
    return true;
}

void acpi_parse_s5(struct acpi_info *info, struct acpi_view t)
{
    for (uint32_t i = ACPI_HEADER_SIZE + 1; i + 4 <= t.length; i++) {
        if (memcmp(t.data + i, "_S5_", 4) != 0)
            continue;
        if (t.data[i - 1] != AML_NAME && !(t.data[i - 1] == '\\' && t.data[i - 2] == AML_NAME))
            continue;
        if (package_read(info, t, i + 4))
            return;
    }
}
