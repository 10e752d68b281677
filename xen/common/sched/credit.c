/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The credit policy: every CPU has a queue of its own. Each period the machine's time is shared out
 * as credit, by the domains' weights (credit-account.c); who has credit left runs before those who
 * have none, in turn, a slice each; who wakes with credit left runs at once for a moment. A CPU
 * whose best has no credit, or that has nothing to do, takes a better one that waits elsewhere. A
 * domain with a cap gets no more credit than that, and without credit it does not run.
 */
#include "credit.h"

#include <hv/alloc.h>
#include <hv/errno.h>
#include <hv/printk.h>

DEFINE_PER_CPU(struct credit_cpu, credit_cpu);

static struct credit_pool *pool_of(const struct credit_vcpu *c)
{
    return c->v->cpupool->data;
}

void credit_burn(struct credit_vcpu *c, nstime_t now)
{
    int64_t floor = -CREDIT_DEBT_MAX * READ_ONCE(pool_of(c)->slice);

    if (now <= c->charged_until)
        return;
    /* The debt of a capped one is paid, however long that takes. */
    c->credit -= now - c->charged_until;
    if (!credit_is_capped(c))
        c->credit = MAX(c->credit, floor);
    c->charged_until = now;
    c->active = true;
}

void credit_enqueue(struct credit_vcpu *c)
{
    struct credit_cpu *cc = &per_cpu(credit_cpu, c->v->cpu);
    struct list *pos;

    c->class = credit_class_of(c);
    list_for_each (pos, &cc->waiting)
        if (list_entry(pos, struct credit_vcpu, waiting)->class > c->class)
            break;
    list_append(pos, &c->waiting);
    c->queued = true;
    __atomic_store_n(&cc->nr_waiting, cc->nr_waiting + 1, __ATOMIC_SEQ_CST);
}

void credit_dequeue(struct credit_vcpu *c)
{
    struct credit_cpu *cc = &per_cpu(credit_cpu, c->v->cpu);

    list_remove(&c->waiting);
    c->queued = false;
    WRITE_ONCE(cc->nr_waiting, cc->nr_waiting - 1);
}

/* How well a CPU suits: one that it likes, and where it ran last. */
static unsigned int liking(const struct credit_vcpu *c, unsigned int cpu)
{
    return 2U * cpumask_has(&c->v->soft_affinity, cpu) + (c->v->cpu == cpu);
}

/* What the CPU runs now, to be compared; an idle one that was tickled already counts as taken. */
static uint32_t class_on(const struct credit_pool *cp, unsigned int cpu)
{
    uint32_t class = READ_ONCE(per_cpu(credit_cpu, cpu).running);

    if (cpumask_has(&cp->idle, cpu))
        return CREDIT_IDLE;
    return class == CREDIT_IDLE ? CREDIT_BOOST : class;
}

/*
 * Who should hear of a vcpu that waits now: an idle CPU, else the one that runs the lowest class
 * below its own; among equals the one that suits best. NR_CPUS: nobody.
 */
static unsigned int whom_to_tickle(const struct credit_vcpu *c)
{
    const struct cpupool *p = c->v->cpupool;
    unsigned int cpu, best = NR_CPUS;
    uint32_t lowest = c->class;

    for_each_cpu (cpu, &p->cpus) {
        uint32_t class = class_on(p->data, cpu);

        if (!vcpu_may_use(c->v, cpu) || class < lowest)
            continue;
        if (class > lowest || (best != NR_CPUS && liking(c, cpu) > liking(c, best))) {
            lowest = class;
            best = cpu;
        }
    }
    return best;
}

static void tickle_for(const struct credit_vcpu *c)
{
    unsigned int cpu = whom_to_tickle(c);

    if (cpu == NR_CPUS) /* it waits for its turn: what runs at home needs a slice */
        cpu = c->v->cpu;
    else
        cpumask_remove(&pool_of(c)->idle, cpu); /* the next wake looks for another */
    sched_tickle(cpu);
}

void credit_wake(struct vcpu *v)
{
    struct credit_vcpu *c = credit_of(v);

    if (c->queued || c->parked)
        return;
    c->active = true;
    credit_account_start(pool_of(c));
    if (credit_is_capped(c) && c->credit <= 0) {
        c->parked = true;
        return;
    }
    credit_enqueue(c);
    tickle_for(c);
}

