/* SPDX-License-Identifier: GPL-2.0-or-later */
/* On which CPUs a vcpu may run: its hard affinity, and the override by SCHEDOP_pin_override. */
#include "private.h"

#include <hv/errno.h>

static void affinity_set_locked(struct vcpu *v, const struct cpumask *mask)
{
    v->hard_affinity = *mask;
    sched_policy->affinity_changed(v);
    /* Where it runs now may have become wrong; pick() looks at the affinity. */
    if (v->is_running && !cpumask_has(mask, v->cpu))
        sched_tickle(v->cpu);
}

int vcpu_set_hard_affinity(struct vcpu *v, const struct cpumask *mask)
{
    struct spinlock *lock;
    unsigned long flags;
    int rc = 0;

    if (!cpumask_intersects(mask, &cpu_online_map))
        return -EINVAL;
    lock = vcpu_sched_lock(v, &flags);
    if (v->affinity_overridden)
        rc = -EBUSY;
    else
        affinity_set_locked(v, mask);
    spin_unlock_irqrestore(lock, flags);
    return rc;
}

void vcpu_set_soft_affinity(struct vcpu *v, const struct cpumask *mask)
{
    unsigned long flags;
    struct spinlock *lock = vcpu_sched_lock(v, &flags);

    v->soft_affinity = *mask;
    sched_policy->affinity_changed(v);
    spin_unlock_irqrestore(lock, flags);
}

int vcpu_pin_override(struct vcpu *v, int cpu)
{
    struct cpumask only;
    struct spinlock *lock;
    unsigned long flags;
    int rc = 0;

    cpumask_clear(&only);
    if (cpu >= 0) {
        if ((unsigned int)cpu >= NR_CPUS || !cpumask_has(&cpu_online_map, (unsigned int)cpu))
            return -EINVAL;
        cpumask_add(&only, (unsigned int)cpu);
    }
    lock = vcpu_sched_lock(v, &flags);
    if (cpu < 0 && !v->affinity_overridden) {
        rc = -EINVAL;
    } else if (cpu < 0) {
        v->affinity_overridden = false;
        affinity_set_locked(v, &v->saved_affinity);
    } else if (v->affinity_overridden) {
        rc = -EBUSY;
    } else {
        v->affinity_overridden = true;
        v->saved_affinity = v->hard_affinity;
        affinity_set_locked(v, &only);
    }
    spin_unlock_irqrestore(lock, flags);
    return rc;
}
