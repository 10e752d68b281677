/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * credit2's run queues. CPUs of one socket share a queue and its lock, up to a number of them
 * (credit2_runqueue=, sched_credit2_max_cpus_runqueue=): within a queue nothing needs balancing.
 * Between queues, a CPU that finds nothing to do takes what waits elsewhere, and a busy one now and
 * then looks whether another queue has more load for each of its CPUs.
 *
 * A queue lies in one of its CPUs' data, so it is never freed, whoever may still try its lock. It
 * may not be the same CPU's for ever: a queue that lost that CPU goes on, and the CPU that finds
 * its own queue in use by others takes one that nobody uses.
 *
 * No wake is lost between queues: who waits is counted first and then the idle CPUs are looked at;
 * who idles says so first and then looks for those who wait.
 */
#include "credit2.h"

#include <hv/errno.h>
#include <hv/init.h>
#include <hv/smp.h>
#include <hv/string.h>

DEFINE_PER_CPU(struct c2_cpu, c2_cpu);

static enum { BY_CPU, BY_CORE, BY_SOCKET, BY_NODE, BY_NOTHING } grouping = BY_SOCKET;
static unsigned int group_max = 16;

static int runqueue_param(const char *value)
{
    static const char *const names[] = { "cpu", "core", "socket", "node", "all" };

    for (unsigned int i = 0; i < ARRAY_SIZE(names); i++) {
        if (!strcmp(names[i], value)) {
            grouping = i;
            return 0;
        }
    }
    return -EINVAL;
}
DEFINE_PARAM("credit2_runqueue", runqueue_param);

static int max_cpus_param(const char *value)
{
    const char *end;
    uint64_t n = strtou64(value, &end);

    if (end == value || *end || n < 1 || n > NR_CPUS)
        return -EINVAL;
    group_max = (unsigned int)n;
    return 0;
}
DEFINE_PARAM("sched_credit2_max_cpus_runqueue", max_cpus_param);

static bool are_near(unsigned int a, unsigned int b)
{
    struct cpu_place x, y;

    smp_cpu_place(a, &x);
    smp_cpu_place(b, &y);
    switch (grouping) {
    case BY_CPU: return false;
    case BY_CORE: return x.node == y.node && x.socket == y.socket && x.core == y.core;
    case BY_SOCKET: return x.node == y.node && x.socket == y.socket;
    case BY_NODE: return x.node == y.node;
    default: return true;
    }
}

/* The queue of a CPU of the pool that is near and has room, or one that nobody uses. */
static struct c2_queue *choose_queue(const struct cpupool *p, unsigned int cpu)
{
    struct c2_queue *q;
    unsigned int other;

    for_each_cpu (other, &p->cpus) {
        q = c2_queue_of(other);
        if (cpumask_weight(&q->cpus) < group_max && are_near(cpu, other))
            return q;
    }
    q = &per_cpu(c2_cpu, cpu).own;
    for (other = 0; !cpumask_is_empty(&q->cpus); other++)
        q = &per_cpu(c2_cpu, other).own; /* more queues than CPUs in use: there is one */
    if (!q->all.next) {
        spin_lock_init(&q->lock);
        list_init(&q->waiting);
        list_init(&q->all);
    }
    return q;
}

struct spinlock *c2_cpu_prepare(struct cpupool *p, unsigned int cpu)
{
    struct c2_queue *q = choose_queue(p, cpu);

    per_cpu(c2_cpu, cpu).queue = q;
    cpumask_add(&q->cpus, cpu);
    return &q->lock;
}

void c2_cpu_up(struct cpupool *p __unused, unsigned int cpu)
{
    per_cpu(c2_cpu, cpu).contended = false;
    cpumask_add(&c2_queue_of(cpu)->idle, cpu);
    sched_tickle(cpu); /* somebody may wait */
}

void c2_cpu_down(struct cpupool *p __unused, unsigned int cpu)
{
    cpumask_remove(&c2_queue_of(cpu)->idle, cpu);
}

void c2_cpu_left(struct cpupool *p __unused, unsigned int cpu)
{
    struct c2_cpu *c = &per_cpu(c2_cpu, cpu);

    cpumask_remove(&c->queue->cpus, cpu);
    c->queue = NULL;
}

