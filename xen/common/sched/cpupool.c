/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pools of CPUs: making them, and moving CPUs and domains between them. What takes long (waiting
 * for CPUs and vcpus to stop) is done outside cpupool_lock, by one operation at a time: it tries
 * to be that one, and else is to be called again, so that a CPU that has to schedule for another
 * operation never waits here.
 */
#include <hv/cpupool.h>

#include <hv/alloc.h>
#include <hv/errno.h>

#include "private.h"

struct spinlock cpupool_lock = SPINLOCK_INIT;

static struct list pools = LIST_INIT(pools); /* by id */
static struct spinlock operation = SPINLOCK_INIT;

#define CPU_ANY XEN_SYSCTL_CPUPOOL_PAR_ANY

struct cpupool *cpupool_find(uint32_t id)
{
    struct cpupool *p;

    list_for_each_entry (p, &pools, link)
        if (p->id == id)
            return p;
    return NULL;
}

/* Puts it where its id belongs, or behind the last. */
static int enter_locked(struct cpupool *p, uint32_t id)
{
    struct list *at;
    uint32_t next = 0;

    list_for_each (at, &pools) {
        const struct cpupool *other = list_entry(at, struct cpupool, link);

        if (other->id == id)
            return -EEXIST;
        if (other->id > id)
            break;
        next = other->id + 1;
    }
    p->id = id == CPU_ANY ? next : id;
    list_append(at, &p->link);
    return 0;
}

static int pool_new(uint32_t id, const struct sched_ops *ops, struct cpupool **out)
{
    struct cpupool *p = heap_new(struct cpupool);
    int rc;

    if (!p)
        return -ENOMEM;
    p->ops = ops;
    list_init(&p->vcpus);
    rc = ops->pool_create ? ops->pool_create(p) : 0;
    if (rc) {
        heap_free(p);
        return rc;
    }
    spin_lock(&cpupool_lock);
    rc = enter_locked(p, id);
    spin_unlock(&cpupool_lock);
    if (rc) {
        if (ops->pool_destroy)
            ops->pool_destroy(p);
        heap_free(p);
        return rc;
    }
    *out = p;
    return 0;
}

int cpupool_init(void)
{
    struct cpupool *p;

    return pool_new(0, sched_policy_default(), &p);
}

int cpupool_create(uint32_t *id, uint32_t sched_id)
{
    const struct sched_ops *ops = sched_policy_by_id(sched_id);
    struct cpupool *p;
    int rc;

    if (!ops)
        return -ENOENT;
    rc = pool_new(*id, ops, &p);
    if (!rc)
        *id = p->id;
    return rc;
}

int cpupool_drop(struct cpupool *p)
{
    bool busy;

    spin_lock(&cpupool_lock);
    busy = p->domains || !list_is_empty(&p->vcpus) || !cpumask_is_empty(&p->cpus);
    if (!busy)
        list_remove(&p->link);
    spin_unlock(&cpupool_lock);
    if (busy)
        return -EBUSY;
    if (p->ops->pool_destroy)
        p->ops->pool_destroy(p);
    heap_free(p);
    return 0;
}

int cpupool_destroy(uint32_t id)
{
    struct cpupool *p;
    int rc;

    if (!spin_trylock(&operation))
        return -ERESTART;
    p = cpupool_find(id);
    rc = p ? cpupool_drop(p) : -ENOENT;
    spin_unlock(&operation);
    return rc;
}

int cpupool_info(uint32_t id, struct cpupool_info *info)
{
    const struct cpupool *p;
    int rc = -ENOENT;

    spin_lock(&cpupool_lock);
    list_for_each_entry (p, &pools, link) {
        if (p->id < id)
            continue;
        *info = (struct cpupool_info){ p->id, p->ops->id, p->domains, p->cpus };
        rc = 0;
        break;
    }
    spin_unlock(&cpupool_lock);
    return rc;
}

void cpupool_free_cpus(struct cpumask *cpus)
{
    unsigned int cpu;

    cpumask_clear(cpus);
    for_each_cpu (cpu, &cpu_online_map)
        if (!READ_ONCE(per_cpu(sched_cpu, cpu).pool))
            cpumask_add(cpus, cpu);
}

static int add_cpu(struct cpupool *p, uint32_t cpu)
{
    struct cpumask available;
    const struct cpupool *now;

    cpupool_free_cpus(&available);
    if (cpu == CPU_ANY)
        cpu = cpumask_first(&available);
    else if (cpu >= nr_cpu_ids)
        return -EINVAL;
    if (cpu >= nr_cpu_ids)
        return -ENODEV;
    now = per_cpu(sched_cpu, cpu).pool;
    if (now && !cpupool_has(now, cpu)) /* still on its way out of there */
        return -EADDRNOTAVAIL;
    if (!cpumask_has(&available, cpu))
        return -ENODEV;
    return cpupool_cpu_join(p, cpu);
}

int cpupool_add_cpu(uint32_t id, uint32_t cpu)
{
    struct cpupool *p;
    int rc;

    if (!spin_trylock(&operation))
        return -ERESTART;
    p = cpupool_find(id);
    rc = p ? add_cpu(p, cpu) : -ENOENT;
    spin_unlock(&operation);
    return rc;
}

/* SCHEDOP_pin_override has bound one of its vcpus to the CPU. */
static bool is_pinned_to(const struct cpupool *p, unsigned int cpu)
{
    const struct vcpu *v;
    bool pinned = false;

    spin_lock(&cpupool_lock);
    list_for_each_entry (v, &p->vcpus, cpupool_link)
        if (v->affinity_overridden && cpumask_has(&v->hard_affinity, cpu))
            pinned = true;
    spin_unlock(&cpupool_lock);
    return pinned;
}

static int remove_cpu(struct cpupool *p, uint32_t cpu)
{
    if (cpu == CPU_ANY)
        cpu = cpumask_first(&p->cpus);
    else if (cpu >= nr_cpu_ids)
        return -EINVAL;
    if (cpu >= nr_cpu_ids)
        return -ENODEV;
    if (per_cpu(sched_cpu, cpu).pool != p)
        return -EADDRNOTAVAIL;
    if (cpupool_has(p, cpu) && is_pinned_to(p, cpu))
        return -EADDRINUSE;
    return cpupool_cpu_leave(cpu);
}

int cpupool_remove_cpu(uint32_t id, uint32_t cpu)
{
    struct cpupool *p;
    int rc;

    if (!spin_trylock(&operation))
        return -ERESTART;
    p = cpupool_find(id);
    rc = p ? remove_cpu(p, cpu) : -ENOENT;
    spin_unlock(&operation);
    return rc;
}

int cpupool_move_domain(struct domain *d, uint32_t id)
{
    struct cpupool *p;
    int rc;

    if (d == current->domain)
        return -EPERM;
    if (!spin_trylock(&operation))
        return -ERESTART;
    p = cpupool_find(id);
    if (!p)
        rc = -ENOENT;
    else if (cpumask_is_empty(&p->cpus))
        rc = -ENODEV;
    else
        rc = sched_domain_move(d, p);
    spin_unlock(&operation);
    return rc;
}

uint32_t cpupool_id_of(const struct domain *d)
{
    uint32_t id;

    spin_lock(&cpupool_lock);
    id = d->cpupool ? d->cpupool->id : 0;
    spin_unlock(&cpupool_lock);
    return id;
}