/* Blocked ones are boosted when they come back; those who were only preempted are not. */
static void credit_sleep(struct vcpu *v)
{
    struct credit_vcpu *c = credit_of(v);

    if (c->queued)
        credit_dequeue(c);
    c->parked = false;
    c->boosted = true;
}

static void credit_yield(struct vcpu *v)
{
    credit_of(v)->yields = true;
}

/* The first that may run on @cpu and is better than @class. */
static struct credit_vcpu *first_for(const struct credit_cpu *cc, unsigned int cpu, uint32_t class)
{
    struct credit_vcpu *c;

    list_for_each_entry (c, &cc->waiting, waiting) {
        if (c->class >= class)
            return NULL;
        if (vcpu_may_use(c->v, cpu))
            return c;
    }
    return NULL;
}

/* Takes one from another CPU's queue, if it is not still warm there. That CPU is not locked. */
static struct credit_vcpu *steal_from(unsigned int other, unsigned int cpu, uint32_t class,
                                      nstime_t now)
{
    struct spinlock *lock = &per_cpu(sched_cpu, other).own_lock;
    struct credit_cpu *from = &per_cpu(credit_cpu, other);
    struct credit_vcpu *c;

    if (!__atomic_load_n(&from->nr_waiting, __ATOMIC_SEQ_CST))
        return NULL;
    if (!spin_trylock(lock)) {
        if (class == CREDIT_IDLE)
            sched_tickle(cpu); /* that CPU may want our lock: look again in a moment */
        return NULL;
    }
    c = first_for(from, cpu, class);
    if (c && class != CREDIT_IDLE && now - c->stopped < READ_ONCE(pool_of(c)->migration_delay))
        c = NULL;
    if (c) {
        credit_dequeue(c);
        WRITE_ONCE(c->v->cpu, cpu);
    }
    spin_unlock(lock);
    return c;
}

static struct credit_vcpu *steal(unsigned int cpu, uint32_t class, nstime_t now)
{
    const struct cpupool *p = per_cpu(sched_cpu, cpu).pool;
    unsigned int other = cpu;

    for (unsigned int i = 1; i < nr_cpu_ids; i++) {
        struct credit_vcpu *c;

        other = other + 1 < nr_cpu_ids ? other + 1 : 0;
        c = cpupool_has(p, other) ? steal_from(other, cpu, class, now) : NULL;
        if (c)
            return c;
    }
    return NULL;
}

/* The running one against the best of its CPU's queue. */
static bool goes_on(const struct credit_vcpu *prev, const struct credit_vcpu *best, nstime_t now)
{
    const struct credit_pool *cp = pool_of(prev);
    enum credit_class class = credit_class_of(prev);

    if (!best)
        return true;
    if (prev->yields)
        return false;
    if (now - prev->started < READ_ONCE(cp->rate_limit))
        return true;
    if (class != best->class)
        return class < best->class;
    return now - prev->started < READ_ONCE(cp->slice);
}

static bool anybody_waits(const struct cpupool *p)
{
    unsigned int cpu;

    for_each_cpu (cpu, &p->cpus)
        if (READ_ONCE(per_cpu(credit_cpu, cpu).nr_waiting))
            return true;
    return false;
}

/*
 * An idle CPU took another vcpu than the one it was tickled for: if somebody still waits, all idle
 * CPUs look; only they know whom they may take.
 */
static void tickle_for_rest(struct credit_pool *cp)
{
    unsigned int cpu;

    if (cpumask_is_empty(&cp->idle) || !anybody_waits(cp->pool))
        return;
    for_each_cpu (cpu, &cp->idle)
        sched_tickle(cpu);
}

#define SLICE_MIN (100 * NS_PER_US)

/* Until its turn is over, or its credit where that makes it give way to @rival. */
static nstime_t slice_beside(const struct credit_vcpu *c, const struct credit_vcpu *rival,
                             nstime_t now)
{
    const struct credit_pool *cp = pool_of(c);
    nstime_t full = c->boosted ? CREDIT_BOOST_SLICE : READ_ONCE(cp->slice);
    nstime_t fresh = c->started + READ_ONCE(cp->rate_limit) - now, slice;

    if (rival->class < credit_class_of(c)) /* it goes on only because it has just come */
        return MAX(fresh, SLICE_MIN);
    slice = c->started + full - now;
    if (c->credit > 0)
        slice = MIN(slice, c->credit);
    return MAX(slice, MAX(fresh, SLICE_MIN));
}

