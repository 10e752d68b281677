/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The scheduler's simulator; see the header. */
#include "sched-sim.h"
#include "unit.h"

#include "../../xen/common/sched/private.h"

#include <hv/alloc.h>
#include <hv/cpupool.h>
#include <hv/event.h>
#include <hv/guest-access.h>
#include <hv/init.h>
#include <hv/printk.h>
#include <hv/smp.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct sim_vcpu sim_vcpus[SIM_VCPUS];
unsigned int sim_cpus, sim_vcpu_count, sim_switches, sim_group_next;
static unsigned int sim_group;
nstime_t sim_now;
bool sim_work_conserving;

static struct {
    nstime_t programmed;
    struct vcpu *leaving; /* between context_switch() and sched_switched() */
} cpus[SIM_CPUS];

static jmp_buf *resume; /* where a CPU goes when it has switched */
static unsigned int random_state;

/* What the hypervisor's other parts define. */
struct cpu_info *cpu_infos[NR_CPUS];
struct cpumask cpu_online_map;
unsigned int nr_cpu_ids = SIM_CPUS;
static struct domain idle_domain = { .id = DOMID_IDLE };
struct domain *dom_idle = &idle_domain;

unsigned int sim_random(unsigned int below)
{
    random_state = random_state * 1103515245U + 12345U;
    return (random_state >> 8) % below;
}

nstime_t time_now(void)
{
    return sim_now;
}

void arch_timer_program(nstime_t when)
{
    cpus[smp_cpu_id()].programmed = when;
}

void smp_kick(unsigned int cpu)
{
    assert_true(cpu < sim_cpus && cpu != smp_cpu_id());
}

void spin_lock_wait(struct spinlock *l __unused, uint16_t ticket __unused)
{
    panic("deadlock");
}

void panic(const char *fmt, ...)
{
    fprintf(stderr, "panic: %s\n", fmt);
    abort();
}

void printk(const char *fmt __unused, ...)
{
}

void *heap_zalloc(size_t size)
{
    return calloc(1, size);
}

void heap_free(void *p)
{
    free(p);
}

void arch_idle(void)
{
}

void smp_cpu_place(unsigned int cpu, struct cpu_place *place)
{
    *place = (struct cpu_place){ .core = cpu % sim_group, .socket = cpu / sim_group };
}

uint64_t strtou64(const char *s, const char **end);
uint64_t strtou64(const char *s, const char **end)
{
    return strtoull(s, (char **)(uintptr_t)end, 0);
}

int guest_copy_from(void *to, const void *from, size_t size)
{
    memcpy(to, from, size);
    return 0;
}

int guest_copy_to(void *to, const void *from, size_t size)
{
    memcpy(to, from, size);
    return 0;
}

static struct vcpu *current_of(unsigned int cpu)
{
    unsigned int old = test_cpu;
    struct vcpu *v;

    test_cpu = cpu;
    v = current;
    test_cpu = old;
    return v;
}

static struct sim_vcpu *sim_of(struct vcpu *v)
{
    return v->is_idle ? NULL : container_of(v, struct sim_vcpu, v);
}

/* An event for the guest, as the event code sends it. */
static void send_event(struct sim_vcpu *s)
{
    if (s->info.evtchn_upcall_pending)
        return;
    s->info.evtchn_upcall_pending = 1;
    if (!s->v.is_running && vcpu_is_runnable(&s->v) == false && !s->woken_at)
        s->woken_at = sim_now;
    vcpu_kick(&s->v);
}

void virq_raise_vcpu(struct vcpu *v, uint32_t virq)
{
    assert_int_equal(virq, VIRQ_TIMER);
    send_event(sim_of(v));
}

void context_switch(struct vcpu *prev, struct vcpu *next)
{
    struct sim_vcpu *s = sim_of(next), *p = sim_of(prev);

    assert_false(irq_is_enabled());
    assert_ptr_equal(current, prev);
    assert_ptr_not_equal(prev, next);
    sim_switches++;
    if (p)
        p->waiting_since = sim_now;
    if (s) {
        assert_true(s->v.is_running);
        if (s->woken_at && sim_now - s->woken_at > s->max_latency)
            s->max_latency = sim_now - s->woken_at;
        s->woken_at = 0;
    }
    current = next;
    cpus[smp_cpu_id()].leaving = prev;
    longjmp(*resume, 1);
}

