/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The way into the hypervisor: numbers, answers, and errors for what is wrong with a call. */
#include "guest.h"
#include "traps.h"

/* Canonical, never mapped by the domain builder. */
#define UNMAPPED ((void *)0x10000)

static void test_version(void)
{
    char extra[XEN_EXTRAVERSION_LEN], changeset[64], text[1024];
    struct xen_platform_parameters platform;
    struct xen_feature_info features = { .submap_idx = 0 };
    struct xen_compile_info compile;
    long version = xen_version(XENVER_version, NULL);

    check_equal(version >> 16, 4);
    check_equal(version & 0xffff, 17);
    check_equal(xen_version(XENVER_extraversion, extra), 0);
    extra[sizeof(extra) - 1] = 0;
    print("version %ld.%ld%s\n", version >> 16, version & 0xffff, extra);
    check_equal(xen_version(XENVER_compile_info, &compile), 0);
    check_equal(xen_version(XENVER_capabilities, text), 0);
    text[sizeof(text) - 1] = 0;
    print("capabilities: %s\n", text);
    check_equal(strncmp(text, "xen-3.0-x86_64 ", 15), 0);
    check_equal(xen_version(XENVER_changeset, changeset), 0);
    check_equal(xen_version(XENVER_platform_parameters, &platform), 0);
    check_equal(platform.virt_start, HYPERVISOR_VIRT_START);
    check_equal(xen_version(XENVER_get_features, &features), 0);
    print("features: %x\n", features.submap);
    features.submap_idx = 1000;
    check_equal(xen_version(XENVER_get_features, &features), -XEN_EINVAL);
    check_equal(xen_version(XENVER_pagesize, NULL), PAGE_SIZE);
    check_equal(xen_version(XENVER_guest_handle, text), 0);
    check_equal(xen_version(XENVER_commandline, text), 0);
    check_equal(xen_version(99, NULL), -XEN_ENOSYS);
}

static void test_unknown(void)
{
    /* 47 has no meaning; 63 is past the last hypercall, still within the page. */
    check_equal(hypercall(47, 1, 2, 3, 4, 5), -XEN_ENOSYS);
    check_equal(hypercall(63, 1, 2, 3, 4, 5), -XEN_ENOSYS);
    check_equal(sched_op(1000, NULL), -XEN_ENOSYS);
    check_equal(event_channel_op(1000, NULL), -XEN_ENOSYS);
    check_equal(memory_op(63, NULL), -XEN_ENOSYS);
    check_equal(vcpu_op(1000, 0, NULL), -XEN_ENOSYS);
}

static void test_bad_pointers(void)
{
    static const unsigned long hypervisor = HYPERVISOR_VIRT_START + (64UL << 30);
    uint64_t value = 0;

    check(!try_read(UNMAPPED, &value));
    check_equal(trap_caught.vector, TRAP_PF);
    check_equal(trap_caught.cr2, UNMAPPED);
    check_equal(xen_version(XENVER_extraversion, UNMAPPED), -XEN_EFAULT);
    check_equal(xen_version(XENVER_extraversion, (void *)hypervisor), -XEN_EFAULT);
    check_equal(xen_version(XENVER_extraversion, (void *)(1UL << 47)), -XEN_EFAULT);
    check_equal(xen_version(XENVER_get_features, UNMAPPED), -XEN_EFAULT);
    check_equal(sched_op(SCHEDOP_shutdown, UNMAPPED), -XEN_EFAULT);
    check_equal(event_channel_op(EVTCHNOP_send, UNMAPPED), -XEN_EFAULT);
    check_equal(console_write(UNMAPPED, 4), -XEN_EFAULT);
    check_equal(hypercall2(__HYPERVISOR_multicall, (unsigned long)UNMAPPED, (void *)1),
                -XEN_EFAULT);
}

static void test_multicall(void)
{
    struct multicall_entry calls[3] = {
        { .op = __HYPERVISOR_xen_version, .args = { XENVER_version } },
        { .op = 47 },
        { .op = __HYPERVISOR_xen_version, .args = { XENVER_pagesize } },
    };

    check_equal(hypercall3(__HYPERVISOR_multicall, (unsigned long)calls, 3, 0), 0);
    check_equal((long)calls[0].result, xen_version(XENVER_version, NULL));
    check_equal((long)calls[1].result, -XEN_ENOSYS);
    check_equal((long)calls[2].result, PAGE_SIZE);
}

static void test_memory(void)
{
    domid_t self = DOMID_SELF;
    long pages;

    pages = memory_op(XENMEM_current_reservation, &self);
    print("current reservation: %ld pages, start_info says %lu\n", pages, start_info->nr_pages);
    check(pages >= (long)start_info->nr_pages);
    check_equal(memory_op(XENMEM_current_reservation, UNMAPPED), -XEN_EFAULT);
    self = 0x1234;
    check_equal(memory_op(XENMEM_current_reservation, &self), -XEN_ESRCH);
    check(memory_op(XENMEM_maximum_ram_page, NULL) > 0);
}

void guest_main(void)
{
    test_version();
    test_unknown();
    test_bad_pointers();
    test_multicall();
    test_memory();
}