static nstime_t slice_for(const struct credit_vcpu *c, const struct credit_vcpu *rival,
                          nstime_t now)
{
    nstime_t slice = rival ? slice_beside(c, rival, now) : TIME_NEVER;

    return credit_is_capped(c) ? MIN(slice, MAX(c->credit, SLICE_MIN)) : slice;
}

static struct sched_decision run(unsigned int cpu, struct credit_vcpu *c, nstime_t now)
{
    struct credit_cpu *cc = &per_cpu(credit_cpu, cpu);
    struct credit_pool *cp = pool_of(c);

    if (cpumask_has(&cp->idle, cpu))
        cpumask_remove(&cp->idle, cpu);
    WRITE_ONCE(cc->running, credit_class_of(c));
    return (struct sched_decision){ c->v, slice_for(c, first_for(cc, cpu, CREDIT_IDLE), now) };
}

/* What the one that ran here leaves behind: whether it could go on. */
static bool settle(struct credit_vcpu *c, unsigned int cpu, nstime_t now)
{
    credit_burn(c, now);
    if (now - c->started >= CREDIT_BOOST_SLICE)
        c->boosted = false;
    if (!vcpu_is_runnable(c->v)) {
        c->boosted = true;
        return false;
    }
    return vcpu_may_use(c->v, cpu) && !(credit_is_capped(c) && c->credit <= 0);
}

static struct sched_decision switch_to(unsigned int cpu, struct credit_vcpu *c, nstime_t now)
{
    if (c->queued)
        credit_dequeue(c);
    c->charged_until = c->started = now;
    if (current->is_idle)
        tickle_for_rest(pool_of(c));
    return run(cpu, c, now);
}

static struct sched_decision credit_pick(unsigned int cpu, struct vcpu *prev, nstime_t now)
{
    struct credit_cpu *cc = &per_cpu(credit_cpu, cpu);
    struct credit_pool *cp = per_cpu(sched_cpu, cpu).pool->data;
    struct credit_vcpu *p = credit_of(prev), *best = first_for(cc, cpu, CREDIT_IDLE), *other;
    bool waits = p && settle(p, cpu, now);
    bool goes = waits && goes_on(p, best, now);
    uint32_t class;

    if (p) {
        p->yields = false;
        p->stopped = now;
    }
    class = goes ? credit_class_of(p) : best ? best->class : waits ? CREDIT_OVER : CREDIT_IDLE;
    if (class == CREDIT_IDLE)
        cpumask_add(&cp->idle, cpu); /* before looking elsewhere: no wake is lost */
    other = class > CREDIT_UNDER ? steal(cpu, class, now) : NULL;
    if (other)
        return switch_to(cpu, other, now);
    if (goes)
        return run(cpu, p, now);
    if (best)
        return switch_to(cpu, best, now);
    if (waits) /* nobody else after all */
        return run(cpu, p, now);
    WRITE_ONCE(cc->running, CREDIT_IDLE);
    return (struct sched_decision){ idle_vcpu[cpu], TIME_NEVER };
}

static void credit_affinity_changed(struct vcpu *v)
{
    struct credit_vcpu *c = credit_of(v);

    if (c->queued)
        tickle_for(c);
}

static void credit_cpu_up(struct cpupool *p, unsigned int cpu)
{
    struct credit_cpu *cc = &per_cpu(credit_cpu, cpu);
    struct credit_pool *cp = p->data;

    list_init(&cc->waiting);
    cc->nr_waiting = 0;
    cc->running = CREDIT_IDLE;
    cpumask_add(&cp->idle, cpu);
    sched_tickle(cpu); /* somebody may wait */
}

static void credit_cpu_down(struct cpupool *p, unsigned int cpu)
{
    struct credit_pool *cp = p->data;

    cpumask_remove(&cp->idle, cpu);
}

static int credit_domain_alloc(struct cpupool *p __unused, struct domain *d __unused, void **data)
{
    *data = heap_new(struct credit_domain);
    return *data ? 0 : -ENOMEM;
}

static void credit_domain_free(struct cpupool *p __unused, void *data)
{
    heap_free(data);
}

static void *credit_vcpu_alloc(struct cpupool *p, struct vcpu *v, void *domain_data __unused)
{
    struct credit_vcpu *c = heap_new(struct credit_vcpu);
    const struct credit_pool *cp = p->data;

    if (c) {
        c->v = v;
        list_init(&c->waiting);
        c->credit = READ_ONCE(cp->slice) / 4; /* enough to start with, until the next period */
    }
    return c;
}

