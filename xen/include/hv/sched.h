/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Scheduling of vcpus. The core keeps run states and does the switching; a policy behind
 * struct sched_ops decides who runs. The policies know no hardware and run in a simulator too.
 */
#ifndef HV_SCHED_H
#define HV_SCHED_H

#include <hv/cpumask.h>
#include <hv/time.h>
#include <hv/types.h>

struct vcpu;
struct domain;

/* What a policy answers: run this vcpu (the idle one if none) for at most so long. */
struct sched_decision {
    struct vcpu *next;
    nstime_t slice; /* TIME_NEVER: until something happens */
};

/*
 * A policy. All but init are called with the CPU's scheduling lock held and interrupts off.
 * A vcpu is "runnable" when vcpu_is_runnable() says so; the core calls wake and sleep on changes.
 */
struct sched_ops {
    const char *name; /* sched=NAME */
    uint32_t id;      /* XEN_SCHEDULER_* */
    int (*cpu_up)(unsigned int cpu);
    void (*cpu_down)(unsigned int cpu);
    int (*vcpu_add)(struct vcpu *v);          /* sets v->sched_data */
    void (*vcpu_remove)(struct vcpu *v);
    unsigned int (*vcpu_place)(struct vcpu *v); /* the CPU it should run on next */
    void (*wake)(struct vcpu *v);
    void (*sleep)(struct vcpu *v);
    void (*yield)(struct vcpu *v);
    struct sched_decision (*pick)(unsigned int cpu, struct vcpu *prev, nstime_t now);
    void (*affinity_changed)(struct vcpu *v);
    void (*dump)(unsigned int cpu); /* console key 'r' */
};

void sched_init(void);                 /* chooses the policy (sched=), makes the idle vcpu of CPU 0 */
int sched_cpu_up(unsigned int cpu);    /* on the new CPU or for it, before it idles */
void sched_cpu_down(unsigned int cpu); /* moves its vcpus away */

int sched_vcpu_init(struct vcpu *v);   /* at creation; the vcpu is down */
void sched_vcpu_destroy(struct vcpu *v);

/* Runnable again (event, unpause, brought up): callable anywhere, interrupts too. */
void vcpu_wake(struct vcpu *v);
/* Not runnable any more; _sync waits until it is off its CPU (not for the current vcpu). */
void vcpu_sleep(struct vcpu *v);
void vcpu_sleep_sync(struct vcpu *v);

/* SCHEDOP_block and SCHEDOP_yield for the current vcpu. */
void vcpu_block(void);
void vcpu_yield(void);

/* Counted pauses; vcpu_pause() waits until it is off its CPU. */
void vcpu_pause(struct vcpu *v);
void vcpu_unpause(struct vcpu *v);
void domain_pause(struct domain *d);
void domain_unpause(struct domain *d);

/* An event became pending: ends block and poll. Callable anywhere. */
void vcpu_kick(struct vcpu *v);
/* As vcpu_kick(), after clearing VPF_BLOCKED. */
void vcpu_unblock(struct vcpu *v);

int vcpu_set_hard_affinity(struct vcpu *v, const struct cpumask *mask);

/* The run state with the time up to now added in. */
void vcpu_runstate_get(const struct vcpu *v, struct vcpu_runstate_info *out);

/* What each CPU does when nothing else runs; never returns. Interrupts on. */
void idle_loop(void) __noreturn;

/*
 * The machine's side. context_switch() saves prev, loads next and does not return to the caller:
 * it continues in next (guest or idle loop). Called with interrupts off; it calls
 * sched_switched(prev) once prev's registers are saved.
 */
void context_switch(struct vcpu *prev, struct vcpu *next) __noreturn;
void sched_switched(struct vcpu *prev);
/* Same vcpu again: nothing to switch, but the guest may have waited. */
void arch_idle(void); /* waits for an interrupt; called with interrupts off, returns with them on */

#endif