/* One step of one CPU: the end of a switch, or its softirqs. */
static bool cpu_step(unsigned int cpu)
{
    struct vcpu *leaving = cpus[cpu].leaving;
    unsigned int old_cpu = test_cpu;
    jmp_buf here, *old_resume = resume;

    if (!leaving && !test_cpu_infos[cpu].softirq_pending)
        return false;
    test_cpu_set(cpu);
    if (leaving) {
        cpus[cpu].leaving = NULL;
        irq_disable();
        sched_switched(leaving);
        irq_enable();
    } else {
        resume = &here;
        if (!setjmp(here)) {
            softirq_process();
            assert_true(irq_is_enabled());
        }
        irq_enable();
    }
    resume = old_resume;
    test_cpu_set(old_cpu);
    return true;
}

/* All CPUs in random order until none has anything to do. */
static void run_cpus(void)
{
    unsigned int quiet = 0, cpu = sim_random(sim_cpus);

    for (unsigned int steps = 0; quiet < sim_cpus; steps++) {
        assert_true(steps < 100000); /* CPUs that tickle each other for ever */
        quiet = cpu_step(cpu) ? 0 : quiet + 1;
        cpu = quiet ? (cpu + 1) % sim_cpus : sim_random(sim_cpus);
    }
}

/* Who waits for a vcpu lets the other CPUs run. */
void test_relax(void)
{
    for (unsigned int cpu = 0; cpu < sim_cpus; cpu++) {
        if (cpu != test_cpu)
            cpu_step(cpu);
    }
}

/* The running guest's burst is over: it sets its timer or wakes its partner, and blocks. */
static void burst_end(struct sim_vcpu *s)
{
    s->bursts++;
    s->left = s->burst;
    s->info.evtchn_upcall_pending = 0;
    if (s->kind == SIM_PERIODIC) {
        while (s->next_period <= sim_now)
            s->next_period += s->period;
        vcpu_set_singleshot(&s->v, s->next_period);
    } else {
        send_event(s->partner);
    }
    vcpu_block();
}

static bool is_working(const struct sim_vcpu *s, unsigned int cpu)
{
    return current_of(cpu) == &s->v;
}

/* The earliest thing that happens by itself. */
static nstime_t next_event(nstime_t limit)
{
    for (unsigned int cpu = 0; cpu < sim_cpus; cpu++) {
        struct sim_vcpu *s = sim_of(current_of(cpu));

        limit = MIN(limit, MAX(cpus[cpu].programmed, sim_now));
        if (s && s->kind != SIM_SPIN)
            limit = MIN(limit, sim_now + s->left);
    }
    return limit;
}

/* What must hold while time passes. */
static void check_invariants(void)
{
    for (unsigned int i = 0; i < sim_vcpu_count; i++) {
        struct sim_vcpu *s = &sim_vcpus[i];
        bool running = false;

        for (unsigned int cpu = 0; cpu < sim_cpus; cpu++) {
            if (!is_working(s, cpu))
                continue;
            assert_false(running); /* on two CPUs */
            running = true;
            assert_true(vcpu_may_use(&s->v, cpu));
            assert_true(cpumask_has(&cpu_online_map, cpu));
        }
        assert_int_equal(running, s->v.is_running);
        if (running)
            assert_true(vcpu_is_runnable(&s->v));
        else if (vcpu_is_runnable(&s->v) && sim_work_conserving && !s->v.domain->sched_cap)
            for (unsigned int cpu = 0; cpu < sim_cpus; cpu++)
                if (cpumask_has(&cpu_online_map, cpu) && vcpu_may_use(&s->v, cpu))
                    assert_false(current_of(cpu)->is_idle);
    }
}

