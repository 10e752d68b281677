/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The scheduler's core: who is runnable, and the switch from one vcpu to the next.
 *
 * A vcpu is in the policy's hands (queued) only while it is runnable and not running. is_running
 * becomes true when pick() chose it and false when its registers are saved, sched_switched(); only
 * then may another CPU take it. A wake that finds it still running has nothing to do: either
 * schedule() or sched_switched() looks at the pause flags later than the wake changed them. All
 * those are full barriers: pause flags are changed by atomic operations, is_running by an exchange.
 */
#include "private.h"

#include <hv/debug.h>
#include <hv/printk.h>
#include <hv/smp.h>

DEFINE_PER_CPU(struct sched_cpu, sched_cpu);

void vcpu_queue_locked(struct vcpu *v)
{
    if (v->runstate.state != RUNSTATE_runnable)
        runstate_change(v, RUNSTATE_runnable, time_now());
    v->cpupool->ops->wake(v);
}

/* False if it belongs to a CPU that it may not use any more: vcpu_rehome() then, without the lock.
 */
static bool queue_unless_astray(struct vcpu *v)
{
    if (unlikely(!vcpu_may_use(v, v->cpu)))
        return false;
    vcpu_queue_locked(v);
    return true;
}

void vcpu_wake(struct vcpu *v)
{
    struct spinlock *lock;
    unsigned long flags;
    bool astray = false;

    if (READ_ONCE(v->is_running))
        return;
    lock = vcpu_sched_lock(v, &flags);
    if (!v->is_running) {
        if (likely(vcpu_is_runnable(v)))
            astray = !queue_unless_astray(v);
        else if (v->runstate.state != runstate_when_stopped(v))
            runstate_change(v, runstate_when_stopped(v), time_now());
    }
    spin_unlock_irqrestore(lock, flags);
    if (unlikely(astray))
        vcpu_rehome(v);
}

void vcpu_sleep(struct vcpu *v)
{
    unsigned long flags;
    struct spinlock *lock = vcpu_sched_lock(v, &flags);

    if (!vcpu_is_runnable(v)) {
        if (v->is_running) {
            sched_tickle(v->cpu);
        } else {
            v->cpupool->ops->sleep(v);
            runstate_change(v, runstate_when_stopped(v), time_now());
        }
    }
    spin_unlock_irqrestore(lock, flags);
}

void vcpu_sleep_sync(struct vcpu *v)
{
    ASSERT(v != current);
    vcpu_sleep(v);
    while (__atomic_load_n(&v->is_running, __ATOMIC_ACQUIRE) && !vcpu_is_runnable(v))
        cpu_relax();
}

void vcpu_block(void)
{
    struct vcpu *v = current;
    unsigned long bit = 1UL << VPF_BLOCKED;

    if (READ_ONCE(v->info->evtchn_upcall_pending))
        return;
    /* The flag first, then a look: whoever sends an event sets pending first, then unblocks. */
    __atomic_fetch_or(&v->pause_flags, bit, __ATOMIC_SEQ_CST);
    if (unlikely(READ_ONCE(v->info->evtchn_upcall_pending)))
        __atomic_fetch_and(&v->pause_flags, ~bit, __ATOMIC_SEQ_CST);
    else
        softirq_raise(SOFTIRQ_SCHEDULE);
}

void vcpu_yield(void)
{
    struct vcpu *v = current;
    unsigned long flags;
    struct spinlock *lock = vcpu_sched_lock(v, &flags);

    v->cpupool->ops->yield(v);
    spin_unlock_irqrestore(lock, flags);
    softirq_raise(SOFTIRQ_SCHEDULE);
}

void vcpu_kick(struct vcpu *v)
{
    unsigned long bit = 1UL << VPF_BLOCKED;

    if (READ_ONCE(v->pause_flags) & bit) {
        if (__atomic_fetch_and(&v->pause_flags, ~bit, __ATOMIC_SEQ_CST) & bit)
            vcpu_wake(v);
    } else if (v != current && READ_ONCE(v->is_running)) {
        unsigned int cpu = READ_ONCE(v->cpu);

        /* If it leaves that CPU meanwhile, it sees the event on its next way into the guest. */
        if (cpu != smp_cpu_id())
            smp_kick(cpu);
    }
}

