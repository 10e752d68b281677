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
#include <hv/errno.h>
#include <hv/init.h>
#include <hv/printk.h>
#include <hv/smp.h>
#include <hv/string.h>

DEFINE_PER_CPU(struct sched_cpu, sched_cpu);

const struct sched_ops *sched_policy;

/* The first is the default. */
static const struct sched_ops *const policies[] = { &sched_credit2, &sched_null };
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

/* Hands a vcpu that became runnable to the policy. Lock held; it is not running. */
static void queue_locked(struct vcpu *v)
{
    if (v->runstate.state != RUNSTATE_runnable)
        runstate_change(v, RUNSTATE_runnable, time_now());
    sched_policy->wake(v);
}

void vcpu_wake(struct vcpu *v)
{
    struct spinlock *lock;
    unsigned long flags;

    if (READ_ONCE(v->is_running))
        return;
    lock = vcpu_sched_lock(v, &flags);
    if (!v->is_running) {
        if (likely(vcpu_is_runnable(v)))
            queue_locked(v);
        else if (v->runstate.state != runstate_when_stopped(v))
            runstate_change(v, runstate_when_stopped(v), time_now());
    }
    spin_unlock_irqrestore(lock, flags);
}

void vcpu_sleep(struct vcpu *v)
{
    unsigned long flags;
    struct spinlock *lock = vcpu_sched_lock(v, &flags);

    if (!vcpu_is_runnable(v)) {
        if (v->is_running) {
            sched_tickle(v->cpu);
        } else {
            sched_policy->sleep(v);
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

    sched_policy->yield(v);
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

/* The switch in the books: run states, and who runs where. Lock held. Returns if @next moved. */
static bool account_switch_locked(struct sched_cpu *sc, struct vcpu *prev, struct vcpu *next,
                                  nstime_t now)
{
    unsigned int cpu = smp_cpu_id();
    bool moved = next->cpu != cpu;

    runstate_change(prev, vcpu_is_runnable(prev) ? RUNSTATE_runnable : runstate_when_stopped(prev),
                    now);
    runstate_change(next, RUNSTATE_running, now);
    WRITE_ONCE(next->cpu, cpu);
    WRITE_ONCE(next->is_running, true);
    sc->running = next;
    return moved;
}

/* SOFTIRQ_SCHEDULE. Returns only if the same vcpu goes on. */
static void schedule(void)
{
    struct sched_cpu *sc = &this_cpu(sched_cpu);
    struct vcpu *prev = current;
    struct sched_decision choice;
    nstime_t now;
    bool moved;

    spin_lock_irq(sc->lock);
    now = time_now();
    choice = sched_policy->pick(smp_cpu_id(), prev, now);
    if (choice.next == prev) {
        spin_unlock(sc->lock);
        slice_set(sc, choice.slice, now);
        irq_enable();
        return;
    }
    moved = account_switch_locked(sc, prev, choice.next, now);
    spin_unlock(sc->lock);
    slice_set(sc, choice.slice, now);
    if (moved)
        vcpu_timers_migrate(choice.next);
    context_switch(prev, choice.next);
}

void sched_switched(struct vcpu *prev)
{
    struct spinlock *lock;
    unsigned long flags;

    if (prev->is_idle)
        return;
    (void)__atomic_exchange_n(&prev->is_running, false, __ATOMIC_SEQ_CST);
    if (!vcpu_is_runnable(prev))
        return;
    /* It was preempted, or woken after pick() saw it blocked. Perhaps someone was faster here. */
    lock = vcpu_sched_lock(prev, &flags);
    if (vcpu_is_runnable(prev) && !prev->is_running)
        queue_locked(prev);
    spin_unlock_irqrestore(lock, flags);
}

int sched_vcpu_init(struct vcpu *v)
{
    struct spinlock *lock;
    unsigned long flags;
    int rc;

    v->pause_flags = 1UL << VPF_DOWN;
    v->runstate.state = RUNSTATE_offline;
    v->runstate.state_entry_time = (uint64_t)time_now();
    cpumask_fill(&v->hard_affinity);
    cpumask_fill(&v->soft_affinity);
    v->cpu = cpumask_first(&cpu_online_map);
    vcpu_timer_init(v);

    rc = sched_policy->vcpu_add(v);
    if (rc)
        return rc;
    lock = vcpu_sched_lock(v, &flags);
    WRITE_ONCE(v->cpu, sched_policy->vcpu_place(v));
    spin_unlock_irqrestore(lock, flags);
    vcpu_timers_migrate(v);
    return 0;
}

void sched_vcpu_destroy(struct vcpu *v)
{
    if (!v->sched_data)
        return;
    vcpu_timer_destroy(v);
    sched_policy->vcpu_remove(v);
    v->sched_data = NULL;
}

int sched_cpu_up(unsigned int cpu)
{
    struct sched_cpu *sc = &per_cpu(sched_cpu, cpu);
    int rc;

    /* A CPU that comes back keeps its lock: vcpus that ran there may still be locked by it. */
    if (!sc->lock) {
        spin_lock_init(&sc->own_lock);
        sc->lock = &sc->own_lock;
        timer_init(&sc->slice, slice_end, NULL, cpu);
    }
    rc = idle_vcpu_create(cpu);
    if (rc)
        return rc;
    sc->running = idle_vcpu[cpu];
    return sched_policy->cpu_up(cpu);
}

void sched_cpu_down(unsigned int cpu)
{
    struct sched_cpu *sc = &per_cpu(sched_cpu, cpu);

    sched_policy->cpu_down(cpu);
    sched_tickle(cpu);
    /* Once it idles, sched_switched() has put what ran there elsewhere. */
    while (cpu != smp_cpu_id() && READ_ONCE(sc->running) != idle_vcpu[cpu])
        cpu_relax();
}

int domain_set_weight(struct domain *d, uint32_t weight)
{
    struct vcpu *v;

    if (weight < 1 || weight > SCHED_WEIGHT_MAX)
        return -EINVAL;
    d->sched_weight = weight;
    for_each_vcpu (d, v) {
        unsigned long flags;
        struct spinlock *lock = vcpu_sched_lock(v, &flags);

        if (sched_policy->weight_changed)
            sched_policy->weight_changed(v);
        spin_unlock_irqrestore(lock, flags);
    }
    return 0;
}

const struct sched_ops *sched_policy_get(void)
{
    return sched_policy;
}

void sched_dump(void)
{
    unsigned int cpu;

    printk("scheduler: %s\n", sched_policy->name);
    for_each_cpu (cpu, &cpu_online_map) {
        struct spinlock *lock = per_cpu(sched_cpu, cpu).lock;
        unsigned long flags = irq_save();

        if (spin_trylock(lock)) {
            sched_policy->dump(cpu);
            spin_unlock(lock);
        } else {
            printk("CPU %u: its run queue is locked\n", cpu);
        }
        irq_restore(flags);
    }
}
DEFINE_CONSOLE_KEY(scheduler, 'r', "run queues", sched_dump);

void sched_init(void)
{
    int rc;

    sched_policy = chosen ? chosen : policies[0];
    softirq_register(SOFTIRQ_SCHEDULE, schedule);
    rc = sched_cpu_up(smp_cpu_id());
    if (rc)
        panic("scheduler %s does not start: error %d", sched_policy->name, rc);
    printk(LOG_INFO "scheduler: %s\n", sched_policy->name);
}
