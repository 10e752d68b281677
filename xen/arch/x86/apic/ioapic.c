/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The I/O APICs: one redirection entry per input; an input's number across all is its GSI. */
#include <hv/acpi.h>
#include <hv/errno.h>
#include <hv/irq.h>
#include <hv/printk.h>
#include <hv/spinlock.h>

#include <asm/mm.h>

#include "private.h"

#define IOAPIC_SELECT 0x00
#define IOAPIC_DATA   0x10

#define IOAPIC_REG_VERSION     0x01U
#define IOAPIC_REG_ENTRY(pin)  (0x10U + 2 * (pin))
#define IOAPIC_VERSION_PINS(v) ((((v) >> 16) & 0xff) + 1)

#define ENTRY_ACTIVE_LOW (1U << 13)
#define ENTRY_LEVEL      (1U << 15)
#define ENTRY_MASKED     (1U << 16)
#define ENTRY_TRIGGER    (ENTRY_LEVEL | ENTRY_ACTIVE_LOW)
#define ENTRY_DEST_SHIFT 24

#define NR_GSIS_MAX 512U
#define ISA_IRQS    16U
#define ISA_CASCADE 2U

struct ioapic {
    struct spinlock lock; /* the select and data registers go together */
    volatile uint8_t *mmio;
    uint32_t gsi_base, pins;
    paddr_t base;
};

unsigned int nr_gsis;

static struct ioapic ioapics[ACPI_MAX_IOAPICS];
static unsigned int nr_ioapics;
static struct gsi {
    struct ioapic *ioapic; /* (c) after start-up; null: there is no such input */
    uint32_t low;          /* the lower half of its entry as last written; under the irq's lock */
} gsis[NR_GSIS_MAX];
static struct spinlock setup_lock = SPINLOCK_INIT;

static uint32_t reg_read(const struct ioapic *io, unsigned int reg)
{
    mmio_write32(io->mmio + IOAPIC_SELECT, reg);
    return mmio_read32(io->mmio + IOAPIC_DATA);
}

static void reg_write(const struct ioapic *io, unsigned int reg, uint32_t value)
{
    mmio_write32(io->mmio + IOAPIC_SELECT, reg);
    mmio_write32(io->mmio + IOAPIC_DATA, value);
}

static void entry_write_low(unsigned int gsi)
{
    struct ioapic *io = gsis[gsi].ioapic;
    unsigned long flags = spin_lock_irqsave(&io->lock);

    reg_write(io, IOAPIC_REG_ENTRY(gsi - io->gsi_base), gsis[gsi].low);
    spin_unlock_irqrestore(&io->lock, flags);
}

static void ioapic_set_mask(unsigned int gsi, bool masked)
{
    uint32_t old = gsis[gsi].low;

    gsis[gsi].low = masked ? old | ENTRY_MASKED : old & ~ENTRY_MASKED;
    if (gsis[gsi].low != old)
        entry_write_low(gsi);
}

static void ioapic_set_target(unsigned int gsi, uint32_t apic_id)
{
    struct ioapic *io = gsis[gsi].ioapic;
    unsigned long flags = spin_lock_irqsave(&io->lock);

    reg_write(io, IOAPIC_REG_ENTRY(gsi - io->gsi_base) + 1, apic_id << ENTRY_DEST_SHIFT);
    spin_unlock_irqrestore(&io->lock, flags);
}

static const struct irq_chip ioapic_chip = { ioapic_set_mask, ioapic_set_target };

static int gsi_setup_locked(unsigned int gsi, bool level, bool active_low)
{
    uint32_t trigger = (level ? ENTRY_LEVEL : 0) | (active_low ? ENTRY_ACTIVE_LOW : 0);
    int vector = (int)irq_vector(gsi);
    bool is_new = !vector;

    if (!is_new && (gsis[gsi].low & ENTRY_TRIGGER) == trigger)
        return 0;
    if (is_new)
        vector = vectors_alloc(gsi, 1);
    if (vector < 0)
        return vector;
    if (!is_new)
        irq_mask(gsi);
    gsis[gsi].low = (uint32_t)vector | trigger | ENTRY_MASKED;
    entry_write_low(gsi);
    ioapic_set_target(gsi, irq_target(gsi));
    irq_attach(gsi, &ioapic_chip, (unsigned int)vector, level);
    if (!is_new)
        irq_restart(gsi);
    return 0;
}

int irq_gsi_setup(unsigned int gsi, bool level, bool active_low)
{
    unsigned long flags;
    int rc;

    if (gsi >= nr_gsis || !gsis[gsi].ioapic)
        return -EINVAL;
    flags = spin_lock_irqsave(&setup_lock);
    rc = gsi_setup_locked(gsi, level, active_low);
    spin_unlock_irqrestore(&setup_lock, flags);
    return rc;
}

int ioapic_read(paddr_t base, unsigned int reg, uint32_t *value)
{
    struct ioapic *io = ioapics;
    unsigned long flags;

    while (io < ioapics + nr_ioapics && io->base != base)
        io++;
    if (io == ioapics + nr_ioapics || reg >= IOAPIC_REG_ENTRY(io->pins))
        return -EINVAL;
    flags = spin_lock_irqsave(&io->lock);
    *value = reg_read(io, reg);
    spin_unlock_irqrestore(&io->lock, flags);
    return 0;
}

static bool ioapic_add(const struct acpi_ioapic *found)
{
    struct ioapic *io = &ioapics[nr_ioapics];
    uint32_t version;

    io->mmio = ioremap(found->address, PAGE_SIZE);
    if (!io->mmio)
        return false;
    version = reg_read(io, IOAPIC_REG_VERSION);
    if (version == 0xffffffff || found->gsi_base >= NR_GSIS_MAX)
        return false;
    io->base = found->address;
    io->gsi_base = found->gsi_base;
    io->pins = MIN(IOAPIC_VERSION_PINS(version), NR_GSIS_MAX - io->gsi_base);
    for (unsigned int pin = 0; pin < io->pins; pin++) {
        gsis[io->gsi_base + pin] = (struct gsi){ io, ENTRY_MASKED };
        reg_write(io, IOAPIC_REG_ENTRY(pin), ENTRY_MASKED);
    }
    printk(LOG_INFO "I/O APIC %u at %#lx: version %#x, GSIs %u-%u\n", found->id, found->address,
           version & 0xff, io->gsi_base, io->gsi_base + io->pins - 1);
    return true;
}

void ioapic_init(void)
{
    for (unsigned int i = 0; i < acpi_info.nr_ioapics; i++) {
        if (!ioapic_add(&acpi_info.ioapics[i])) {
            printk(LOG_WARN "I/O APIC at %#lx: unusable\n", acpi_info.ioapics[i].address);
            continue;
        }
        nr_gsis = MAX(nr_gsis, ioapics[nr_ioapics].gsi_base + ioapics[nr_ioapics].pins);
        nr_ioapics++;
    }
    if (!nr_ioapics)
        printk(LOG_WARN "no I/O APIC: wired interrupts do not work\n");
    /* ISA interrupts are set up by nobody else. */
    for (unsigned int isa = 0; isa < ISA_IRQS; isa++) {
        struct acpi_override o = acpi_isa_gsi(&acpi_info, isa);

        if (isa != ISA_CASCADE && o.gsi < nr_gsis &&
            irq_gsi_setup(o.gsi, o.level, o.active_low) != 0)
            printk(LOG_WARN "ISA interrupt %u: no GSI %u\n", isa, o.gsi);
    }
}
