/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sources: tests/unit/sched-sim.c xen/common/sched/core.c xen/common/sched/cpu.c
   xen/common/sched/cpupool.c xen/common/sched/vcpu.c xen/common/sched/params.c
   xen/common/sched/pause.c xen/common/sched/affinity.c xen/common/sched/runstate.c
   xen/common/sched/idle.c xen/common/sched/credit2.c xen/common/sched/credit2-queue.c
   xen/common/sched/credit2-cap.c xen/common/sched/credit.c
   xen/common/sched/credit-account.c xen/common/sched/rtds.c xen/common/sched/null.c
   xen/common/time/timer.c xen/common/time/vcpu-timer.c xen/common/sync/softirq.c xen/lib/bitmap.c
 */
/*
 * All policies in the simulator under storms of pauses, wakes, affinity changes and CPUs that come
 * and go: no vcpu is lost, none runs where or when it must not (the simulator checks that itself).
 */
#include "sched-sim.h"
#include "unit.h"

#include <hv/errno.h>

static unsigned int pauses[SIM_VCPUS];
static unsigned int cpus_down;

static struct sim_vcpu *any(void)
{
    return &sim_vcpus[sim_random(sim_vcpu_count)];
}

static void pause_storm(void)
{
    struct sim_vcpu *s = any();
    unsigned int *count = &pauses[s - sim_vcpus];

    sim_act_from_outside(&s->v);
    if (*count && sim_random(2)) {
        --*count;
        vcpu_unpause(&s->v);
    } else if (*count < 3) {
        ++*count;
        if (sim_random(2)) {
            vcpu_pause(&s->v);
            assert_false(s->v.is_running);
        } else {
            vcpu_pause_nosync(&s->v);
        }
    }
}

static void affinity_storm(void)
{
    struct sim_vcpu *s = any();
    struct cpumask mask;

    sim_act_from_outside(&s->v);
    cpumask_clear(&mask);
    for (unsigned int i = sim_random(3) + 1; i > 0; i--)
        cpumask_add(&mask, sim_random(sim_cpus));
    if (cpumask_intersects(&mask, &cpu_online_map))
        assert_int_equal(vcpu_set_hard_affinity(&s->v, &mask), 0);
    else
        assert_int_equal(vcpu_set_hard_affinity(&s->v, &mask), -EINVAL);
}

/* Wakes for no reason: a guest that blocks runs again, and blocks again. */
static void kick_storm(void)
{
    struct sim_vcpu *s = any();

    sim_act_from_outside(&s->v);
    s->info.evtchn_upcall_pending = 1;
    vcpu_kick(&s->v);
}

static void cpu_storm(void)
{
    if (cpus_down) {
        sim_cpu_up(cpus_down);
        cpus_down = 0;
    } else {
        cpus_down = 1 + sim_random(sim_cpus - 1);
        sim_cpu_down(cpus_down);
    }
}

static void all_storms(void)
{
    static void (*const storms[])(void) = { pause_storm, affinity_storm, kick_storm };

    storms[sim_random(3)]();
    if (sim_random(50) == 0)
        cpu_storm();
}

static void end_of_storm(void)
{
    struct cpumask all;

    if (cpus_down)
        cpu_storm();
    cpumask_fill(&all);
    for (unsigned int i = 0; i < sim_vcpu_count; i++) {
        sim_act_from_outside(&sim_vcpus[i].v);
        for (; pauses[i]; pauses[i]--)
            vcpu_unpause(&sim_vcpus[i].v);
        assert_int_equal(vcpu_set_hard_affinity(&sim_vcpus[i].v, &all), 0);
    }
}

/* Afterwards everyone still runs, and the run states add up to the time that passed. */
static void check_all_alive(void)
{
    sim_reset_measures();
    sim_run(NS_PER_S, NULL, 0);
    for (unsigned int i = 0; i < sim_vcpu_count; i++) {
        const struct sim_vcpu *s = &sim_vcpus[i];
        struct vcpu_runstate_info r;
        uint64_t sum = 0;

        if (s->ran == 0)
            fail_msg("vcpu %u is lost", s->d.id);
        vcpu_runstate_get(&s->v, &r);
        for (unsigned int state = 0; state < 4; state++)
            sum += r.time[state];
        assert_int_equal(sum, sim_now - s->made_at);
    }
}

static void add_mix(unsigned int spinners, unsigned int sleepers, unsigned int pairs)
{
    while (spinners--)
        sim_add(SIM_SPIN, 0, 0, 0);
    while (sleepers--)
        sim_add(SIM_PERIODIC, 200 * NS_PER_US, 3 * NS_PER_MS, 0);
    while (pairs--)
        sim_add_partners(50 * NS_PER_US);
}

static void weather(const char *policy, unsigned int cpus, void (*storm)(void), unsigned int seed)
{
    bool null = policy[0] == 'n';

    sim_start(cpus, policy, seed);
    if (null)
        add_mix(1, 1, 1);
    else
        add_mix(3, 3, 2);
    sim_run(2 * NS_PER_S, storm, 300 * NS_PER_US);
    end_of_storm();
    check_all_alive();
    sim_stop();
}

