/* SPDX-License-Identifier: GPL-2.0-or-later */
/* physdev_op: who may call, mapping interrupts and undoing it, PCI functions; hardware is faked. */
/* sources: xen/arch/x86/pv/physdev.c xen/arch/x86/pv/physdev-irq.c xen/arch/x86/pv/physdev-pci.c
   xen/common/event/bind.c xen/common/event/channel.c xen/common/event/close.c
   xen/common/event/fifo.c xen/common/event/fifo-setup.c xen/common/event/hypercall.c
   xen/common/event/pirq.c xen/common/event/send.c xen/common/event/status.c
   xen/common/event/two-level.c xen/common/event/virq.c xen/lib/bitmap.c
   tests/unit/lib/event-world.c */
#include "lib/event-world.h"

#include <hv/acpi.h>
#include <hv/ctl.h>
#include <hv/pci.h>

#include <asm/apic.h>
#include <asm/pv.h>

#include <string.h>

#define GSIS    24U
#define DEVICE  0xfa
#define MSI_MIN 40U /* the first irq that the fake gives out */

unsigned int nr_gsis = GSIS;
struct acpi_info acpi_info;

static struct {
    struct msi_request request; /* the last */
    unsigned int irqs_in_use;   /* bits, from MSI_MIN */
    int error;
    unsigned int restored;
    unsigned int setups;
    bool level, active_low;
    bool has_msix;
} hw;

int irq_gsi_setup(unsigned int gsi, bool level, bool active_low)
{
    assert_true(gsi < GSIS);
    hw.setups++;
    hw.level = level;
    hw.active_low = active_low;
    return 0;
}

int ioapic_read(paddr_t base, unsigned int reg, uint32_t *value)
{
    *value = reg;
    return base == 0xfec00000 ? 0 : -EINVAL;
}

/* As many in a row as it needs. */
int msi_enable(const struct msi_request *req, unsigned int *irq)
{
    unsigned int bits = (1U << req->count) - 1, at = 0;

    hw.request = *req;
    if (hw.error)
        return hw.error;
    while (hw.irqs_in_use & (bits << at))
        at++;
    hw.irqs_in_use |= bits << at;
    *irq = MSI_MIN + at;
    return 0;
}

void msi_disable(unsigned int irq)
{
    assert_true(irq >= MSI_MIN && (hw.irqs_in_use & 1U << (irq - MSI_MIN)));
    hw.irqs_in_use &= ~(1U << (irq - MSI_MIN));
}

void msi_restore(uint16_t segment, uint8_t bus, uint8_t devfn)
{
    assert_int_equal(segment + bus, 0);
    assert_int_equal(devfn, DEVICE);
    hw.restored++;
}

unsigned int pci_find_capability(struct pci_id id, uint8_t capability)
{
    assert_int_equal(id.devfn, DEVICE);
    return capability == PCI_CAP_MSIX && hw.has_msix ? 0x50 : 0;
}

struct domain *domain_get_target(domid_t id)
{
    return domain_get_by_id(id);
}

static long op(unsigned int cmd, void *arg)
{
    return do_physdev_op(cmd, (unsigned long)arg, 0, 0, 0);
}

static int device_add(void)
{
    struct physdev_pci_device_add add = { .devfn = DEVICE };

    return (int)op(PHYSDEVOP_pci_device_add, &add);
}

static int device_remove(void)
{
    struct physdev_pci_device remove = { .devfn = DEVICE };

    return (int)op(PHYSDEVOP_pci_device_remove, &remove);
}

static int setup(void **state)
{
    memset(&hw, 0, sizeof(hw));
    world_setup(state);
    world_enter(0, 0);
    assert_int_equal(device_add(), 0);
    return 0;
}

static int teardown(void **state)
{
    for (unsigned int i = 0; i < WORLD_DOMAINS; i++)
        physdev_domain_destroy(&world.domains[i]);
    assert_int_equal(hw.irqs_in_use, 0);
    world_enter(0, 0);
    assert_int_equal(device_remove(), 0);
    return world_teardown(state);
}

