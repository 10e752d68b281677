/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The credit policy's state. (q) under the scheduling lock of the CPU, which is its own  (a) atomic
 * (t) by the accounting timer, under the pools' lock
 */
#ifndef SCHED_CREDIT_H
#define SCHED_CREDIT_H

#include "private.h"

#include <hv/list.h>

#define CREDIT_SLICE       (30 * NS_PER_MS) /* at first */
#define CREDIT_RATE_LIMIT  NS_PER_MS        /* the same */
#define CREDIT_BOOST_SLICE (2 * NS_PER_MS)
#define CREDIT_DEBT_MAX    2 /* periods */

/* Who runs first: woken with credit left, with credit left, without; and what no vcpu is. */
enum credit_class { CREDIT_BOOST, CREDIT_UNDER, CREDIT_OVER, CREDIT_IDLE };

/* pool->data; a period is as long as a slice */
struct credit_pool {
    struct cpupool *pool;
    nstime_t slice, rate_limit, migration_delay; /* (a) */
    struct cpumask idle;                         /* (a) idle CPUs that nobody tickled yet */
    struct timer account;
    nstime_t accounted; /* (t) */
    bool ticking;       /* (a) the timer is armed, or its handler runs */
};

struct credit_cpu {
    struct list waiting; /* (q) by class, in each the longest waiting first */
    uint32_t nr_waiting; /* (q) read by others without the lock */
    uint32_t running;    /* (q) class of what runs; the same */
};

DECLARE_PER_CPU(struct credit_cpu, credit_cpu);

/* domain->sched_data */
struct credit_domain {
    uint32_t active; /* (t) vcpus that want to run */
    int64_t share;   /* (t) of this period, ns */
    int64_t limit;   /* (t) what it can use of it */
};

/* vcpu->sched_data */
struct credit_vcpu {
    struct vcpu *v;
    struct list waiting;
    uint32_t class; /* in which it waits */
    bool queued, boosted;
    bool yields;            /* at the next pick others go first */
    bool parked;            /* its domain has a cap, and it has no credit */
    bool active;            /* ran or waited since the last accounting */
    int64_t credit;         /* ns */
    nstime_t charged_until; /* while it runs */
    nstime_t started;       /* when it was chosen last */
    nstime_t stopped;       /* when it ran last */
};

static inline struct credit_vcpu *credit_of(const struct vcpu *v)
{
    return v->sched_data;
}

static inline enum credit_class credit_class_of(const struct credit_vcpu *c)
{
    return c->credit <= 0 ? CREDIT_OVER : c->boosted ? CREDIT_BOOST : CREDIT_UNDER;
}

static inline bool credit_is_capped(const struct credit_vcpu *c)
{
    return unlikely(READ_ONCE(c->v->domain->sched_cap));
}

/* credit.c, under the vcpu's lock: charges a running vcpu; in and out of its CPU's queue. */
void credit_burn(struct credit_vcpu *c, nstime_t now);
void credit_enqueue(struct credit_vcpu *c);
void credit_dequeue(struct credit_vcpu *c);
void credit_wake(struct vcpu *v);

/* credit-account.c */
void credit_account_start(struct credit_pool *cp);
void credit_account(void *pool);

#endif
