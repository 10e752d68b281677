/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Domains and vcpus that come into a pool of CPUs, move to another, and go. */
#include "private.h"

#include <hv/alloc.h>
#include <hv/cpupool.h>
#include <hv/errno.h>

static int domain_data_alloc(struct cpupool *p, struct domain *d, void **data)
{
    *data = NULL;
    return p->ops->domain_alloc ? p->ops->domain_alloc(p, d, data) : 0;
}

static void domain_data_free(struct cpupool *p, void *data)
{
    if (data && p->ops->domain_free)
        p->ops->domain_free(p, data);
}

/* False if another CPU's lock could not be had at once. */
static bool try_rehome(struct vcpu *v)
{
    const struct sched_ops *ops;
    struct spinlock *from, *to;
    unsigned long flags;
    unsigned int cpu;
    bool done = false;

    from = vcpu_sched_lock(v, &flags);
    ops = v->cpupool->ops;
    if (v->is_running || vcpu_may_use(v, v->cpu)) {
        spin_unlock_irqrestore(from, flags);
        return true;
    }
    cpu = ops->vcpu_place(v->cpupool, v);
    to = READ_ONCE(per_cpu(sched_cpu, cpu).lock);
    if (to == from || spin_trylock(to)) {
        done = to == READ_ONCE(per_cpu(sched_cpu, cpu).lock);
        if (done) {
            ops->vcpu_remove(v);
            WRITE_ONCE(v->cpu, cpu);
            ops->vcpu_insert(v);
            if (vcpu_is_runnable(v))
                vcpu_queue_locked(v);
        }
        if (to != from)
            spin_unlock(to);
    }
    spin_unlock_irqrestore(from, flags);
    return done;
}

void vcpu_rehome(struct vcpu *v)
{
    while (!try_rehome(v))
        cpu_relax();
}

/* The data must not appear before the domain is counted: a pool without domains may go. */
int sched_domain_init(struct domain *d, uint32_t pool)
{
    struct cpupool *p;
    int rc;

    spin_lock(&cpupool_lock);
    p = cpupool_find(pool);
    rc = !p ? -ESRCH : cpumask_is_empty(&p->cpus) ? -ENODEV : 0;
    if (!rc)
        p->domains++;
    spin_unlock(&cpupool_lock);
    if (rc)
        return rc;
    rc = domain_data_alloc(p, d, &d->sched_data);
    spin_lock(&cpupool_lock);
    if (rc)
        p->domains--;
    else
        d->cpupool = p;
    spin_unlock(&cpupool_lock);
    return rc;
}

void sched_domain_destroy(struct domain *d)
{
    struct cpupool *p = d->cpupool;

    if (!p)
        return;
    domain_data_free(p, d->sched_data);
    d->sched_data = NULL;
    spin_lock(&cpupool_lock);
    p->domains--;
    d->cpupool = NULL;
    spin_unlock(&cpupool_lock);
}

/*
 * The vcpu, not runnable and unknown to any policy, becomes one of @p's. Where it belongs is chosen
 * under the pools' lock: a CPU that leaves meanwhile finds it in the list.
 */
static void enter_pool_locked(struct vcpu *v, struct cpupool *p)
{
    struct spinlock *lock;
    unsigned long flags;

    v->cpupool = p;
    list_append(&p->vcpus, &v->cpupool_link);
    WRITE_ONCE(v->cpu, p->ops->vcpu_place(p, v));
    lock = vcpu_sched_lock(v, &flags);
    p->ops->vcpu_insert(v);
    spin_unlock_irqrestore(lock, flags);
}

static void leave_pool_locked(struct vcpu *v)
{
    unsigned long flags;
    struct spinlock *lock = vcpu_sched_lock(v, &flags);

    v->cpupool->ops->vcpu_remove(v);
    spin_unlock_irqrestore(lock, flags);
    list_remove(&v->cpupool_link);
}

int sched_vcpu_init(struct vcpu *v)
{
    struct domain *d = v->domain;
    int rc;

    v->pause_flags = 1UL << VPF_DOWN;
    v->runstate.state = RUNSTATE_offline;
    v->runstate.state_entry_time = (uint64_t)time_now();
    cpumask_fill(&v->hard_affinity);
    cpumask_fill(&v->soft_affinity);
    v->cpu = cpumask_first(&cpu_online_map);
    vcpu_timer_init(v);

    rc = d->cpupool ? 0 : sched_domain_init(d, 0);
    if (rc)
        return rc;
    v->sched_data = d->cpupool->ops->vcpu_alloc(d->cpupool, v, d->sched_data);
    if (!v->sched_data)
        return -ENOMEM;
    spin_lock(&cpupool_lock);
    enter_pool_locked(v, d->cpupool);
    spin_unlock(&cpupool_lock);
    vcpu_timers_migrate(v);
    return 0;
}

void sched_vcpu_destroy(struct vcpu *v)
{
    if (!v->sched_data)
        return;
    vcpu_timer_destroy(v);
    spin_lock(&cpupool_lock);
    leave_pool_locked(v);
    spin_unlock(&cpupool_lock);
    v->cpupool->ops->vcpu_free(v->sched_data);
    v->sched_data = NULL;
}

/* What the policy of @p needs to know of all vcpus, or -ENOMEM and nothing. */
static int data_alloc_all(struct domain *d, struct cpupool *p, void *domain_data, void **data)
{
    struct vcpu *v;

    for_each_vcpu (d, v) {
        data[v->id] = p->ops->vcpu_alloc(p, v, domain_data);
        if (!data[v->id])
            goto free;
    }
    return 0;

free:
    for (unsigned int i = 0; i < d->max_vcpus; i++)
        if (data[i])
            p->ops->vcpu_free(data[i]);
    return -ENOMEM;
}

/* Nothing can fail any more. The domain is paused, none of its vcpus runs. */
static void move_locked(struct domain *d, struct cpupool *to, void **data)
{
    const struct sched_ops *old = d->cpupool->ops;
    struct vcpu *v;

    for_each_vcpu (d, v) {
        void *before = v->sched_data;
        unsigned long flags;
        struct spinlock *lock;

        leave_pool_locked(v);
        lock = vcpu_sched_lock(v, &flags);
        v->sched_data = data[v->id];
        v->cpupool = to;
        spin_unlock_irqrestore(lock, flags);
        enter_pool_locked(v, to);
        old->vcpu_free(before);
    }
    d->cpupool->domains--;
    to->domains++;
    d->cpupool = to;
}

int sched_domain_move(struct domain *d, struct cpupool *to)
{
    struct cpupool *from = d->cpupool;
    void *domain_data, *old_data = d->sched_data, **data;
    struct vcpu *v;
    int rc;

    if (!from || domain_is_dying(d))
        return -EINVAL;
    if (from == to)
        return 0;
    data = heap_array(void *, d->max_vcpus + 1);
    if (!data)
        return -ENOMEM;
    rc = domain_data_alloc(to, d, &domain_data);
    if (rc)
        goto free_array;
    rc = data_alloc_all(d, to, domain_data, data);
    if (rc) {
        domain_data_free(to, domain_data);
        goto free_array;
    }
    domain_pause(d);
    spin_lock(&cpupool_lock);
    move_locked(d, to, data);
    d->sched_data = domain_data;
    spin_unlock(&cpupool_lock);
    domain_data_free(from, old_data);
    for_each_vcpu (d, v)
        vcpu_timers_migrate(v);
    domain_unpause(d);

free_array:
    heap_free(data);
    return rc;
}
