/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The MADT: CPUs, I/O APICs and how interrupts are wired (ACPI 6.4, section 5.2.12). */
#include "private.h"

/* types of entries */
#define MADT_LAPIC         0
#define MADT_IOAPIC        1
#define MADT_OVERRIDE      2
#define MADT_LAPIC_NMI     4
#define MADT_LAPIC_ADDRESS 5
#define MADT_X2APIC        9
#define MADT_X2APIC_NMI    10
#define MADT_TYPES         11

#define MADT_ENTRIES          44U
#define MADT_FLAG_PCAT_COMPAT 1U

#define CPU_ENABLED        1U
#define CPU_ONLINE_CAPABLE 2U

/* flags of interrupt inputs: 00 as the bus does it (ISA: high, edge), 01 high/edge, 11 low/level */
#define INTI_POLARITY(f) ((f)&3U)
#define INTI_TRIGGER(f)  (((f) >> 2) & 3U)

static void cpu_add(struct acpi_info *info, uint32_t apic_id, uint32_t acpi_id, uint32_t flags)
{
    /* A CPU may have an entry of each kind; an id of all ones marks an empty socket. */
    if (info->nr_cpus == NR_CPUS || apic_id == 0xffffffffU)
        return;
    for (unsigned int i = 0; i < info->nr_cpus; i++)
        if (info->cpus[i].apic_id == apic_id)
            return;
    info->cpus[info->nr_cpus++] = (struct acpi_cpu){
        .apic_id = apic_id,
        .acpi_id = acpi_id,
        .enabled = flags & CPU_ENABLED,
        .online_capable = flags & CPU_ONLINE_CAPABLE,
    };
}

static void nmi_add(struct acpi_info *info, uint32_t acpi_id, uint16_t flags, uint8_t lint)
{
    if (info->nr_nmis == ACPI_MAX_NMIS || lint > 1)
        return;
    info->nmis[info->nr_nmis++] = (struct acpi_nmi){
        .acpi_id = acpi_id,
        .lint = lint,
        .level = INTI_TRIGGER(flags) == 3,
        .active_low = INTI_POLARITY(flags) == 3,
    };
}

static void madt_lapic(struct acpi_info *info, struct acpi_view e)
{
    uint32_t flags = acpi_u32(e, 4);

    /* Firmware fills unused slots with id 0xff and no flags. */
    if (acpi_u8(e, 3) != 0xff || (flags & CPU_ENABLED))
        cpu_add(info, acpi_u8(e, 3), acpi_u8(e, 2), flags);
}

static void madt_ioapic(struct acpi_info *info, struct acpi_view e)
{
    if (info->nr_ioapics == ACPI_MAX_IOAPICS || !acpi_u32(e, 4))
        return;
    info->ioapics[info->nr_ioapics++] = (struct acpi_ioapic){
        .id = acpi_u8(e, 2),
        .address = acpi_u32(e, 4),
        .gsi_base = acpi_u32(e, 8),
    };
}

static void madt_override(struct acpi_info *info, struct acpi_view e)
{
    uint16_t flags = acpi_u16(e, 8);

    if (info->nr_overrides == ACPI_MAX_OVERRIDES || acpi_u8(e, 2) != 0 || acpi_u8(e, 3) > 15)
        return;
    info->overrides[info->nr_overrides++] = (struct acpi_override){
        .source = acpi_u8(e, 3),
        .gsi = acpi_u32(e, 4),
        .level = INTI_TRIGGER(flags) == 3,
        .active_low = INTI_POLARITY(flags) == 3,
    };
}

static void madt_lapic_nmi(struct acpi_info *info, struct acpi_view e)
{
    uint8_t id = acpi_u8(e, 2);

    nmi_add(info, id == 0xff ? ACPI_NMI_ALL_CPUS : id, acpi_u16(e, 3), acpi_u8(e, 5));
}

static void madt_lapic_address(struct acpi_info *info, struct acpi_view e)
{
    info->lapic_address = acpi_u64(e, 4);
}

static void madt_x2apic(struct acpi_info *info, struct acpi_view e)
{
    cpu_add(info, acpi_u32(e, 4), acpi_u32(e, 12), acpi_u32(e, 8));
}

static void madt_x2apic_nmi(struct acpi_info *info, struct acpi_view e)
{
    nmi_add(info, acpi_u32(e, 4), acpi_u16(e, 2), acpi_u8(e, 8));
}

static const struct {
    uint8_t size;
    void (*parse)(struct acpi_info *info, struct acpi_view e);
} entries[MADT_TYPES] = {
    [MADT_LAPIC] = { 8, madt_lapic },
    [MADT_IOAPIC] = { 12, madt_ioapic },
    [MADT_OVERRIDE] = { 10, madt_override },
    [MADT_LAPIC_NMI] = { 6, madt_lapic_nmi },
    [MADT_LAPIC_ADDRESS] = { 12, madt_lapic_address },
    [MADT_X2APIC] = { 16, madt_x2apic },
    [MADT_X2APIC_NMI] = { 12, madt_x2apic_nmi },
};

void acpi_parse_madt(struct acpi_info *info, struct acpi_view t)
{
    if (t.length < MADT_ENTRIES)
        return;
    info->lapic_address = acpi_u32(t, 36);
    info->has_pic = acpi_u32(t, 40) & MADT_FLAG_PCAT_COMPAT;
    for (uint32_t at = MADT_ENTRIES; at + 2 <= t.length;) {
        struct acpi_view e = { t.data + at, t.data[at + 1] };
        uint8_t type = t.data[at];

        if (e.length < 2 || e.length > t.length - at)
            return;
        if (type < MADT_TYPES && entries[type].parse && e.length >= entries[type].size)
            entries[type].parse(info, e);
        at += e.length;
    }
}
