/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The timers that a guest sets for its vcpus: single-shot, periodic, and the timeout of a poll. */
#include <hv/domain.h>
#include <hv/event.h>
#include <hv/sched.h>

#define PERIOD_MIN NS_PER_MS /* a guest must not keep a CPU busy with its timer */

static void singleshot_fn(void *arg)
{
    virq_raise_vcpu(arg, VIRQ_TIMER);
}

static void periodic_fn(void *arg)
{
    struct vcpu *v = arg;
    nstime_t period = READ_ONCE(v->period), next = v->periodic.expires + period;
    nstime_t now;

    if (period) {
        /* Ticks missed while nobody ran the handler are dropped, not sent in a burst. */
        now = time_now();
        timer_set(&v->periodic, next > now ? next : now + period);
    }
    virq_raise_vcpu(v, VIRQ_TIMER);
}

/* If the poll ended before by an event, this wakes a vcpu early at worst: guests look again. */
static void poll_fn(void *arg)
{
    vcpu_unblock(arg);
}

void vcpu_timer_init(struct vcpu *v)
{
    timer_init(&v->singleshot, singleshot_fn, v, v->cpu);
    timer_init(&v->periodic, periodic_fn, v, v->cpu);
    timer_init(&v->poll, poll_fn, v, v->cpu);
}

void vcpu_timer_destroy(struct vcpu *v)
{
    WRITE_ONCE(v->period, 0);
    timer_kill(&v->singleshot);
    timer_kill(&v->periodic);
    timer_kill(&v->poll);
}

void vcpu_timers_migrate(struct vcpu *v)
{
    timer_migrate(&v->singleshot, v->cpu);
    timer_migrate(&v->periodic, v->cpu);
    timer_migrate(&v->poll, v->cpu);
}

void vcpu_set_singleshot(struct vcpu *v, nstime_t when)
{
    if (when == 0)
        timer_stop(&v->singleshot);
    else
        timer_set(&v->singleshot, when);
}

void vcpu_set_periodic(struct vcpu *v, nstime_t period)
{
    if (period && period < PERIOD_MIN)
        period = PERIOD_MIN;
    WRITE_ONCE(v->period, period);
    if (period)
        timer_set(&v->periodic, time_now() + period);
    else
        timer_stop(&v->periodic);
}
