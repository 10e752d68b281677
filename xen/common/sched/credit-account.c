/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The credit policy's accounting, once a period: the time of all CPUs of the pool is shared out
 * among the domains whose vcpus wanted to run, by weight. No domain gets more than its vcpus can
 * use, or than its cap; what that leaves over goes to the others. Credit that is not used is kept
 * up to one period's worth. While nobody wants to run, the timer is off.
 */
#include "credit.h"

#define SHARE_ROUNDS 4 /* in each, at least one domain turns out to be full */
#define RETRY        NS_PER_MS

void credit_account_start(struct credit_pool *cp)
{
    if (!READ_ONCE(cp->ticking) && !__atomic_exchange_n(&cp->ticking, true, __ATOMIC_SEQ_CST)) {
        nstime_t now = time_now();

        WRITE_ONCE(cp->accounted, now);
        timer_set(&cp->account, now + READ_ONCE(cp->slice));
    }
}

static struct credit_domain *domain_of(const struct vcpu *v)
{
    return v->domain->sched_data;
}

/* Charges who runs, and finds who wants to. Returns how many. */
static unsigned int count_active(struct cpupool *p, nstime_t now)
{
    unsigned int count = 0;
    struct vcpu *v;

    list_for_each_entry (v, &p->vcpus, cpupool_link)
        *domain_of(v) = (struct credit_domain){ 0 };
    list_for_each_entry (v, &p->vcpus, cpupool_link) {
        struct credit_vcpu *c = credit_of(v);
        unsigned long flags;
        struct spinlock *lock = vcpu_sched_lock(v, &flags);

        if (v->is_running)
            credit_burn(c, now);
        c->active |= vcpu_is_runnable(v);
        domain_of(v)->active += c->active;
        count += c->active;
        spin_unlock_irqrestore(lock, flags);
    }
    return count;
}

/* The most that a domain can use of a period. */
static int64_t limit_of(const struct vcpu *v, nstime_t period)
{
    int64_t limit = domain_of(v)->active * period;
    int64_t cap = READ_ONCE(v->domain->sched_cap);

    return cap ? MIN(limit, cap * period / 100) : limit;
}

/* Domains are met through their vcpus; the first of each stands for all. */
static bool stands_for_domain(const struct vcpu *v)
{
    return domain_vcpu(v->domain, 0) == v && domain_of(v)->active;
}

/* The weights of those who can use more. */
static uint64_t weights_of_hungry(struct cpupool *p)
{
    uint64_t sum = 0;
    struct vcpu *v;

    list_for_each_entry (v, &p->vcpus, cpupool_link)
        if (stands_for_domain(v) && domain_of(v)->share < domain_of(v)->limit)
            sum += domain_weight(v->domain);
    return sum;
}

/* Shares out @time once; returns what is left because some have enough. */
static int64_t share_out(struct cpupool *p, int64_t time)
{
    uint64_t weights = weights_of_hungry(p);
    int64_t left = time;
    struct vcpu *v;

    if (!weights)
        return 0;
    list_for_each_entry (v, &p->vcpus, cpupool_link) {
        struct credit_domain *dom = domain_of(v);
        int64_t part;

        if (!stands_for_domain(v) || dom->share >= dom->limit)
            continue;
        part = (int64_t)((uint64_t)time * domain_weight(v->domain) / weights);
        part = MIN(part, dom->limit - dom->share);
        dom->share += part;
        left -= part;
    }
    return left;
}

static void give(struct credit_vcpu *c, int64_t amount, nstime_t period)
{
    struct vcpu *v = c->v;
    unsigned long flags;
    struct spinlock *lock = vcpu_sched_lock(v, &flags);

    if (c->active)
        c->credit = MIN(c->credit + amount, period);
    c->active = v->is_running || c->queued || c->parked;
    if (c->parked && (c->credit > 0 || !credit_is_capped(c))) {
        c->parked = false;
        if (vcpu_is_runnable(v) && !v->is_running)
            credit_wake(v);
    } else if (c->queued && c->class != credit_class_of(c)) {
        credit_dequeue(c);
        credit_wake(v);
    } else if (v->is_running) {
        WRITE_ONCE(per_cpu(credit_cpu, v->cpu).running, credit_class_of(c));
        if (credit_class_of(c) == CREDIT_OVER)
            sched_tickle(v->cpu); /* somebody better may wait elsewhere */
    }
    spin_unlock_irqrestore(lock, flags);
}

/* Returns whether anybody wants to run. */
static bool account_locked(struct credit_pool *cp, nstime_t since, nstime_t now)
{
    struct cpupool *p = cp->pool;
    nstime_t period = MIN(now - since, 4 * READ_ONCE(cp->slice));
    int64_t time = period * cpumask_weight(&p->cpus);
    struct vcpu *v;

    if (!count_active(p, now))
        return false;
    list_for_each_entry (v, &p->vcpus, cpupool_link)
        domain_of(v)->limit = limit_of(v, period);
    for (unsigned int i = 0; i < SHARE_ROUNDS && time > 0; i++)
        time = share_out(p, time);
    list_for_each_entry (v, &p->vcpus, cpupool_link) {
        const struct credit_domain *dom = domain_of(v);

        give(credit_of(v), dom->active ? dom->share / dom->active : 0, period);
    }
    return true;
}

void credit_account(void *pool)
{
    struct credit_pool *cp = pool;
    nstime_t now = time_now(), since = cp->accounted;
    bool goes_on;

    /* Who changes the pools may be waiting for this CPU. */
    if (!spin_trylock(&cpupool_lock)) {
        timer_set(&cp->account, now + RETRY);
        return;
    }
    /* First, so that who wakes from here on starts the timer again. */
    __atomic_store_n(&cp->ticking, false, __ATOMIC_SEQ_CST);
    goes_on = account_locked(cp, since, now);
    spin_unlock(&cpupool_lock);
    if (goes_on)
        credit_account_start(cp);
}
