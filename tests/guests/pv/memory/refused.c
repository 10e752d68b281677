/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a PV domain cannot have: each with the error that says why. */
#include "memory.h"

static void test_physmap(void)
{
    unsigned long index[2] = { 0, 1 }, place[2] = { 0x300000, 0x300001 };
    int errors[2] = { 7, 7 };

    check_equal(memory_op(XENMEM_add_to_physmap, UNMAPPED), -XEN_EFAULT);
    check_equal(memory_op(XENMEM_add_to_physmap_batch, UNMAPPED), -XEN_EFAULT);
    for (unsigned int space = 0; space < 8; space++) {
        struct xen_add_to_physmap one = { .domid = DOMID_SELF, .space = space, .gpfn = place[0] };
        struct xen_add_to_physmap_batch batch = { .domid = DOMID_SELF,
                                                  .space = (uint16_t)space,
                                                  .size = 2 };

        batch.idxs.p = index;
        batch.gpfns.p = place;
        batch.errs.p = errors;
        check_equal(memory_op(XENMEM_add_to_physmap, &one),
                    space == XENMAPSPACE_gmfn_foreign ? -XEN_ENOSYS : -XEN_EACCES);
        check_equal(memory_op(XENMEM_add_to_physmap_batch, &batch),
                    space == XENMAPSPACE_gmfn_range ? -XEN_EOPNOTSUPP : -XEN_EACCES);
        one.domid = batch.domid = NO_DOMAIN;
        check_equal(memory_op(XENMEM_add_to_physmap, &one),
                    space == XENMAPSPACE_gmfn_foreign ? -XEN_ENOSYS : -XEN_ESRCH);
        check_equal(memory_op(XENMEM_add_to_physmap_batch, &batch),
                    space == XENMAPSPACE_gmfn_range ? -XEN_EOPNOTSUPP : -XEN_ESRCH);
        check(errors[0] == 7 && errors[1] == 7);
    }
}

static void test_remove(void)
{
    struct xen_remove_from_physmap gone = { .domid = DOMID_SELF, .gpfn = 5 };

    check_equal(memory_op(XENMEM_remove_from_physmap, UNMAPPED), -XEN_EFAULT);
    check_equal(memory_op(XENMEM_remove_from_physmap, &gone), -XEN_EACCES);
    gone.domid = NO_DOMAIN;
    check_equal(memory_op(XENMEM_remove_from_physmap, &gone), -XEN_ESRCH);
}

static void test_pod(void)
{
    struct xen_pod_target pod = { .domid = DOMID_SELF };

    for (unsigned int op = XENMEM_set_pod_target; op <= XENMEM_get_pod_target; op++) {
        check_equal(memory_op(op, UNMAPPED), -XEN_EFAULT);
        pod.domid = DOMID_SELF;
        check_equal(memory_op(op, &pod), -XEN_EINVAL);
        pod.domid = NO_DOMAIN;
        check_equal(memory_op(op, &pod), -XEN_ESRCH);
    }
}

static void test_tools(void)
{
    struct xen_mem_access_op access = { .domid = 0 };
    struct xen_vnuma_topology_info numa = { .domid = DOMID_SELF };
    struct xen_reserved_device_memory_map regions = { .flags = XENMEM_RDM_ALL };

    check_equal(memory_op(XENMEM_paging_op, UNMAPPED), -XEN_ENOSYS);
    check_equal(memory_op(XENMEM_sharing_op, UNMAPPED), -XEN_ENOSYS);
    check_equal(memory_op(XENMEM_access_op, UNMAPPED), -XEN_EFAULT);
    check_equal(memory_op(XENMEM_access_op, &access), -XEN_EPERM);
    access.domid = DOMID_SELF;
    check_equal(memory_op(XENMEM_access_op, &access), -XEN_ESRCH);
    check_equal(memory_op(XENMEM_get_vnumainfo, UNMAPPED), -XEN_EFAULT);
    check_equal(memory_op(XENMEM_get_vnumainfo, &numa), -XEN_EOPNOTSUPP);
    numa.domid = NO_DOMAIN;
    check_equal(memory_op(XENMEM_get_vnumainfo, &numa), -XEN_ESRCH);
    numa.pad = 1;
    check_equal(memory_op(XENMEM_get_vnumainfo, &numa), -XEN_EINVAL);
    check_equal(memory_op(XENMEM_reserved_device_memory_map, UNMAPPED), -XEN_EFAULT);
    check_equal(memory_op(XENMEM_reserved_device_memory_map, &regions), 0);
    check_equal(regions.nr_entries, 0);
    regions.flags = 2;
    check_equal(memory_op(XENMEM_reserved_device_memory_map, &regions), -XEN_EINVAL);
}

void test_refused(void)
{
    test_physmap();
    test_remove();
    test_pod();
    test_tools();
}