/* The CPU with the fewest that wait, the vcpus of a domain on different ones. */
static unsigned int credit_vcpu_place(struct cpupool *p, const struct vcpu *v)
{
    unsigned int count = cpumask_weight(&p->cpus), skip = v->id % count, best = NR_CPUS;
    uint32_t least = UINT32_MAX;
    unsigned int cpu = cpumask_first(&p->cpus);

    while (skip--)
        cpu = cpumask_next(&p->cpus, cpu);
    for (unsigned int i = 0; i < count; i++) {
        uint32_t load = READ_ONCE(per_cpu(credit_cpu, cpu).nr_waiting) +
                        (READ_ONCE(per_cpu(credit_cpu, cpu).running) != CREDIT_IDLE);

        if (vcpu_may_use(v, cpu) && load < least) {
            least = load;
            best = cpu;
        }
        cpu = cpumask_next(&p->cpus, cpu);
        if (cpu >= NR_CPUS)
            cpu = cpumask_first(&p->cpus);
    }
    return best;
}

static void credit_vcpu_insert(struct vcpu *v __unused)
{
}

static int credit_pool_create(struct cpupool *p)
{
    struct credit_pool *cp = heap_new(struct credit_pool);

    if (!cp)
        return -ENOMEM;
    cp->pool = p;
    cp->slice = CREDIT_SLICE;
    cp->rate_limit = CREDIT_RATE_LIMIT;
    timer_init(&cp->account, credit_account, cp, smp_cpu_id());
    p->data = cp;
    return 0;
}

static void credit_pool_destroy(struct cpupool *p)
{
    struct credit_pool *cp = p->data;

    timer_kill(&cp->account);
    heap_free(cp);
}

static int credit_pool_adjust(struct cpupool *p, struct xen_sysctl_scheduler_op *op)
{
    struct xen_sysctl_credit_schedule *s = &op->u.sched_credit;
    struct credit_pool *cp = p->data;
    int rc;

    if (op->cmd == XEN_SYSCTL_SCHEDOP_putinfo) {
        if (s->tslice_ms < XEN_SYSCTL_CSCHED_TSLICE_MIN ||
            s->tslice_ms > XEN_SYSCTL_CSCHED_TSLICE_MAX || s->ratelimit_us > s->tslice_ms * 1000 ||
            s->vcpu_migr_delay_us > XEN_SYSCTL_CSCHED_MGR_DLY_MAX_US)
            return -EINVAL;
        rc = sched_rate_limit_adjust(op->cmd, &s->ratelimit_us, &cp->rate_limit);
        if (rc)
            return rc;
        WRITE_ONCE(cp->slice, s->tslice_ms * NS_PER_MS);
        WRITE_ONCE(cp->migration_delay, s->vcpu_migr_delay_us * NS_PER_US);
    }
    s->tslice_ms = (uint32_t)(cp->slice / NS_PER_MS);
    s->ratelimit_us = (uint32_t)(cp->rate_limit / NS_PER_US);
    s->vcpu_migr_delay_us = (uint32_t)(cp->migration_delay / NS_PER_US);
    return 0;
}

static void credit_dump(unsigned int cpu)
{
    const struct vcpu *v = per_cpu(sched_cpu, cpu).running;
    uint32_t waiting = per_cpu(credit_cpu, cpu).nr_waiting;

    if (v->is_idle)
        printk("CPU %u: idle, %u wait\n", cpu, waiting);
    else
        printk("CPU %u: d%uv%u credit %ld, %u wait\n", cpu, v->domain->id, v->id,
               credit_of(v)->credit, waiting);
}

const struct sched_ops sched_credit = {
    .name = "credit",
    .id = XEN_SCHEDULER_CREDIT,
    .pool_create = credit_pool_create,
    .pool_destroy = credit_pool_destroy,
    .cpu_up = credit_cpu_up,
    .cpu_down = credit_cpu_down,
    .domain_alloc = credit_domain_alloc,
    .domain_free = credit_domain_free,
    .vcpu_alloc = credit_vcpu_alloc,
    .vcpu_free = heap_free,
    .vcpu_place = credit_vcpu_place,
    .vcpu_insert = credit_vcpu_insert,
    .vcpu_remove = credit_sleep,
    .wake = credit_wake,
    .sleep = credit_sleep,
    .yield = credit_yield,
    .pick = credit_pick,
    .affinity_changed = credit_affinity_changed,
    .pool_adjust = credit_pool_adjust,
    .dump = credit_dump,
};
