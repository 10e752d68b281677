/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sysctl as the control domain's tools use it: the machine, its pools of CPUs, what is refused. */
/* smp: 2 */
#define __XEN_TOOLS__ 1
#include "guest.h"

#include <xen/sysctl.h>

#define UNMAPPED ((void *)0x10000)
#define ANY      XEN_SYSCTL_CPUPOOL_PAR_ANY

/* check_equal(op(sched_id, sched_id), 0); the argument stays in "last". */
static struct xen_sysctl last;

static long call(uint32_t cmd)
{
    last.cmd = cmd;
    last.interface_version = XEN_SYSCTL_INTERFACE_VERSION;
    return hypercall1(__HYPERVISOR_sysctl, (unsigned long)&last);
}

#define op(name, kind, ...)                                                                  \
    (memset(&last, 0, sizeof(last)), last.u.kind = (__typeof__(last.u.kind)){ __VA_ARGS__ }, \
     call(XEN_SYSCTL_##name))

static void test_physinfo(void)
{
    const struct xen_sysctl_physinfo *p = &last.u.physinfo;

    check_equal(op(physinfo, physinfo), 0);
    check_equal(p->threads_per_core, 1);
    check_equal(p->cores_per_socket, 2);
    check_equal(p->nr_cpus, 2);
    check_equal(p->max_cpu_id, 1);
    check_equal(p->nr_nodes, 1);
    check_equal(p->max_node_id, 63);
    check_equal(p->arch_capabilities, 0);
    check(p->capabilities & XEN_SYSCTL_PHYSCAP_pv);
    check_equal(p->capabilities & (XEN_SYSCTL_PHYSCAP_gnttab_v1 | XEN_SYSCTL_PHYSCAP_gnttab_v2),
                XEN_SYSCTL_PHYSCAP_gnttab_v1 | XEN_SYSCTL_PHYSCAP_gnttab_v2);
    check(p->free_pages < p->total_pages && p->total_pages < p->max_mfn);
    check_equal(p->outstanding_pages, 0);
}

static void test_topology(void)
{
    static struct xen_sysctl_cputopo topo[4];

    check_equal(op(cputopoinfo, cputopoinfo), 0);
    check_equal(last.u.cputopoinfo.num_cpus, 2);
    check_equal(op(cputopoinfo, cputopoinfo, .num_cpus = 4, .cputopo.p = topo), 0);
    check_equal(last.u.cputopoinfo.num_cpus, 2);
    check_equal(topo[0].core, 0);
    check_equal(topo[1].core, 1);
    check_equal(topo[1].socket, 0);
    check_equal(topo[1].node, 0);
    check_equal(op(cputopoinfo, cputopoinfo, .num_cpus = 1, .cputopo.p = topo), 0);
    check_equal(last.u.cputopoinfo.num_cpus, 1);
    check_equal(op(cputopoinfo, cputopoinfo, .num_cpus = 2, .cputopo.p = UNMAPPED), -XEN_EFAULT);
}

static void test_numa(void)
{
    static struct xen_sysctl_meminfo memory[4];
    static uint32_t distance[16];

    check_equal(op(numainfo, numainfo), 0);
    check_equal(last.u.numainfo.num_nodes, 1);
    check_equal(op(numainfo, numainfo, .num_nodes = 4, .meminfo.p = memory, .distance.p = distance),
                0);
    check_equal(last.u.numainfo.num_nodes, 1);
    check(memory[0].memfree < memory[0].memsize && memory[0].memsize > 500UL << 20);
    check_equal(distance[0], 10);
    check_equal(op(numainfo, numainfo, .num_nodes = 0, .meminfo.p = memory), 0);
    check_equal(last.u.numainfo.num_nodes, 0);
    check_equal(op(numainfo, numainfo, .num_nodes = 1, .meminfo.p = UNMAPPED), -XEN_EFAULT);
    check_equal(op(availheap, availheap, .node = -1), 0);
    check_equal(last.u.availheap.avail_bytes, memory[0].memfree);
    check_equal(op(availheap, availheap, .node = -1, .max_bitwidth = 20), 0);
    check(last.u.availheap.avail_bytes < 1 << 20);
    check_equal(op(availheap, availheap, .node = 5), 0);
    check_equal(last.u.availheap.avail_bytes, 0);
}

static void test_domains(void)
{
    static xen_domctl_getdomaininfo_t info[2];

    check_equal(op(getdomaininfolist, getdomaininfolist, .max_domains = 2, .buffer.p = info), 0);
    check_equal(last.u.getdomaininfolist.num_domains, 1);
    check_equal(info[0].domain, 0);
    check_equal(info[0].flags & 0xff, XEN_DOMINF_running);
    check_equal(info[0].max_vcpu_id, 1);
    check_equal(info[0].nr_online_vcpus, 1);
    check_equal(info[0].cpupool, 0);
    check(info[0].tot_pages > 100000);
    check_equal(op(getdomaininfolist, getdomaininfolist, .first_domain = 1, .max_domains = 2,
                   .buffer.p = info),
                0);
    check_equal(last.u.getdomaininfolist.num_domains, 0);
    check_equal(op(getdomaininfolist, getdomaininfolist, .max_domains = 2, .buffer.p = UNMAPPED),
                -XEN_EFAULT);
}

static void test_cpus(void)
{
    static struct xen_sysctl_cpuinfo idle[4];
    static uint32_t features[64];
    static xen_cpuid_leaf_t leaves[200];
    static xen_msr_entry_t msrs[8];

    check_equal(op(getcpuinfo, getcpuinfo, .max_cpus = 4, .info.p = idle), 0);
    check_equal(last.u.getcpuinfo.nr_cpus, 2);
    check(idle[1].idletime > 0);
    check_equal(op(getcpuinfo, getcpuinfo, .max_cpus = 1, .info.p = UNMAPPED), -XEN_EFAULT);
    check_equal(op(get_cpu_featureset, cpu_featureset), 0);
    check_equal(last.u.cpu_featureset.nr_features, 19);
    check_equal(op(get_cpu_featureset, cpu_featureset, .index = XEN_SYSCTL_cpu_featureset_pv,
                   .nr_features = 64, .features.p = features),
                0);
    check(features[0] & 1U << 25 && features[2] & 1U << 29); /* SSE, long mode */
    check_equal(op(get_cpu_featureset, cpu_featureset, .nr_features = 2, .features.p = features),
                -XEN_ENOBUFS);
    check_equal(op(get_cpu_featureset, cpu_featureset, .index = 6, .features.p = features),
                -XEN_EINVAL);
    check_equal(op(get_cpu_policy, cpu_policy), 0);
    check(last.u.cpu_policy.nr_leaves > 50 && last.u.cpu_policy.nr_msrs == 2);
    check_equal(op(get_cpu_policy, cpu_policy, .index = XEN_SYSCTL_cpu_policy_pv_default,
                   .nr_leaves = 200, .nr_msrs = 8, .leaves.p = leaves, .msrs.p = msrs),
                0);
    check_equal(leaves[0].a, 0xd);
    check_equal(leaves[1].leaf, 1);
    check_equal(last.u.cpu_policy.nr_msrs, 2);
    check_equal(op(get_cpu_policy, cpu_policy, .nr_leaves = 2, .leaves.p = leaves), -XEN_ENOBUFS);
    check_equal(op(get_cpu_policy, cpu_policy, ._rsvd = 1), -XEN_EINVAL);
    check_equal(op(get_cpu_policy, cpu_policy, .index = 6), -XEN_EINVAL);
    check_equal(op(get_cpu_levelling_caps, cpu_levelling_caps), 0);
}

static void test_refused(void)
{
    static physdev_pci_device_t none = { 0x77, 0, 0 };
    static uint32_t status[2];

    check_equal(op(perfc_op, perfc_op, .cmd = XEN_SYSCTL_PERFCOP_query), -XEN_ENOSYS);
    check_equal(op(lockprof_op, lockprof_op, .cmd = 1), -XEN_ENOSYS);
    check_equal(op(coverage_op, coverage_op), -XEN_EOPNOTSUPP);
    check_equal(op(psr_cmt_op, psr_cmt_op, .cmd = 3), -XEN_ENODEV);
    check_equal(op(psr_alloc, psr_alloc), -XEN_ENODEV);
    check_equal(op(tbuf_op, tbuf_op, .cmd = XEN_SYSCTL_TBUFOP_get_info), 0);
    check_equal(last.u.tbuf_op.size, 0);
    check_equal(op(tbuf_op, tbuf_op, .cmd = XEN_SYSCTL_TBUFOP_enable), -XEN_EINVAL);
    check_equal(op(get_pmstat, get_pmstat, .type = PMSTAT_get_max_px), -XEN_ENODEV);
    check_equal(op(get_pmstat, get_pmstat, .type = PMSTAT_get_max_cx), 0);
    check_equal(op(get_pmstat, get_pmstat, .cpuid = 9), -XEN_EINVAL);
    check_equal(op(pm_op, pm_op, .cmd = GET_CPUFREQ_PARA), -XEN_EINVAL);
    check_equal(op(pm_op, pm_op, .cmd = XEN_SYSCTL_pm_op_get_max_cstate), 0);
    check_equal(op(pm_op, pm_op, .cmd = XEN_SYSCTL_pm_op_enable_turbo), -XEN_EACCES);
    check_equal(op(cpu_hotplug, cpu_hotplug, .cpu = 1), -XEN_EEXIST);
    check_equal(op(cpu_hotplug, cpu_hotplug, .cpu = 9), -XEN_EINVAL);
    check_equal(op(cpu_hotplug, cpu_hotplug, .op = 2), -XEN_EOPNOTSUPP);
    status[0] = 1;
    check_equal(op(page_offline_op, page_offline, .cmd = sysctl_query_page_offline, .start = 256,
                   .end = 256, .status.p = status),
                0);
    check_equal(status[0], 0);
    check_equal(op(page_offline_op, page_offline, .cmd = 9, .status.p = status), -XEN_EINVAL);
    check_equal(op(pcitopoinfo, pcitopoinfo, .num_devs = 1), -XEN_EINVAL);
    check_equal(op(pcitopoinfo, pcitopoinfo, .num_devs = 1, .devs.p = &none, .nodes.p = status), 0);
    check_equal(status[0], XEN_INVALID_DEV);
    check_equal(op(livepatch_op, livepatch, .cmd = XEN_SYSCTL_LIVEPATCH_LIST), 0);
    check_equal(last.u.livepatch.u.list.nr, 0);
    check_equal(op(livepatch_op, livepatch, .cmd = XEN_SYSCTL_LIVEPATCH_GET), -XEN_EINVAL);
    check_equal(op(livepatch_op, livepatch, .cmd = 9), -XEN_EOPNOTSUPP);
    check_equal(call(13), -XEN_ENOSYS);
    check_equal(call(30), -XEN_ENOSYS);
}

static uint8_t map[4];

#define pool(name, ...)                                            \
    op(cpupool_op, cpupool_op, .op = XEN_SYSCTL_CPUPOOL_OP_##name, \
       .cpumap = { .bitmap.p = map, .nr_bits = 8 * sizeof(map) }, __VA_ARGS__)

static void test_pools(void)
{
    const struct xen_sysctl_cpupool_op *p = &last.u.cpupool_op;

    check_equal(pool(INFO, .cpupool_id = 0), 0);
    check(p->sched_id == XEN_SCHEDULER_CREDIT2 && p->n_dom == 1 && map[0] == 3);
    check_equal(pool(INFO, .cpupool_id = 1), -XEN_ENOENT);
    /* Not credit: Xen 4.17 at times panics when a CPU has left such a pool. */
    check_equal(pool(CREATE, .cpupool_id = ANY, .sched_id = XEN_SCHEDULER_CREDIT2), 0);
    check_equal(p->cpupool_id, 1);
    check_equal(pool(CREATE, .cpupool_id = 1, .sched_id = XEN_SCHEDULER_CREDIT2), -XEN_EEXIST);
    check_equal(pool(CREATE, .cpupool_id = 2, .sched_id = 99), -XEN_ENOENT);
    check_equal(pool(ADDCPU, .cpupool_id = 1, .cpu = 1), -XEN_ENODEV);
    check_equal(pool(ADDCPU, .cpupool_id = 1, .cpu = 99), -XEN_EINVAL);
    check_equal(pool(ADDCPU, .cpupool_id = 9, .cpu = 1), -XEN_ENOENT);
    check_equal(pool(RMCPU, .cpupool_id = 1, .cpu = 1), -XEN_EADDRNOTAVAIL);
    check_equal(pool(RMCPU, .cpupool_id = 0, .cpu = 1), 0);
    check_equal(pool(FREEINFO), 0);
    check_equal(map[0], 2);
    check_equal(pool(ADDCPU, .cpupool_id = 1, .cpu = ANY), 0);
    check_equal(pool(INFO, .cpupool_id = 1), 0);
    check(p->sched_id == XEN_SCHEDULER_CREDIT2 && p->n_dom == 0 && map[0] == 2);
    check_equal(pool(DESTROY, .cpupool_id = 1), -XEN_EBUSY);
    check_equal(pool(MOVEDOMAIN, .cpupool_id = 1, .domid = 0), -XEN_EPERM);
    check_equal(pool(MOVEDOMAIN, .cpupool_id = 1, .domid = 77), -XEN_ESRCH);
    check_equal(pool(RMCPU, .cpupool_id = 1, .cpu = 1), 0);
    check_equal(pool(DESTROY, .cpupool_id = 1), 0);
    check_equal(pool(DESTROY, .cpupool_id = 1), -XEN_ENOENT);
    check_equal(pool(DESTROY, .cpupool_id = 0), -XEN_EBUSY);
    check_equal(pool(ADDCPU, .cpupool_id = 0, .cpu = 1), 0);
    check_equal(op(cpupool_op, cpupool_op, .op = 9), -XEN_ENOSYS);
}

#define rate(pool, cmd_, us)                                                              \
    op(scheduler_op, scheduler_op, .cpupool_id = pool, .sched_id = XEN_SCHEDULER_CREDIT2, \
       .cmd = XEN_SYSCTL_SCHEDOP_##cmd_, .u.sched_credit2.ratelimit_us = us)

static void test_scheduler(void)
{
    check_equal(op(sched_id, sched_id), 0);
    check_equal(last.u.sched_id.sched_id, XEN_SCHEDULER_CREDIT2);
    check_equal(rate(0, getinfo, 0), 0);
    check_equal(last.u.scheduler_op.u.sched_credit2.ratelimit_us, 1000);
    check_equal(rate(0, putinfo, 50), -XEN_EINVAL);
    check_equal(rate(0, putinfo, 500001), -XEN_EINVAL);
    check_equal(rate(0, putinfo, 2000), 0);
    check_equal(rate(0, getinfo, 0), 0);
    check_equal(last.u.scheduler_op.u.sched_credit2.ratelimit_us, 2000);
    check_equal(rate(9, getinfo, 0), -XEN_ESRCH);
    check_equal(pool(CREATE, .cpupool_id = 1, .sched_id = XEN_SCHEDULER_CREDIT), 0);
    check_equal(op(scheduler_op, scheduler_op, .cpupool_id = 1, .sched_id = XEN_SCHEDULER_CREDIT,
                   .cmd = XEN_SYSCTL_SCHEDOP_getinfo),
                0);
    check_equal(last.u.scheduler_op.u.sched_credit.tslice_ms, 30);
    check_equal(pool(DESTROY, .cpupool_id = 1), 0);
}

static struct xen_domctl_scheduler_op shares;

static long adjust(domid_t id, uint32_t sched, uint32_t cmd, uint16_t weight, uint16_t cap)
{
    static struct xen_domctl d;
    long ret;

    d.cmd = XEN_DOMCTL_scheduler_op;
    d.interface_version = XEN_DOMCTL_INTERFACE_VERSION;
    d.domain = id;
    d.u.scheduler_op.sched_id = sched;
    d.u.scheduler_op.cmd = cmd;
    d.u.scheduler_op.u.credit2.weight = weight;
    d.u.scheduler_op.u.credit2.cap = cap;
    ret = hypercall1(__HYPERVISOR_domctl, (unsigned long)&d);
    shares = d.u.scheduler_op;
    return ret;
}

static void check_shares(uint16_t weight, uint16_t cap)
{
    check_equal(adjust(0, XEN_SCHEDULER_CREDIT2, XEN_DOMCTL_SCHEDOP_getinfo, 0, 0), 0);
    check_equal(shares.u.credit2.weight, weight);
    check_equal(shares.u.credit2.cap, cap);
}

/* Out of range is also a cap above 100 for each vcpu; then the weight is set already. */
static void test_shares(void)
{
    const uint32_t put = XEN_DOMCTL_SCHEDOP_putinfo, get = XEN_DOMCTL_SCHEDOP_getinfo;

    check_shares(256, 0);
    check_equal(adjust(0, XEN_SCHEDULER_CREDIT, get, 0, 0), -XEN_EINVAL);
    check_equal(adjust(77, XEN_SCHEDULER_CREDIT2, get, 0, 0), -XEN_ESRCH);
    check_equal(adjust(0, XEN_SCHEDULER_CREDIT2, put, 0, 0), 0); /* as it was */
    check_shares(256, 0);
    check_equal(adjust(0, XEN_SCHEDULER_CREDIT2, put, 512, 300), -XEN_EINVAL);
    check_shares(512, 0);
    check_equal(adjust(0, XEN_SCHEDULER_CREDIT2, put, 300, 80), 0);
    check_shares(300, 80);
    check_equal(adjust(0, XEN_SCHEDULER_CREDIT2, put, 256, 0), 0);
    check_shares(256, 0);
    check_equal(adjust(0, XEN_SCHEDULER_CREDIT2, 9, 256, 0), -XEN_EINVAL);
    check_equal(adjust(0, XEN_SCHEDULER_CREDIT2, XEN_DOMCTL_SCHEDOP_getvcpuinfo, 1, 0),
                -XEN_EINVAL);
}

void guest_main(void)
{
    test_physinfo();
    test_topology();
    test_numa();
    test_domains();
    test_cpus();
    test_refused();
    test_pools();
    test_scheduler();
    test_shares();
}