static void test_only_the_control_domain(void **state)
{
    static const unsigned int for_all[] = { 4, 5, 6, 7, 12, 17, 23, 28 };
    _Alignas(8) char arg[128] = { 0 };
    unsigned int next = 0;

    (void)state;
    world_enter(1, 0);
    for (unsigned int cmd = 0; cmd < 40; cmd++) {
        long rc;

        memset(arg, 0, sizeof(arg));
        rc = op(cmd, arg);
        if (next < sizeof(for_all) / sizeof(for_all[0]) && cmd == for_all[next]) {
            assert_int_not_equal(rc, -EPERM);
            assert_int_not_equal(rc, -ENOSYS);
            next++;
        } else {
            assert_true(rc == -EPERM || rc == -ENOSYS);
        }
    }
    world_enter(0, 0);
    assert_int_equal(op(PHYSDEVOP_eoi, NULL), -EFAULT);
    assert_int_equal(op(PHYSDEVOP_map_pirq, NULL), -EFAULT);
    assert_int_equal(op(32, NULL), -ENOSYS);
    assert_int_equal(op(~0U, NULL), -ENOSYS);
}

static void test_ports(void **state)
{
    struct physdev_set_iopl iopl = { .iopl = 4 };
    struct physdev_set_iobitmap map = { .bitmap.p = (uint8_t *)0x1000, .nr_ports = 65537 };

    (void)state;
    world_enter(1, 1);
    assert_int_equal(op(PHYSDEVOP_set_iopl, &iopl), -EINVAL);
    assert_int_equal(current->arch.pv.iopl, 0);
    iopl.iopl = 3;
    assert_int_equal(op(PHYSDEVOP_set_iopl, &iopl), 0);
    assert_int_equal(current->arch.pv.iopl, 3);
    assert_int_equal(op(PHYSDEVOP_set_iobitmap, &map), -EINVAL);
    map.nr_ports = 65536;
    assert_int_equal(op(PHYSDEVOP_set_iobitmap, &map), 0);
    assert_int_equal(current->arch.pv.io_bitmap, 0x1000);
    assert_int_equal(current->arch.pv.io_bitmap_ports, 65536);
    map.bitmap.p = (uint8_t *)HYPERVISOR_VIRT_START;
    assert_int_equal(op(PHYSDEVOP_set_iobitmap, &map), -EINVAL);
    assert_int_equal(current->arch.pv.io_bitmap, 0x1000);
}

/* The set of GSIs that are set up outlives a test, as the machine's does: each uses its own. */
static void test_setup_gsi(void **state)
{
    struct physdev_setup_gsi gsi = { .gsi = 20, .triggering = 1, .polarity = 1 };

    (void)state;
    assert_int_equal(op(PHYSDEVOP_setup_gsi, &gsi), 0);
    assert_int_equal(hw.setups, 1);
    assert_true(hw.level && hw.active_low);
    gsi.triggering = 0;
    assert_int_equal(op(PHYSDEVOP_setup_gsi, &gsi), -EEXIST);
    assert_int_equal(hw.setups, 1);
    gsi.gsi = 21;
    gsi.polarity = 0;
    assert_int_equal(op(PHYSDEVOP_setup_gsi, &gsi), 0);
    assert_false(hw.level || hw.active_low);
    gsi.gsi = GSIS;
    assert_int_equal(op(PHYSDEVOP_setup_gsi, &gsi), -EINVAL);
    gsi.gsi = -1;
    assert_int_equal(op(PHYSDEVOP_setup_gsi, &gsi), -EINVAL);
}

static long map_gsi(int gsi, int *pirq)
{
    struct physdev_map_pirq map = {
        .domid = DOMID_SELF, .type = MAP_PIRQ_TYPE_GSI, .index = gsi, .pirq = *pirq
    };
    long rc = op(PHYSDEVOP_map_pirq, &map);

    if (!rc)
        *pirq = map.pirq;
    return rc;
}

static long unmap(int pirq)
{
    struct physdev_unmap_pirq u = { .domid = DOMID_SELF, .pirq = pirq };

    return op(PHYSDEVOP_unmap_pirq, &u);
}

static void test_map_gsi(void **state)
{
    int any = -1, same = 20, other = 21, twenty = 20, far = WORLD_PIRQS;

    (void)state;
    assert_int_equal(map_gsi(20, &any), 0);
    assert_int_equal(any, 20);
    assert_int_equal(map_gsi(20, &same), 0);
    assert_int_equal(map_gsi(20, &other), -EEXIST);
    assert_int_equal(map_gsi(21, &twenty), -EEXIST);
    assert_int_equal(map_gsi(22, &far), -EINVAL);
    far = INT32_MAX;
    assert_int_equal(map_gsi(22, &far), -EINVAL);
    assert_int_equal(map_gsi(21, &other), 0);
    assert_int_equal(pirq_irq(current->domain, 21), 21);
    any = -1;
    assert_int_equal(map_gsi(0, &any), -EPERM);
    assert_int_equal(map_gsi(GSIS, &any), -EINVAL);
    assert_int_equal(map_gsi(-1, &any), -EINVAL);
    assert_int_equal(unmap(20), 0);
    assert_int_equal(unmap(20), -EINVAL);
    assert_int_equal(unmap(-1), -EINVAL);
    assert_int_equal(unmap(INT32_MAX), -EINVAL);
    /* The GSI's own number is taken: any other. */
    assert_int_equal(unmap(21), 0);
    assert_int_equal(map_gsi(19, &twenty), 0);
    any = -1;
    assert_int_equal(map_gsi(20, &any), 0);
    assert_true(any >= 0 && any != 20);
}

