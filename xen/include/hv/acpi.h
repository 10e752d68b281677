/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the firmware's ACPI tables say about the machine. The tables are read once at start-up;
 * nothing in them is trusted: sizes, checksums and counts are checked.
 */
#ifndef HV_ACPI_H
#define HV_ACPI_H

#include <hv/cpumask.h>
#include <hv/types.h>

#define ACPI_MAX_TABLES    96U
#define ACPI_MAX_IOAPICS   16U
#define ACPI_MAX_OVERRIDES 32U
#define ACPI_MAX_NMIS      32U
#define ACPI_MAX_MCFG      16U

struct acpi_table {
    char signature[5]; /* with a NUL */
    uint32_t length;
    paddr_t address;
};

struct acpi_cpu {
    uint32_t apic_id;
    uint32_t acpi_id;
    bool enabled;        /* may be started now */
    bool online_capable; /* may be plugged in later */
};

struct acpi_ioapic {
    uint8_t id;
    uint32_t gsi_base;
    paddr_t address;
};

/* An ISA interrupt that is not wired one to one, or not edge-triggered and active high. */
struct acpi_override {
    uint8_t source; /* ISA irq */
    bool level, active_low;
    uint32_t gsi;
};

#define ACPI_NMI_ALL_CPUS 0xffffffffU

/* A non-maskable interrupt wired to a local APIC's input. */
struct acpi_nmi {
    uint32_t acpi_id; /* of the CPU, or ACPI_NMI_ALL_CPUS */
    uint8_t lint;     /* 0 or 1 */
    bool level, active_low;
};

/* Address spaces of struct acpi_register. */
#define ACPI_SPACE_MEMORY 0
#define ACPI_SPACE_IO     1
#define ACPI_SPACE_PCI    2

/* A register that a table describes; address 0: there is none. */
struct acpi_register {
    uint8_t space; /* ACPI_SPACE_* */
    uint8_t width; /* in bits */
    uint64_t address;
};

struct acpi_mcfg {
    paddr_t base; /* of bus 0 */
    uint16_t segment;
    uint8_t first_bus, last_bus;
};

struct acpi_info {
    paddr_t rsdp; /* 0: no ACPI here */
    unsigned int nr_tables;
    struct acpi_table tables[ACPI_MAX_TABLES];

    /* MADT */
    paddr_t lapic_address;
    bool has_pic;
    unsigned int nr_cpus; /* entries in the table that name a CPU */
    struct acpi_cpu cpus[NR_CPUS];
    unsigned int nr_ioapics;
    struct acpi_ioapic ioapics[ACPI_MAX_IOAPICS];
    unsigned int nr_overrides;
    struct acpi_override overrides[ACPI_MAX_OVERRIDES];
    unsigned int nr_nmis;
    struct acpi_nmi nmis[ACPI_MAX_NMIS];

    /* FADT and DSDT */
    bool has_fadt;
    bool pm_timer_32bit;
    bool hw_reduced;
    bool no_cmos_rtc;
    uint8_t century; /* CMOS index of the century, 0: none */
    uint16_t sci_irq;
    uint32_t smi_command;
    uint8_t acpi_enable;
    struct acpi_register pm_timer, pm1a_control, pm1b_control, pm1a_event, pm1b_event, reset;
    uint8_t reset_value;
    paddr_t dsdt, facs;
    bool has_s5;
    uint8_t s5_type_a, s5_type_b;

    /* the others */
    paddr_t hpet; /* base address, 0: none */
    uint8_t hpet_number;
    unsigned int nr_mcfg;
    struct acpi_mcfg mcfg[ACPI_MAX_MCFG];
    unsigned int nr_nodes;    /* SRAT's proximity domains, 0: no table */
    paddr_t slit, dmar, ivrs; /* where they are, for their own readers; 0: none */
};

/* Gives a view of @size bytes of physical memory, or null if it cannot be read. */
typedef const void *(*acpi_map_fn)(paddr_t pa, size_t size);

/*
 * Fills *@info from the tables behind the RSDP at @rsdp (0: look for it where BIOSes put it).
 * Pure but for @map. 0, or -ENOENT if there is no valid RSDP or root table. Damaged tables are
 * left out, each damaged entry ends its table.
 */
int acpi_parse(struct acpi_info *info, acpi_map_fn map, paddr_t rsdp);

/* The table number @index with this signature, or null. */
const struct acpi_table *acpi_find(const struct acpi_info *info, const char *signature,
                                   unsigned int index);

/* The GSI behind an ISA interrupt, with its trigger and polarity. */
struct acpi_override acpi_isa_gsi(const struct acpi_info *info, unsigned int isa_irq);

extern struct acpi_info acpi_info; /* (c) after acpi_init() */

/* Reads the tables of this machine; @rsdp is 0 or what the boot loader said. */
void acpi_init(paddr_t rsdp);

#endif
