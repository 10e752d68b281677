/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the scheduler's files share: the state of each CPU, and its lock. */
#ifndef SCHED_PRIVATE_H
#define SCHED_PRIVATE_H

#include <hv/domain.h>
#include <hv/percpu.h>
#include <hv/sched.h>
#include <hv/softirq.h>
#include <hv/spinlock.h>

/* (s) under the scheduling lock  (o) only by the CPU itself */
struct sched_cpu {
    struct spinlock *lock; /* the scheduling lock: own_lock, or one that the policy shares out */
    struct spinlock own_lock;
    struct vcpu *running; /* (s) what pick() chose last */
    struct timer slice;   /* (o) ends the running vcpu's slice */
    bool slice_armed;     /* (o) */
};

DECLARE_PER_CPU(struct sched_cpu, sched_cpu);

#define SCHED_WEIGHT_MAX 65535U /* what domctl documents */

extern const struct sched_ops *sched_policy; /* (c) after sched_init() */
extern const struct sched_ops sched_null, sched_credit2;

/* Takes the lock of the CPU that @v belongs to, which may change until it is held. */
static inline struct spinlock *vcpu_sched_lock(const struct vcpu *v, unsigned long *flags)
{
    for (;;) {
        struct spinlock *l = per_cpu(sched_cpu, READ_ONCE(v->cpu)).lock;

        *flags = spin_lock_irqsave(l);
        if (likely(l == per_cpu(sched_cpu, READ_ONCE(v->cpu)).lock))
            return l;
        spin_unlock_irqrestore(l, *flags);
    }
}

/* Called by a policy's cpu_up(): from now on @cpu is scheduled under @lock. */
static inline void sched_share_lock(unsigned int cpu, struct spinlock *lock)
{
    per_cpu(sched_cpu, cpu).lock = lock;
}

/* The CPU chooses again soon. */
static inline void sched_tickle(unsigned int cpu)
{
    softirq_raise_on(cpu, SOFTIRQ_SCHEDULE);
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