static void test_pauses(void **state __unused)
{
    weather("credit2", 2, pause_storm, 11);
    weather("credit2", 4, pause_storm, 12);
}

static void test_affinity(void **state __unused)
{
    weather("credit2", 4, affinity_storm, 21);
}

static void test_kicks(void **state __unused)
{
    weather("credit2", 2, kick_storm, 31);
}

static void test_everything(void **state __unused)
{
    for (unsigned int seed = 1; seed <= 6; seed++)
        weather("credit2", 3 + seed % 3, all_storms, seed);
}

static void test_credit_everything(void **state __unused)
{
    weather("credit", 2, pause_storm, 11);
    weather("credit", 4, affinity_storm, 21);
    weather("credit", 2, kick_storm, 31);
    for (unsigned int seed = 1; seed <= 6; seed++)
        weather("credit", 3 + seed % 3, all_storms, seed);
}

static void test_rtds_everything(void **state __unused)
{
    weather("rtds", 2, pause_storm, 11);
    weather("rtds", 4, affinity_storm, 21);
    weather("rtds", 2, kick_storm, 31);
    for (unsigned int seed = 1; seed <= 6; seed++)
        weather("rtds", 3 + seed % 3, all_storms, seed);
}

/* credit2 with a queue for each two CPUs. */
static void test_queues_everything(void **state __unused)
{
    for (unsigned int seed = 1; seed <= 6; seed++) {
        sim_group_next = 1 + seed % 3;
        weather("credit2", 4 + seed % 4, all_storms, seed);
    }
}

static void test_null_everything(void **state __unused)
{
    weather("null", 4, pause_storm, 41);
    weather("null", 4, kick_storm, 42);
    for (unsigned int seed = 1; seed <= 6; seed++)
        weather("null", 5, all_storms, seed);
}

/* One vcpu more than CPUs: it runs once a CPU is given up. */
static void test_null_surplus_waits(void **state __unused)
{
    sim_start(2, "null", 1);
    add_mix(3, 0, 0);
    sim_run(NS_PER_S, NULL, 0);
    assert_true(sim_vcpus[0].ran == NS_PER_S);
    assert_true(sim_vcpus[2].ran == 0);
    sim_act_from_outside(&sim_vcpus[0].v);
    vcpu_pause_nosync(&sim_vcpus[0].v);
    sim_run(NS_PER_S, NULL, 0);
    assert_true(sim_vcpus[2].ran == 0); /* its owner may come back */
    sched_vcpu_destroy(&sim_vcpus[0].v);
    sim_run(NS_PER_S, NULL, 0);
    assert_true(sim_vcpus[2].ran == NS_PER_S);
    sim_stop();
}

static void test_pin_override(void **state __unused)
{
    struct vcpu *v;
    struct cpumask one;

    sim_start(4, "credit2", 1);
    add_mix(6, 0, 0);
    v = &sim_vcpus[0].v;
    cpumask_clear(&one);
    cpumask_add(&one, 2);
    assert_int_equal(vcpu_set_hard_affinity(v, &one), 0);
    assert_int_equal(vcpu_pin_override(v, -1), -EINVAL);
    assert_int_equal(vcpu_pin_override(v, 100), -EINVAL);
    assert_int_equal(vcpu_pin_override(v, 1), 0);
    assert_int_equal(vcpu_pin_override(v, 3), -EBUSY);
    assert_int_equal(vcpu_set_hard_affinity(v, &one), -EBUSY);
    sim_run(100 * NS_PER_MS, NULL, 0);
    assert_int_equal(v->cpu, 1);
    assert_int_equal(vcpu_pin_override(v, -1), 0);
    sim_run(100 * NS_PER_MS, NULL, 0);
    assert_int_equal(v->cpu, 2);
    sim_stop();
}

/* The whole domain at once, also from one of its own vcpus. */
static void test_domain_pause(void **state __unused)
{
    struct sim_vcpu *s;

    sim_start(2, "credit2", 1);
    s = sim_add(SIM_SPIN, 0, 0, 0);
    sim_run(NS_PER_MS, NULL, 0);
    test_cpu_set(s->v.cpu);
    domain_pause(&s->d); /* by itself: does not wait */
    assert_true(s->v.is_running);
    sim_run(NS_PER_MS, NULL, 0);
    assert_false(s->v.is_running);
    sim_act_from_outside(&s->v);
    domain_pause(&s->d);
    domain_unpause(&s->d);
    sim_run(NS_PER_MS, NULL, 0);
    assert_false(s->v.is_running);
    domain_unpause(&s->d);
    sim_run(NS_PER_MS, NULL, 0);
    assert_true(s->v.is_running);
    sim_stop();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pauses),
        cmocka_unit_test(test_affinity),
        cmocka_unit_test(test_kicks),
        cmocka_unit_test(test_everything),
        cmocka_unit_test(test_domain_pause),
        cmocka_unit_test(test_pin_override),
        cmocka_unit_test(test_null_surplus_waits),
        cmocka_unit_test(test_null_everything),
        cmocka_unit_test(test_credit_everything),
        cmocka_unit_test(test_rtds_everything),
        cmocka_unit_test(test_queues_everything),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
