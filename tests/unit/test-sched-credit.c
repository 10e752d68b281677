/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sources: tests/unit/sched-sim.c xen/common/sched/core.c xen/common/sched/cpu.c
   xen/common/sched/cpupool.c xen/common/sched/vcpu.c xen/common/sched/params.c
   xen/common/sched/pause.c xen/common/sched/affinity.c xen/common/sched/runstate.c
   xen/common/sched/idle.c xen/common/sched/credit2.c xen/common/sched/credit2-queue.c
   xen/common/sched/credit2-cap.c xen/common/sched/credit.c
   xen/common/sched/credit-account.c xen/common/sched/rtds.c xen/common/sched/null.c
   xen/common/time/timer.c xen/common/time/vcpu-timer.c xen/common/sync/softirq.c xen/lib/bitmap.c
 */
/* credit in the simulator: shares by weight, short waits after a wake, nobody starves. */
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

    sim_start(cpus, "credit", 42);
    for (unsigned int i = 0; i < count; i++) {
        sim_add(SIM_SPIN, 0, 0, weights[i]);
        sum += weights[i];
    }
    sim_run(NS_PER_S, NULL, 0);
    sim_reset_measures();
    sim_run(20 * NS_PER_S, NULL, 0);
    for (unsigned int i = 0; i < count; i++)
        assert_share(&sim_vcpus[i], 20 * NS_PER_S, cpus, weights[i] / sum);
    sim_stop();
}

static void test_weights(void **state __unused)
{
    static const unsigned int equal[] = { 256, 256, 256, 256, 256 };
    static const unsigned int unequal[] = { 128, 256, 512, 1024 };
    static const unsigned int many[] = { 256, 256, 256, 256, 256, 256, 512, 512, 512 };

    run_weights(1, equal, ARRAY_SIZE(equal));
    run_weights(1, unequal, ARRAY_SIZE(unequal));
    run_weights(4, many, ARRAY_SIZE(many));
    run_weights(2, equal, 3);
}

/* Who deserves more than a CPU gets nearly a whole one, and the others share the rest. */
static void test_weight_beyond_a_cpu(void **state __unused)
{
    sim_start(2, "credit", 1);
    sim_add(SIM_SPIN, 0, 0, 10000);
    sim_add(SIM_SPIN, 0, 0, 256);
    sim_add(SIM_SPIN, 0, 0, 512);
    sim_run(NS_PER_S, NULL, 0);
    sim_reset_measures();
    sim_run(20 * NS_PER_S, NULL, 0);
    /* Turns are a whole slice long, so that some of it is lost. */
    assert_true(sim_vcpus[0].ran > 18 * NS_PER_S);
    assert_true(sim_vcpus[1].ran > 6 * NS_PER_S);
    assert_true(sim_vcpus[2].ran > 12 * NS_PER_S);
    sim_stop();
}

/* A domain's weight is for all its vcpus together. */
static void test_weight_is_the_domains(void **state __unused)
{
    struct sim_vcpu *s;

    sim_start(1, "credit", 1);
    s = sim_add(SIM_SPIN, 0, 0, 0);
    sim_add_to(s, SIM_SPIN, 0, 0);
    sim_add_to(s, SIM_SPIN, 0, 0);
    sim_add(SIM_SPIN, 0, 0, 0);
    sim_run(NS_PER_S, NULL, 0);
    sim_reset_measures();
    sim_run(20 * NS_PER_S, NULL, 0);
    assert_share(&sim_vcpus[3], 20 * NS_PER_S, 1, 0.5);
    for (unsigned int i = 0; i < 3; i++)
        assert_share(&sim_vcpus[i], 20 * NS_PER_S, 1, 1.0 / 6);
    sim_stop();
}

static void test_latency(void **state __unused)
{
    for (unsigned int cpus = 1; cpus <= 4; cpus *= 2) {
        sim_start(cpus, "credit", 2);
        for (unsigned int i = 0; i < cpus; i++)
            sim_add(SIM_PERIODIC, 100 * NS_PER_US, 10 * NS_PER_MS + i * 1000, 0);
        for (unsigned int i = 0; i < 3 * cpus; i++)
            sim_add(SIM_SPIN, 0, 0, 0);
        sim_run(NS_PER_S, NULL, 0);
        sim_reset_measures();
        sim_run(10 * NS_PER_S, NULL, 0);
        for (unsigned int i = 0; i < cpus; i++) {
            if (sim_vcpus[i].max_latency > 1500 * NS_PER_US)
                fail_msg("%ld us after a wake", (long)(sim_vcpus[i].max_latency / 1000));
            assert_true(sim_vcpus[i].bursts > 950);
        }
        sim_stop();
    }
}

static void test_nobody_starves(void **state __unused)
{
    sim_start(2, "credit", 3);
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
        if (sim_vcpus[i].max_wait > 400 * NS_PER_MS)
            fail_msg("vcpu %u waited %ld us", i, (long)(sim_vcpus[i].max_wait / 1000));
    }
    sim_stop();
}

/* An idle machine has no timer running. */
static void test_quiet_when_idle(void **state __unused)
{
    sim_start(2, "credit", 4);
    sim_add(SIM_PERIODIC, 50 * NS_PER_US, 2 * NS_PER_S, 0);
    sim_run(10 * NS_PER_S, NULL, 0);
    assert_in_range(sim_switches, 8, 12);
    sim_stop();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_weights),
        cmocka_unit_test(test_weight_beyond_a_cpu),
        cmocka_unit_test(test_weight_is_the_domains),
        cmocka_unit_test(test_latency),
        cmocka_unit_test(test_nobody_starves),
        cmocka_unit_test(test_quiet_when_idle),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
