/* SPDX-License-Identifier: GPL-2.0-or-later */
/* physdev_op: interrupts, PCI functions, and a vcpu's right to use I/O ports. */
#include "guest.h"
#include "traps.h"

#include <xen/physdev.h>

#define UNMAPPED   ((void *)0x10000)
#define HYPERVISOR ((void *)(HYPERVISOR_VIRT_START + (16UL << 30)))

#define IOAPIC_BASE 0xfec00000UL
#define MCFG_BASE   0xb0000000UL /* q35 */
#define AHCI        0xfa         /* 00:1f.2, which has MSI but not MSI-X */
#define NOT_THERE   0xb8

#define RTC_INDEX 0x70
#define RTC_DATA  0x71

static char page[PAGE_SIZE] __attribute__((aligned(4096)));

/* check_op(-XEN_EINVAL, eoi, .irq = 5); the argument stays in "last". */
static union {
    struct physdev_eoi eoi;
    struct physdev_pirq_eoi_gmfn pirq_eoi_gmfn;
    struct physdev_irq_status_query irq_status_query;
    struct physdev_set_iopl set_iopl;
    struct physdev_set_iobitmap set_iobitmap;
    struct physdev_apic apic;
    struct physdev_irq irq;
    struct physdev_map_pirq map_pirq;
    struct physdev_unmap_pirq unmap_pirq;
    struct physdev_manage_pci manage_pci;
    struct physdev_manage_pci_ext manage_pci_ext;
    struct physdev_restore_msi restore_msi;
    struct physdev_setup_gsi setup_gsi;
    struct physdev_get_free_pirq get_free_pirq;
    struct physdev_pci_mmcfg_reserved pci_mmcfg_reserved;
    struct physdev_pci_device_add pci_device_add;
    struct physdev_pci_device pci_device;
    struct physdev_dbgp_op dbgp_op;
} last;

