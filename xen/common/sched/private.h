/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the scheduler's files share: the state of each CPU, pools of CPUs, and what a policy is. */
#ifndef SCHED_PRIVATE_H
#define SCHED_PRIVATE_H

#include <hv/domain.h>
#include <hv/percpu.h>
#include <hv/sched.h>
#include <hv/softirq.h>
#include <hv/spinlock.h>

struct sched_ops;

/* (c) constant  (p) to change: under the pools' lock, and one operation at a time */
struct cpupool {
    uint32_t id;                 /* (c) */
    const struct sched_ops *ops; /* (c) */
    void *data;                  /* (c) the policy's own */
    struct cpumask cpus;         /* (p) in use; policies read it with a scheduling lock held */
    uint32_t domains;            /* (p) */
    struct list vcpus;           /* (p) by vcpu->cpupool_link */
    struct list link;            /* (p) in the list of pools, by id */
};

/* (s) under the scheduling lock  (o) only by the CPU itself */
struct sched_cpu {
    struct spinlock *lock; /* the scheduling lock: own_lock, or one that the policy shares out */
    struct spinlock own_lock;
    struct cpupool *pool; /* (s) null: a free CPU */
    struct vcpu *running; /* (s) what pick() chose last */
    struct timer slice;   /* (o) ends the running vcpu's slice */
    bool slice_armed;     /* (o) */
};

DECLARE_PER_CPU(struct sched_cpu, sched_cpu);

/* What a policy answers: run this vcpu (the idle one if none) for at most so long. */
struct sched_decision {
    struct vcpu *next;
    nstime_t slice; /* TIME_NEVER: until something happens */
};

struct xen_domctl_schedparam_vcpu;

/*
 * A policy. Those with a vcpu alone as argument are called with the scheduling lock of the vcpu's
 * CPU held, pick and cpu_up with that of the CPU, interrupts off; the others without, in hypercall
 * context or at start-up. A policy queues only vcpus that are runnable (vcpu_is_runnable()) and do
 * not run. Functions may be null where it says so.
 */
struct sched_ops {
    const char *name; /* sched=NAME */
    uint32_t id;      /* XEN_SCHEDULER_* */

    int (*pool_create)(struct cpupool *p); /* sets p->data; 0 or -ENOMEM; may be null */
    void (*pool_destroy)(struct cpupool *p);

    /* The lock that the CPU shall have in this pool; null function: one of its own. */
    struct spinlock *(*cpu_prepare)(struct cpupool *p, unsigned int cpu);
    void (*cpu_up)(struct cpupool *p, unsigned int cpu);
    /* It is no longer in p->cpus; its vcpus are going to be moved one by one. */
    void (*cpu_down)(struct cpupool *p, unsigned int cpu);
    void (*cpu_left)(struct cpupool *p, unsigned int cpu); /* nothing refers to it; may be null */

    int (*domain_alloc)(struct cpupool *p, struct domain *d, void **data); /* these may be null */
    void (*domain_free)(struct cpupool *p, void *data);
    void (*cap_changed)(struct domain *d); /* d->sched_cap did; may be null */

    void *(*vcpu_alloc)(struct cpupool *p, struct vcpu *v, void *domain_data); /* or null */
    void (*vcpu_free)(void *data);
    unsigned int (*vcpu_place)(struct cpupool *p, const struct vcpu *v); /* where it runs first */
    void (*vcpu_insert)(struct vcpu *v); /* v->sched_data and v->cpu are set */
    void (*vcpu_remove)(struct vcpu *v); /* it does not run: out of all queues and lists */

    /*
     * It is runnable and does not run, after a wake or after it was switched out: queue it, unless
     * it is queued, and tickle a CPU to choose again.
     */
    void (*wake)(struct vcpu *v);
    void (*sleep)(struct vcpu *v); /* not runnable and not running: take it out of the queue */
    void (*yield)(struct vcpu *v); /* the running vcpu: let others go first, once */
    /* Takes the answer out of the queue. prev is not queued even if still runnable: wake follows.
     */
    struct sched_decision (*pick)(unsigned int cpu, struct vcpu *prev, nstime_t now);
    void (*affinity_changed)(struct vcpu *v);
    void (*weight_changed)(struct vcpu *v); /* d->sched_weight did; may be null */

    /* One vcpu's parameters, for policies that have such; may be null. 0 or -EINVAL. */
    void (*vcpu_get)(const struct vcpu *v, struct xen_domctl_schedparam_vcpu *param);
    int (*vcpu_set)(struct vcpu *v, const struct xen_domctl_schedparam_vcpu *param);
    /* XEN_SYSCTL_scheduler_op; may be null. 0 or -EINVAL. */
    int (*pool_adjust)(struct cpupool *p, struct xen_sysctl_scheduler_op *op);

