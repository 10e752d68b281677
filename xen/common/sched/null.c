/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The null policy: each vcpu has a CPU to itself. For machines with fewer vcpus than CPUs, where
 * any choice is wasted time. A vcpu that finds no CPU waits until one is given up.
 *
 * Nothing is queued: pick() looks whether the CPU's vcpu is runnable. So a change of the owner has
 * only to tickle the CPU, and a wake that is sent to the old CPU meanwhile does no harm.
 */
#include "private.h"

#include <hv/alloc.h>
#include <hv/errno.h>
#include <hv/list.h>
#include <hv/printk.h>

/* v->sched_data. All under null_lock, which nests inside the scheduling locks. */
struct null_vcpu {
    struct vcpu *v;
    struct list waiting; /* in the pool's queue, or alone */
    bool assigned;       /* owns v->cpu */
};

/* pool->data */
struct null_pool {
    struct list waiting; /* vcpus without a CPU; under null_lock */
};

static struct vcpu *owner[NR_CPUS]; /* read without the lock by pick() */
static struct spinlock null_lock = SPINLOCK_INIT;

static void assign_locked(struct null_vcpu *n, unsigned int cpu)
{
    list_remove(&n->waiting);
    n->assigned = true;
    WRITE_ONCE(n->v->cpu, cpu);
    __atomic_store_n(&owner[cpu], n->v, __ATOMIC_RELEASE);
    sched_tickle(cpu);
}

/* A free CPU for @n, or the wait queue. */
static void place_locked(struct null_vcpu *n)
{
    const struct cpupool *p = n->v->cpupool;
    struct null_pool *np = p->data;
    unsigned int cpu;

    for_each_cpu (cpu, &p->cpus) {
        if (!owner[cpu] && vcpu_may_use(n->v, cpu)) {
            assign_locked(n, cpu);
            return;
        }
    }
    if (list_is_empty(&n->waiting))
        list_append(&np->waiting, &n->waiting);
}

/* The CPU has no owner any more: the first waiting vcpu that may run there gets it. */
static void release_locked(const struct cpupool *p, unsigned int cpu)
{
    struct null_pool *np = p->data;
    struct null_vcpu *n;

    __atomic_store_n(&owner[cpu], NULL, __ATOMIC_RELEASE);
    sched_tickle(cpu);
    if (!cpupool_has(p, cpu))
        return;
    list_for_each_entry (n, &np->waiting, waiting) {
        if (vcpu_may_use(n->v, cpu)) {
            assign_locked(n, cpu);
            return;
        }
    }
}

static int null_pool_create(struct cpupool *p)
{
    struct null_pool *np = heap_new(struct null_pool);

    if (!np)
        return -ENOMEM;
    list_init(&np->waiting);
    p->data = np;
    return 0;
}

static void null_pool_destroy(struct cpupool *p)
{
    heap_free(p->data);
}

static void null_cpu_up(struct cpupool *p, unsigned int cpu)
{
    spin_lock(&null_lock);
    release_locked(p, cpu);
    spin_unlock(&null_lock);
}

/* Its owner is moved by the core, as one that belongs to the CPU. */
static void null_cpu_down(struct cpupool *p __unused, unsigned int cpu __unused)
{
}

static void *null_vcpu_alloc(struct cpupool *p __unused, struct vcpu *v, void *data __unused)
{
    struct null_vcpu *n = heap_new(struct null_vcpu);

    if (n) {
        n->v = v;
        list_init(&n->waiting);
    }
    return n;
}

static void null_vcpu_insert(struct vcpu *v)
{
    struct null_vcpu *n = v->sched_data;

    spin_lock(&null_lock);
    place_locked(n);
    if (!n->assigned)
        printk(LOG_WARN "null scheduler: d%uv%u has no CPU and waits for one\n", v->domain->id,
               v->id);
    spin_unlock(&null_lock);
}

static void null_vcpu_remove(struct vcpu *v)
{
    struct null_vcpu *n = v->sched_data;

    spin_lock(&null_lock);
    list_remove(&n->waiting);
    if (n->assigned)
        release_locked(v->cpupool, v->cpu);
    n->assigned = false;
    spin_unlock(&null_lock);
}

/* A CPU that is free, else the first that it may use; insert has the last word. */
static unsigned int null_vcpu_place(struct cpupool *p, const struct vcpu *v)
{
    unsigned int cpu, first = NR_CPUS;

    for_each_cpu (cpu, &p->cpus) {
        if (!vcpu_may_use(v, cpu))
            continue;
        if (!READ_ONCE(owner[cpu]))
            return cpu;
        if (first == NR_CPUS)
            first = cpu;
    }
    return first;
}

static void null_wake(struct vcpu *v)
{
    sched_tickle(v->cpu);
}

static void null_nothing(struct vcpu *v __unused)
{
}

static struct sched_decision null_pick(unsigned int cpu, struct vcpu *prev, nstime_t now __unused)
{
    struct vcpu *v = __atomic_load_n(&owner[cpu], __ATOMIC_ACQUIRE);

    /* It may still be on its way off its old CPU; sched_switched() wakes it then. */
    if (!v || !vcpu_is_runnable(v) || (v != prev && READ_ONCE(v->is_running)))
        v = idle_vcpu[cpu];
    return (struct sched_decision){ v, TIME_NEVER };
}

static void null_affinity_changed(struct vcpu *v)
{
    struct null_vcpu *n = v->sched_data;
    unsigned int old = v->cpu;

    spin_lock(&null_lock);
    if (n->assigned && !vcpu_may_use(v, old)) {
        n->assigned = false;
        place_locked(n);
        release_locked(v->cpupool, old);
    } else if (!n->assigned) {
        place_locked(n);
    }
    spin_unlock(&null_lock);
}

static void null_dump(unsigned int cpu)
{
    const struct vcpu *v = READ_ONCE(owner[cpu]);

    if (v)
        printk("CPU %u: d%uv%u\n", cpu, v->domain->id, v->id);
    else
        printk("CPU %u: no vcpu\n", cpu);
}

const struct sched_ops sched_null = {
    .name = "null",
    .id = XEN_SCHEDULER_NULL,
    .pool_create = null_pool_create,
    .pool_destroy = null_pool_destroy,
    .cpu_up = null_cpu_up,
    .cpu_down = null_cpu_down,
    .vcpu_alloc = null_vcpu_alloc,
    .vcpu_free = heap_free,
    .vcpu_place = null_vcpu_place,
    .vcpu_insert = null_vcpu_insert,
    .vcpu_remove = null_vcpu_remove,
    .wake = null_wake,
    .sleep = null_nothing,
    .yield = null_nothing,
    .pick = null_pick,
    .affinity_changed = null_affinity_changed,
    .dump = null_dump,
};
