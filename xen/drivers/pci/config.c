/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Access to PCI configuration space. */
#include <hv/pci.h>

#include <hv/acpi.h>
#include <hv/alloc.h>
#include <hv/spinlock.h>

#include <asm/io.h>
#include <asm/mm.h>

#define PCI_ADDRESS 0xcf8
#define PCI_DATA    0xcfc
#define PCI_ENABLE  0x80000000U

#define PORTS_SIZE 256U /* what the ports reach of a function */
#define BUS_SIZE   (1U << 20)
#define MAX_CAPS   48U

/* The address and the data port go together; also guards the table of windows. */
static struct spinlock lock = SPINLOCK_INIT;
static volatile uint8_t **windows[ACPI_MAX_MCFG]; /* by bus, mapped when first used */

uint32_t pci_port_read(uint32_t address, uint16_t port, unsigned int size)
{
    unsigned long flags = spin_lock_irqsave(&lock);
    uint32_t value;

    outl(PCI_ADDRESS, address);
    value = size == 1 ? inb(port) : size == 2 ? inw(port) : inl(port);
    spin_unlock_irqrestore(&lock, flags);
    return value;
}

void pci_port_write(uint32_t address, uint16_t port, unsigned int size, uint32_t value)
{
    unsigned long flags = spin_lock_irqsave(&lock);

    outl(PCI_ADDRESS, address);
    if (size == 1)
        outb(port, (uint8_t)value);
    else if (size == 2)
        outw(port, (uint16_t)value);
    else
        outl(port, value);
    spin_unlock_irqrestore(&lock, flags);
}

static volatile uint8_t *window_locked(unsigned int i, uint8_t bus)
{
    if (!windows[i])
        windows[i] = heap_array(volatile uint8_t *, 256);
    if (!windows[i])
        return NULL;
    if (!windows[i][bus])
        windows[i][bus] = ioremap(acpi_info.mcfg[i].base + (paddr_t)bus * BUS_SIZE, BUS_SIZE);
    return windows[i][bus];
}

/* Where the register is in memory; null if no table says. */
static volatile uint8_t *mmio_register(struct pci_id id, unsigned int reg)
{
    volatile uint8_t *window = NULL;
    unsigned long flags;

    for (unsigned int i = 0; i < acpi_info.nr_mcfg && !window; i++) {
        const struct acpi_mcfg *m = &acpi_info.mcfg[i];

        if (m->segment != id.segment || id.bus < m->first_bus || id.bus > m->last_bus)
            continue;
        flags = spin_lock_irqsave(&lock);
        window = window_locked(i, id.bus);
        spin_unlock_irqrestore(&lock, flags);
    }
    return window ? window + ((unsigned int)id.devfn << 12) + reg : NULL;
}

static bool use_ports(struct pci_id id, unsigned int reg)
{
    return id.segment == 0 && reg < PORTS_SIZE;
}

static uint32_t port_address(struct pci_id id, unsigned int reg)
{
    return PCI_ENABLE | (uint32_t)id.bus << 16 | (uint32_t)id.devfn << 8 | (reg & 0xfc);
}

uint32_t pci_config_read(struct pci_id id, unsigned int reg, unsigned int size)
{
    volatile uint8_t *p;

    if (use_ports(id, reg))
        return pci_port_read(port_address(id, reg), (uint16_t)(PCI_DATA + (reg & 3)), size);
    p = mmio_register(id, reg);
    if (!p)
        return UINT32_MAX >> (32 - 8 * size);
    return size == 1 ? *p : size == 2 ? *(volatile uint16_t *)p : *(volatile uint32_t *)p;
}

void pci_config_write(struct pci_id id, unsigned int reg, unsigned int size, uint32_t value)
{
    volatile uint8_t *p;

    if (use_ports(id, reg)) {
        pci_port_write(port_address(id, reg), (uint16_t)(PCI_DATA + (reg & 3)), size, value);
        return;
    }
    p = mmio_register(id, reg);
    if (!p)
        return;
    if (size == 1)
        *p = (uint8_t)value;
    else if (size == 2)
        *(volatile uint16_t *)p = (uint16_t)value;
    else
        *(volatile uint32_t *)p = value;
}

unsigned int pci_find_capability(struct pci_id id, uint8_t capability)
{
    unsigned int at;

    if (pci_config_read(id, PCI_VENDOR_ID, 2) == 0xffff ||
        !(pci_config_read(id, PCI_STATUS, 2) & PCI_STATUS_CAPS))
        return 0;
    at = pci_config_read(id, PCI_CAPABILITIES, 1) & 0xfc;
    /* A broken device may have a loop in its list. */
    for (unsigned int i = 0; i < MAX_CAPS && at >= 0x40; i++) {
        uint32_t header = pci_config_read(id, at, 2);

        if ((header & 0xff) == capability)
            return at;
        at = (header >> 8) & 0xfc;
    }
    return 0;
}

paddr_t pci_memory_bar(struct pci_id id, unsigned int bar)
{
    unsigned int bars = (pci_config_read(id, PCI_HEADER_TYPE, 1) & 0x7f) == 0 ? 6 : 2;
    uint32_t low;
    paddr_t base;

    if (bar >= bars)
        return 0;
    low = pci_config_read(id, PCI_BAR(bar), 4);
    if (low & PCI_BAR_IO)
        return 0;
    base = low & ~15U;
    if ((low & PCI_BAR_TYPE_MASK) != PCI_BAR_TYPE_64)
        return base;
    return bar + 1 < bars ? base | (paddr_t)pci_config_read(id, PCI_BAR(bar + 1), 4) << 32 : 0;
}
