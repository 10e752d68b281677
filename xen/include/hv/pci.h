/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PCI configuration space: by ports, or memory-mapped where the firmware's tables say where. */
#ifndef HV_PCI_H
#define HV_PCI_H

#include <hv/types.h>

/* A PCI function. */
struct pci_id {
    uint16_t segment;
    uint8_t bus, devfn;
};

#define PCI_VENDOR_ID      0x00
#define PCI_COMMAND        0x04
#define PCI_COMMAND_MEMORY 0x0002U
#define PCI_STATUS         0x06
#define PCI_STATUS_CAPS    0x0010U
#define PCI_HEADER_TYPE    0x0e
#define PCI_BAR(n)         (0x10U + 4 * (n))
#define PCI_BAR_IO         0x1U
#define PCI_BAR_TYPE_MASK  0x6U
#define PCI_BAR_TYPE_64    0x4U
#define PCI_CAPABILITIES   0x34
#define PCI_CAP_MSI        0x05
#define PCI_CAP_MSIX       0x11

static inline bool pci_id_eq(struct pci_id a, struct pci_id b)
{
    return a.segment == b.segment && a.bus == b.bus && a.devfn == b.devfn;
}

/*
 * @size is 1, 2 or 4 and @reg a multiple of it, below 4096. What cannot be reached reads as all
 * ones, and writes to it are dropped. Any context.
 */
uint32_t pci_config_read(struct pci_id id, unsigned int reg, unsigned int size);
void pci_config_write(struct pci_id id, unsigned int reg, unsigned int size, uint32_t value);

/*
 * The data ports as the control domain uses them, with the address that it last wrote to port
 * 0xcf8: @port is 0xcfc to 0xcff.
 */
uint32_t pci_port_read(uint32_t address, uint16_t port, unsigned int size);
void pci_port_write(uint32_t address, uint16_t port, unsigned int size, uint32_t value);

/* The capability's offset, or 0 if the function has none with this id. */
unsigned int pci_find_capability(struct pci_id id, uint8_t capability);

/* A memory BAR's base address; 0 if it is not one, or not set. */
paddr_t pci_memory_bar(struct pci_id id, unsigned int bar);

#endif
