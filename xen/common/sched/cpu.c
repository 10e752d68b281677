/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CPUs that join a pool and leave it, which may be at any time. A CPU that leaves is first taken
 * out of the pool's set, so that no vcpu comes to it any more; then it gives up what it runs; then
 * every vcpu that still belongs to it, running or not, is given to another CPU of the pool; only
 * then does the CPU's lock become its own again.
 */
#include "private.h"

#include <hv/cpupool.h>
#include <hv/debug.h>
#include <hv/errno.h>
#include <hv/init.h>
#include <hv/printk.h>
#include <hv/string.h>

/* The first is the default. */
static const struct sched_ops *const policies[] = { &sched_credit2, &sched_credit, &sched_rtds,
                                                    &sched_null };
static const struct sched_ops *chosen;

static int sched_parse(const char *value)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(policies); i++) {
        if (!strcmp(policies[i]->name, value)) {
            chosen = policies[i];
            return 0;
        }
    }
    return -EINVAL;
}
DEFINE_PARAM("sched", sched_parse);

const struct sched_ops *sched_policy_default(void)
{
    return chosen ? chosen : policies[0];
}

const struct sched_ops *sched_policy_by_id(uint32_t id)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(policies); i++)
        if (policies[i]->id == id)
            return policies[i];
    return NULL;
}

uint32_t sched_default_id(void)
{
    return sched_policy_default()->id;
}

/* Gives the vcpu to another CPU of its pool, unless it went there by itself. */
static void relocate(struct vcpu *v, unsigned int cpu)
{
    /* It was preempted just now: until its registers are saved it belongs to the CPU. */
    while (READ_ONCE(v->cpu) == cpu && __atomic_load_n(&v->is_running, __ATOMIC_ACQUIRE))
        cpu_relax();
    vcpu_rehome(v);
}

/* Who may not run where it is, now that the pool's CPUs are others, goes where it may. */
static void look_again(struct vcpu *v)
{
    unsigned long flags;
    struct spinlock *lock;

    lock = vcpu_sched_lock(v, &flags);
    v->cpupool->ops->affinity_changed(v);
    if (v->is_running && !vcpu_may_use(v, v->cpu))
        sched_tickle(v->cpu);
    spin_unlock_irqrestore(lock, flags);
    vcpu_rehome(v);
}

/* @cpu came, or went: what those do who are bound to it and are elsewhere. */
static void cpus_changed(struct cpupool *p, unsigned int cpu)
{
    struct vcpu *v;

    spin_lock(&cpupool_lock);
    list_for_each_entry (v, &p->vcpus, cpupool_link) {
        if (v->cpu == cpu && !cpupool_has(p, cpu))
            relocate(v, cpu);
        else if (cpumask_has(&v->hard_affinity, cpu) && !cpumask_has(&v->hard_affinity, v->cpu))
            look_again(v);
    }
    spin_unlock(&cpupool_lock);
}

int cpupool_cpu_join(struct cpupool *p, unsigned int cpu)
{
    struct sched_cpu *sc = &per_cpu(sched_cpu, cpu);
    struct spinlock *lock = &sc->own_lock;
    unsigned long flags;

    if (p->ops->cpu_prepare)
        lock = p->ops->cpu_prepare(p, cpu);
    if (!lock)
        return -ENOMEM;
    flags = spin_lock_irqsave(&sc->own_lock);
    if (lock != &sc->own_lock)
        spin_lock(lock);
    sc->pool = p;
    __atomic_store_n(&sc->lock, lock, __ATOMIC_RELEASE);
    cpumask_add(&p->cpus, cpu);
    p->ops->cpu_up(p, cpu);
    if (lock != &sc->own_lock)
        spin_unlock(lock);
    spin_unlock_irqrestore(&sc->own_lock, flags);
    cpus_changed(p, cpu);
    return 0;
}

static int leave_begin(struct cpupool *p, unsigned int cpu)
{
    bool busy;

    spin_lock(&cpupool_lock);
    busy = p->domains && cpumask_weight(&p->cpus) == 1;
    if (!busy)
        cpumask_remove(&p->cpus, cpu);
    spin_unlock(&cpupool_lock);
    if (busy)
        return -EBUSY;
    p->ops->cpu_down(p, cpu);
    sched_tickle(cpu);
    return 0;
}

int cpupool_cpu_leave(unsigned int cpu)
{
    struct sched_cpu *sc = &per_cpu(sched_cpu, cpu);
    struct cpupool *p = sc->pool;
    struct spinlock *lock;
    unsigned long flags;
    int rc = 0;

    if (!p)
        return 0;
    if (cpupool_has(p, cpu))
        rc = leave_begin(p, cpu);
    if (rc)
        return rc;
    while (READ_ONCE(sc->running) != idle_vcpu[cpu]) {
        if (cpu == smp_cpu_id())
            return -ERESTART;
        cpu_relax();
    }
    cpus_changed(p, cpu);
    lock = cpu_sched_lock(sc, &flags);
    sc->pool = NULL;
    __atomic_store_n(&sc->lock, &sc->own_lock, __ATOMIC_RELEASE);
    spin_unlock_irqrestore(lock, flags);
    if (p->ops->cpu_left)
        p->ops->cpu_left(p, cpu);
    return 0;
}

int sched_cpu_up(unsigned int cpu)
{
    int rc;

    sched_cpu_init(cpu);
    rc = idle_vcpu_create(cpu);
    if (rc)
        return rc;
    per_cpu(sched_cpu, cpu).running = idle_vcpu[cpu];
    return cpupool_cpu_join(cpupool_find(0), cpu);
}

void sched_cpu_down(unsigned int cpu)
{
    int rc = cpupool_cpu_leave(cpu);

    ASSERT(!rc); /* no CPU takes itself down */
    (void)rc;
}

void sched_dump(void)
{
    unsigned int cpu;

    for_each_cpu (cpu, &cpu_online_map) {
        struct spinlock *lock = per_cpu(sched_cpu, cpu).lock;
        const struct cpupool *p;
        unsigned long flags = irq_save();

        if (!spin_trylock(lock)) {
            printk("CPU %u: its run queue is locked\n", cpu);
            irq_restore(flags);
            continue;
        }
        p = per_cpu(sched_cpu, cpu).pool;
        if (p) {
            printk("pool %u, %s, ", p->id, p->ops->name);
            p->ops->dump(cpu);
        } else {
            printk("CPU %u: in no pool\n", cpu);
        }
        spin_unlock(lock);
        irq_restore(flags);
    }
}
DEFINE_CONSOLE_KEY(scheduler, 'r', "run queues", sched_dump);

void sched_init(void)
{
    int rc = cpupool_init();

    sched_softirq_init();
    if (!rc)
        rc = sched_cpu_up(smp_cpu_id());
    if (rc)
        panic("scheduler %s does not start: error %d", sched_policy_default()->name, rc);
    printk(LOG_INFO "scheduler: %s\n", sched_policy_default()->name);
}
