/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Run states: how long each vcpu has run, waited, blocked; for the tools and the guest itself. */
#include "private.h"

void runstate_change(struct vcpu *v, int state, nstime_t now)
{
    struct vcpu_runstate_info *r = &v->runstate;
    int64_t spent = now - (int64_t)r->state_entry_time;

    /* CPUs read the time before they take the lock: it may be a little behind. */
    if (spent > 0) {
        r->time[r->state] += (uint64_t)spent;
        r->state_entry_time = (uint64_t)now;
    }
    r->state = state;
}

int runstate_when_stopped(const struct vcpu *v)
{
    return READ_ONCE(v->pause_flags) & (1UL << VPF_BLOCKED) ? RUNSTATE_blocked : RUNSTATE_offline;
}

void vcpu_runstate_get(const struct vcpu *v, struct vcpu_runstate_info *out)
{
    unsigned long flags;
    struct spinlock *lock = vcpu_sched_lock(v, &flags);
    int64_t spent;

    *out = v->runstate;
    spin_unlock_irqrestore(lock, flags);
    spent = time_now() - (int64_t)out->state_entry_time;
    if (spent > 0)
        out->time[out->state] += (uint64_t)spent;
}