static struct physdev_map_pirq msi(int type)
{
    return (struct physdev_map_pirq){
        .domid = DOMID_SELF, .type = type, .index = -1, .pirq = -1, .devfn = DEVICE
    };
}

static void test_map_msi(void **state)
{
    struct physdev_map_pirq map = msi(MAP_PIRQ_TYPE_MSI_SEG);

    (void)state;
    assert_int_equal(op(PHYSDEVOP_map_pirq, &map), 0);
    assert_int_equal(map.pirq, GSIS);
    assert_int_equal(pirq_irq(current->domain, GSIS), MSI_MIN);
    assert_int_equal(hw.request.count, 1);
    assert_false(hw.request.msix);
    map = msi(MAP_PIRQ_TYPE_MSI_SEG);
    map.table_base = 0xfeb00000;
    map.entry_nr = 7;
    assert_int_equal(op(PHYSDEVOP_map_pirq, &map), 0);
    assert_int_equal(map.pirq, GSIS + 1);
    assert_true(hw.request.msix);
    assert_int_equal(hw.request.entry, 7);
    assert_int_equal(hw.request.table_base, 0xfeb00000);
    map.entry_nr = -1;
    assert_int_equal(op(PHYSDEVOP_map_pirq, &map), -EINVAL);
    map = msi(MAP_PIRQ_TYPE_MSI_SEG);
    map.pirq = (int)GSIS; /* taken: refused before the device is touched */
    hw.request.count = 99;
    assert_int_equal(op(PHYSDEVOP_map_pirq, &map), -EEXIST);
    assert_int_equal(hw.request.count, 99);
    map = msi(MAP_PIRQ_TYPE_MSI_SEG);
    map.devfn = DEVICE + 1;
    assert_int_equal(op(PHYSDEVOP_map_pirq, &map), -ENODEV);
    map = msi(MAP_PIRQ_TYPE_MSI_SEG);
    map.bus = 3 << 16;
    assert_int_equal(op(PHYSDEVOP_map_pirq, &map), -ENODEV);
    map = msi(MAP_PIRQ_TYPE_MSI_SEG);
    hw.error = -ENXIO;
    assert_int_equal(op(PHYSDEVOP_map_pirq, &map), -ENXIO);
    assert_int_equal(unmap(GSIS), 0);
    assert_int_equal(hw.irqs_in_use, 2);
}

/* Five messages take eight; they live and die together. */
static void test_map_many(void **state)
{
    struct physdev_map_pirq map = msi(MAP_PIRQ_TYPE_MULTI_MSI);

    (void)state;
    map.entry_nr = 0;
    assert_int_equal(op(PHYSDEVOP_map_pirq, &map), -EDOM);
    map.entry_nr = 33;
    assert_int_equal(op(PHYSDEVOP_map_pirq, &map), -EDOM);
    map.entry_nr = 5;
    map.pirq = WORLD_PIRQS - 4; /* the last four would lie behind the end */
    assert_int_equal(op(PHYSDEVOP_map_pirq, &map), -EINVAL);
    assert_int_equal(hw.request.count, 0);
    map.pirq = -1;
    assert_int_equal(op(PHYSDEVOP_map_pirq, &map), 0);
    assert_int_equal(hw.request.count, 8);
    for (unsigned int i = 0; i < 8; i++)
        assert_int_equal(pirq_irq(current->domain, GSIS + i), MSI_MIN + i);
    assert_int_equal(unmap(GSIS + 1), -EINVAL);
    assert_int_equal(unmap(GSIS), 0);
    assert_int_equal(hw.irqs_in_use, 0);
    for (unsigned int i = 0; i < 8; i++)
        assert_int_equal(pirq_irq(current->domain, GSIS + i), -EINVAL);
}

