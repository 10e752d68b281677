/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The credit2 policy, the default: fair shares by weight, and short waits for those who run little.
 *
 * Every vcpu has credit. Running burns it, at a speed inverse to the domain's weight; who has most
 * runs next. When the best candidate has none left, everyone gets the same amount, so over time
 * everyone burns the same amount, that is, runs in proportion to weight. Who sleeps keeps credit,
 * up to a cap, and so runs soon after waking. CPUs near each other share a queue, sorted by credit,
 * and its lock (credit2-queue.c).
 *
 * A CPU is "contended" while its running vcpu has a limited slice because someone waits who could
 * run there. Alone, a vcpu runs without any timer, unless its domain is limited (credit2-cap.c).
 * When somebody must wait, all CPUs where it may run are made contended, and time used without
 * contention is not held against anyone beyond its credit.
 */
#include "credit2.h"

#include <hv/alloc.h>
#include <hv/errno.h>
#include <hv/printk.h>

/* Charges the running vcpu for the time up to @now. */
static void burn(struct c2_vcpu *c, nstime_t now)
{
    int64_t spent = MIN(now - c->charged_until, C2_CHARGE_MAX);
    int64_t floor = C2_CREDIT_FLOOR;

    if (spent <= 0)
        return;
    c->charged_until = now;
    if (c2_is_capped(c))
        c2_cap_use(c, spent);
    if (!per_cpu(c2_cpu, c->v->cpu).contended)
        floor = MIN(c->credit, 0);
    c->credit = MAX(c->credit - ((spent * c->burn_rate) >> C2_RATE_SHIFT), floor);
}

/* How much credit the vcpu running on @cpu has at @now; not charged yet. */
static int64_t credit_now(unsigned int cpu, nstime_t now)
{
    struct c2_vcpu *c = c2_of(per_cpu(sched_cpu, cpu).running);

    burn(c, now);
    return c->credit;
}

/* The same for everyone, enough to give @best some. Who cannot run keeps at most one portion. */
static void refill(struct c2_queue *q, const struct c2_vcpu *best)
{
    int64_t amount = C2_CREDIT_INIT;
    struct c2_vcpu *c;

    while (best->credit + amount <= 0)
        amount += C2_CREDIT_INIT;
    list_for_each_entry (c, &q->all, all) {
        int64_t cap = vcpu_is_runnable(c->v) ? 2 * C2_CREDIT_INIT : C2_CREDIT_INIT;

        c->credit = MIN(c->credit + amount, cap);
    }
}

static void tickle_idle(unsigned int cpu)
{
    struct c2_queue *q = READ_ONCE(per_cpu(c2_cpu, cpu).queue);

    if (q)
        cpumask_remove(&q->idle, cpu); /* the next wake looks for another */
    sched_tickle(cpu);
}

/*
 * A CPU took another vcpu than the one it was tickled for, which may be able to run on a CPU that
 * still idles.
 */
static void tickle_for_rest(const struct c2_queue *q)
{
    const struct c2_vcpu *c;

    list_for_each_entry (c, &q->waiting, waiting) {
        unsigned int cpu = c2_find_idle(c);

        if (cpu != NR_CPUS)
            tickle_idle(cpu);
    }
}

/*
 * Somebody has to wait: every CPU of its queue where it may run gets a limited slice, and the one
 * whose vcpu has least credit looks whether to give way.
 */
static void tickle_busy(const struct c2_vcpu *c, nstime_t now)
{
    const struct c2_queue *q = c2_queue_of(c->v->cpu);
    int64_t least = c2_standing(c);
    unsigned int cpu, victim = NR_CPUS;

    for_each_cpu (cpu, &q->cpus) {
        int64_t credit;

        if (!c2_may_run(c, cpu) || per_cpu(sched_cpu, cpu).running->is_idle)
            continue;
        credit = credit_now(cpu, now);
        if (!per_cpu(c2_cpu, cpu).contended) {
            per_cpu(c2_cpu, cpu).contended = true;
            sched_tickle(cpu);
        }
        if (credit < least) {
            least = credit;
            victim = cpu;
        }
    }
    if (victim != NR_CPUS)
        sched_tickle(victim);
    cpu = c2_find_lighter(c);
    if (cpu != NR_CPUS)
        sched_tickle(cpu); /* it takes one that waits */
}

void c2_wake(struct vcpu *v)
{
    struct c2_vcpu *c = c2_of(v);
    unsigned int cpu;

    if (c->queued || c->parked)
        return;
    c2_count(c);
    if (c2_is_exhausted(c)) {
        c->parked = true;
        c2_cap_tick(c, time_now());
        return;
    }
    c->bonus = c->preempted ? 0 : C2_LEAD;
    c->preempted = false;
    c2_enqueue(c);
    cpu = c2_find_idle(c);
    if (cpu != NR_CPUS)
        tickle_idle(cpu);
    else
        tickle_busy(c, time_now());
}

