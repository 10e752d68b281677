/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The credit2 policy's state. All of it is under the queue's lock, which all its CPUs share. */
#ifndef SCHED_CREDIT2_H
#define SCHED_CREDIT2_H

#include "private.h"

#include <hv/list.h>

/* Credit is counted in nanoseconds that a vcpu of the default weight runs. */
#define C2_WEIGHT_DEFAULT 256
#define C2_CREDIT_INIT    (10 * NS_PER_MS)
#define C2_CREDIT_FLOOR   (-32 * C2_CREDIT_INIT) /* debt beyond this is forgiven */
#define C2_LEAD           (4 * NS_PER_MS)        /* a rival must get ahead by this much */
#define C2_SLICE_MIN      (500 * NS_PER_US)
#define C2_SLICE_MAX      C2_CREDIT_INIT
#define C2_RATE_LIMIT     NS_PER_MS /* who has just been chosen runs so long */
#define C2_CHARGE_MAX     NS_PER_S  /* at once; keeps the product below in range */
#define C2_RATE_SHIFT     20

struct c2_vcpu {
    struct vcpu *v;
    struct list waiting; /* in c2_queue.waiting when queued */
    struct list all;
    bool queued;
    bool preempted;         /* switched out while runnable; so being queued is no wake */
    bool yields;            /* at the next pick others go first */
    bool affinity_is_empty; /* no CPU in use is in its hard affinity: it may run anywhere */
    uint32_t weight;
    int64_t burn_rate; /* credit per ns, times 2^C2_RATE_SHIFT */
    int64_t credit;
    int64_t bonus;          /* C2_LEAD between a wake and running, so that it need not get ahead */
    nstime_t charged_until; /* while it runs */
    nstime_t started;       /* when it was chosen last */
};

struct c2_cpu {
    bool contended; /* what runs there has a limited slice */
};

struct c2_queue {
    struct spinlock lock;
    struct list waiting; /* runnable and not running, most credit first */
    struct list all;
    struct cpumask cpus; /* CPUs in use */
    struct cpumask idle; /* of those: idle, and nobody tickled them yet */
    struct c2_cpu cpu[NR_CPUS];
};

extern struct c2_queue c2;

static inline bool c2_may_run(const struct c2_vcpu *c, unsigned int cpu)
{
    if (unlikely(c->affinity_is_empty))
        return cpumask_has(&c2.cpus, cpu);
    return cpumask_has(&c->v->hard_affinity, cpu) && cpumask_has(&c2.cpus, cpu);
}

static inline void c2_affinity_update(struct c2_vcpu *c)
{
    c->affinity_is_empty = !cpumask_intersects(&c->v->hard_affinity, &c2.cpus);
}

#endif
