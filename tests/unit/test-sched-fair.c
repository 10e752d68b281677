/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sources: tests/unit/sched-sim.c xen/common/sched/core.c xen/common/sched/cpu.c
   xen/common/sched/cpupool.c xen/common/sched/vcpu.c xen/common/sched/params.c
   xen/common/sched/pause.c xen/common/sched/affinity.c xen/common/sched/runstate.c
   xen/common/sched/idle.c xen/common/sched/credit2.c xen/common/sched/credit2-queue.c
   xen/common/sched/credit2-cap.c xen/common/sched/credit.c
   xen/common/sched/credit-account.c xen/common/sched/rtds.c xen/common/sched/null.c
   xen/common/time/timer.c xen/common/time/vcpu-timer.c xen/common/sync/softirq.c xen/lib/bitmap.c
 */
/* credit2 in the simulator: CPU time by weight, nobody starves, no CPU idles beside work. */
#include "sched-sim.h"
#include "unit.h"

/* Within 5 % of @share of @cpus CPUs. */
static void assert_share(const struct sim_vcpu *s, nstime_t duration, double cpus, double share)
{
    double got = (double)s->ran / ((double)duration * cpus);

    if (got < share * 0.95 || got > share * 1.05)
        fail_msg("vcpu %u: share %.4f instead of %.4f", s->d.id, got, share);
}

static void run_weights(unsigned int cpus, const unsigned int *weights, unsigned int count)
{
    double sum = 0;

    sim_start(cpus, "credit2", 42);
    for (unsigned int i = 0; i < count; i++) {
        sim_add(SIM_SPIN, 0, 0, weights[i]);
        sum += weights[i];
    }
    sim_run(10 * NS_PER_S, NULL, 0);
    for (unsigned int i = 0; i < count; i++)
        assert_share(&sim_vcpus[i], 10 * NS_PER_S, cpus, weights[i] / sum);
    sim_stop();
}

static void test_equal_weights_one_cpu(void **state __unused)
{
    static const unsigned int weights[] = { 256, 256, 256, 256, 256 };

    run_weights(1, weights, ARRAY_SIZE(weights));
}

static void test_weights_one_cpu(void **state __unused)
{
    static const unsigned int weights[] = { 128, 256, 512, 1024 };

    run_weights(1, weights, ARRAY_SIZE(weights));
}

static void test_far_apart_weights(void **state __unused)
{
    static const unsigned int weights[] = { 50, 5000 };

    run_weights(1, weights, ARRAY_SIZE(weights));
}

static void test_weights_four_cpus(void **state __unused)
{
    static const unsigned int weights[] = { 256, 256, 256, 256, 256, 256, 512, 512, 512 };

    run_weights(4, weights, ARRAY_SIZE(weights));
}

static void test_three_on_two_cpus(void **state __unused)
{
    static const unsigned int weights[] = { 256, 256, 256 };

    run_weights(2, weights, ARRAY_SIZE(weights));
}

/* Who deserves more than a CPU gets a whole one, and the others share the rest. */
static void test_weight_beyond_a_cpu(void **state __unused)
{
    sim_start(2, "credit2", 1);
    sim_add(SIM_SPIN, 0, 0, 10000);
    sim_add(SIM_SPIN, 0, 0, 256);
    sim_add(SIM_SPIN, 0, 0, 512);
    sim_run(10 * NS_PER_S, NULL, 0);
    assert_share(&sim_vcpus[0], 10 * NS_PER_S, 1, 1);
    assert_share(&sim_vcpus[1], 10 * NS_PER_S, 1, 1.0 / 3);
    assert_share(&sim_vcpus[2], 10 * NS_PER_S, 1, 2.0 / 3);
    sim_stop();
}

/* Sleepers take the little they want, spinners share the rest evenly, nobody waits long. */
static void test_nobody_starves(void **state __unused)
{
    sim_start(2, "credit2", 3);
    for (unsigned int i = 0; i < 6; i++)
        sim_add(SIM_SPIN, 0, 0, 0);
    for (unsigned int i = 0; i < 6; i++)
        sim_add(SIM_PERIODIC, NS_PER_MS, 20 * NS_PER_MS, 0);
    sim_add_partners(100 * NS_PER_US);
    sim_run(NS_PER_S, NULL, 0);
    sim_reset_measures();
    sim_run(10 * NS_PER_S, NULL, 0);
    for (unsigned int i = 0; i < sim_vcpu_count; i++) {
        assert_true(sim_vcpus[i].ran > 400 * NS_PER_MS);
        if (sim_vcpus[i].max_wait > 100 * NS_PER_MS)
            fail_msg("vcpu %u waited %ld us", i, (long)(sim_vcpus[i].max_wait / 1000));
    }
    for (unsigned int i = 1; i < 6; i++)
        assert_share(&sim_vcpus[i], 10 * NS_PER_S, 1, (double)sim_vcpus[0].ran / (10 * NS_PER_S));
    sim_stop();
}

/* Long alone, then two: what it ran alone is not held against it. */
static void test_time_alone_is_free(void **state __unused)
{
    sim_start(1, "credit2", 4);
    sim_add(SIM_SPIN, 0, 0, 0);
    sim_run(5 * NS_PER_S, NULL, 0);
    assert_true(sim_switches == 1);
    sim_add(SIM_SPIN, 0, 0, 0);
    sim_reset_measures();
    sim_run(100 * NS_PER_MS, NULL, 0);
    assert_true(sim_vcpus[0].max_wait < 30 * NS_PER_MS);
    assert_true(sim_vcpus[0].ran > 30 * NS_PER_MS);
    sim_stop();
}

/* A vcpu that nobody competes with needs neither switches nor slices. */
static void test_alone_no_timer(void **state __unused)
{
    sim_start(2, "credit2", 5);
    sim_add(SIM_SPIN, 0, 0, 0);
    sim_add(SIM_SPIN, 0, 0, 0);
    sim_run(10 * NS_PER_S, NULL, 0);
    assert_int_equal(sim_switches, 2);
    sim_stop();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equal_weights_one_cpu), cmocka_unit_test(test_weights_one_cpu),
        cmocka_unit_test(test_far_apart_weights),     cmocka_unit_test(test_weights_four_cpus),
        cmocka_unit_test(test_three_on_two_cpus),     cmocka_unit_test(test_weight_beyond_a_cpu),
        cmocka_unit_test(test_nobody_starves),        cmocka_unit_test(test_time_alone_is_free),
        cmocka_unit_test(test_alone_no_timer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