/* No memory for the third of four: the device is as it was. */
static void test_map_many_undone(void **state)
{
    struct physdev_map_pirq map = msi(MAP_PIRQ_TYPE_MULTI_MSI);

    (void)state;
    map.entry_nr = 4;
    world.fail_allocation_in = 3;
    assert_int_equal(op(PHYSDEVOP_map_pirq, &map), -ENOMEM);
    assert_int_equal(hw.irqs_in_use, 0);
    for (unsigned int i = 0; i < 4; i++)
        assert_int_equal(pirq_irq(current->domain, GSIS + i), -EINVAL);
    assert_int_equal(op(PHYSDEVOP_map_pirq, &map), 0);
}

static void test_for_another_domain(void **state)
{
    struct physdev_map_pirq map = msi(MAP_PIRQ_TYPE_MSI);
    struct physdev_unmap_pirq u = { .domid = 2 };

    (void)state;
    map.domid = 2;
    map.bus = 5 << 16; /* no segment in this form */
    assert_int_equal(op(PHYSDEVOP_map_pirq, &map), 0);
    assert_int_equal(hw.request.segment, 0);
    assert_int_equal(pirq_irq(&world.domains[2], (unsigned int)map.pirq), MSI_MIN);
    u.pirq = map.pirq;
    assert_int_equal(unmap(map.pirq), -EINVAL);
    assert_int_equal(op(PHYSDEVOP_unmap_pirq, &u), 0);
    u.domid = map.domid = WORLD_DOMAINS;
    assert_int_equal(op(PHYSDEVOP_map_pirq, &map), -ESRCH);
    assert_int_equal(op(PHYSDEVOP_unmap_pirq, &u), -ESRCH);
}

static void test_functions(void **state)
{
    struct physdev_pci_device dev = { .devfn = DEVICE };
    struct physdev_restore_msi old = { .devfn = DEVICE };
    int allocations = world.allocations;

    (void)state;
    assert_int_equal(device_add(), 0); /* again */
    assert_int_equal(world.allocations, allocations);
    assert_int_equal(op(PHYSDEVOP_restore_msi_ext, &dev), 0);
    assert_int_equal(op(PHYSDEVOP_restore_msi, &old), 0);
    assert_int_equal(hw.restored, 2);
    assert_int_equal(op(PHYSDEVOP_prepare_msix, &dev), -ENODEV);
    hw.has_msix = true;
    assert_int_equal(op(PHYSDEVOP_prepare_msix, &dev), 0);
    assert_int_equal(op(PHYSDEVOP_release_msix, &dev), 0);
    assert_int_equal(device_remove(), 0);
    assert_int_equal(device_remove(), -ENODEV);
    assert_int_equal(op(PHYSDEVOP_prepare_msix, &dev), -ENODEV);
    assert_int_equal(op(PHYSDEVOP_restore_msi_ext, &dev), -ENODEV);
    assert_int_equal(op(PHYSDEVOP_restore_msi, &old), -ENODEV);
    assert_int_equal(hw.restored, 2);
    world.fail_allocation_in = 1;
    assert_int_equal(device_add(), -ENOMEM);
    assert_int_equal(device_add(), 0);
}

static void test_mmcfg(void **state)
{
    struct physdev_pci_mmcfg_reserved m = { .address = 0xb0000000, .end_bus = 255, .flags = 1 };

    (void)state;
    acpi_info.nr_mcfg = 1;
    acpi_info.mcfg[0] = (struct acpi_mcfg){ .base = 0xb0000000, .last_bus = 255 };
    assert_int_equal(op(PHYSDEVOP_pci_mmcfg_reserved, &m), 0);
    m.flags = 2;
    assert_int_equal(op(PHYSDEVOP_pci_mmcfg_reserved, &m), -EINVAL);
    m.flags = 1;
    m.address += PAGE_SIZE;
    assert_int_equal(op(PHYSDEVOP_pci_mmcfg_reserved, &m), -EIO);
    m.segment = 1;
    assert_int_equal(op(PHYSDEVOP_pci_mmcfg_reserved, &m), -ENODEV);
    m.segment = 0;
    m.end_bus = 254;
    assert_int_equal(op(PHYSDEVOP_pci_mmcfg_reserved, &m), -ENODEV);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_only_the_control_domain),
        TEST(test_ports),
        TEST(test_setup_gsi),
        TEST(test_map_gsi),
        TEST(test_map_msi),
        TEST(test_map_many),
        TEST(test_map_many_undone),
        TEST(test_for_another_domain),
        TEST(test_functions),
        TEST(test_mmcfg),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