void vcpu_unblock(struct vcpu *v)
{
    vcpu_kick(v);
}

/* The timer is touched only where a slice is, or was, limited: mostly nobody else waits. */
static void slice_set(struct sched_cpu *sc, nstime_t slice, nstime_t now)
{
    if (slice != TIME_NEVER) {
        timer_set(&sc->slice, now + slice);
        sc->slice_armed = true;
    } else if (sc->slice_armed) {
        timer_stop(&sc->slice);
        sc->slice_armed = false;
    }
}

static void slice_end(void *unused __unused)
{
    softirq_raise(SOFTIRQ_SCHEDULE);
}

/* The switch in the books: run states, and who runs where. Lock held. Returns if @next came from
 * another CPU. */
static bool account_switch_locked(struct sched_cpu *sc, struct vcpu *prev, struct vcpu *next,
                                  nstime_t now)
{
    unsigned int cpu = smp_cpu_id();
    bool moved = !next->is_idle && next->singleshot.cpu != cpu;

    runstate_change(prev, vcpu_is_runnable(prev) ? RUNSTATE_runnable : runstate_when_stopped(prev),
                    now);
    runstate_change(next, RUNSTATE_running, now);
    WRITE_ONCE(next->cpu, cpu);
    WRITE_ONCE(next->is_running, true);
    sc->running = next;
    return moved;
}

static struct sched_decision choose(const struct sched_cpu *sc, struct vcpu *prev, nstime_t now)
{
    unsigned int cpu = smp_cpu_id();

    if (unlikely(!sc->pool || !cpupool_has(sc->pool, cpu))) /* free, or about to be */
        return (struct sched_decision){ idle_vcpu[cpu], TIME_NEVER };
    return sc->pool->ops->pick(cpu, prev, now);
}

/* SOFTIRQ_SCHEDULE. Returns only if the same vcpu goes on. */
static void schedule(void)
{
    struct sched_cpu *sc = &this_cpu(sched_cpu);
    struct vcpu *prev = current;
    struct sched_decision choice;
    struct spinlock *lock;
    unsigned long flags;
    nstime_t now;
    bool moved;

    lock = cpu_sched_lock(sc, &flags);
    now = time_now();
    choice = choose(sc, prev, now);
    if (choice.next == prev) {
        spin_unlock(lock);
        slice_set(sc, choice.slice, now);
        irq_enable();
        return;
    }
    moved = account_switch_locked(sc, prev, choice.next, now);
    spin_unlock(lock);
    slice_set(sc, choice.slice, now);
    if (moved)
        vcpu_timers_migrate(choice.next);
    context_switch(prev, choice.next);
}

void sched_switched(struct vcpu *prev)
{
    struct spinlock *lock;
    unsigned long flags;
    bool astray = false;

    if (prev->is_idle)
        return;
    (void)__atomic_exchange_n(&prev->is_running, false, __ATOMIC_SEQ_CST);
    if (!vcpu_is_runnable(prev))
        return;
    /* It was preempted, or woken after pick() saw it blocked. Perhaps someone was faster here. */
    lock = vcpu_sched_lock(prev, &flags);
    if (vcpu_is_runnable(prev) && !prev->is_running)
        astray = !queue_unless_astray(prev);
    spin_unlock_irqrestore(lock, flags);
    if (unlikely(astray))
        vcpu_rehome(prev);
}

void sched_cpu_init(unsigned int cpu)
{
    struct sched_cpu *sc = &per_cpu(sched_cpu, cpu);

    if (sc->lock)
        return;
    spin_lock_init(&sc->own_lock);
    sc->lock = &sc->own_lock;
    timer_init(&sc->slice, slice_end, NULL, cpu);
}

void sched_softirq_init(void)
{
    softirq_register(SOFTIRQ_SCHEDULE, schedule);
}
