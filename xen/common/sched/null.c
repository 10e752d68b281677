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
    struct list waiting; /* in wait_queue, or alone */
    bool assigned;       /* owns v->cpu */
};

static struct vcpu *owner[NR_CPUS]; /* read without the lock by pick() */
static struct cpumask cpus;         /* CPUs in use */
static struct list wait_queue = LIST_INIT(wait_queue);
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
    unsigned int cpu;

    for_each_cpu (cpu, &cpus) {
        if (!owner[cpu] && cpumask_has(&n->v->hard_affinity, cpu)) {
            assign_locked(n, cpu);
            return;
        }
    }
    if (list_is_empty(&n->waiting))
        list_append(&wait_queue, &n->waiting);
}

/* The CPU has no owner any more: the first waiting vcpu that may run there gets it. */
static void release_locked(unsigned int cpu)
{
    struct null_vcpu *n;

    __atomic_store_n(&owner[cpu], NULL, __ATOMIC_RELEASE);
    sched_tickle(cpu);
    if (!cpumask_has(&cpus, cpu))
        return;
    list_for_each_entry (n, &wait_queue, waiting) {
        if (cpumask_has(&n->v->hard_affinity, cpu)) {
            assign_locked(n, cpu);
            return;
        }
    }
}

static int null_cpu_up(unsigned int cpu)
{
    unsigned long flags = spin_lock_irqsave(&null_lock);

    cpumask_add(&cpus, cpu);
    release_locked(cpu);
    spin_unlock_irqrestore(&null_lock, flags);
    return 0;
}

static void null_cpu_down(unsigned int cpu)
{
    unsigned long flags = spin_lock_irqsave(&null_lock);
    struct vcpu *v = owner[cpu];

    cpumask_remove(&cpus, cpu);
    if (v) {
        struct null_vcpu *n = v->sched_data;

        n->assigned = false;
        release_locked(cpu);
        place_locked(n);
    }
    spin_unlock_irqrestore(&null_lock, flags);
}

static int null_vcpu_add(struct vcpu *v)
{
    struct null_vcpu *n = heap_new(struct null_vcpu);
    unsigned long flags;

    if (!n)
        return -ENOMEM;
    n->v = v;
    list_init(&n->waiting);
    v->sched_data = n;
    flags = spin_lock_irqsave(&null_lock);
    place_locked(n);
    if (!n->assigned)
        printk(LOG_WARN "null scheduler: d%uv%u has no CPU and waits for one\n", v->domain->id,
               v->id);
    spin_unlock_irqrestore(&null_lock, flags);
    return 0;
}

static void null_vcpu_remove(struct vcpu *v)
{
    struct null_vcpu *n = v->sched_data;
    unsigned long flags = spin_lock_irqsave(&null_lock);

    list_remove(&n->waiting);
    if (n->assigned)
        release_locked(v->cpu);
    spin_unlock_irqrestore(&null_lock, flags);
    heap_free(n);
}

static unsigned int null_vcpu_place(struct vcpu *v)
{
    return v->cpu;
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
    if (n->assigned && !cpumask_has(&v->hard_affinity, old)) {
        n->assigned = false;
        place_locked(n);
        release_locked(old);
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
    .cpu_up = null_cpu_up,
    .cpu_down = null_cpu_down,
    .vcpu_add = null_vcpu_add,
    .vcpu_remove = null_vcpu_remove,
    .vcpu_place = null_vcpu_place,
    .wake = null_wake,
    .sleep = null_nothing,
    .yield = null_nothing,
    .pick = null_pick,
    .affinity_changed = null_affinity_changed,
    .dump = null_dump,
};
