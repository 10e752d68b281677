/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The credit2 policy, the default: fair shares by weight, and short waits for those who run little.
 *
 * Every vcpu has credit. Running burns it, at a speed inverse to the domain's weight; who has most
 * runs next. When the best candidate has none left, everyone gets the same amount, so over time
 * everyone burns the same amount, that is, runs in proportion to weight. Who sleeps keeps credit,
 * up to a cap, and so runs soon after waking. The CPUs share one queue, sorted by credit, and its
 * lock: a CPU with nothing to do takes the best vcpu that may run there, so no balancing is needed.
 *
 * A CPU is "contended" while its running vcpu has a limited slice: someone waits who could run
 * there. Alone, a vcpu runs without any timer. When somebody must wait, all CPUs where it may run
 * are made contended, and time used without contention is not held against anyone beyond its
 * credit.
 */
#include "credit2.h"

#include <hv/alloc.h>
#include <hv/errno.h>
#include <hv/printk.h>

struct c2_queue c2 = { .waiting = LIST_INIT(c2.waiting), .all = LIST_INIT(c2.all) };

static struct c2_vcpu *c2_of(const struct vcpu *v)
{
    return v->sched_data;
}

/* Charges the running vcpu for the time up to @now. */
static void burn(struct c2_vcpu *c, nstime_t now)
{
    int64_t spent = MIN(now - c->charged_until, C2_CHARGE_MAX);
    const struct c2_cpu *cpu = &c2.cpu[c->v->cpu];
    int64_t floor = C2_CREDIT_FLOOR;

    if (spent <= 0)
        return;
    c->charged_until = now;
    if (!cpu->contended)
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

/* What is compared between those who want to run. */
static int64_t standing(const struct c2_vcpu *c)
{
    return c->credit + c->bonus;
}

/* Sorted by standing; among equals, first come first served. */
static void queue_insert(struct c2_vcpu *c)
{
    struct list *pos;

    list_for_each (pos, &c2.waiting) {
        if (standing(list_entry(pos, struct c2_vcpu, waiting)) < standing(c))
            break;
    }
    list_append(pos, &c->waiting);
    c->queued = true;
}

static void queue_remove(struct c2_vcpu *c)
{
    list_remove(&c->waiting);
    c->queued = false;
}

/* The same for everyone, enough to give @best some. Who cannot run keeps at most one portion. */
static void refill(const struct c2_vcpu *best)
{
    int64_t amount = C2_CREDIT_INIT;
    struct c2_vcpu *c;

    while (best->credit + amount <= 0)
        amount += C2_CREDIT_INIT;
    list_for_each_entry (c, &c2.all, all) {
        int64_t cap = vcpu_is_runnable(c->v) ? 2 * C2_CREDIT_INIT : C2_CREDIT_INIT;

        c->credit = MIN(c->credit + amount, cap);
    }
}

/* The waiting vcpu of the best standing that may run on @cpu, or null. */
static struct c2_vcpu *best_waiting(unsigned int cpu)
{
    struct c2_vcpu *c;

    list_for_each_entry (c, &c2.waiting, waiting) {
        if (c2_may_run(c, cpu))
            return c;
    }
    return NULL;
}

static void tickle_idle(unsigned int cpu)
{
    bit_clear(c2.idle.bits, cpu); /* the next wake looks for another */
    sched_tickle(cpu);
}

/* An idle CPU for @c: where it ran last, else one that it likes, else any. NR_CPUS: none. */
static unsigned int find_idle(const struct c2_vcpu *c)
{
    unsigned int cpu = c->v->cpu, any = NR_CPUS;

    if (cpumask_has(&c2.idle, cpu) && c2_may_run(c, cpu))
        return cpu;
    for_each_cpu (cpu, &c2.idle) {
        if (!c2_may_run(c, cpu))
            continue;
        if (cpumask_has(&c->v->soft_affinity, cpu))
            return cpu;
        any = cpu;
    }
    return any;
}

/*
 * A CPU took another vcpu than the one it was tickled for, which may be able to run on a CPU that
 * still idles.
 */
static void tickle_for_rest(void)
{
    const struct c2_vcpu *c;

    list_for_each_entry (c, &c2.waiting, waiting) {
        unsigned int cpu = find_idle(c);

        if (cpu != NR_CPUS)
            tickle_idle(cpu);
    }
}

/*
 * Somebody has to wait: every CPU where it may run gets a limited slice, and the one whose vcpu has
 * least credit looks whether to give way.
 */
static void tickle_busy(const struct c2_vcpu *c, nstime_t now)
{
    int64_t least = standing(c);
    unsigned int cpu, victim = NR_CPUS;

    for_each_cpu (cpu, &c2.cpus) {
        int64_t credit;

        if (!c2_may_run(c, cpu) || per_cpu(sched_cpu, cpu).running->is_idle)
            continue;
        credit = credit_now(cpu, now);
        if (!c2.cpu[cpu].contended) {
            c2.cpu[cpu].contended = true;
            sched_tickle(cpu);
        }
        if (credit < least) {
            least = credit;
            victim = cpu;
        }
    }
    if (victim != NR_CPUS)
        sched_tickle(victim);
}

static void c2_wake(struct vcpu *v)
{
    struct c2_vcpu *c = c2_of(v);
    unsigned int cpu;

    if (c->queued)
        return;
    c->bonus = c->preempted ? 0 : C2_LEAD;
    c->preempted = false;
    queue_insert(c);
    cpu = find_idle(c);
    if (cpu != NR_CPUS)
        tickle_idle(cpu);
    else
        tickle_busy(c, time_now());
}

static void c2_sleep(struct vcpu *v)
{
    if (c2_of(v)->queued)
        queue_remove(c2_of(v));
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
    int64_t lead = c->credit - standing(rival) + C2_LEAD;
    nstime_t slice = MIN(MAX(lead, 0), C2_SLICE_MAX) * c->weight / C2_WEIGHT_DEFAULT;

    return MIN(MAX(slice, C2_SLICE_MIN), C2_SLICE_MAX);
}

/* prev against the best that waits; a fresh one is left alone for a moment, switching costs too. */
static bool goes_on(const struct c2_vcpu *prev, const struct c2_vcpu *best, nstime_t now)
{
    if (!best)
        return true;
    if (prev->yields)
        return false;
    return prev->credit >= standing(best) || now - prev->started < C2_RATE_LIMIT;
}

static struct sched_decision run(unsigned int cpu, struct c2_vcpu *c, const struct c2_vcpu *rival,
                                 nstime_t now)
{
    nstime_t slice = TIME_NEVER;

    if (rival) {
        if (c->credit <= 0 && rival->credit <= 0)
            refill(c->credit > rival->credit ? c : rival);
        slice = MAX(slice_for(c, rival), c->started + C2_RATE_LIMIT - now);
    }
    c2.cpu[cpu].contended = rival != NULL;
    bit_clear(c2.idle.bits, cpu);
    return (struct sched_decision){ c->v, slice };
}

static struct sched_decision c2_pick(unsigned int cpu, struct vcpu *prev, nstime_t now)
{
    struct c2_vcpu *p = c2_of(prev), *best = best_waiting(cpu);
    bool waits = false, goes = false;

    if (p) {
        burn(p, now);
        waits = vcpu_is_runnable(prev) && c2_may_run(p, cpu);
        goes = waits && goes_on(p, best, now);
        p->yields = false;
    }
    if (goes)
        return run(cpu, p, best, now);
    if (p)
        p->preempted = vcpu_is_runnable(prev);
    if (best) {
        struct c2_vcpu *rival;

        queue_remove(best);
        best->charged_until = best->started = now;
        best->bonus = 0;
        if (unlikely(!list_is_empty(&c2.waiting)))
            tickle_for_rest();
        rival = best_waiting(cpu);
        if (waits && (!rival || p->credit > standing(rival)))
            rival = p; /* sched_switched() is going to queue it */
        return run(cpu, best, rival, now);
    }
    c2.cpu[cpu].contended = false;
    if (cpumask_has(&c2.cpus, cpu))
        bit_set(c2.idle.bits, cpu);
    return (struct sched_decision){ idle_vcpu[cpu], TIME_NEVER };
}

static void c2_affinity_changed(struct vcpu *v)
{
    struct c2_vcpu *c = c2_of(v);

    c2_affinity_update(c);
    if (c->queued) {
        queue_remove(c);
        c2_wake(v);
    }
}

static void c2_weight_changed(struct vcpu *v)
{
    uint32_t weight = v->domain->sched_weight;

    if (!weight)
        weight = C2_WEIGHT_DEFAULT;
    c2_of(v)->weight = weight;
    c2_of(v)->burn_rate = ((int64_t)C2_WEIGHT_DEFAULT << C2_RATE_SHIFT) / weight;
}

static int c2_cpu_up(unsigned int cpu)
{
    unsigned long flags;
    struct c2_vcpu *c;

    sched_share_lock(cpu, &c2.lock);
    flags = spin_lock_irqsave(&c2.lock);
    c2.cpu[cpu].contended = false;
    bit_set(c2.cpus.bits, cpu);
    list_for_each_entry (c, &c2.all, all) {
        c2_affinity_update(c);
        if (c->v->is_running && !c2_may_run(c, c->v->cpu))
            sched_tickle(c->v->cpu);
    }
    if (!list_is_empty(&c2.waiting))
        sched_tickle(cpu);
    else
        bit_set(c2.idle.bits, cpu);
    spin_unlock_irqrestore(&c2.lock, flags);
    return 0;
}

static void c2_cpu_down(unsigned int cpu)
{
    unsigned long flags = spin_lock_irqsave(&c2.lock);
    struct c2_vcpu *c, *tmp;

    bit_clear(c2.cpus.bits, cpu);
    bit_clear(c2.idle.bits, cpu);
    list_for_each_entry (c, &c2.all, all)
        c2_affinity_update(c);
    /* Those pinned to it alone may run anywhere now: some CPU must hear of them. */
    list_for_each_entry_safe (c, tmp, &c2.waiting, waiting) {
        queue_remove(c);
        c2_wake(c->v);
    }
    spin_unlock_irqrestore(&c2.lock, flags);
}

static int c2_vcpu_add(struct vcpu *v)
{
    struct c2_vcpu *c = heap_new(struct c2_vcpu);
    unsigned long flags;

    if (!c)
        return -ENOMEM;
    c->v = v;
    c->credit = C2_CREDIT_INIT;
    list_init(&c->waiting);
    v->sched_data = c;
    c2_weight_changed(v);
    flags = spin_lock_irqsave(&c2.lock);
    c2_affinity_update(c);
    list_append(&c2.all, &c->all);
    spin_unlock_irqrestore(&c2.lock, flags);
    return 0;
}

static void c2_vcpu_remove(struct vcpu *v)
{
    struct c2_vcpu *c = c2_of(v);
    unsigned long flags = spin_lock_irqsave(&c2.lock);

    list_remove(&c->waiting);
    list_remove(&c->all);
    spin_unlock_irqrestore(&c2.lock, flags);
    heap_free(c);
}

/* The vcpus of a domain on different CPUs from the start. */
static unsigned int c2_vcpu_place(struct vcpu *v)
{
    unsigned int count = cpumask_weight(&c2.cpus), skip = count ? v->id % count : 0;
    unsigned int cpu;

    for_each_cpu (cpu, &c2.cpus) {
        if (skip-- == 0)
            return cpu;
    }
    return v->cpu;
}

static void c2_dump(unsigned int cpu)
{
    const struct vcpu *v = per_cpu(sched_cpu, cpu).running;

    if (v->is_idle)
        printk("CPU %u: idle\n", cpu);
    else
        printk("CPU %u: d%uv%u credit %ld%s\n", cpu, v->domain->id, v->id, c2_of(v)->credit,
               c2.cpu[cpu].contended ? ", others wait" : "");
}

const struct sched_ops sched_credit2 = {
    .name = "credit2",
    .id = XEN_SCHEDULER_CREDIT2,
    .cpu_up = c2_cpu_up,
    .cpu_down = c2_cpu_down,
    .vcpu_add = c2_vcpu_add,
    .vcpu_remove = c2_vcpu_remove,
    .vcpu_place = c2_vcpu_place,
    .wake = c2_wake,
    .sleep = c2_sleep,
    .yield = c2_yield,
    .pick = c2_pick,
    .affinity_changed = c2_affinity_changed,
    .weight_changed = c2_weight_changed,
    .dump = c2_dump,
};