/* Sorted by standing; among equals, first come first served. */
void c2_enqueue(struct c2_vcpu *c)
{
    struct c2_queue *q = c2_queue_of(c->v->cpu);
    struct list *pos;

    list_for_each (pos, &q->waiting) {
        if (c2_standing(list_entry(pos, struct c2_vcpu, waiting)) < c2_standing(c))
            break;
    }
    list_append(pos, &c->waiting);
    c->queued = true;
    __atomic_store_n(&q->nr_waiting, q->nr_waiting + 1, __ATOMIC_SEQ_CST);
}

void c2_dequeue(struct c2_vcpu *c)
{
    struct c2_queue *q = c2_queue_of(c->v->cpu);

    list_remove(&c->waiting);
    c->queued = false;
    WRITE_ONCE(q->nr_waiting, q->nr_waiting - 1);
}

void c2_count(struct c2_vcpu *c)
{
    struct c2_queue *q = c2_queue_of(c->v->cpu);

    if (!c->counted)
        WRITE_ONCE(q->load, q->load + c->weight);
    c->counted = true;
}

void c2_uncount(struct c2_vcpu *c)
{
    struct c2_queue *q = c2_queue_of(c->v->cpu);

    if (c->counted)
        WRITE_ONCE(q->load, q->load - c->weight);
    c->counted = false;
}

struct c2_vcpu *c2_best_waiting(const struct c2_queue *q, unsigned int cpu)
{
    struct c2_vcpu *c;

    list_for_each_entry (c, &q->waiting, waiting) {
        if (c2_may_run(c, cpu))
            return c;
    }
    return NULL;
}

/* An idle CPU of the queue: one that it likes, else any. */
static unsigned int idle_in(const struct c2_queue *q, const struct c2_vcpu *c)
{
    unsigned int cpu, any = NR_CPUS;

    for_each_cpu (cpu, &q->idle) {
        if (!c2_may_run(c, cpu))
            continue;
        if (cpumask_has(&c->v->soft_affinity, cpu))
            return cpu;
        any = cpu;
    }
    return any;
}

/* Where it ran last before all others, unless it likes others better. */
unsigned int c2_find_idle(const struct c2_vcpu *c)
{
    const struct c2_queue *q = c2_queue_of(c->v->cpu);
    unsigned int cpu = c->v->cpu, found;

    if (cpumask_has(&q->idle, cpu) && c2_may_run(c, cpu) && cpumask_has(&c->v->soft_affinity, cpu))
        return cpu;
    found = idle_in(q, c);
    if (found != NR_CPUS || cpumask_weight(&q->cpus) == cpumask_weight(&c->v->cpupool->cpus))
        return found;
    for_each_cpu (cpu, &c->v->cpupool->cpus) {
        const struct c2_queue *other = READ_ONCE(per_cpu(c2_cpu, cpu).queue);

        if (other && other != q && cpumask_has(&other->idle, cpu) && c2_may_run(c, cpu))
            return cpu;
    }
    return NR_CPUS;
}

/* Both queues are locked. */
static void bring_over(struct c2_vcpu *c, struct c2_queue *to, unsigned int cpu)
{
    bool counted = c->counted;

    c2_dequeue(c);
    c2_uncount(c);
    list_remove(&c->all);
    WRITE_ONCE(c->v->cpu, cpu);
    list_append(&to->all, &c->all);
    if (counted)
        c2_count(c);
    c2_enqueue(c);
}

/* Whether the load is more even with @weight of @from's at @to: compared per CPU. */
static bool evens_out(const struct c2_queue *from, const struct c2_queue *to, uint32_t weight)
{
    uint64_t from_cpus = cpumask_weight(&from->cpus), to_cpus = cpumask_weight(&to->cpus);

    if (READ_ONCE(from->load) < weight)
        return false;
    return (READ_ONCE(from->load) - weight) * to_cpus >= (READ_ONCE(to->load) + weight) * from_cpus;
}

