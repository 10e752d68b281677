/* SPDX-License-Identifier: GPL-2.0-or-later */
/* platform_op: who may call, time, CPUs, power, symbols; the machine is faked. */
/* sources: xen/arch/x86/pv/platform.c xen/arch/x86/pv/platform-cpu.c
   xen/arch/x86/pv/platform-power.c xen/lib/bitmap.c */
#include "unit.h"

#include <hv/acpi.h>
#include <hv/ctl.h>
#include <hv/debug.h>
#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/guest-access.h>
#include <hv/printk.h>
#include <hv/sched.h>
#include <hv/time.h>

#include <asm/cpuid.h>
#include <asm/lapic.h>
#include <asm/power.h>
#include <asm/time.h>

#include "../../xen/arch/x86/pv/platform.h"

#include <stdlib.h>
#include <string.h>

#define CPUS 3U

struct acpi_info acpi_info;
unsigned int nr_cpu_ids = CPUS;
struct cpumask cpu_online_map;
uint32_t cpu_apic_id[NR_CPUS] = { 0, 2, 4 };
struct vcpu *idle_vcpu[NR_CPUS];
struct cpu_features cpu_features = { .vendor = "GenuineTests" };
bool tsc_is_stable;

static struct domain domain;
static struct vcpu vcpu = { .domain = &domain }, idle[CPUS];
static struct xen_platform_op op;
static uint64_t clock_sec;
static uint32_t clock_nsec;
static nstime_t clock_at;
static unsigned int updates;
static bool powered_off;
static jmp_buf end_of_machine;

/* The first page is never mapped. */
int guest_copy_from(void *dst, const void *guest_src, size_t size)
{
    if ((uintptr_t)guest_src < PAGE_SIZE)
        return -EFAULT;
    memcpy(dst, guest_src, size);
    return 0;
}

int guest_copy_to(void *guest_dst, const void *src, size_t size)
{
    if ((uintptr_t)guest_dst < PAGE_SIZE)
        return -EFAULT;
    memcpy(guest_dst, src, size);
    return 0;
}

void wallclock_set(uint64_t sec, uint32_t nsec, nstime_t system_time)
{
    clock_sec = sec;
    clock_nsec = nsec;
    clock_at = system_time;
}

void domain_wallclock_update(struct domain *d)
{
    assert_ptr_equal(d, &domain);
    updates++;
}

void domains_visit(void (*fn)(struct domain *d))
{
    fn(&domain);
}

nstime_t time_now(void)
{
    return 12345;
}

const char *symbol_get(unsigned int index, vaddr_t *addr)
{
    static const char *const names[] = { "alpha", "beta" };

    *addr = 0x1000 + index;
    return index < 2 ? names[index] : NULL;
}

void vcpu_runstate_get(const struct vcpu *v, struct vcpu_runstate_info *out)
{
    memset(out, 0, sizeof(*out));
    out->time[RUNSTATE_running] = 100 + (uint64_t)(v - idle);
}

void printk(const char *fmt, ...)
{
    (void)fmt;
}

void acpi_power_off(void)
{
    powered_off = true;
}

void panic(const char *fmt, ...)
{
    (void)fmt;
    longjmp(end_of_machine, 1);
}

/* What belongs to files that this test leaves out. */
#define LEFT_OUT(name)                              \
    long platform_##name(struct xen_platform_op *o) \
    {                                               \
        (void)o;                                    \
        return 0;                                   \
    }
LEFT_OUT(add_memtype)
LEFT_OUT(del_memtype)
LEFT_OUT(read_memtype)
LEFT_OUT(resource_op)
LEFT_OUT(firmware_info)
LEFT_OUT(efi_runtime_call)

static long call(uint32_t cmd)
{
    op.cmd = cmd;
    op.interface_version = XENPF_INTERFACE_VERSION;
    return do_platform_op((unsigned long)&op, 0, 0, 0, 0);
}

static int setup(void **state)
{
    (void)state;
    current = &vcpu;
    domain.is_privileged = true;
    memset(&op, 0, sizeof(op));
    updates = 0;
    powered_off = false;
    cpumask_clear(&cpu_online_map);
    cpumask_add(&cpu_online_map, 0);
    cpumask_add(&cpu_online_map, 1);
    acpi_info.nr_cpus = CPUS;
    for (unsigned int i = 0; i < CPUS; i++) {
        acpi_info.cpus[i] = (struct acpi_cpu){ .apic_id = 2 * i, .acpi_id = 10 + i };
        idle_vcpu[i] = &idle[i];
    }
    return 0;
}

static void test_door(void **state)
{
    (void)state;
    assert_int_equal(do_platform_op(0, 0, 0, 0, 0), -EFAULT);
    assert_int_equal(call(0), -ENOSYS);
    assert_int_equal(call(64), -ENOSYS);
    assert_int_equal(call(~0U), -ENOSYS);
    domain.is_privileged = false;
    assert_int_equal(call(XENPF_get_cpuinfo), -EPERM);
    op.interface_version++;
    assert_int_equal(do_platform_op((unsigned long)&op, 0, 0, 0, 0), -EACCES);
}

