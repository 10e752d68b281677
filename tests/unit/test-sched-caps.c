/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sources: tests/unit/sched-sim.c xen/common/sched/core.c xen/common/sched/cpu.c
   xen/common/sched/cpupool.c xen/common/sched/vcpu.c xen/common/sched/params.c
   xen/common/sched/pause.c xen/common/sched/affinity.c xen/common/sched/runstate.c
   xen/common/sched/idle.c xen/common/sched/credit2.c xen/common/sched/credit2-queue.c
   xen/common/sched/credit2-cap.c xen/common/sched/credit.c
   xen/common/sched/credit-account.c xen/common/sched/rtds.c xen/common/sched/null.c
   xen/common/time/timer.c xen/common/time/vcpu-timer.c xen/common/sync/softirq.c xen/lib/bitmap.c
 */
/* Caps in the simulator, under both policies that have them: a domain gets no more, and no less. */
#include "sched-sim.h"
#include "unit.h"

static const char *const policies[] = { "credit2", "credit" };

/* Within 3 % of @percent of one CPU. */
static void assert_used(nstime_t ran, nstime_t duration, double percent)
{
    double got = 100.0 * (double)ran / (double)duration;

    if (got < percent * 0.97 || got > percent * 1.03)
        fail_msg("%.2f %% instead of %.2f", got, percent);
}

static nstime_t ran_by_domain(const struct sim_vcpu *s)
{
    nstime_t sum = 0;

    for (unsigned int i = 0; i < sim_vcpu_count; i++)
        if (sim_vcpus[i].v.domain == &s->d)
            sum += sim_vcpus[i].ran;
    return sum;
}

static void alone(const char *policy, unsigned int cap)
{
    sim_start(2, policy, 1);
    sim_add(SIM_SPIN, 0, 0, 0);
    sim_set_shares(&sim_vcpus[0], 256, cap);
    sim_run(NS_PER_S, NULL, 0);
    sim_reset_measures();
    sim_run(10 * NS_PER_S, NULL, 0);
    assert_used(sim_vcpus[0].ran, 10 * NS_PER_S, cap);
    sim_stop();
}

static void test_alone(void **state __unused)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(policies); i++) {
        alone(policies[i], 5);
        alone(policies[i], 50);
        alone(policies[i], 80);
    }
}

/* Four vcpus that may use two and a half CPUs together; another domain takes the rest. */
static void test_many_vcpus(void **state __unused)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(policies); i++) {
        struct sim_vcpu *s;

        sim_start(4, policies[i], 2);
        s = sim_add(SIM_SPIN, 0, 0, 0);
        for (unsigned int n = 0; n < 3; n++)
            sim_add_to(s, SIM_SPIN, 0, 0);
        sim_set_shares(s, 256, 250);
        sim_run(NS_PER_S, NULL, 0);
        sim_reset_measures();
        sim_run(10 * NS_PER_S, NULL, 0);
        assert_used(ran_by_domain(s), 10 * NS_PER_S, 250);
        sim_stop();
    }
}

/* What the capped one may not use, others get. */
static void test_rest_for_others(void **state __unused)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(policies); i++) {
        sim_start(1, policies[i], 3);
        sim_add(SIM_SPIN, 0, 0, 0);
        sim_add(SIM_SPIN, 0, 0, 0);
        sim_set_shares(&sim_vcpus[0], 1024, 20);
        sim_run(NS_PER_S, NULL, 0);
        sim_reset_measures();
        sim_run(10 * NS_PER_S, NULL, 0);
        assert_used(sim_vcpus[0].ran, 10 * NS_PER_S, 20);
        assert_used(sim_vcpus[1].ran, 10 * NS_PER_S, 80);
        sim_stop();
    }
}

/* Set, changed and lifted while it runs. */
static void test_changes(void **state __unused)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(policies); i++) {
        static const unsigned int caps[] = { 0, 30, 60, 10, 0 };

        sim_start(1, policies[i], 4);
        sim_add(SIM_SPIN, 0, 0, 0);
        for (unsigned int n = 0; n < ARRAY_SIZE(caps); n++) {
            sim_set_shares(&sim_vcpus[0], 256, caps[n]);
            sim_run(NS_PER_S, NULL, 0);
            sim_reset_measures();
            sim_run(5 * NS_PER_S, NULL, 0);
            assert_used(sim_vcpus[0].ran, 5 * NS_PER_S, caps[n] ? caps[n] : 100);
        }
        sim_stop();
    }
}

/* One that sleeps mostly is not hindered by a cap above what it needs, nor is it late. */
static void test_sleeper(void **state __unused)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(policies); i++) {
        sim_start(1, policies[i], 5);
        sim_add(SIM_PERIODIC, 200 * NS_PER_US, 4 * NS_PER_MS, 0);
        sim_set_shares(&sim_vcpus[0], 256, 20);
        sim_run(5 * NS_PER_S, NULL, 0);
        assert_true(sim_vcpus[0].bursts >= 1245);
        sim_stop();
    }
}

/* While it is parked it can be paused, unpaused and moved. */
static void storm(void)
{
    struct sim_vcpu *s = &sim_vcpus[sim_random(sim_vcpu_count)];
    struct cpumask mask;

    sim_act_from_outside(&s->v);
    cpumask_clear(&mask);
    cpumask_add(&mask, sim_random(sim_cpus));
    cpumask_add(&mask, sim_random(sim_cpus));
    assert_int_equal(vcpu_set_hard_affinity(&s->v, &mask), 0);
    vcpu_pause(&s->v);
    assert_false(s->v.is_running);
    vcpu_unpause(&s->v);
}

static void test_storm(void **state __unused)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(policies); i++) {
        sim_group_next = 2;
        sim_start(4, policies[i], 6);
        sim_add(SIM_SPIN, 0, 0, 0);
        sim_add_to(&sim_vcpus[0], SIM_SPIN, 0, 0);
        sim_set_shares(&sim_vcpus[0], 256, 50);
        sim_add(SIM_SPIN, 0, 0, 0);
        sim_run(NS_PER_S, NULL, 0);
        sim_reset_measures();
        sim_run(4 * NS_PER_S, storm, 700 * NS_PER_US);
        assert_true(ran_by_domain(&sim_vcpus[0]) > 1700 * NS_PER_MS);
        assert_true(ran_by_domain(&sim_vcpus[0]) < 2100 * NS_PER_MS);
        assert_true(sim_vcpus[2].ran > 3500 * NS_PER_MS);
        sim_stop();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_alone),           cmocka_unit_test(test_many_vcpus),
        cmocka_unit_test(test_rest_for_others), cmocka_unit_test(test_changes),
        cmocka_unit_test(test_sleeper),         cmocka_unit_test(test_storm),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