#define op_as(cmd, kind, ...)                            \
    (last.kind = (struct physdev_##kind){ __VA_ARGS__ }, \
     hypercall2(__HYPERVISOR_physdev_op, PHYSDEVOP_##cmd, &last))
#define op(kind, ...) op_as(kind, kind, __VA_ARGS__)

static void test_numbers_and_pointers(void)
{
    for (unsigned int cmd = 0; cmd < 40; cmd++) {
        bool is_gone = cmd < 4 || cmd == 11 || cmd == 18 || cmd == 22 || cmd > 31;
        long want = is_gone ? -XEN_ENOSYS : cmd == 4 ? 0 : -XEN_EFAULT;

        check_equal(hypercall2(__HYPERVISOR_physdev_op, cmd, UNMAPPED), want);
        check_equal(hypercall2(__HYPERVISOR_physdev_op, cmd, HYPERVISOR), want);
    }
    check_equal(hypercall2(__HYPERVISOR_physdev_op, ~0U, UNMAPPED), -XEN_ENOSYS);
}

static void test_status_and_eoi(void)
{
    check_equal(op(irq_status_query, .irq = 5), 0);
    check(last.irq_status_query.flags & XENIRQSTAT_needs_eoi);
    check_equal(op(irq_status_query, .irq = 5000), -XEN_EINVAL);
    check_equal(op(irq_status_query, .irq = ~0U), -XEN_EINVAL);
    check_equal(op(eoi, .irq = 5), -XEN_EINVAL);
    check_equal(op(eoi, .irq = 5000), -XEN_EINVAL);
    check_equal(op(eoi, .irq = ~0U), -XEN_EINVAL);
}

#define ioapic(base, register) .apic_physbase = (base), .reg = (register)

static void test_apic(void)
{
    check_equal(op_as(apic_read, apic, ioapic(IOAPIC_BASE, 1)), 0);
    check_equal(last.apic.value & 0xff, 0x20);
    check_equal(last.apic.value >> 16, 23);
    check_equal(op_as(apic_read, apic, ioapic(IOAPIC_BASE, 0x10)), 0);
    check_equal(op_as(apic_read, apic, ioapic(IOAPIC_BASE + 0x1000, 1)), -XEN_EINVAL);
    check_equal(op_as(apic_write, apic, ioapic(IOAPIC_BASE + 0x1000, 1)), -XEN_EINVAL);
    check_equal(op_as(apic_write, apic, ioapic(IOAPIC_BASE, 1)), 0);
    check_equal(op_as(alloc_irq_vector, irq, .irq = 5), 0);
    check_equal(op_as(alloc_irq_vector, irq, .irq = 5000), 0);
}

static void test_setup_gsi(void)
{
    check_equal(op(setup_gsi, 9, 1, 0), 0);
    check_equal(op(setup_gsi, 9, 1, 0), -XEN_EEXIST);
    check_equal(op(setup_gsi, 1, 0, 0), 0);
    check_equal(op(setup_gsi, 20, 1, 1), 0);
    check_equal(op(setup_gsi, 20, 1, 1), -XEN_EEXIST);
    check_equal(op(setup_gsi, 20, 0, 0), -XEN_EEXIST); /* the first has decided */
    check_equal(op(setup_gsi, 23, 7, 7), 0);
    check_equal(op(setup_gsi, 24, 1, 1), -XEN_EINVAL);
    check_equal(op(setup_gsi, 5000, 1, 1), -XEN_EINVAL);
    check_equal(op(setup_gsi, -1, 1, 1), -XEN_EINVAL);
    check_equal(op_as(apic_read, apic, ioapic(IOAPIC_BASE, 0x10 + 2 * 20)), 0);
    check_equal(last.apic.value & 0x1a000, 0x1a000); /* masked, level, active low */
}

#define gsi_as(d, t, g, p) .domid = (d), .type = (t), .index = (g), .pirq = (p)
#define gsi_of(g, p)       gsi_as(DOMID_SELF, MAP_PIRQ_TYPE_GSI, g, p)

static void test_map_gsi(void)
{
    check_equal(op(map_pirq, gsi_of(20, 20)), 0);
    check_equal(last.map_pirq.pirq, 20);
    check_equal(op(map_pirq, gsi_of(20, 20)), 0); /* the same again */
    check_equal(op(map_pirq, gsi_of(20, -1)), 0);
    check_equal(last.map_pirq.pirq, 20);
    check_equal(op(map_pirq, gsi_of(20, 21)), -XEN_EEXIST);
    check_equal(op(map_pirq, gsi_of(21, -1)), 0);
    check(last.map_pirq.pirq >= 16);
    check_equal(op(map_pirq, gsi_of(4, 4)), 0);
    check_equal(op(map_pirq, gsi_of(0, 0)), -XEN_EPERM); /* the timer */
    check_equal(op(map_pirq, gsi_of(24, 24)), -XEN_EINVAL);
    check_equal(op(map_pirq, gsi_of(-1, 24)), -XEN_EINVAL);
    check_equal(op(map_pirq, gsi_of(23, 5000)), -XEN_EINVAL);
    check_equal(op(map_pirq, gsi_as(5, MAP_PIRQ_TYPE_GSI, 23, 23)), -XEN_ESRCH);
    check_equal(op(map_pirq, gsi_as(DOMID_SELF, MAP_PIRQ_TYPE_UNKNOWN, 23, 23)), -XEN_EINVAL);
    check_equal(op(map_pirq, gsi_as(DOMID_SELF, 9, 23, 23)), -XEN_EINVAL);
}

static void test_bind_and_unmap(void)
{
    struct evtchn_bind_pirq bind = { .pirq = 20, .flags = BIND_PIRQ__WILL_SHARE };
    struct evtchn_status status = { .dom = DOMID_SELF };

    check_equal(op(eoi, .irq = 20), 0);
    check_equal(event_channel_op(EVTCHNOP_bind_pirq, &bind), 0);
    check_equal(op(eoi, .irq = 20), 0);
    check_equal(op(unmap_pirq, DOMID_SELF, 20), 0);
    check_equal(op(unmap_pirq, DOMID_SELF, 20), -XEN_EINVAL);
    status.port = bind.port;
    check_equal(event_channel_op(EVTCHNOP_status, &status), 0);
    check_equal(status.status, EVTCHNSTAT_pirq); /* the port stays, without its interrupt */
    check_equal(op(unmap_pirq, DOMID_SELF, 5000), -XEN_EINVAL);
    check_equal(op(unmap_pirq, DOMID_SELF, -1), -XEN_EINVAL);
    check_equal(op(unmap_pirq, 5, 21), -XEN_ESRCH);
    check_equal(op(get_free_pirq, .type = MAP_PIRQ_TYPE_MSI), 0);
    check(last.get_free_pirq.pirq >= 24);
}

#define msi_of(kind, dev, p) \
    .domid = DOMID_SELF, .type = MAP_PIRQ_TYPE_##kind, .index = -1, .pirq = (p), .devfn = (dev)

static void test_pci(void)
{
    check_equal(op(map_pirq, msi_of(MSI_SEG, AHCI, -1)), -XEN_ENODEV); /* not told of yet */
    check_equal(op(pci_device_add, .devfn = AHCI), 0);
    check_equal(op(pci_device_add, .devfn = AHCI), 0);
    check_equal(op(map_pirq, msi_of(MSI_SEG, NOT_THERE, -1)), -XEN_ENODEV);
    check_equal(op(map_pirq, msi_of(MSI_SEG, AHCI, -1), .bus = 7 << 16), -XEN_ENODEV);
    check_equal(op(map_pirq, msi_of(MSI_SEG, AHCI, -1), .table_base = 0xfeb00000), -XEN_ENODEV);
    check_equal(op(map_pirq, msi_of(MULTI_MSI, AHCI, -1), .entry_nr = 0), -XEN_EDOM);
    check_equal(op(map_pirq, msi_of(MULTI_MSI, AHCI, -1), .entry_nr = 64), -XEN_EDOM);
    check_equal(op(map_pirq, msi_of(MSI_SEG, AHCI, -1)), 0);
    check(last.map_pirq.pirq >= 24);
    check_equal(op(unmap_pirq, DOMID_SELF, last.map_pirq.pirq), 0);
    check_equal(op(map_pirq, msi_of(MSI, AHCI, 60)), 0);
    check_equal(last.map_pirq.pirq, 60);
    check_equal(op(restore_msi, 0, AHCI), 0);
    check_equal(op_as(restore_msi_ext, pci_device, 0, 0, AHCI), 0);
    check_equal(op_as(restore_msi_ext, pci_device, 9, 0, AHCI), -XEN_ENODEV);
    check_equal(op(restore_msi, 0, NOT_THERE), -XEN_ENODEV);
    check_equal(op_as(prepare_msix, pci_device, 0, 0, NOT_THERE), -XEN_ENODEV);
    check_equal(op_as(release_msix, pci_device, 0, 0, NOT_THERE), -XEN_ENODEV);
    check_equal(op(unmap_pirq, DOMID_SELF, 60), 0);
    check_equal(op_as(manage_pci_add, manage_pci, 0, 0x40), 0);
    check_equal(op_as(manage_pci_remove, manage_pci, 0, 0x40), 0);
    check_equal(op_as(manage_pci_remove, manage_pci, 0, 0x40), -XEN_ENODEV);
    check_equal(op_as(manage_pci_add_ext, manage_pci_ext, 0, 0x40, .is_extfn = 2), -XEN_EINVAL);
    check_equal(op_as(pci_device_remove, pci_device, 3, 0, 0x51), -XEN_ENODEV);
}

static void test_mmcfg(void)
{
    check_equal(op(pci_mmcfg_reserved, MCFG_BASE, 0, 0, 255, XEN_PCI_MMCFG_RESERVED), 0);
    check_equal(op(pci_mmcfg_reserved, MCFG_BASE, 0, 0, 255, 3), -XEN_EINVAL);
    check_equal(op(pci_mmcfg_reserved, MCFG_BASE - (1UL << 28), 0, 0, 255, 1), -XEN_EIO);
    check_equal(op(pci_mmcfg_reserved, MCFG_BASE, 1, 0, 255, 1), -XEN_ENODEV);
    check_equal(op(pci_mmcfg_reserved, MCFG_BASE, 0, 0, 127, 1), -XEN_ENODEV);
    check_equal(op(dbgp_op, .op = PHYSDEVOP_DBGP_RESET_PREPARE), 0);
}

static void test_eoi_page(void)
{
    check_equal(op_as(pirq_eoi_gmfn_v2, pirq_eoi_gmfn, ~0UL), -XEN_EINVAL);
    check_equal(op_as(pirq_eoi_gmfn_v2, pirq_eoi_gmfn, frame_of(page)), 0);
    check_equal(op_as(pirq_eoi_gmfn_v2, pirq_eoi_gmfn, frame_of(page)), -XEN_EBUSY);
    check_equal(op_as(pirq_eoi_gmfn_v1, pirq_eoi_gmfn, frame_of(page)), -XEN_EBUSY);
}

/* False when the instruction met #GP. */
static bool port_write(uint16_t port, uint8_t value)
{
    trap_caught.vector = TRAP_NONE;
    __asm__ volatile(TRAP_CAUGHT("outb %0, %1") : : "a"(value), "Nd"(port) : "memory");
    return trap_caught.vector == TRAP_NONE;
}

static bool port_read(uint16_t port, uint8_t *value)
{
    trap_caught.vector = TRAP_NONE;
    __asm__ volatile(TRAP_CAUGHT("inb %1, %0") : "=a"(*value) : "Nd"(port), "0"(0) : "memory");
    return trap_caught.vector == TRAP_NONE;
}

/* The clock's status register D says that its battery is good, in every machine there is. */
static bool rtc_is_reached(void)
{
    uint8_t value = 0;

    return port_write(RTC_INDEX, 0x0d) && port_read(RTC_DATA, &value) && value == 0x80;
}

static void test_ports(void)
{
    static uint8_t bitmap[RTC_DATA / 8 + 2];
    uint8_t value;

    check_equal(op(set_iopl, 4), -XEN_EINVAL);
    check_equal(op(set_iopl, ~0U), -XEN_EINVAL);
    check_equal(op(set_iopl, 0), 0);
    check(!port_read(RTC_DATA, &value));
    check_equal(trap_caught.vector, TRAP_GP);
    check_equal(trap_caught.error, 0);
    check_equal(op(set_iobitmap, { NULL }, 65537), -XEN_EINVAL);
    check_equal(op(set_iobitmap, { HYPERVISOR }, 65536), -XEN_EINVAL);
    check_equal(op(set_iobitmap, { (void *)(1UL << 47) }, 8), -XEN_EINVAL);
    memset(bitmap, 0xff, sizeof(bitmap));
    bitmap[RTC_INDEX / 8] = 0xfc;
    check_equal(op(set_iobitmap, { bitmap }, RTC_DATA + 1), 0);
    check(rtc_is_reached());
    check(!port_read(RTC_DATA + 1, &value)); /* its bit is set, and it is behind the end */
    check_equal(op(set_iobitmap, { bitmap }, RTC_DATA), 0);
    check(port_write(RTC_INDEX, 0x0d));
    check(!port_read(RTC_DATA, &value));
    check_equal(op(set_iobitmap, { UNMAPPED }, 65536), 0);
    check(!port_read(RTC_DATA, &value));
    check_equal(op(set_iobitmap, { NULL }, 0), 0);
    check_equal(op(set_iopl, 1), 0);
    check(rtc_is_reached());
    check_equal(op(set_iopl, 3), 0);
    check(rtc_is_reached());
}

static uint32_t config_read(uint8_t devfn, uint8_t reg)
{
    uint32_t value;

    __asm__ volatile("outl %0, %1" : : "a"(0x80000000 | devfn << 8 | reg), "Nd"((uint16_t)0xcf8));
    __asm__ volatile("inl %1, %0" : "=a"(value) : "Nd"((uint16_t)0xcfc));
    return value;
}

static void config_write(uint8_t devfn, uint8_t reg, uint32_t value)
{
    __asm__ volatile("outl %0, %1" : : "a"(0x80000000 | devfn << 8 | reg), "Nd"((uint16_t)0xcf8));
    __asm__ volatile("outl %0, %1" : : "a"(value), "Nd"((uint16_t)0xcfc));
}

#define PCI_CAPABILITIES 0x34
#define PCI_CAP_MSI      0x05
#define MSI_ADDRESS      4
#define MSI_USED_MASK    0x00700000U /* log2 of the messages in use */

/* The hypervisor programs the message; restoring brings it back. */
static void test_msi_message(void)
{
    uint8_t cap = (uint8_t)config_read(AHCI, PCI_CAPABILITIES);
    uint32_t address;

    while (cap && (config_read(AHCI, cap) & 0xff) != PCI_CAP_MSI)
        cap = (uint8_t)(config_read(AHCI, cap) >> 8);
    check(cap);
    config_write(AHCI, (uint8_t)(cap + MSI_ADDRESS), 0x1000);
    check_equal(config_read(AHCI, (uint8_t)(cap + MSI_ADDRESS)), 0x1000); /* nobody's as yet */
    check_equal(op(map_pirq, msi_of(MSI_SEG, AHCI, -1)), 0);
    address = config_read(AHCI, (uint8_t)(cap + MSI_ADDRESS));
    check_equal(address >> 20, 0xfee);
    config_write(AHCI, (uint8_t)(cap + MSI_ADDRESS), 0x1000);
    config_write(AHCI, cap, config_read(AHCI, cap) | MSI_USED_MASK);
    check_equal(config_read(AHCI, cap) & MSI_USED_MASK, MSI_USED_MASK);
    check_equal(op(restore_msi, 0, AHCI), 0);
    check_equal(config_read(AHCI, (uint8_t)(cap + MSI_ADDRESS)), address);
    check_equal(config_read(AHCI, cap) & MSI_USED_MASK, 0);
    check_equal(op(unmap_pirq, DOMID_SELF, last.map_pirq.pirq), 0);
}

void guest_main(void)
{
    test_numbers_and_pointers();
    test_status_and_eoi();
    test_apic();
    test_setup_gsi();
    test_map_gsi();
    test_bind_and_unmap();
    test_pci();
    test_mmcfg();
    test_eoi_page();
    test_ports();
    test_msi_message();
}