static void test_time(void **state)
{
    (void)state;
    op.u.settime64 = (struct xenpf_settime64){ .secs = 1ULL << 33, .nsecs = 7, .system_time = 9 };
    assert_int_equal(call(XENPF_settime64), 0);
    assert_true(clock_sec == 1ULL << 33 && clock_nsec == 7 && clock_at == 9);
    assert_int_equal(updates, 1);
    op.u.settime64.mbz = 1;
    assert_int_equal(call(XENPF_settime64), -EINVAL);
    op.u.settime64.mbz = 0;
    op.u.settime64.system_time = ~0ULL;
    assert_int_equal(call(XENPF_settime64), -EINVAL);
    assert_int_equal(updates, 1);
    op.u.settime32 = (struct xenpf_settime32){ .secs = 5, .nsecs = 4000000003U };
    assert_int_equal(call(XENPF_settime32), 0);
    assert_true(clock_sec == 9 && clock_nsec == 3);
}

static void test_cpus(void **state)
{
    (void)state;
    op.u.pcpu_info.xen_cpuid = 1;
    assert_int_equal(call(XENPF_get_cpuinfo), 0);
    assert_int_equal(op.u.pcpu_info.apic_id, 2);
    assert_int_equal(op.u.pcpu_info.acpi_id, 11);
    assert_int_equal(op.u.pcpu_info.flags, XEN_PCPU_FLAGS_ONLINE);
    assert_int_equal(op.u.pcpu_info.max_present, CPUS - 1);
    op.u.pcpu_info.xen_cpuid = 2;
    assert_int_equal(call(XENPF_get_cpuinfo), 0);
    assert_int_equal(op.u.pcpu_info.flags, 0);
    op.u.pcpu_info.xen_cpuid = CPUS;
    assert_int_equal(call(XENPF_get_cpuinfo), 0);
    assert_int_equal(op.u.pcpu_info.flags, XEN_PCPU_FLAGS_INVALID);
    op.u.cpu_ol.cpuid = 1;
    assert_int_equal(call(XENPF_cpu_online), 0);
    assert_int_equal(call(XENPF_cpu_offline), -EOPNOTSUPP);
    op.u.cpu_ol.cpuid = 2;
    assert_int_equal(call(XENPF_cpu_online), -EOPNOTSUPP);
    assert_int_equal(call(XENPF_cpu_offline), -EINVAL);
    op.u.cpu_ol.cpuid = CPUS;
    assert_int_equal(call(XENPF_cpu_online), -EINVAL);
    assert_int_equal(call(XENPF_cpu_offline), -EINVAL);
    op.u.pcpu_version.xen_cpuid = 0;
    assert_int_equal(call(XENPF_get_cpu_version), 0);
    assert_memory_equal(op.u.pcpu_version.vendor_id, "GenuineTests", 12);
    assert_true(op.u.pcpu_version.family >= 6);
}

/* Bits and times are touched for the CPUs that were asked for, and no byte beyond. */
static void test_idle_time(void **state)
{
    uint8_t *map = malloc(1);
    uint64_t *times = malloc(4 * sizeof(*times));

    (void)state;
    *map = 0x8e; /* 1, 2, 3 and 7, which lies behind the end */
    memset(times, 0xff, 4 * sizeof(*times));
    op.u.getidletime.cpumap_bitmap.p = map;
    op.u.getidletime.cpumap_nr_cpus = 4;
    op.u.getidletime.idletime.p = times;
    assert_int_equal(call(XENPF_getidletime), 0);
    assert_int_equal(*map, 0x86);
    assert_true(times[0] == ~0ULL && times[1] == 101 && times[2] == 102 && times[3] == 0);
    assert_int_equal(op.u.getidletime.now, 12345);
    op.u.getidletime.idletime.p = NULL;
    assert_int_equal(call(XENPF_getidletime), -EFAULT);
    op.u.getidletime.cpumap_bitmap.p = NULL;
    assert_int_equal(call(XENPF_getidletime), -EFAULT);
    free(map);
    free(times);
}

static void test_sleep(void **state)
{
    struct xenpf_enter_acpi_sleep *sleep = &op.u.enter_acpi_sleep;

    (void)state;
    memset(&acpi_info.pm1a_control, 0, sizeof(acpi_info.pm1a_control));
    sleep->sleep_state = 3;
    assert_int_equal(call(XENPF_enter_acpi_sleep), -EOPNOTSUPP);
    sleep->sleep_state = 4;
    assert_int_equal(call(XENPF_enter_acpi_sleep), -EINVAL);
    sleep->sleep_state = 5;
    sleep->flags = 2;
    assert_int_equal(call(XENPF_enter_acpi_sleep), -EINVAL);
    sleep->flags = XENPF_ACPI_SLEEP_EXTENDED;
    assert_int_equal(call(XENPF_enter_acpi_sleep), -EOPNOTSUPP);
    sleep->flags = 0;
    assert_int_equal(call(XENPF_enter_acpi_sleep), -EOPNOTSUPP); /* no such register */
    assert_false(powered_off);
    acpi_info.pm1a_control.address = 0x604;
    sleep->val_a = 5 << 10 | 1 << 13;
    if (!setjmp(end_of_machine)) {
        (void)call(XENPF_enter_acpi_sleep);
        fail_msg("the machine went on");
    }
    assert_true(powered_off && acpi_info.has_s5);
    assert_int_equal(acpi_info.s5_type_a, 5);
    assert_int_equal(acpi_info.s5_type_b, 0);
}

