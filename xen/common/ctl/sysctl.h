/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The operations of sysctl, one file per group; each carries its ABI name. They find the argument
 * copied in and leave the answer there. 0, -Exxx, or -ERESTART to be called again.
 */
#ifndef CTL_SYSCTL_H
#define CTL_SYSCTL_H

#include <hv/ctl.h>

#define SYSCTL_HANDLER(name) long sysctl_##name(struct xen_sysctl *op)

/* sysctl-console.c */
SYSCTL_HANDLER(readconsole);
SYSCTL_HANDLER(debug_keys);

/* sysctl-machine.c */
SYSCTL_HANDLER(physinfo);
SYSCTL_HANDLER(cputopoinfo);
SYSCTL_HANDLER(numainfo);
SYSCTL_HANDLER(pcitopoinfo);
SYSCTL_HANDLER(getcpuinfo);
SYSCTL_HANDLER(availheap);

/* sysctl-domains.c */
SYSCTL_HANDLER(getdomaininfolist);

/* sysctl-sched.c */
SYSCTL_HANDLER(sched_id);
SYSCTL_HANDLER(cpupool_op);
SYSCTL_HANDLER(scheduler_op);

/* sysctl-refused.c: what this machine, or we, do not have */
SYSCTL_HANDLER(tbuf_op);
SYSCTL_HANDLER(get_pmstat);
SYSCTL_HANDLER(cpu_hotplug);
SYSCTL_HANDLER(pm_op);
SYSCTL_HANDLER(page_offline_op);
SYSCTL_HANDLER(coverage_op);
SYSCTL_HANDLER(psr_cmt_op);
SYSCTL_HANDLER(psr_alloc);
SYSCTL_HANDLER(livepatch_op);

#endif
