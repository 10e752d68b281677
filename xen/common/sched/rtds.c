/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rtds policy, for vcpus that need so much time (their budget) in every period: the one whose
 * period ends first runs first (EDF), on any CPU of the pool. Who has used its budget waits for its
 * next period; or, if it may have extra time, goes on behind all those who have budget left.
 * Budgets add up to what CPUs can give only if the owner sees to it.
 *
 * One queue and one lock for all CPUs of all such pools: there are few, and EDF needs the whole
 * order anyway. (q) under that lock
 */
#include "private.h"

#include <hv/alloc.h>
#include <hv/errno.h>
#include <hv/list.h>
#include <hv/printk.h>

#define RTDS_PERIOD   (10 * NS_PER_MS) /* at first */
#define RTDS_BUDGET   (4 * NS_PER_MS)
#define RTDS_MIN      (10 * NS_PER_US) /* of both: less is spent on switching */
#define RTDS_LEVELMAX 1000000U

/* pool->data */
struct rtds_pool {
    struct list ready;    /* (q) runnable, not running, with budget; the most urgent first */
    struct list periods;  /* (q) who wants to run, by the end of its period */
    struct cpumask idle;  /* (q) idle CPUs that nobody tickled yet */
    struct timer renewal; /* of the first in periods */
};

/* vcpu->sched_data; all (q) */
struct rtds_vcpu {
    struct vcpu *v;
    struct list ready, periods; /* alone when not in them */
    nstime_t period, budget;
    bool extra;       /* may go on without budget, behind the others */
    uint32_t level;   /* how many budgets beyond the first it has used in this period */
    nstime_t left;    /* of the budget */
    nstime_t end;     /* of the period */
    nstime_t charged; /* until when, while it runs */
};

static struct spinlock rtds_lock = SPINLOCK_INIT;

static struct rtds_vcpu *rtds_of(const struct vcpu *v)
{
    return v->sched_data;
}

static struct rtds_pool *pool_of(const struct rtds_vcpu *r)
{
    return r->v->cpupool->data;
}

static bool is_before(const struct rtds_vcpu *a, const struct rtds_vcpu *b)
{
    return a->level != b->level ? a->level < b->level : a->end < b->end;
}

/* A new period, unless the old one is not over. Those that passed unused are gone. */
static void renew(struct rtds_vcpu *r, nstime_t now)
{
    if (r->end > now)
        return;
    r->end += ((now - r->end) / r->period + 1) * r->period;
    r->left = r->budget;
    r->level = 0;
}

static void periods_insert(struct rtds_vcpu *r)
{
    struct rtds_pool *rp = pool_of(r);
    struct list *pos;

    list_remove(&r->periods);
    list_for_each (pos, &rp->periods)
        if (list_entry(pos, struct rtds_vcpu, periods)->end > r->end)
            break;
    list_append(pos, &r->periods);
    if (rp->periods.next == &r->periods)
        timer_set(&rp->renewal, r->end);
}

static void ready_insert(struct rtds_vcpu *r)
{
    struct rtds_pool *rp = pool_of(r);
    struct list *pos;

    list_for_each (pos, &rp->ready)
        if (is_before(r, list_entry(pos, struct rtds_vcpu, ready)))
            break;
    list_append(pos, &r->ready);
}

/* An idle CPU for it, the one where it ran last before others; else the least urgent one's. */
static void tickle_for(const struct rtds_vcpu *r)
{
    const struct cpupool *p = r->v->cpupool;
    struct rtds_pool *rp = p->data;
    unsigned int cpu, best = NR_CPUS;
    const struct rtds_vcpu *last = r;

    if (cpumask_has(&rp->idle, r->v->cpu) && vcpu_may_use(r->v, r->v->cpu)) {
        best = r->v->cpu;
    } else {
        for_each_cpu (cpu, &p->cpus) {
            const struct vcpu *running = per_cpu(sched_cpu, cpu).running;

            if (!vcpu_may_use(r->v, cpu))
                continue;
            if (cpumask_has(&rp->idle, cpu)) {
                best = cpu;
                break;
            }
            if (running->is_idle || !is_before(last, rtds_of(running)))
                continue;
            last = rtds_of(running);
            best = cpu;
        }
    }
    if (best == NR_CPUS)
        return;
    bit_clear(rp->idle.bits, best); /* the next one looks for another */
    sched_tickle(best);
}