static void test_processor_data(void **state)
{
    struct xen_processor_cx cx[2] = { { .type = 1 }, { .type = 2 } };
    uint32_t pdc[3] = { 1, 1, ~0U };

    (void)state;
    op.u.set_pminfo.id = 11;
    op.u.set_pminfo.u.power.count = 2;
    op.u.set_pminfo.u.power.states.p = cx;
    assert_int_equal(call(XENPF_set_processor_pminfo), 0);
    op.u.set_pminfo.u.power.states.p = NULL;
    assert_int_equal(call(XENPF_set_processor_pminfo), -EFAULT);
    op.u.set_pminfo.id = 13;
    assert_int_equal(call(XENPF_set_processor_pminfo), -EINVAL);
    op.u.set_pminfo.id = 12;
    op.u.set_pminfo.type = XEN_PM_TX;
    assert_int_equal(call(XENPF_set_processor_pminfo), -ENOSYS);
    op.u.set_pminfo.type = XEN_PM_PX;
    op.u.set_pminfo.u.perf.flags = XEN_PX_PSS;
    op.u.set_pminfo.u.perf.state_count = 1;
    op.u.set_pminfo.u.perf.states.p = NULL;
    assert_int_equal(call(XENPF_set_processor_pminfo), -EFAULT);
    op.u.set_pminfo.u.perf.flags = XEN_PX_PPC;
    assert_int_equal(call(XENPF_set_processor_pminfo), 0);
    op.u.set_pminfo.type = XEN_PM_PDC;
    op.u.set_pminfo.id = ~0U;
    op.u.set_pminfo.u.pdc.p = pdc;
    assert_int_equal(call(XENPF_set_processor_pminfo), 0);
    assert_int_equal(pdc[2], 0x9e);
    pdc[1] = 0;
    assert_int_equal(call(XENPF_set_processor_pminfo), -EINVAL);
    op.u.set_pminfo.u.pdc.p = NULL;
    assert_int_equal(call(XENPF_set_processor_pminfo), -EFAULT);
    op.u.core_parking.type = XEN_CORE_PARKING_GET;
    op.u.core_parking.idle_nums = 9;
    assert_int_equal(call(XENPF_core_parking), 0);
    assert_int_equal(op.u.core_parking.idle_nums, 0);
}

static void test_symbols(void **state)
{
    char name[4] = "zzz";
    struct xenpf_symdata *s = &op.u.symdata;

    (void)state;
    s->name.p = name;
    s->symnum = 1;
    s->namelen = 3;
    assert_int_equal(call(XENPF_get_symbol), 0);
    assert_string_equal(name, "bet");
    assert_int_equal(s->namelen, 5);
    assert_int_equal(s->symnum, 2);
    assert_int_equal(s->address, 0x1001);
    assert_int_equal(call(XENPF_get_symbol), 0); /* the end: the number stays */
    assert_int_equal(s->symnum, 2);
    s->symnum = 3;
    assert_int_equal(call(XENPF_get_symbol), -ERANGE);
    s->symnum = 0;
    s->name.p = NULL;
    assert_int_equal(call(XENPF_get_symbol), -EFAULT);
}

static void test_microcode(void **state)
{
    uint32_t data[12] = { 0x00414d44 };

    (void)state;
    op.u.microcode.data.p = data;
    assert_int_equal(call(XENPF_microcode_update), -ENOENT);
    op.u.microcode.length = 47;
    assert_int_equal(call(XENPF_microcode_update), -EINVAL);
    op.u.microcode.length = 48;
    assert_int_equal(call(XENPF_microcode_update), -EOPNOTSUPP);
    data[0] = 7;
    assert_int_equal(call(XENPF_microcode_update), -EINVAL);
    op.u.microcode.data.p = NULL;
    assert_int_equal(call(XENPF_microcode_update), -EFAULT);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_door, setup),
        cmocka_unit_test_setup(test_time, setup),
        cmocka_unit_test_setup(test_cpus, setup),
        cmocka_unit_test_setup(test_idle_time, setup),
        cmocka_unit_test_setup(test_sleep, setup),
        cmocka_unit_test_setup(test_processor_data, setup),
        cmocka_unit_test_setup(test_symbols, setup),
        cmocka_unit_test_setup(test_microcode, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
