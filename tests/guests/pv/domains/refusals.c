/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What domctl answers to mistakes, and to what a PV domain does not have. */
#include "domains.h"

static struct child c;

static long op(unsigned int cmd, domid_t id)
{
    return domctl_simple(cmd, id);
}

static void test_header(void)
{
    struct xen_domctl bad = { .cmd = XEN_DOMCTL_getdomaininfo, .interface_version = 0x14 };

    check_equal(hypercall1(__HYPERVISOR_domctl, (unsigned long)&bad), -XEN_EACCES);
    bad.cmd = 999;
    check_equal(hypercall1(__HYPERVISOR_domctl, (unsigned long)&bad), -XEN_EACCES);
    check_equal(hypercall1(__HYPERVISOR_domctl, 8), -XEN_EFAULT);
    check_equal(op(999, c.id), -XEN_ENOSYS);
    check_equal(op(999, 777), -XEN_ESRCH);
    check_equal(op(0, c.id), -XEN_ENOSYS);
    check_equal(op(XEN_DOMCTL_pausedomain, DOMID_SELF), -XEN_ESRCH);
    check_equal(op(XEN_DOMCTL_getdomaininfo, DOMID_SELF), -XEN_EINVAL);
    check_equal(op(XEN_DOMCTL_getdomaininfo, DOMID_INVALID), -XEN_EINVAL);
    check_equal(op(XEN_DOMCTL_getdomaininfo, 30000), -XEN_ESRCH);
}

static void test_self(void)
{
    static const unsigned int refused[] = {
        XEN_DOMCTL_destroydomain,   XEN_DOMCTL_pausedomain,    XEN_DOMCTL_setvcpucontext,
        XEN_DOMCTL_setdebugging,    XEN_DOMCTL_resumedomain,   XEN_DOMCTL_max_vcpus,
        XEN_DOMCTL_getvcpucontext,  XEN_DOMCTL_settscinfo,     XEN_DOMCTL_gettscinfo,
        XEN_DOMCTL_getvcpuextstate, XEN_DOMCTL_set_cpu_policy, XEN_DOMCTL_get_vcpu_msrs,
        XEN_DOMCTL_unpausedomain,
    };

    for (unsigned int i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        long ret = op(refused[i], 0);

        if (ret != -XEN_EINVAL)
            print("domctl %u on ourselves: %ld\n", refused[i], ret);
        check_equal(ret, -XEN_EINVAL);
    }
}

#define REFUSED(field, value, answer)                                      \
    do {                                                                   \
        struct xen_domctl create_;                                         \
                                                                           \
        child_config(&create_, 1);                                         \
        create_.u.createdomain.field = (value);                            \
        check_equal(domctl(XEN_DOMCTL_createdomain, 0, &create_), answer); \
    } while (0)

static void test_create(void)
{
    struct xen_domctl create;

    REFUSED(max_vcpus, 0, -XEN_EINVAL);
    REFUSED(max_vcpus, 8193, -XEN_EINVAL);
    REFUSED(grant_opts, 0, -XEN_EINVAL);
    REFUSED(grant_opts, 3, -XEN_EINVAL);
    REFUSED(grant_opts, 0x12, -XEN_EINVAL);
    REFUSED(flags, XEN_DOMCTL_CDF_hap, -XEN_EINVAL);
    REFUSED(flags, XEN_DOMCTL_CDF_iommu, -XEN_EINVAL);
    REFUSED(flags, XEN_DOMCTL_CDF_vpmu, -XEN_EINVAL);
    REFUSED(flags, 256, -XEN_EINVAL);
    REFUSED(iommu_opts, 1, -XEN_EINVAL);
    REFUSED(max_grant_frames, 0, -XEN_EINVAL);
    REFUSED(max_grant_frames, 1 << 20, -XEN_EINVAL);
    REFUSED(max_maptrack_frames, 1025, -XEN_EINVAL);
    REFUSED(vmtrace_size, 4096, -XEN_EINVAL);
    REFUSED(cpupool_id, 77, -XEN_ESRCH);
    REFUSED(arch.emulation_flags, XEN_X86_EMU_LAPIC, -XEN_EOPNOTSUPP);
    REFUSED(arch.misc_flags, 2, -XEN_EINVAL);
    child_config(&create, 1);
    check_equal(domctl(XEN_DOMCTL_createdomain, 500, &create), 0);
    check_equal(create.domain, 500);
    check_equal(domctl(XEN_DOMCTL_createdomain, 500, &create), -XEN_EEXIST);
    check_equal(domctl(XEN_DOMCTL_getdomaininfo, 300, &create), 0); /* the next one */
    check_equal(create.domain, 500);
    check_equal(op(XEN_DOMCTL_destroydomain, 500), 0);
}

