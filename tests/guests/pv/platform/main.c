/* SPDX-License-Identifier: GPL-2.0-or-later */
/* platform_op: time, CPUs, power, memory types, firmware, symbols. */
#include "guest.h"
#include "traps.h"

#include <xen/platform.h>

#define UNMAPPED 0x10000UL

/* check_equal(op(settime64, settime64, .secs = 1), 0); the argument stays in "last". */
static struct xen_platform_op last;

static long call(uint32_t cmd)
{
    last.cmd = cmd;
    last.interface_version = XENPF_INTERFACE_VERSION;
    return hypercall1(__HYPERVISOR_platform_op, (unsigned long)&last);
}

#define op(name, kind, ...)                                                                  \
    (memset(&last, 0, sizeof(last)), last.u.kind = (__typeof__(last.u.kind)){ __VA_ARGS__ }, \
     call(XENPF_##name))

static void test_door(void)
{
    check_equal(hypercall1(__HYPERVISOR_platform_op, UNMAPPED), -XEN_EFAULT);
    check_equal(call(0), -XEN_ENOSYS);
    check_equal(call(999), -XEN_ENOSYS);
    check_equal(call(~0U), -XEN_ENOSYS);
    last.cmd = XENPF_get_cpuinfo;
    last.interface_version = XENPF_INTERFACE_VERSION + 1;
    check_equal(hypercall1(__HYPERVISOR_platform_op, (unsigned long)&last), -XEN_EACCES);
}

static void test_time(void)
{
    static char page[PAGE_SIZE] __attribute__((aligned(4096)));
    volatile struct shared_info *shared = (volatile struct shared_info *)page;
    uint32_t before;

    check_equal(
        update_va_mapping(page, start_info->shared_info | PTE_PRESENT | PTE_WRITABLE, UVMF_INVLPG),
        0);
    before = shared->wc_version;
    check_equal(op(settime64, settime64, .secs = 1700000000, .nsecs = 5, .system_time = 3), 0);
    check_equal(shared->wc_sec, 1700000000);
    check_equal(shared->wc_nsec, 2);
    check_equal(shared->wc_version & 1, 0);
    check(shared->wc_version != before);
    check_equal(op(settime32, settime32, .secs = 1700000001, .system_time = 1000000001), 0);
    check_equal(shared->wc_sec, 1699999999);
    check_equal(shared->wc_nsec, 999999999);
    check_equal(op(settime32, settime32, .secs = 1700000000, .nsecs = 4000000000U), 0);
    check_equal(op(settime64, settime64, .secs = 1700000000, .mbz = 1), -XEN_EINVAL);
}

static void test_cpus(void)
{
    check_equal(op(get_cpuinfo, pcpu_info, .xen_cpuid = 0), 0);
    check_equal(last.u.pcpu_info.flags, XEN_PCPU_FLAGS_ONLINE);
    check_equal(last.u.pcpu_info.max_present, 0);
    check_equal(last.u.pcpu_info.apic_id, 0);
    check_equal(last.u.pcpu_info.acpi_id, 0);
    check_equal(op(get_cpuinfo, pcpu_info, .xen_cpuid = 1), 0);
    check_equal(last.u.pcpu_info.flags, XEN_PCPU_FLAGS_INVALID);
    check_equal(op(get_cpuinfo, pcpu_info, .xen_cpuid = ~0U), 0);
    check_equal(last.u.pcpu_info.flags, XEN_PCPU_FLAGS_INVALID);
    check_equal(op(get_cpu_version, pcpu_version, .xen_cpuid = 0), 0);
    check(last.u.pcpu_version.family >= 6);
    check(last.u.pcpu_version.vendor_id[0]);
    check_equal(op(get_cpu_version, pcpu_version, .xen_cpuid = 9), 0);
    check_equal(last.u.pcpu_version.family, 0);
    check_equal(op(cpu_online, cpu_ol, .cpuid = 0), 0);
    check_equal(op(cpu_online, cpu_ol, .cpuid = 1), -XEN_EINVAL);
    check_equal(op(cpu_online, cpu_ol, .cpuid = ~0U), -XEN_EINVAL);
    check_equal(op(cpu_offline, cpu_ol, .cpuid = 0), -XEN_EOPNOTSUPP);
    check_equal(op(cpu_offline, cpu_ol, .cpuid = 9), -XEN_EINVAL);
}

static void test_power(void)
{
    static uint32_t pdc[3] = { 1, 1, 0xffff };
    static struct xen_processor_cx states[2] = { { .type = 1 }, { .type = 2 } };

    check_equal(op(enter_acpi_sleep, enter_acpi_sleep, .sleep_state = 0), -XEN_EINVAL);
    check_equal(op(enter_acpi_sleep, enter_acpi_sleep, .sleep_state = 9), -XEN_EINVAL);
    check_equal(op(enter_acpi_sleep, enter_acpi_sleep, .sleep_state = 3, .flags = 0xf0),
                -XEN_EINVAL);
    check_equal(op(core_parking, core_parking, .type = XEN_CORE_PARKING_GET), 0);
    check_equal(last.u.core_parking.idle_nums, 0);
    check_equal(op(core_parking, core_parking, .type = 3), -XEN_EINVAL);
    check_equal(op(set_processor_pminfo, set_pminfo, .type = XEN_PM_TX), -XEN_ENOSYS);
    check_equal(op(set_processor_pminfo, set_pminfo, .id = 99, .type = XEN_PM_CX), -XEN_EINVAL);
    check_equal(op(set_processor_pminfo, set_pminfo, .type = XEN_PM_CX,
                   .u.power = { .count = 2, .states.p = states }),
                0);
    check_equal(op(set_processor_pminfo, set_pminfo, .type = XEN_PM_CX,
                   .u.power = { .count = 2, .states.p = (void *)UNMAPPED }),
                -XEN_EFAULT);
    check_equal(op(set_processor_pminfo, set_pminfo, .id = ~0U, .type = XEN_PM_PDC, .u.pdc.p = pdc),
                0);
    check_equal(pdc[2], 0x9e);
    pdc[0] = 2;
    check_equal(op(set_processor_pminfo, set_pminfo, .type = XEN_PM_PDC, .u.pdc.p = pdc),
                -XEN_EINVAL);
}

static void test_memory_types(void)
{
    unsigned int reg = 0;

    while (op(read_memtype, read_memtype, .reg = reg) == 0) {
        check(last.u.read_memtype.type <= 6);
        reg++;
    }
    check(reg >= 8);
    check_equal(op(read_memtype, read_memtype, .reg = 0), 0);
    check_equal(last.u.read_memtype.mfn, 0xc0000); /* SeaBIOS: the last GiB below 4 is uncached */
    check_equal(last.u.read_memtype.nr_mfns, 0x40000);
    check_equal(last.u.read_memtype.type, 0);
    check_equal(op(read_memtype, read_memtype, .reg = 255), -XEN_EINVAL);
    check_equal(op(del_memtype, del_memtype, .reg = 100), -XEN_EINVAL);
    check_equal(op(add_memtype, add_memtype, .mfn = 0x1000, .nr_mfns = 0, .type = 1), -XEN_EINVAL);
    check_equal(op(add_memtype, add_memtype, .mfn = 0x1000, .nr_mfns = 3, .type = 1), -XEN_EINVAL);
    check_equal(op(add_memtype, add_memtype, .mfn = 0x1000, .nr_mfns = 256, .type = 9),
                -XEN_EINVAL);
}

static void test_firmware(void)
{
    check_equal(op(firmware_info, firmware_info, .type = 0), -XEN_EINVAL);
    check_equal(op(firmware_info, firmware_info, .type = 6), -XEN_EINVAL);
    check_equal(op(firmware_info, firmware_info, .type = XEN_FW_DISK_INFO), -XEN_ESRCH);
    check_equal(op(firmware_info, firmware_info, .type = XEN_FW_DISK_MBR_SIGNATURE), -XEN_ESRCH);
    check_equal(op(firmware_info, firmware_info, .type = XEN_FW_VBEDDC_INFO, .index = 1),
                -XEN_ESRCH);
    check_equal(op(firmware_info, firmware_info, .type = XEN_FW_EFI_INFO), -XEN_ENOSYS);
    check_equal(op(firmware_info, firmware_info, .type = XEN_FW_KBD_SHIFT_FLAGS), 0);
    check_equal(op(firmware_info, firmware_info, .type = XEN_FW_KBD_SHIFT_FLAGS, .index = 1),
                -XEN_ESRCH);
    check_equal(op(efi_runtime_call, efi_runtime_call, .function = XEN_EFI_get_time), -XEN_ENOSYS);
    check_equal(op(platform_quirk, platform_quirk, .quirk_id = QUIRK_IOAPIC_BAD_REGSEL), 0);
    check_equal(op(platform_quirk, platform_quirk, .quirk_id = 9), -XEN_EINVAL);
    check_equal(op(microcode_update, microcode, .length = 0), -XEN_ENOENT);
    check_equal(op(microcode_update, microcode, .data.p = (void *)UNMAPPED, .length = 100),
                -XEN_EFAULT);
    check_equal(op(microcode_update, microcode, .data.p = &last, .length = 100), -XEN_EINVAL);
}

static long resource(unsigned int count, struct xenpf_resource_entry *entries)
{
    return op(resource_op, resource_op, .nr_entries = count, .entries.p = entries);
}

static void test_resources(void)
{
    static struct xenpf_resource_entry e[3];

    check_equal(resource(0, e), 0);
    check_equal(resource(9, e), -XEN_EINVAL);
    check_equal(resource(1, (void *)UNMAPPED), -XEN_EFAULT);
    e[0] = (struct xenpf_resource_entry){ .u.cmd = XEN_RESOURCE_OP_MSR_READ, .idx = 0x1b };
    check_equal(resource(1, e), 0);
    check_equal(e[0].u.ret, -XEN_EPERM);
    e[0] = (struct xenpf_resource_entry){ .u.cmd = XEN_RESOURCE_OP_MSR_WRITE, .idx = 0x10 };
    check_equal(resource(1, e), 0);
    check_equal(e[0].u.ret, -XEN_EPERM);
    e[0] = (struct xenpf_resource_entry){ .u.cmd = 5, .idx = 0x10 };
    check_equal(resource(1, e), 0);
    check_equal(e[0].u.ret, -XEN_EOPNOTSUPP);
    e[0] = (struct xenpf_resource_entry){ .rsvd = 1, .idx = 0x10 };
    check_equal(resource(1, e), 0);
    check_equal(e[0].u.ret, -XEN_EINVAL);
}

static void test_symbols(void)
{
    static char name[64];

    check_equal(op(get_symbol, symdata, .symnum = 0, .namelen = sizeof(name), .name.p = name), 0);
    check_equal(last.u.symdata.symnum, 1);
    check_equal(last.u.symdata.namelen, strlen(name) + 1);
    check(strlen(name) > 2);
    check(last.u.symdata.address >= HYPERVISOR_VIRT_START);
    check(last.u.symdata.type == 'T' || last.u.symdata.type == 't');
    memset(name, 'z', sizeof(name));
    check_equal(op(get_symbol, symdata, .symnum = 1, .namelen = 2, .name.p = name), 0);
    check(name[1] != 'z' && name[2] == 'z'); /* cut short; the length says so */
    check(last.u.symdata.namelen > 2);
    check_equal(op(get_symbol, symdata, .symnum = 5000000, .namelen = 40, .name.p = name),
                -XEN_ERANGE);
    check_equal(op(get_symbol, symdata, .symnum = 1, .namelen = 40, .name.p = (void *)UNMAPPED),
                -XEN_EFAULT);
}

void guest_main(void)
{
    test_door();
    test_time();
    test_cpus();
    test_power();
    test_memory_types();
    test_firmware();
    test_resources();
    test_symbols();
}