/* A CPU took another than the one it was tickled for, which may be able to use one that idles. */
static void tickle_for_rest(const struct rtds_pool *rp)
{
    const struct rtds_vcpu *r;

    if (cpumask_is_empty(&rp->idle))
        return;
    list_for_each_entry (r, &rp->ready, ready)
        tickle_for(r);
}

/* Charges a running vcpu; without budget it is put back, or is out until its period ends. */
static void burn(struct rtds_vcpu *r, nstime_t now)
{
    nstime_t spent = now - r->charged;

    if (spent <= 0)
        return;
    r->charged = now;
    r->left -= spent;
    while (r->left <= 0 && r->extra && r->level < RTDS_LEVELMAX) {
        r->left += r->budget;
        r->level++;
    }
}

static void rtds_wake(struct vcpu *v)
{
    struct rtds_vcpu *r = rtds_of(v);

    if (!list_is_empty(&r->ready))
        return;
    renew(r, time_now());
    if (list_is_empty(&r->periods))
        periods_insert(r);
    if (r->left <= 0)
        return;
    ready_insert(r);
    tickle_for(r);
}

static void rtds_sleep(struct vcpu *v)
{
    struct rtds_vcpu *r = rtds_of(v);

    list_remove(&r->ready);
    list_remove(&r->periods);
}

/* Behind those who have as much budget left; but nobody loses the budget that he was promised. */
static void rtds_yield(struct vcpu *v)
{
    struct rtds_vcpu *r = rtds_of(v);

    if (r->extra && r->level < RTDS_LEVELMAX)
        r->level++;
}

/* The period of @r is over: it gets a new one, and may have to wait for others now. */
static void period_over(struct rtds_vcpu *r, nstime_t now)
{
    if (r->v->is_running)
        burn(r, now);
    renew(r, now);
    periods_insert(r);
    if (r->v->is_running) {
        sched_tickle(r->v->cpu);
    } else if (vcpu_is_runnable(r->v)) {
        list_remove(&r->ready);
        ready_insert(r);
        tickle_for(r);
    }
}

static void renewal(void *pool)
{
    struct rtds_pool *rp = pool;
    unsigned long flags = spin_lock_irqsave(&rtds_lock);
    nstime_t now = time_now();

    while (!list_is_empty(&rp->periods)) {
        struct rtds_vcpu *r = list_first(&rp->periods, struct rtds_vcpu, periods);

        if (r->end > now) {
            timer_set(&rp->renewal, r->end);
            break;
        }
        period_over(r, now);
    }
    spin_unlock_irqrestore(&rtds_lock, flags);
}

static struct rtds_vcpu *most_urgent(const struct rtds_pool *rp, unsigned int cpu)
{
    struct rtds_vcpu *r;

    list_for_each_entry (r, &rp->ready, ready)
        if (vcpu_may_use(r->v, cpu))
            return r;
    return NULL;
}

static struct sched_decision rtds_pick(unsigned int cpu, struct vcpu *prev, nstime_t now)
{
    struct rtds_pool *rp = per_cpu(sched_cpu, cpu).pool->data;
    struct rtds_vcpu *p = rtds_of(prev), *best = most_urgent(rp, cpu);

    if (p) {
        burn(p, now);
        if (!vcpu_is_runnable(prev))
            list_remove(&p->periods);
        else if (p->left > 0 && vcpu_may_use(prev, cpu) && (!best || !is_before(best, p)))
            best = p;
    }
    if (!best) {
        bit_set(rp->idle.bits, cpu);
        return (struct sched_decision){ idle_vcpu[cpu], TIME_NEVER };
    }
    bit_clear(rp->idle.bits, cpu);
    if (best != p) {
        list_remove(&best->ready);
        best->charged = now;
        tickle_for_rest(rp);
    }
    return (struct sched_decision){ best->v, MAX(best->left, RTDS_MIN) };
}

static void rtds_affinity_changed(struct vcpu *v)
{
    struct rtds_vcpu *r = rtds_of(v);

    if (!list_is_empty(&r->ready))
        tickle_for(r);
}

static struct spinlock *rtds_cpu_prepare(struct cpupool *p __unused, unsigned int cpu __unused)
{
    return &rtds_lock;
}

static void rtds_cpu_up(struct cpupool *p, unsigned int cpu)
{
    struct rtds_pool *rp = p->data;

    bit_set(rp->idle.bits, cpu);
    sched_tickle(cpu); /* somebody may wait */
}

static void rtds_cpu_down(struct cpupool *p, unsigned int cpu)
{
    struct rtds_pool *rp = p->data;
    unsigned long flags = spin_lock_irqsave(&rtds_lock);

    bit_clear(rp->idle.bits, cpu);
    spin_unlock_irqrestore(&rtds_lock, flags);
}