static void test_vcpus(void)
{
    struct xen_domctl o = { .u.max_vcpus.max = 2 };

    check_equal(domctl(XEN_DOMCTL_max_vcpus, c.id, &o), 0); /* again */
    o.u.max_vcpus.max = 1;
    check_equal(domctl(XEN_DOMCTL_max_vcpus, c.id, &o), -XEN_EINVAL);
    o.u.getvcpuinfo.vcpu = 2;
    check_equal(domctl(XEN_DOMCTL_getvcpuinfo, c.id, &o), -XEN_EINVAL);
    o.u.getvcpuinfo.vcpu = 1;
    check_equal(domctl(XEN_DOMCTL_getvcpuinfo, c.id, &o), 0);
    check_equal(o.u.getvcpuinfo.online, 0);
    memset(&o, 0, sizeof(o));
    check_equal(domctl(XEN_DOMCTL_getvcpucontext, c.id, &o), -XEN_ENODATA);
    o.u.vcpucontext.vcpu = 2;
    check_equal(domctl(XEN_DOMCTL_setvcpucontext, c.id, &o), -XEN_EINVAL);
    memset(&o, 0, sizeof(o));
    check_equal(domctl(XEN_DOMCTL_setvcpuaffinity, c.id, &o), -XEN_EINVAL);
}

static void test_affinity(void)
{
    struct xen_domctl o = { .u.vcpuaffinity.flags = XEN_VCPUAFFINITY_HARD };
    uint8_t map = 0xff;

    set_xen_guest_handle(o.u.vcpuaffinity.cpumap_hard.bitmap, &map);
    o.u.vcpuaffinity.cpumap_hard.nr_bits = 8;
    check_equal(domctl(XEN_DOMCTL_getvcpuaffinity, c.id, &o), 0);
    check_equal(map, 1);
    map = 2;
    check_equal(domctl(XEN_DOMCTL_setvcpuaffinity, c.id, &o), -XEN_EINVAL);
    map = 3;
    check_equal(domctl(XEN_DOMCTL_setvcpuaffinity, c.id, &o), 0);
    check_equal(map, 1);
}

static void test_permissions(void)
{
    struct xen_domctl o = { .u.iomem_permission = { 0xfee00, 1, 1 } };

    check_equal(domctl(XEN_DOMCTL_iomem_permission, c.id, &o), -XEN_EPERM);
    o.u.iomem_permission.first_mfn = 0xa0;
    check_equal(domctl(XEN_DOMCTL_iomem_permission, c.id, &o), 0);
    o.u.iomem_permission.nr_mfns = 0;
    check_equal(domctl(XEN_DOMCTL_iomem_permission, c.id, &o), -XEN_EINVAL);
    memset(&o, 0, sizeof(o));
    o.u.ioport_permission.first_port = 0x20;
    check_equal(domctl(XEN_DOMCTL_ioport_permission, c.id, &o), -XEN_EINVAL);
    o.u.ioport_permission.nr_ports = 1;
    check_equal(domctl(XEN_DOMCTL_ioport_permission, c.id, &o), -XEN_EPERM);
    o.u.ioport_permission.nr_ports = 0x10000;
    check_equal(domctl(XEN_DOMCTL_ioport_permission, c.id, &o), -XEN_EINVAL);
}

static void test_not_for_pv(void)
{
    static const struct {
        unsigned int cmd;
        int answer;
    } list[] = {
        { XEN_DOMCTL_gethvmcontext, -XEN_EINVAL },    { XEN_DOMCTL_assign_device, -XEN_EOPNOTSUPP },
        { XEN_DOMCTL_psr_alloc, -XEN_ENODEV },        { XEN_DOMCTL_soft_reset, -XEN_EINVAL },
        { XEN_DOMCTL_monitor_op, -XEN_EOPNOTSUPP },   { XEN_DOMCTL_mem_sharing_op, -XEN_ENOSYS },
        { XEN_DOMCTL_debug_op, -XEN_EINVAL },         { XEN_DOMCTL_shadow_op, -XEN_EINVAL },
        { XEN_DOMCTL_set_virq_handler, -XEN_EINVAL },
    };
    struct xen_domctl o = { .u.address_size.size = 64 };

    for (unsigned int i = 0; i < sizeof(list) / sizeof(list[0]); i++)
        check_equal(op(list[i].cmd, c.id), list[i].answer);
    check_equal(domctl(XEN_DOMCTL_set_address_size, c.id, &o), 0);
    o.u.address_size.size = 16;
    check_equal(domctl(XEN_DOMCTL_set_address_size, c.id, &o), -XEN_EINVAL);
    check_equal(domctl(XEN_DOMCTL_get_address_size, c.id, &o), 0);
    check_equal(o.u.address_size.size, 64);
}

void test_refusals(void)
{
    unsigned long before = free_pages_settled();

    child_create(&c, 2);
    test_header();
    test_self();
    test_create();
    test_vcpus();
    test_affinity();
    test_permissions();
    test_not_for_pv();
    end_of(&c, before);
}
