/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A machine for the scheduler to schedule on: several CPUs in one thread, vcpus that spin, sleep
 * and answer each other, and a clock that jumps from event to event. The sources under test are the
 * hypervisor's own. While time passes the simulator checks what must always hold: nobody runs
 * outside its affinity or while paused, and no CPU idles while someone waits who could run there.
 */
#ifndef TESTS_SCHED_SIM_H
#define TESTS_SCHED_SIM_H

#include <hv/domain.h>
#include <hv/sched.h>

#define SIM_CPUS  8U
#define SIM_VCPUS 32U

#define SIM_DOMAIN_VCPUS 8U

enum sim_kind {
    SIM_SPIN,     /* always runs */
    SIM_PERIODIC, /* every @period runs for @burst, woken by its timer */
    SIM_PARTNER,  /* runs for @burst, wakes its partner, blocks */
};

struct sim_vcpu {
    struct vcpu v;
    struct domain d;                     /* one each, so that each has a weight */
    struct vcpu *list[SIM_DOMAIN_VCPUS]; /* the domain's */
    enum sim_kind kind;
    nstime_t burst, period;
    struct sim_vcpu *partner;
    nstime_t left; /* of the burst */
    nstime_t next_period;
    vcpu_info_t info;

    /* what was measured */
    nstime_t ran, made_at;
    nstime_t woken_at;                /* 0: not waiting since a wake */
    nstime_t max_latency;             /* from a wake to running */
    nstime_t waiting_since, max_wait; /* runnable, not running */
    unsigned int bursts;
};

extern struct sim_vcpu sim_vcpus[SIM_VCPUS];
extern unsigned int sim_cpus, sim_vcpu_count;
extern nstime_t sim_now;
extern bool sim_work_conserving; /* the policy must never let a CPU idle while work waits */
extern unsigned int sim_switches;

extern unsigned int sim_group_next; /* CPUs of a socket in the next machine alone; 0: all */

/* A fresh machine with @cpus CPUs under @policy (as in sched=). */
void sim_start(unsigned int cpus, const char *policy, unsigned int seed);
/* A vcpu that is up, its measurements at zero. */
struct sim_vcpu *sim_add(enum sim_kind kind, nstime_t burst, nstime_t period, unsigned int weight);
/* The same in another pool; and one more vcpu of an existing domain. */
struct sim_vcpu *sim_add_in(unsigned int pool, enum sim_kind kind, nstime_t burst, nstime_t period,
                            unsigned int weight);
struct sim_vcpu *sim_add_to(struct sim_vcpu *owner, enum sim_kind kind, nstime_t burst,
                            nstime_t period);
/* Its domain's weight and cap (credit and credit2). */
void sim_set_shares(struct sim_vcpu *s, unsigned int weight, unsigned int cap);
/* Two vcpus that wake each other in turn. */
void sim_add_partners(nstime_t burst);
/* Lets time pass. @storm, if not null, is called every @every ns, as an interrupt-less CPU. */
void sim_run(nstime_t duration, void (*storm)(void), nstime_t every);
/* Measures from now on. */
void sim_reset_measures(void);
/* Becomes a CPU whose current vcpu is not @v, to act on v from outside. */
void sim_act_from_outside(const struct vcpu *v);
/* A CPU goes away or comes back. */
void sim_cpu_down(unsigned int cpu);
void sim_cpu_up(unsigned int cpu);
void sim_stop(void);

unsigned int sim_random(unsigned int below);

#endif
