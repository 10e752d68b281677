/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Run states: how long each vcpu has run, waited, blocked; for the tools and the guest itself. */
#include "private.h"

#include <hv/guest-access.h>

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

/* With the update flag, a reader on another CPU can tell that it read across our write. */
static int publish_flagged(void *guest, struct vcpu_runstate_info *r)
{
    uint64_t *entry = (uint64_t *)((char *)guest + offsetof(struct vcpu_runstate_info,
                                                            state_entry_time));
    int rc;

    r->state_entry_time |= XEN_RUNSTATE_UPDATE;
    rc = guest_copy_to(entry, &r->state_entry_time, sizeof(r->state_entry_time));
    __atomic_thread_fence(__ATOMIC_RELEASE);
    if (!rc)
        rc = guest_copy_to(guest, r, sizeof(*r));
    __atomic_thread_fence(__ATOMIC_RELEASE);
    r->state_entry_time &= ~XEN_RUNSTATE_UPDATE;
    if (!rc)
        rc = guest_copy_to(entry, &r->state_entry_time, sizeof(r->state_entry_time));
    return rc;
}

void vcpu_runstate_publish(struct vcpu *v)
{
    struct vcpu_runstate_info r;

    if (likely(!v->runstate_guest))
        return;
    r = v->runstate;
    /* A guest that unmapped the area loses the update and nothing else. */
    if (v->domain->arch.vm_assist & (1UL << VMASST_TYPE_runstate_update_flag))
        (void)!publish_flagged(v->runstate_guest, &r);
    else
        (void)!guest_copy_to(v->runstate_guest, &r, sizeof(r));
}