/* The best of @from's that may run on @cpu and, if that is not idle, whose move evens the load. */
static struct c2_vcpu *loot(const struct c2_queue *from, const struct c2_queue *to,
                            unsigned int cpu, bool is_idle)
{
    struct c2_vcpu *c;

    list_for_each_entry (c, &from->waiting, waiting)
        if (c2_may_run(c, cpu) && (is_idle || evens_out(from, to, c->weight)))
            return c;
    return NULL;
}

unsigned int c2_find_lighter(const struct c2_vcpu *c)
{
    const struct c2_queue *q = c2_queue_of(c->v->cpu);
    unsigned int cpu;

    if (cpumask_weight(&q->cpus) == cpumask_weight(&c->v->cpupool->cpus))
        return NR_CPUS;
    for_each_cpu (cpu, &c->v->cpupool->cpus) {
        const struct c2_queue *other = READ_ONCE(per_cpu(c2_cpu, cpu).queue);

        if (other && other != q && c2_may_run(c, cpu) && evens_out(q, other, c->weight))
            return cpu;
    }
    return NR_CPUS;
}

static bool steal_from(struct c2_queue *from, struct c2_queue *to, unsigned int cpu, bool is_idle)
{
    struct c2_vcpu *c;

    if (!__atomic_load_n(&from->nr_waiting, __ATOMIC_SEQ_CST))
        return false;
    if (!spin_trylock(&from->lock)) {
        if (is_idle)
            sched_tickle(cpu); /* that CPU may want a lock of ours: look again in a moment */
        return false;
    }
    c = loot(from, to, cpu, is_idle);
    if (c)
        bring_over(c, to, cpu);
    spin_unlock(&from->lock);
    return c != NULL;
}

bool c2_steal(unsigned int cpu, bool is_idle)
{
    const struct cpupool *p = per_cpu(sched_cpu, cpu).pool;
    struct c2_queue *to = c2_queue_of(cpu);
    unsigned int other;

    if (cpumask_weight(&to->cpus) >= cpumask_weight(&p->cpus)) /* the only one */
        return false;
    for_each_cpu (other, &p->cpus) {
        struct c2_queue *from = READ_ONCE(per_cpu(c2_cpu, other).queue);

        if (from && from != to && cpumask_first(&from->cpus) == other &&
            steal_from(from, to, cpu, is_idle))
            return true;
    }
    return false;
}

void c2_tickle_idle_elsewhere(unsigned int cpu)
{
    const struct cpupool *p = per_cpu(sched_cpu, cpu).pool;
    const struct c2_queue *own = c2_queue_of(cpu);
    bool waits = false;

    if (cpumask_weight(&own->cpus) == cpumask_weight(&p->cpus))
        return;
    for_each_cpu (cpu, &p->cpus) {
        const struct c2_queue *q = READ_ONCE(per_cpu(c2_cpu, cpu).queue);

        waits |= q && q != own && READ_ONCE(q->nr_waiting);
    }
    if (!waits)
        return;
    for_each_cpu (cpu, &p->cpus) {
        const struct c2_queue *q = READ_ONCE(per_cpu(c2_cpu, cpu).queue);

        if (q && cpumask_has(&q->idle, cpu))
            sched_tickle(cpu);
    }
}

/* The queue with the least load for each CPU; the vcpus of a domain on different CPUs of it. */
unsigned int c2_vcpu_place(struct cpupool *p, const struct vcpu *v)
{
    unsigned int cpu, best = cpumask_first(&p->cpus), count = 0, skip;
    uint64_t least = UINT64_MAX;

    for_each_cpu (cpu, &p->cpus) {
        const struct c2_queue *q = c2_queue_of(cpu);
        uint64_t load = READ_ONCE(q->load) / cpumask_weight(&q->cpus);

        if (vcpu_may_use(v, cpu) && load < least) {
            least = load;
            best = cpu;
        }
    }
    for_each_cpu (cpu, &c2_queue_of(best)->cpus)
        count += vcpu_may_use(v, cpu);
    skip = count ? v->id % count : 0;
    for_each_cpu (cpu, &c2_queue_of(best)->cpus)
        if (vcpu_may_use(v, cpu) && skip-- == 0)
            return cpu;
    return best;
}