static void *rtds_vcpu_alloc(struct cpupool *p __unused, struct vcpu *v, void *data __unused)
{
    struct rtds_vcpu *r = heap_new(struct rtds_vcpu);

    if (r) {
        r->v = v;
        r->period = RTDS_PERIOD;
        r->budget = RTDS_BUDGET;
        r->extra = true;
        list_init(&r->ready);
        list_init(&r->periods);
    }
    return r;
}

/* Any CPU is as good: the first that it may use, the vcpus of a domain on different ones. */
static unsigned int rtds_vcpu_place(struct cpupool *p, const struct vcpu *v)
{
    unsigned int cpu, count = 0, skip;

    for_each_cpu (cpu, &p->cpus)
        count += vcpu_may_use(v, cpu);
    skip = count ? v->id % count : 0;
    for_each_cpu (cpu, &p->cpus)
        if (vcpu_may_use(v, cpu) && skip-- == 0)
            break;
    return cpu;
}

static void rtds_vcpu_insert(struct vcpu *v __unused)
{
}

static int rtds_pool_create(struct cpupool *p)
{
    struct rtds_pool *rp = heap_new(struct rtds_pool);

    if (!rp)
        return -ENOMEM;
    list_init(&rp->ready);
    list_init(&rp->periods);
    timer_init(&rp->renewal, renewal, rp, smp_cpu_id());
    p->data = rp;
    return 0;
}

static void rtds_pool_destroy(struct cpupool *p)
{
    struct rtds_pool *rp = p->data;

    timer_kill(&rp->renewal);
    heap_free(rp);
}

/* A null vcpu: what each has at first. */
static void rtds_vcpu_get(const struct vcpu *v, struct xen_domctl_schedparam_vcpu *param)
{
    const struct rtds_vcpu *r = v ? rtds_of(v) : NULL;

    param->u.rtds.period = (uint32_t)((r ? r->period : RTDS_PERIOD) / NS_PER_US);
    param->u.rtds.budget = (uint32_t)((r ? r->budget : RTDS_BUDGET) / NS_PER_US);
    param->u.rtds.flags = !r || r->extra ? XEN_DOMCTL_SCHEDRT_extra : 0;
}

/* A null vcpu: only checks. The new values hold from the next period on, which begins now. */
static int rtds_vcpu_set(struct vcpu *v, const struct xen_domctl_schedparam_vcpu *param)
{
    nstime_t period = param->u.rtds.period * NS_PER_US, budget = param->u.rtds.budget * NS_PER_US;
    struct rtds_vcpu *r = v ? rtds_of(v) : NULL;

    if (budget < RTDS_MIN || period < budget)
        return -EINVAL;
    if (!r)
        return 0;
    r->period = period;
    r->budget = budget;
    r->extra = param->u.rtds.flags & XEN_DOMCTL_SCHEDRT_extra;
    r->end = MIN(r->end, time_now());
    if (!list_is_empty(&r->periods))
        period_over(r, time_now());
    return 0;
}

static void rtds_dump(unsigned int cpu)
{
    const struct vcpu *v = per_cpu(sched_cpu, cpu).running;
    const struct rtds_vcpu *r = rtds_of(v);

    if (v->is_idle)
        printk("CPU %u: idle\n", cpu);
    else
        printk("CPU %u: d%uv%u %ld of %ld ns left, period ends at %ld\n", cpu, v->domain->id, v->id,
               r->left, r->budget, r->end);
}

const struct sched_ops sched_rtds = {
    .name = "rtds",
    .id = XEN_SCHEDULER_RTDS,
    .pool_create = rtds_pool_create,
    .pool_destroy = rtds_pool_destroy,
    .cpu_prepare = rtds_cpu_prepare,
    .cpu_up = rtds_cpu_up,
    .cpu_down = rtds_cpu_down,
    .vcpu_alloc = rtds_vcpu_alloc,
    .vcpu_free = heap_free,
    .vcpu_place = rtds_vcpu_place,
    .vcpu_insert = rtds_vcpu_insert,
    .vcpu_remove = rtds_sleep,
    .wake = rtds_wake,
    .sleep = rtds_sleep,
    .yield = rtds_yield,
    .pick = rtds_pick,
    .affinity_changed = rtds_affinity_changed,
    .vcpu_get = rtds_vcpu_get,
    .vcpu_set = rtds_vcpu_set,
    .dump = rtds_dump,
};