static void c2_sleep(struct vcpu *v)
{
    struct c2_vcpu *c = c2_of(v);

    if (c->queued)
        c2_dequeue(c);
    c->parked = false;
    c2_uncount(c);
}

static void c2_yield(struct vcpu *v)
{
    c2_of(v)->yields = true;
}

/*
 * How long @c may run: until it has burnt so much that @rival is ahead by a little. The rival only
 * waits, so its credit does not change but by a refill, which is the same for both.
 */
static nstime_t slice_for(const struct c2_vcpu *c, const struct c2_vcpu *rival)
{
    int64_t lead = c->credit - c2_standing(rival) + C2_LEAD;
    nstime_t slice = MIN(MAX(lead, 0), C2_SLICE_MAX) * c->weight / SCHED_WEIGHT_DEFAULT;

    return MIN(MAX(slice, C2_SLICE_MIN), C2_SLICE_MAX);
}

/* No longer than the domain's budget lasts. */
static nstime_t slice_capped(struct c2_vcpu *c, nstime_t slice, nstime_t now)
{
    int64_t left = __atomic_load_n(&c->dom->budget, __ATOMIC_RELAXED);

    c2_cap_tick(c, now);
    return MIN(slice, MIN(MAX(left, C2_CAP_MIN), C2_CAP_SLICE));
}

static nstime_t rate_limit_of(const struct c2_vcpu *c)
{
    const struct c2_pool *pool = c->v->cpupool->data;

    return READ_ONCE(pool->rate_limit);
}

/* prev against the best that waits; a fresh one is left alone for a moment, switching costs too. */
static bool goes_on(const struct c2_vcpu *prev, const struct c2_vcpu *best, nstime_t now)
{
    if (!best)
        return true;
    if (prev->yields)
        return false;
    return prev->credit >= c2_standing(best) || now - prev->started < rate_limit_of(prev);
}

static struct sched_decision run(unsigned int cpu, struct c2_vcpu *c, const struct c2_vcpu *rival,
                                 nstime_t now)
{
    struct c2_queue *q = c2_queue_of(cpu);
    nstime_t slice = TIME_NEVER;

    if (rival) {
        if (c->credit <= 0 && rival->credit <= 0)
            refill(q, c->credit > rival->credit ? c : rival);
        slice = MAX(slice_for(c, rival), c->started + rate_limit_of(c) - now);
    }
    if (c2_is_capped(c))
        slice = slice_capped(c, slice, now);
    per_cpu(c2_cpu, cpu).contended = rival != NULL;
    if (cpumask_has(&q->idle, cpu))
        cpumask_remove(&q->idle, cpu);
    return (struct sched_decision){ c->v, slice };
}

/* The best that waits, here or else in another queue: then it waits here now. */
static struct c2_vcpu *find_work(unsigned int cpu, bool idle_else)
{
    struct c2_queue *q = c2_queue_of(cpu);
    struct c2_vcpu *best = c2_best_waiting(q, cpu);

    if (best || !idle_else)
        return best;
    cpumask_add(&q->idle, cpu); /* before looking elsewhere: see credit2-queue.c */
    return c2_steal(cpu, true) ? c2_best_waiting(q, cpu) : NULL;
}

static struct sched_decision switch_to(unsigned int cpu, struct c2_vcpu *best,
                                       struct c2_vcpu *waits, nstime_t now)
{
    struct c2_queue *q = c2_queue_of(cpu);
    struct c2_vcpu *rival;

    c2_dequeue(best);
    best->charged_until = best->started = now;
    best->bonus = 0;
    if (unlikely(!list_is_empty(&q->waiting)))
        tickle_for_rest(q);
    if (current->is_idle)
        c2_tickle_idle_elsewhere(cpu);
    rival = c2_best_waiting(q, cpu);
    if (waits && (!rival || waits->credit > c2_standing(rival)))
        rival = waits; /* sched_switched() is going to queue it */
    return run(cpu, best, rival, now);
}

/* What the one that ran here leaves behind: whether it could go on. */
static bool settle(struct c2_vcpu *p, unsigned int cpu, nstime_t now)
{
    burn(p, now);
    if (vcpu_is_runnable(p->v))
        return c2_may_run(p, cpu) && !c2_is_exhausted(p);
    c2_uncount(p);
    return false;
}

static struct sched_decision c2_pick(unsigned int cpu, struct vcpu *prev, nstime_t now)
{
    struct c2_vcpu *p = c2_of(prev), *best;
    bool waits = p && settle(p, cpu, now);
    bool goes = false;

