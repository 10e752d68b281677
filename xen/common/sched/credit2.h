/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The credit2 policy's state: run queues, each shared by CPUs that are near each other, and what
 * limits a domain. (q) under the queue's lock, the scheduling lock of its CPUs  (a) atomic
 */
#ifndef SCHED_CREDIT2_H
#define SCHED_CREDIT2_H

#include "private.h"

#include <hv/list.h>

/* Credit is counted in nanoseconds that a vcpu of the default weight runs. */
#define C2_CREDIT_INIT  (10 * NS_PER_MS)
#define C2_CREDIT_FLOOR (-32 * C2_CREDIT_INIT) /* debt beyond this is forgiven */
#define C2_LEAD         (4 * NS_PER_MS)        /* a rival must get ahead by this much */
#define C2_SLICE_MIN    (500 * NS_PER_US)
#define C2_SLICE_MAX    C2_CREDIT_INIT
#define C2_RATE_LIMIT   NS_PER_MS /* at first: who has just been chosen runs so long */
#define C2_CHARGE_MAX   NS_PER_S  /* at once; keeps the product below in range */
#define C2_RATE_SHIFT   20

#define C2_CAP_PERIOD (10 * NS_PER_MS)    /* a limited domain gets its budget so often */
#define C2_CAP_SLICE  (C2_CAP_PERIOD / 2) /* so that each period sees what was used */
#define C2_CAP_MIN    (250 * NS_PER_US)   /* a shorter slice is not worth a switch */

/* pool->data */
struct c2_pool {
    nstime_t rate_limit; /* (a) */
};

struct c2_queue {
    struct spinlock lock;
    struct list waiting; /* (q) runnable and not running, most credit first */
    struct list all;     /* (q) who belongs to it */
    struct cpumask cpus; /* (q) its CPUs */
    struct cpumask idle; /* (a) of those: idle, and nobody tickled them yet */
    uint32_t nr_waiting; /* (q) read by others without the lock */
    uint64_t load;       /* (q) weights of those who run or wait; the same */
};

struct c2_cpu {
    struct c2_queue *queue; /* (q) that of some CPU of its group; null: in no credit2 pool */
    bool contended;         /* (q) what runs there has a limited slice */
    struct c2_queue own;
};

DECLARE_PER_CPU(struct c2_cpu, c2_cpu);

/* domain->sched_data */
struct c2_domain {
    const struct domain *d;
    struct spinlock lock; /* outside the queues' locks */
    struct list vcpus;    /* under lock */
    struct timer refill;
    nstime_t refilled; /* under lock: when the budget was last given */
    int64_t budget;    /* (a) ns left to the domain; debt counts */
    bool ticking;      /* (a) the timer is armed, or its handler runs */
};

/* vcpu->sched_data */
struct c2_vcpu {
    struct vcpu *v;
    struct c2_domain *dom;
    struct list waiting; /* in queue->waiting when queued */
    struct list all;
    struct list of_domain;
    bool queued;
    bool counted;   /* in queue->load */
    bool parked;    /* runnable, but the domain has used up its budget */
    bool preempted; /* switched out while runnable; so being queued is no wake */
    bool yields;    /* at the next pick others go first */
    uint32_t weight;
    int64_t burn_rate; /* credit per ns, times 2^C2_RATE_SHIFT */
    int64_t credit;
    int64_t bonus;          /* C2_LEAD between a wake and running, so that it need not get ahead */
    nstime_t charged_until; /* while it runs */
    nstime_t started;       /* when it was chosen last */
};

static inline struct c2_vcpu *c2_of(const struct vcpu *v)
{
    return v->sched_data;
}

static inline struct c2_queue *c2_queue_of(unsigned int cpu)
{
    return per_cpu(c2_cpu, cpu).queue;
}

static inline bool c2_may_run(const struct c2_vcpu *c, unsigned int cpu)
{
    return vcpu_may_use(c->v, cpu);
}

/* What is compared between those who want to run. */
static inline int64_t c2_standing(const struct c2_vcpu *c)
{
    return c->credit + c->bonus;
}

/* credit2-queue.c: in and out of the queue of its CPU, under its lock. */
void c2_enqueue(struct c2_vcpu *c);
void c2_dequeue(struct c2_vcpu *c);
void c2_count(struct c2_vcpu *c);
void c2_uncount(struct c2_vcpu *c);
/* The waiting vcpu of the best standing that may run on @cpu, or null. */
struct c2_vcpu *c2_best_waiting(const struct c2_queue *q, unsigned int cpu);
/* An idle CPU for @c: of its own queue, else of another; NR_CPUS: none. */
unsigned int c2_find_idle(const struct c2_vcpu *c);
/* A CPU of a queue to which it could go to make the load more even; NR_CPUS: none. */
unsigned int c2_find_lighter(const struct c2_vcpu *c);
/*
 * Brings a vcpu that waits in another queue over to that of @cpu, which is locked: the idle take
 * any, the busy one that makes the load more even. False if there was none.
 */
bool c2_steal(unsigned int cpu, bool is_idle);
/* @cpu was idle and took one of its own queue: if others wait elsewhere, all idle CPUs look. */
void c2_tickle_idle_elsewhere(unsigned int cpu);
struct spinlock *c2_cpu_prepare(struct cpupool *p, unsigned int cpu);
void c2_cpu_up(struct cpupool *p, unsigned int cpu);
void c2_cpu_down(struct cpupool *p, unsigned int cpu);
void c2_cpu_left(struct cpupool *p, unsigned int cpu);
unsigned int c2_vcpu_place(struct cpupool *p, const struct vcpu *v);

/* credit2-cap.c: whether its domain may not run now; and how it is held to it. */
static inline bool c2_is_capped(const struct c2_vcpu *c)
{
    return unlikely(READ_ONCE(c->dom->d->sched_cap));
}
static inline bool c2_is_exhausted(const struct c2_vcpu *c)
{
    return c2_is_capped(c) && __atomic_load_n(&c->dom->budget, __ATOMIC_RELAXED) <= 0;
}
void c2_cap_use(struct c2_vcpu *c, nstime_t spent);
/* It runs, or would: there is a next period. */
void c2_cap_tick(struct c2_vcpu *c, nstime_t now);
int c2_domain_alloc(struct cpupool *p, struct domain *d, void **data);
void c2_domain_free(struct cpupool *p, void *data);
void c2_cap_changed(struct domain *d);

/* credit2.c */
void c2_wake(struct vcpu *v);

#endif