static void measure(nstime_t passed)
{
    for (unsigned int i = 0; i < sim_vcpu_count; i++) {
        struct sim_vcpu *s = &sim_vcpus[i];

        if (s->v.is_running) {
            s->ran += passed;
            s->left -= passed;
        }
        if (s->v.is_running || !vcpu_is_runnable(&s->v))
            s->waiting_since = sim_now;
        s->max_wait = MAX(s->max_wait, sim_now - s->waiting_since);
    }
}

static void deliver(void)
{
    for (unsigned int cpu = 0; cpu < sim_cpus; cpu++) {
        struct sim_vcpu *s = sim_of(current_of(cpu));

        test_cpu_set(cpu);
        if (cpus[cpu].programmed <= sim_now) {
            cpus[cpu].programmed = TIME_NEVER; /* one shot */
            softirq_raise(SOFTIRQ_TIMER);
        }
        if (s && s->kind != SIM_SPIN && s->left <= 0)
            burst_end(s);
    }
}

void sim_run(nstime_t duration, void (*storm)(void), nstime_t every)
{
    nstime_t end = sim_now + duration, next_storm = storm ? sim_now + every : TIME_NEVER;

    run_cpus();
    while (sim_now < end) {
        nstime_t next = next_event(MIN(end, next_storm));
        nstime_t passed = next - sim_now;

        if (passed)
            check_invariants();
        sim_now = next;
        measure(passed);
        deliver();
        run_cpus();
        if (sim_now >= next_storm) {
            storm();
            run_cpus();
            next_storm = sim_now + every;
        }
    }
}

void sim_act_from_outside(const struct vcpu *v)
{
    unsigned int cpu;

    do {
        cpu = sim_random(sim_cpus);
    } while (current_of(cpu) == v || !cpumask_has(&cpu_online_map, cpu));
    test_cpu_set(cpu);
}

static void up(struct sim_vcpu *s)
{
    __atomic_fetch_and(&s->v.pause_flags, ~(1UL << VPF_DOWN), __ATOMIC_SEQ_CST);
    vcpu_wake(&s->v);
}

static struct sim_vcpu *new_vcpu(enum sim_kind kind, nstime_t burst, nstime_t period)
{
    struct sim_vcpu *s = &sim_vcpus[sim_vcpu_count++];

    assert_true(sim_vcpu_count <= SIM_VCPUS);
    memset(s, 0, sizeof(*s));
    s->kind = kind;
    s->burst = s->left = burst;
    s->period = period;
    s->next_period = s->made_at = s->waiting_since = sim_now;
    s->v.info = &s->info;
    return s;
}

static void start(struct sim_vcpu *s, struct sim_vcpu *owner)
{
    s->v.domain = &owner->d;
    s->v.id = owner->d.max_vcpus;
    assert_true(s->v.id < SIM_DOMAIN_VCPUS);
    assert_int_equal(sched_vcpu_init(&s->v), 0);
    owner->list[s->v.id] = &s->v;
    owner->d.max_vcpus++;
    up(s);
}

void sim_set_shares(struct sim_vcpu *s, unsigned int weight, unsigned int cap)
{
    struct xen_domctl_scheduler_op op = { .sched_id = s->d.cpupool->ops->id,
                                          .cmd = XEN_DOMCTL_SCHEDOP_putinfo };

    op.u.credit2.weight = (uint16_t)weight;
    op.u.credit2.cap = (uint16_t)cap;
    assert_int_equal(sched_adjust(&s->d, &op), 0);
}

struct sim_vcpu *sim_add_in(unsigned int pool, enum sim_kind kind, nstime_t burst, nstime_t period,
                            unsigned int weight)
{
    struct sim_vcpu *s = new_vcpu(kind, burst, period);

    s->d.id = (domid_t)sim_vcpu_count;
    s->d.vcpus = s->list;
    assert_int_equal(sched_domain_init(&s->d, pool), 0);
    start(s, s);
    if (weight)
        sim_set_shares(s, weight, 0);
    return s;
}

struct sim_vcpu *sim_add(enum sim_kind kind, nstime_t burst, nstime_t period, unsigned int weight)
{
    return sim_add_in(0, kind, burst, period, weight);
}