    void (*dump)(unsigned int cpu); /* console key 'r' */
};

#define SCHED_WEIGHT_DEFAULT 256U

extern const struct sched_ops sched_credit2, sched_credit, sched_rtds, sched_null;
extern struct spinlock cpupool_lock; /* guards pools; scheduling locks are taken inside it */

/* The policy that sched= names, the default; or by XEN_SCHEDULER_*, null if there is none. */
const struct sched_ops *sched_policy_default(void);
const struct sched_ops *sched_policy_by_id(uint32_t id);

/* The pool with this id, or null. The pools' lock is held, or an operation is under way. */
struct cpupool *cpupool_find(uint32_t id);
/* The pools' start: pool 0 under the default policy. 0 or -ENOMEM. */
int cpupool_init(void);
/* Ends an empty pool: 0 or -EBUSY. */
int cpupool_drop(struct cpupool *p);
/* Moves a domain, not the caller's; an operation is under way. 0, -EINVAL, -ENOMEM. */
int sched_domain_move(struct domain *d, struct cpupool *to);
/*
 * Gives a free CPU to a pool: 0 or -ENOMEM. Takes it away: 0, -EBUSY (the last one, and there are
 * domains), or -ERESTART if it is this CPU.
 */
int cpupool_cpu_join(struct cpupool *p, unsigned int cpu);
int cpupool_cpu_leave(unsigned int cpu);

static inline bool cpupool_has(const struct cpupool *p, unsigned int cpu)
{
    return cpumask_has(&p->cpus, cpu);
}

/* Whether the vcpu may run there: where its affinity names no CPU of the pool, any of it will do.
 */
static inline bool vcpu_may_use(const struct vcpu *v, unsigned int cpu)
{
    return cpupool_has(v->cpupool, cpu) &&
           (cpumask_has(&v->hard_affinity, cpu) ||
            !cpumask_intersects(&v->hard_affinity, &v->cpupool->cpus));
}

/*
 * A vcpu that does not run but belongs to a CPU that it may not use goes to another; queued if it
 * is runnable. Harmless for others. No scheduling lock is held.
 */
void vcpu_rehome(struct vcpu *v);

/* Hands a vcpu that is runnable to the policy. Lock held; it is not running. */
void vcpu_queue_locked(struct vcpu *v);

/* Gets or sets (XEN_SYSCTL_SCHEDOP_*) a pool's rate limit within the ABI's range. 0 or -EINVAL. */
int sched_rate_limit_adjust(uint32_t cmd, uint32_t *us, nstime_t *limit);

/* The parts that sched_init() and sched_cpu_up() start. */
void sched_softirq_init(void);
void sched_cpu_init(unsigned int cpu);

/* Takes the lock of the CPU that @v belongs to; the one or the other may change until it is held.
 */
static inline struct spinlock *vcpu_sched_lock(const struct vcpu *v, unsigned long *flags)
{
    for (;;) {
        struct spinlock *l = READ_ONCE(per_cpu(sched_cpu, READ_ONCE(v->cpu)).lock);

        *flags = spin_lock_irqsave(l);
        if (likely(l == READ_ONCE(per_cpu(sched_cpu, READ_ONCE(v->cpu)).lock)))
            return l;
        spin_unlock_irqrestore(l, *flags);
    }
}

/* Takes the lock of a CPU. */
static inline struct spinlock *cpu_sched_lock(struct sched_cpu *sc, unsigned long *flags)
{
    for (;;) {
        struct spinlock *l = READ_ONCE(sc->lock);

        *flags = spin_lock_irqsave(l);
        if (likely(l == READ_ONCE(sc->lock)))
            return l;
        spin_unlock_irqrestore(l, *flags);
    }
}

/* The CPU chooses again soon. */
static inline void sched_tickle(unsigned int cpu)
{
    softirq_raise_on(cpu, SOFTIRQ_SCHEDULE);
}

static inline uint32_t domain_weight(const struct domain *d)
{
    uint32_t weight = READ_ONCE(d->sched_weight);

    return weight ? weight : SCHED_WEIGHT_DEFAULT;
}

/* Adds up the time in the old state and enters @state. Under the scheduling lock. */
void runstate_change(struct vcpu *v, int state, nstime_t now);
/* The RUNSTATE_* of a vcpu that is not runnable. */
int runstate_when_stopped(const struct vcpu *v);

/* SCHEDOP_poll and SCHEDOP_watchdog, with the arguments copied in. */
long sched_poll_ports(struct vcpu *v, const struct sched_poll *poll);
long domain_watchdog(struct domain *d, uint32_t id, uint32_t timeout_s);

/* The idle vcpu of @cpu; 0 or -ENOMEM. */
int idle_vcpu_create(unsigned int cpu);

#endif