    if (waits)
        c2_steal(cpu, false);
    best = find_work(cpu, !waits);
    if (p) {
        goes = waits && goes_on(p, best, now);
        p->yields = false;
    }
    if (goes)
        return run(cpu, p, best, now);
    if (p)
        p->preempted = vcpu_is_runnable(prev);
    if (best)
        return switch_to(cpu, best, waits ? p : NULL, now);
    per_cpu(c2_cpu, cpu).contended = false;
    return (struct sched_decision){ idle_vcpu[cpu], TIME_NEVER };
}

/* Another CPU may be right for it now. If none of its queue is, the core takes it elsewhere. */
static void c2_affinity_changed(struct vcpu *v)
{
    struct c2_vcpu *c = c2_of(v);

    if (c->queued) {
        c2_dequeue(c);
        c2_wake(v);
    }
}

static void weight_set(struct c2_vcpu *c, uint32_t weight)
{
    c->weight = weight;
    c->burn_rate = ((int64_t)SCHED_WEIGHT_DEFAULT << C2_RATE_SHIFT) / weight;
}

static void c2_weight_changed(struct vcpu *v)
{
    struct c2_vcpu *c = c2_of(v);
    bool counted = c->counted;

    c2_uncount(c);
    weight_set(c, domain_weight(v->domain));
    if (counted)
        c2_count(c);
}

static void *c2_vcpu_alloc(struct cpupool *p __unused, struct vcpu *v, void *domain_data)
{
    struct c2_vcpu *c = heap_new(struct c2_vcpu);

    if (!c)
        return NULL;
    c->v = v;
    c->dom = domain_data;
    c->credit = C2_CREDIT_INIT;
    list_init(&c->waiting);
    list_init(&c->all);
    weight_set(c, domain_weight(v->domain));
    spin_lock(&c->dom->lock);
    list_append(&c->dom->vcpus, &c->of_domain);
    spin_unlock(&c->dom->lock);
    return c;
}

static void c2_vcpu_free(void *data)
{
    struct c2_vcpu *c = data;

    spin_lock(&c->dom->lock);
    list_remove(&c->of_domain);
    spin_unlock(&c->dom->lock);
    heap_free(c);
}

static void c2_vcpu_insert(struct vcpu *v)
{
    struct c2_vcpu *c = c2_of(v);

    list_append(&c2_queue_of(v->cpu)->all, &c->all);
    c2_weight_changed(v); /* it may have while nobody knew the vcpu */
}

static void c2_vcpu_remove(struct vcpu *v)
{
    c2_sleep(v);
    list_remove(&c2_of(v)->all);
}

static int c2_pool_create(struct cpupool *p)
{
    struct c2_pool *pool = heap_new(struct c2_pool);

    if (!pool)
        return -ENOMEM;
    pool->rate_limit = C2_RATE_LIMIT;
    p->data = pool;
    return 0;
}

static void c2_pool_destroy(struct cpupool *p)
{
    heap_free(p->data);
}

static int c2_pool_adjust(struct cpupool *p, struct xen_sysctl_scheduler_op *op)
{
    struct c2_pool *pool = p->data;

    return sched_rate_limit_adjust(op->cmd, &op->u.sched_credit2.ratelimit_us, &pool->rate_limit);
}

static void c2_dump(unsigned int cpu)
{
    const struct vcpu *v = per_cpu(sched_cpu, cpu).running;
    const struct c2_queue *q = c2_queue_of(cpu);

    if (v->is_idle)
        printk("CPU %u: idle", cpu);
    else
        printk("CPU %u: d%uv%u credit %ld%s", cpu, v->domain->id, v->id, c2_of(v)->credit,
               per_cpu(c2_cpu, cpu).contended ? ", others wait" : "");
    printk("; queue of CPU %u: load %lu, %u wait\n", cpumask_first(&q->cpus), q->load,
           q->nr_waiting);
}

const struct sched_ops sched_credit2 = {
    .name = "credit2",
    .id = XEN_SCHEDULER_CREDIT2,
    .pool_create = c2_pool_create,
    .pool_destroy = c2_pool_destroy,
    .cpu_prepare = c2_cpu_prepare,
    .cpu_up = c2_cpu_up,
    .cpu_down = c2_cpu_down,
    .cpu_left = c2_cpu_left,
    .domain_alloc = c2_domain_alloc,
    .domain_free = c2_domain_free,
    .cap_changed = c2_cap_changed,
    .vcpu_alloc = c2_vcpu_alloc,
    .vcpu_free = c2_vcpu_free,
    .vcpu_place = c2_vcpu_place,
    .vcpu_insert = c2_vcpu_insert,
    .vcpu_remove = c2_vcpu_remove,
    .wake = c2_wake,
    .sleep = c2_sleep,
    .yield = c2_yield,
    .pick = c2_pick,
    .affinity_changed = c2_affinity_changed,
    .weight_changed = c2_weight_changed,
    .pool_adjust = c2_pool_adjust,
    .dump = c2_dump,
};
