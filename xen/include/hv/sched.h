/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Scheduling of vcpus. The core keeps run states and does the switching; a policy decides who runs,
 * one for each pool of CPUs (<hv/cpupool.h>). The policies know no hardware and run in a simulator
 * too.
 */
#ifndef HV_SCHED_H
#define HV_SCHED_H

#include <hv/cpumask.h>
#include <hv/time.h>
#include <hv/types.h>

struct vcpu;
struct domain;

extern struct vcpu *idle_vcpu[NR_CPUS]; /* (c) each once its CPU came up */

void sched_init(void);              /* chooses the policy (sched=), makes the idle vcpu of CPU 0 */
int sched_cpu_up(unsigned int cpu); /* on the new CPU or for it, before it idles */
void sched_cpu_down(unsigned int cpu); /* moves its vcpus away */

/*
 * A new domain's pool of CPUs; a domain without one gets pool 0 with its first vcpu. 0, -ESRCH (no
 * such pool), -ENODEV (no CPU in it), -ENOMEM. Destroy comes after its vcpus', and is harmless
 * twice.
 */
int sched_domain_init(struct domain *d, uint32_t pool);
void sched_domain_destroy(struct domain *d);
int sched_vcpu_init(struct vcpu *v); /* at creation; the vcpu is down. 0 or -ENOMEM */
void sched_vcpu_destroy(struct vcpu *v);

/* Runnable again (event, unpause, brought up): callable anywhere, interrupts too. */
void vcpu_wake(struct vcpu *v);
/* Not runnable any more; _sync waits until it is off its CPU (not for the current vcpu). */
void vcpu_sleep(struct vcpu *v);
void vcpu_sleep_sync(struct vcpu *v);

/* SCHEDOP_block and SCHEDOP_yield for the current vcpu. */
void vcpu_block(void);
void vcpu_yield(void);

/*
 * Counted pauses; they wait until the vcpu (all of the domain's but the current one) is off its
 * CPU, _nosync does not wait and is callable anywhere.
 */
void vcpu_pause(struct vcpu *v);
void vcpu_pause_nosync(struct vcpu *v);
void vcpu_unpause(struct vcpu *v);
void domain_pause(struct domain *d);
void domain_pause_nosync(struct domain *d);
void domain_unpause(struct domain *d);

/* An event became pending: ends block and poll. Callable anywhere. */
void vcpu_kick(struct vcpu *v);
/* The same: ends VPF_BLOCKED if it is set. */
void vcpu_unblock(struct vcpu *v);

/*
 * Where it may run, and where it runs best. A vcpu on a CPU that became wrong leaves it at once.
 * -EINVAL: no CPU of its pool is in it; -EBUSY: overridden by SCHEDOP_pin_override.
 */
int vcpu_set_hard_affinity(struct vcpu *v, const struct cpumask *mask);
void vcpu_set_soft_affinity(struct vcpu *v, const struct cpumask *mask);
/* Pins it to @cpu until it is called with a negative one. -EINVAL, -EBUSY (pinned already). */
int vcpu_pin_override(struct vcpu *v, int cpu);

struct xen_domctl_scheduler_op;
struct xen_sysctl_scheduler_op;
/*
 * XEN_DOMCTL_scheduler_op, copied in: a domain's share, limit, or its vcpus' budgets. The answer of
 * a get is in @op. 0, -EINVAL (of another policy, or out of range), -EOPNOTSUPP, -EFAULT. Not under
 * a lock that vcpus need.
 */
int sched_adjust(struct domain *d, struct xen_domctl_scheduler_op *op);
/* XEN_SYSCTL_scheduler_op, copied in: what holds for a whole pool. 0, -ENOENT, -EINVAL, -ENODEV. */
int sched_adjust_pool(struct xen_sysctl_scheduler_op *op);
/* XEN_SCHEDULER_* of new pools; and the state on all CPUs to the console. */
uint32_t sched_default_id(void);
void sched_dump(void);

/* The run state with the time up to now added in. */
void vcpu_runstate_get(const struct vcpu *v, struct vcpu_runstate_info *out);
/*
 * Writes the run state where the guest registered it. For the current vcpu, once its address space
 * is loaded: after each switch to it, and when it registers the area.
 */
void vcpu_runstate_publish(struct vcpu *v);

/*
 * The guest's own timers (time/vcpu-timer.c). When one is due it raises VIRQ_TIMER. Times are
 * system time, passed ones fire at once; 0 stops the timer. Periods are at least 1 ms.
 */
void vcpu_timer_init(struct vcpu *v);
void vcpu_timer_destroy(struct vcpu *v);
void vcpu_timers_migrate(struct vcpu *v); /* to v->cpu */
void vcpu_set_singleshot(struct vcpu *v, nstime_t when);
void vcpu_set_periodic(struct vcpu *v, nstime_t period);

/* SCHEDOP_watchdog: its timers, at the domain's creation and end. */
void domain_watchdog_init(struct domain *d);
void domain_watchdog_destroy(struct domain *d);

/* The hypercalls. */
long do_sched_op(unsigned long cmd, unsigned long arg, unsigned long a3, unsigned long a4,
                 unsigned long a5);
long do_set_timer_op(unsigned long timeout, unsigned long a2, unsigned long a3, unsigned long a4,
                     unsigned long a5);

/* What each CPU does when nothing else runs; never returns. Interrupts on. */
void idle_loop(void) __noreturn;

/*
 * The machine's side. context_switch() saves prev, loads next and does not return to the caller:
 * it continues in next (guest or idle loop). Called with interrupts off; it calls
 * sched_switched(prev) once prev's registers are saved (interrupts off, no lock held).
 */
void context_switch(struct vcpu *prev, struct vcpu *next) __noreturn;
void sched_switched(struct vcpu *prev);
void arch_idle(void); /* waits for an interrupt; called with interrupts off, returns with them on */

#endif
