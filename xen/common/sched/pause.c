/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Counted pauses of vcpus and domains.
 * Who pauses waits for the vcpu to leave its CPU, so two vcpus must not pause each other: only the
 * control domain pauses others, and nobody pauses the control domain but itself on its way down.
 */
#include "private.h"

void vcpu_pause_nosync(struct vcpu *v)
{
    __atomic_fetch_add(&v->pause_count, 1, __ATOMIC_SEQ_CST);
    vcpu_sleep(v);
}

void vcpu_pause(struct vcpu *v)
{
    __atomic_fetch_add(&v->pause_count, 1, __ATOMIC_SEQ_CST);
    vcpu_sleep_sync(v);
}

void vcpu_unpause(struct vcpu *v)
{
    if (__atomic_fetch_sub(&v->pause_count, 1, __ATOMIC_SEQ_CST) == 1)
        vcpu_wake(v);
}

void domain_pause_nosync(struct domain *d)
{
    struct vcpu *v;

    __atomic_fetch_add(&d->pause_count, 1, __ATOMIC_SEQ_CST);
    for_each_vcpu (d, v)
        vcpu_sleep(v);
}

void domain_pause(struct domain *d)
{
    struct vcpu *v;

    domain_pause_nosync(d);
    for_each_vcpu (d, v) {
        if (v != current)
            vcpu_sleep_sync(v);
    }
}

void domain_unpause(struct domain *d)
{
    struct vcpu *v;

    if (__atomic_fetch_sub(&d->pause_count, 1, __ATOMIC_SEQ_CST) != 1)
        return;
    for_each_vcpu (d, v)
        vcpu_wake(v);
}