struct sim_vcpu *sim_add_to(struct sim_vcpu *owner, enum sim_kind kind, nstime_t burst,
                            nstime_t period)
{
    struct sim_vcpu *s = new_vcpu(kind, burst, period);

    start(s, owner);
    return s;
}

void sim_add_partners(nstime_t burst)
{
    struct sim_vcpu *a = sim_add(SIM_PARTNER, burst, 0, 0), *b = sim_add(SIM_PARTNER, burst, 0, 0);

    a->partner = b;
    b->partner = a;
}

void sim_reset_measures(void)
{
    for (unsigned int i = 0; i < sim_vcpu_count; i++) {
        struct sim_vcpu *s = &sim_vcpus[i];

        s->ran = s->max_latency = s->max_wait = s->woken_at = 0;
        s->bursts = 0;
        s->waiting_since = sim_now;
    }
}

void sim_cpu_down(unsigned int cpu)
{
    test_cpu_set(cpu == 0 ? 1 : 0);
    cpumask_remove(&cpu_online_map, cpu);
    sched_cpu_down(cpu);
    run_cpus();
    if (cpu) /* the last one's pools go first, with their timers */
        timer_cpu_down(cpu);
    run_cpus();
}

void sim_cpu_up(unsigned int cpu)
{
    timer_cpu_up(cpu);
    assert_int_equal(sched_cpu_up(cpu), 0);
    cpumask_add(&cpu_online_map, cpu);
    run_cpus();
}

static void start_cpu(unsigned int cpu)
{
    test_cpu_set(cpu);
    memset(cpu_info(), 0, sizeof(*cpu_info()));
    test_cpu_set(cpu);
    cpu_infos[cpu] = cpu_info();
    cpus[cpu].programmed = TIME_NEVER;
    cpus[cpu].leaving = NULL;
    cpumask_add(&cpu_online_map, cpu);
}

static void choose_policy(const char *name)
{
    for (unsigned int i = 0; i < test_nr_params; i++)
        if (!strcmp(test_params[i].name, "sched"))
            assert_int_equal(test_params[i].parse(name), 0);
}

void sim_start(unsigned int count, const char *policy, unsigned int seed)
{
    static bool once;

    if (sim_vcpu_count)
        fail_msg("not started: the test before failed and left vcpus behind");
    random_state = seed;
    sim_now = 1000;
    sim_switches = 0;
    sim_cpus = count;
    sim_group = sim_group_next ? sim_group_next : SIM_CPUS;
    sim_group_next = 0;
    sim_work_conserving = strcmp(policy, "null");
    choose_policy(policy);
    irq_enable();
    start_cpu(0);
    if (!once) {
        timer_subsystem_init();
        sched_softirq_init();
        once = true;
    } else {
        timer_cpu_up(0);
    }
    assert_int_equal(cpupool_init(), 0);
    for (unsigned int cpu = 0; cpu < count; cpu++) {
        start_cpu(cpu);
        if (cpu)
            timer_cpu_up(cpu);
        sched_cpu_init(cpu);
        timer_init(&per_cpu(sched_cpu, cpu).slice, per_cpu(sched_cpu, cpu).slice.fn, NULL, cpu);
        test_cpu_set(0);
        assert_int_equal(sched_cpu_up(cpu), 0);
        test_cpu_set(cpu);
        current = idle_vcpu[cpu];
    }
}

void sim_stop(void)
{
    struct cpupool_info info;

    for (unsigned int i = sim_vcpu_count; i-- > 0;) {
        struct vcpu *v = &sim_vcpus[i].v;

        vcpu_pause_nosync(v);
        run_cpus();
        sched_vcpu_destroy(v);
        if (!v->id)
            sched_domain_destroy(v->domain);
    }
    sim_vcpu_count = 0;
    for (unsigned int cpu = sim_cpus; cpu-- > 0;)
        if (cpumask_has(&cpu_online_map, cpu))
            sim_cpu_down(cpu);
    for (unsigned int cpu = 0; cpu < sim_cpus; cpu++)
        assert_true(current_of(cpu)->is_idle);
    while (!cpupool_info(0, &info))
        assert_int_equal(cpupool_drop(cpupool_find(info.id)), 0);
}
