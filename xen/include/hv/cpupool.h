/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pools of CPUs. Each has a scheduling policy and domains of its own; a CPU belongs to one pool, or
 * is free and idles. Pool 0 is there from the start, holds the control domain, and stays.
 *
 * What changes a pool may wait for other CPUs to schedule, so these are for hypercalls, interrupts
 * on and no lock held; they answer -ERESTART when they are to be called again after this CPU has
 * scheduled too.
 */
#ifndef HV_CPUPOOL_H
#define HV_CPUPOOL_H

#include <hv/cpumask.h>
#include <hv/types.h>

struct domain;

struct cpupool_info {
    uint32_t id, sched_id; /* XEN_SCHEDULER_* */
    uint32_t domains;      /* in it */
    struct cpumask cpus;
};

/* *@id: the one wanted, or XEN_SYSCTL_CPUPOOL_PAR_ANY, then which it got. -ENOENT (no such policy),
 * -EEXIST, -ENOMEM. */
int cpupool_create(uint32_t *id, uint32_t sched_id);
/* -ENOENT, -EBUSY: it has CPUs or domains. */
int cpupool_destroy(uint32_t id);
/* The pool with the lowest id from @id on; -ENOENT behind the last. */
int cpupool_info(uint32_t id, struct cpupool_info *info);
/* CPUs in no pool. */
void cpupool_free_cpus(struct cpumask *cpus);
/* @cpu may be XEN_SYSCTL_CPUPOOL_PAR_ANY. -ENOENT, -EINVAL, -ENODEV, -EADDRNOTAVAIL, -ENOMEM. */
int cpupool_add_cpu(uint32_t id, uint32_t cpu);
/* As above, and -EBUSY (last CPU of a pool with domains), -EADDRINUSE (a vcpu is pinned to it). */
int cpupool_remove_cpu(uint32_t id, uint32_t cpu);
/* Under its control_lock. -EPERM (the caller's own domain), -ENOENT, -EINVAL (it dies), -ENODEV (no
 * CPU there), -ENOMEM. */
int cpupool_move_domain(struct domain *d, uint32_t id);
/* The id of the pool that a domain is in. */
uint32_t cpupool_id_of(const struct domain *d);

#endif
