/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Port I/O of PV guests: the control domain reaches the machine's ports, but for those in use here.
 */
#include <hv/domain.h>
#include <hv/irq.h>
#include <hv/pci.h>
#include <hv/uart.h>

#include <asm/io.h>

#include "private.h"

#define PORT_CF8 0xcf8
#define PORT_CFC 0xcfc

#define PIT_COUNTER0        0x40
#define PIT_COUNTER2        0x42
#define PIT_CONTROL         0x43
#define PIT_CONTROL_COUNTER 0xc0 /* the bits that name the counter */
#define PIT_SELECT_COUNTER2 0x80

/*
 * Interrupt controllers and timers belong to the hypervisor, but for the PIT's counter 2: kernels
 * measure the TSC with it, and it drives the speaker. Its gate, in port 0x61, is the kernel's too.
 */
static bool is_ours(unsigned int port)
{
    return (port & ~1U) == 0x20 || (port & ~1U) == 0xa0 ||
           (port >= PIT_COUNTER0 && port <= PIT_CONTROL && port != PIT_COUNTER2) ||
           uart_owns_port(port);
}

/* A command for the PIT's counter 2. */
static bool is_counter2_command(unsigned int port, unsigned int bytes, uint32_t value)
{
    return port == PIT_CONTROL && bytes == 1 &&
           (value & PIT_CONTROL_COUNTER) == PIT_SELECT_COUNTER2;
}

static uint32_t raw_read(unsigned int port, unsigned int bytes)
{
    uint16_t p = (uint16_t)port;

    return bytes == 1 ? inb(p) : bytes == 2 ? inw(p) : inl(p);
}

static void raw_write(unsigned int port, unsigned int bytes, uint32_t value)
{
    uint16_t p = (uint16_t)port;

    if (bytes == 1)
        outb(p, (uint8_t)value);
    else if (bytes == 2)
        outw(p, (uint16_t)value);
    else
        outl(p, value);
}

/* A message that the guest changed would be an interrupt that nobody asked for, or none at all. */
static void config_write(uint32_t address, unsigned int port, unsigned int bytes, uint32_t value)
{
    unsigned int reg = (address & 0xfc) | (port & 3);

    if (!msi_owns_config(0, (uint8_t)(address >> 16), (uint8_t)(address >> 8), reg, bytes))
        pci_port_write(address, (uint16_t)port, bytes, value);
}

static bool range_is_ours(unsigned int port, unsigned int bytes)
{
    for (unsigned int i = 0; i < bytes; i++)
        if (is_ours(port + i))
            return true;
    return false;
}

bool pv_may_use_ports(struct domain *d, unsigned int first, unsigned int last)
{
    if (!d->is_hardware)
        return ranges_have(&d->arch.ioports, first, last);
    for (unsigned int port = first; port <= last; port++)
        if (is_ours(port))
            return false;
    return true;
}

/* Ports of a device that a domain was given; the bus itself is the hardware domain's. */
static bool is_given(struct domain *d, unsigned int port, unsigned int bytes)
{
    return !d->is_hardware && port + bytes <= 0x10000 &&
           pv_may_use_ports(d, port, port + bytes - 1) && !range_is_ours(port, bytes);
}

uint32_t pv_io_read(struct domain *d, unsigned int port, unsigned int bytes)
{
    uint32_t ones = bytes == 4 ? ~0U : (1U << bytes * 8) - 1;

    if (is_given(d, port, bytes))
        return raw_read(port, bytes);
    if (!d->is_hardware || port + bytes > 0x10000 || range_is_ours(port, bytes))
        return ones;
    if (port == PORT_CF8 && bytes == 4)
        return d->arch.pci_cf8;
    if (port >= PORT_CFC && port + bytes <= PORT_CFC + 4) {
        if (!(d->arch.pci_cf8 & 0x80000000))
            return ones;
        return pci_port_read(d->arch.pci_cf8, (uint16_t)port, bytes);
    }
    return raw_read(port, bytes);
}

void pv_io_write(struct domain *d, unsigned int port, unsigned int bytes, uint32_t value)
{
    if (is_given(d, port, bytes))
        raw_write(port, bytes, value);
    if (!d->is_hardware || port + bytes > 0x10000 ||
        (range_is_ours(port, bytes) && !is_counter2_command(port, bytes, value)))
        return;
    if (port == PORT_CF8 && bytes == 4)
        d->arch.pci_cf8 = value;
    else if (port >= PORT_CFC && port + bytes <= PORT_CFC + 4) {
        if (d->arch.pci_cf8 & 0x80000000)
            config_write(d->arch.pci_cf8, port, bytes, value);
    } else
        raw_write(port, bytes, value);
}
