/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * credit2's limit on a domain (its cap, in per cent of one CPU). All vcpus of the domain draw on
 * one budget of run time, which is given anew every period; once it is used up they are parked
 * until then. What was used beyond it is a debt, so that over time the limit holds exactly. The
 * timer runs only while somebody uses the budget.
 */
#include "credit2.h"

#include <hv/alloc.h>
#include <hv/errno.h>

static int64_t quota(const struct c2_domain *dom)
{
    return (int64_t)READ_ONCE(dom->d->sched_cap) * C2_CAP_PERIOD / 100;
}

void c2_cap_use(struct c2_vcpu *c, nstime_t spent)
{
    __atomic_fetch_sub(&c->dom->budget, spent, __ATOMIC_RELAXED);
}

void c2_cap_tick(struct c2_vcpu *c, nstime_t now)
{
    if (!__atomic_exchange_n(&c->dom->ticking, true, __ATOMIC_SEQ_CST)) {
        WRITE_ONCE(c->dom->refilled, now);
        timer_set(&c->dom->refill, now + C2_CAP_PERIOD);
    }
}

static void unpark(struct c2_vcpu *c)
{
    unsigned long flags;
    struct spinlock *lock = vcpu_sched_lock(c->v, &flags);

    if (c->parked && c->v->sched_data == c) {
        c->parked = false;
        if (vcpu_is_runnable(c->v) && !c->v->is_running)
            c2_wake(c->v);
    }
    spin_unlock_irqrestore(lock, flags);
}

/* What is left of a period is not saved; but a late timer gives what all the periods give. */
static bool give_locked(struct c2_domain *dom, nstime_t now)
{
    int64_t q = quota(dom), old = __atomic_load_n(&dom->budget, __ATOMIC_RELAXED), new;
    nstime_t periods = MIN((now - dom->refilled) / C2_CAP_PERIOD, 100);

    dom->refilled += (now - dom->refilled) / C2_CAP_PERIOD * C2_CAP_PERIOD;
    do {
        new = MIN(old + q * periods, q);
    } while (!__atomic_compare_exchange_n(&dom->budget, &old, new, false, __ATOMIC_RELAXED,
                                          __ATOMIC_RELAXED));
    return old != new;
}

static void refill(void *arg)
{
    struct c2_domain *dom = arg;
    struct c2_vcpu *c;
    bool goes_on;

    spin_lock(&dom->lock);
    goes_on = give_locked(dom, time_now()) && quota(dom);
    if (!goes_on)
        __atomic_store_n(&dom->ticking, false, __ATOMIC_SEQ_CST);
    list_for_each_entry (c, &dom->vcpus, of_domain)
        unpark(c);
    if (goes_on)
        timer_set(&dom->refill, dom->refilled + C2_CAP_PERIOD);
    spin_unlock(&dom->lock);
}

/* The new limit holds from now on, with a fresh budget. */
void c2_cap_changed(struct domain *d)
{
    struct c2_domain *dom = d->sched_data;
    struct c2_vcpu *c;

    spin_lock(&dom->lock);
    __atomic_store_n(&dom->budget, quota(dom), __ATOMIC_RELAXED);
    list_for_each_entry (c, &dom->vcpus, of_domain) {
        unsigned long flags;
        struct spinlock *lock;

        unpark(c);
        lock = vcpu_sched_lock(c->v, &flags);
        if (c->v->is_running && c->v->sched_data == c) {
            c->charged_until = time_now(); /* what it ran before was free */
            sched_tickle(c->v->cpu);       /* its slice ends with the budget from now on */
        }
        spin_unlock_irqrestore(lock, flags);
    }
    spin_unlock(&dom->lock);
}

int c2_domain_alloc(struct cpupool *p __unused, struct domain *d, void **data)
{
    struct c2_domain *dom = heap_new(struct c2_domain);

    if (!dom)
        return -ENOMEM;
    dom->d = d;
    dom->budget = quota(dom);
    list_init(&dom->vcpus);
    timer_init(&dom->refill, refill, dom, smp_cpu_id());
    *data = dom;
    return 0;
}

void c2_domain_free(struct cpupool *p __unused, void *data)
{
    struct c2_domain *dom = data;

    timer_kill(&dom->refill);
    heap_free(dom);
}
