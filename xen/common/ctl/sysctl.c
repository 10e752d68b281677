/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sysctl: what the tools ask about the machine and tell the hypervisor. */
#include "sysctl.h"

#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/guest-access.h>
#include <hv/hypercall.h>

#include <asm/current.h>

/* perfc_op, lockprof_op and others have no entry: -ENOSYS says that they are not compiled in. */
static long (*const ops[])(struct xen_sysctl *op) = {
    [XEN_SYSCTL_readconsole] = sysctl_readconsole,
    [XEN_SYSCTL_tbuf_op] = sysctl_tbuf_op,
    [XEN_SYSCTL_physinfo] = sysctl_physinfo,
    [XEN_SYSCTL_sched_id] = sysctl_sched_id,
    [XEN_SYSCTL_getdomaininfolist] = sysctl_getdomaininfolist,
    [XEN_SYSCTL_debug_keys] = sysctl_debug_keys,
    [XEN_SYSCTL_getcpuinfo] = sysctl_getcpuinfo,
    [XEN_SYSCTL_availheap] = sysctl_availheap,
    [XEN_SYSCTL_get_pmstat] = sysctl_get_pmstat,
    [XEN_SYSCTL_cpu_hotplug] = sysctl_cpu_hotplug,
    [XEN_SYSCTL_pm_op] = sysctl_pm_op,
    [XEN_SYSCTL_page_offline_op] = sysctl_page_offline_op,
    [XEN_SYSCTL_cputopoinfo] = sysctl_cputopoinfo,
    [XEN_SYSCTL_numainfo] = sysctl_numainfo,
    [XEN_SYSCTL_cpupool_op] = sysctl_cpupool_op,
    [XEN_SYSCTL_scheduler_op] = sysctl_scheduler_op,
    [XEN_SYSCTL_coverage_op] = sysctl_coverage_op,
    [XEN_SYSCTL_psr_cmt_op] = sysctl_psr_cmt_op,
    [XEN_SYSCTL_pcitopoinfo] = sysctl_pcitopoinfo,
    [XEN_SYSCTL_psr_alloc] = sysctl_psr_alloc,
    [XEN_SYSCTL_get_cpu_levelling_caps] = arch_sysctl_get_cpu_levelling_caps,
    [XEN_SYSCTL_get_cpu_featureset] = arch_sysctl_get_cpu_featureset,
    [XEN_SYSCTL_livepatch_op] = sysctl_livepatch_op,
    [XEN_SYSCTL_get_cpu_policy] = arch_sysctl_get_cpu_policy,
};

long do_sysctl(unsigned long arg, unsigned long a2 __unused, unsigned long a3 __unused,
               unsigned long a4 __unused, unsigned long a5 __unused)
{
    struct xen_sysctl op;
    long ret;

    if (guest_copy_from(&op, (const void *)arg, sizeof(op)))
        return -EFAULT;
    if (op.interface_version != XEN_SYSCTL_INTERFACE_VERSION)
        return -EACCES;
    if (!current->domain->is_privileged)
        return -EPERM;
    if (op.cmd >= ARRAY_SIZE(ops) || !ops[op.cmd])
        return -ENOSYS;
    ret = ops[op.cmd](&op);
    if (ret == -ERESTART)
        return hypercall_continue(__HYPERVISOR_sysctl, arg, 0, 0, 0);
    if (!ret && guest_copy_to((void *)arg, &op, sizeof(op)))
        ret = -EFAULT;
    return ret;
}
