/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xen_version and nmi_op: every sub-operation, with arguments that are there and that are not. */
#include "guest.h"

#include <xen/nmi.h>

#define UNMAPPED ((void *)0x10000)

static long nmi_op(unsigned int op, void *arg)
{
    return hypercall2(__HYPERVISOR_nmi_op, op, arg);
}

static void test_texts(void)
{
    static char text[2048];
    unsigned int ops[] = { XENVER_extraversion, XENVER_compile_info, XENVER_capabilities,
                           XENVER_changeset,    XENVER_guest_handle, XENVER_commandline };
    size_t sizes[] = { 16, sizeof(struct xen_compile_info), 1024, 64, 16, 1024 };

    for (unsigned int i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
        check_equal(xen_version(ops[i], UNMAPPED), -XEN_EFAULT);
        check_equal(xen_version(ops[i], NULL), -XEN_EFAULT);
        memset(text, 0x5a, sizeof(text));
        check_equal(xen_version(ops[i], text), 0);
        check_equal(text[sizes[i]], 0x5a); /* not a byte too much */
        if (ops[i] != XENVER_guest_handle)
            check_equal(text[sizes[i] - 1], 0); /* and the rest is zeroes */
    }
    check_equal(xen_version(XENVER_commandline, text), 0);
    check(strlen(text) > 0);
}

static void test_features(void)
{
    struct xen_feature_info info = { .submap_idx = 0 };
    uint32_t want = 1U << XENFEAT_mmu_pt_update_preserve_ad | 1U << XENFEAT_highmem_assist |
                    1U << XENFEAT_gnttab_map_avail_bits | 1U << XENFEAT_dom0 |
                    1U << XENFEAT_memory_op_vnode_supported | 1U << XENFEAT_direct_mapped;

    check_equal(xen_version(XENVER_get_features, &info), 0);
    check_equal(info.submap, want);
    info.submap_idx = XENFEAT_NR_SUBMAPS;
    check_equal(xen_version(XENVER_get_features, &info), -XEN_EINVAL);
    check_equal(xen_version(XENVER_get_features, UNMAPPED), -XEN_EFAULT);
    check_equal(xen_version(XENVER_platform_parameters, UNMAPPED), -XEN_EFAULT);
}

static void test_numbers(void)
{
    check_equal(xen_version(XENVER_version, UNMAPPED), 4 << 16 | 17);
    check_equal(hypercall1(__HYPERVISOR_xen_version, 1UL << 32), 4 << 16 | 17);
    check_equal(xen_version(XENVER_pagesize, NULL), PAGE_SIZE);
    check_equal(xen_version(XENVER_pagesize, UNMAPPED), -XEN_EINVAL);
    check_equal(xen_version(11, NULL), -XEN_ENOSYS);
    check_equal(xen_version(~0U, NULL), -XEN_ENOSYS);
}

static void test_build_id(void)
{
    struct {
        uint32_t length;
        uint8_t bytes[64];
    } id = { .length = 64 };
    bool any = false;

    check_equal(xen_version(XENVER_build_id, NULL), 20);
    check_equal(xen_version(XENVER_build_id, &id), 20);
    for (unsigned int i = 0; i < 20; i++)
        any = any || id.bytes[i];
    check(any);
    check_equal(id.length, 64);
    check_equal(id.bytes[20], 0);
    id.length = 4;
    check_equal(xen_version(XENVER_build_id, &id), -XEN_ENOBUFS);
    id.length = 0;
    check_equal(xen_version(XENVER_build_id, &id), -XEN_EINVAL);
    check_equal(xen_version(XENVER_build_id, UNMAPPED), -XEN_EFAULT);
}

static void test_nmi(void)
{
    struct xennmi_callback callback = { .handler_address = (unsigned long)guest_main };

    check_equal(nmi_op(XENNMI_register_callback, &callback), 0);
    check_equal(nmi_op(XENNMI_register_callback, UNMAPPED), -XEN_EFAULT);
    callback.handler_address = 1UL << 50;
    check_equal(nmi_op(XENNMI_register_callback, &callback), -XEN_EINVAL);
    check_equal(nmi_op(XENNMI_unregister_callback, NULL), 0);
    check_equal(nmi_op(XENNMI_unregister_callback, NULL), 0);
    check_equal(nmi_op(2, NULL), -XEN_ENOSYS);
}

void guest_main(void)
{
    test_texts();
    test_features();
    test_numbers();
    test_build_id();
    test_nmi();
}
