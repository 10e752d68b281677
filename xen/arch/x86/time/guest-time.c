/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The clock that guests read themselves: a TSC value, the system time it stands for, and the scale
 * between them. It is system time's own origin and scale, so it changes only when the vcpu moves
 * to a CPU whose TSC is out of step.
 */
#include <hv/domain.h>
#include <hv/guest-access.h>
#include <hv/time.h>

#include "private.h"

static struct vcpu_time_info time_info(void)
{
    return (struct vcpu_time_info){
        .tsc_timestamp = this_cpu(tsc_origin),
        .system_time = 0,
        .tsc_to_system_mul = tsc_to_ns.mul,
        .tsc_shift = tsc_to_ns.shift,
        .flags = tsc_is_stable ? XEN_PVCLOCK_TSC_STABLE_BIT : 0,
    };
}

static bool is_same(const struct vcpu_time_info *a, const struct vcpu_time_info *b)
{
    return a->tsc_timestamp == b->tsc_timestamp && a->tsc_to_system_mul == b->tsc_to_system_mul &&
           a->tsc_shift == b->tsc_shift && a->flags == b->flags && a->system_time == b->system_time;
}

/* The guest may scribble on its own copy; that harms nobody but itself. */
static void primary_write(struct vcpu_time_info *t, struct vcpu_time_info new)
{
    new.version = (t->version | 1) + 2;
    WRITE_ONCE(t->version, new.version);
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    *t = new;
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    WRITE_ONCE(t->version, new.version + 1);
}

/*
 * The secondary area lies in the guest's address space, so it is looked at afresh: it may have been
 * registered just now, or could not be reached the last time (in user mode, or unmapped).
 */
static void secondary_write(struct vcpu_time_info *to, struct vcpu_time_info new)
{
    struct vcpu_time_info old;

    if (guest_copy_from(&old, to, sizeof(old)) != 0 || is_same(&old, &new))
        return;
    new.version = (old.version | 1) + 2;
    if (guest_copy_to(&to->version, &new.version, sizeof(new.version)) != 0 ||
        guest_copy_to(to, &new, sizeof(new)) != 0)
        return;
    new.version++;
    if (guest_copy_to(&to->version, &new.version, sizeof(new.version)) != 0)
        return;
}

void vcpu_time_update(struct vcpu *v)
{
    struct vcpu_time_info new;

    if (v->is_idle || !v->info)
        return;
    new = time_info();
    if (!is_same(&v->info->time, &new))
        primary_write(&v->info->time, new);
    if (v->time_guest)
        secondary_write(v->time_guest, new);
}
