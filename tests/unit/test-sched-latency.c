/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sources: tests/unit/sched-sim.c xen/common/sched/core.c xen/common/sched/cpu.c
   xen/common/sched/cpupool.c xen/common/sched/vcpu.c xen/common/sched/params.c
   xen/common/sched/pause.c xen/common/sched/affinity.c xen/common/sched/runstate.c
   xen/common/sched/idle.c xen/common/sched/credit2.c xen/common/sched/credit2-queue.c
   xen/common/sched/credit2-cap.c xen/common/sched/credit.c
   xen/common/sched/credit-account.c xen/common/sched/rtds.c xen/common/sched/null.c
   xen/common/time/timer.c xen/common/time/vcpu-timer.c xen/common/sync/softirq.c xen/lib/bitmap.c
 */
/* credit2 in the simulator: who runs little does not wait long for those who run always. */
#include "sched-sim.h"
#include "unit.h"

static void assert_latency(const struct sim_vcpu *s, nstime_t limit)
{
    if (s->max_latency > limit)
        fail_msg("vcpu %u waited %ld us after a wake", s->d.id, (long)(s->max_latency / 1000));
}

/* On an idle machine a wake runs at once, and on time. */
static void test_idle_machine(void **state __unused)
{
    sim_start(2, "credit2", 1);
    sim_add(SIM_PERIODIC, 50 * NS_PER_US, NS_PER_MS, 0);
    sim_run(10 * NS_PER_S, NULL, 0);
    assert_true(sim_vcpus[0].bursts >= 9999);
    assert_latency(&sim_vcpus[0], 0);
    sim_stop();
}

static void among_spinners(unsigned int cpus, unsigned int spinners, unsigned int sleepers)
{
    sim_start(cpus, "credit2", 2);
    for (unsigned int i = 0; i < sleepers; i++)
        sim_add(SIM_PERIODIC, 100 * NS_PER_US, 10 * NS_PER_MS + i * 1000, 0);
    for (unsigned int i = 0; i < spinners; i++)
        sim_add(SIM_SPIN, 0, 0, 0);
    sim_run(NS_PER_S, NULL, 0);
    sim_reset_measures();
    sim_run(10 * NS_PER_S, NULL, 0);
    for (unsigned int i = 0; i < sleepers; i++) {
        assert_latency(&sim_vcpus[i], 1500 * NS_PER_US);
        assert_true(sim_vcpus[i].bursts > 950);
    }
    sim_stop();
}

static void test_one_sleeper_one_spinner(void **state __unused)
{
    among_spinners(1, 1, 1);
}

static void test_one_sleeper_many_spinners(void **state __unused)
{
    among_spinners(1, 6, 1);
}

static void test_sleepers_two_cpus(void **state __unused)
{
    among_spinners(2, 8, 3);
}

static void test_sleepers_four_cpus(void **state __unused)
{
    among_spinners(4, 12, 6);
}

/* Two that wake each other get half the machine's turns, though they block all the time. */
static void test_partners_among_spinners(void **state __unused)
{
    sim_start(1, "credit2", 3);
    sim_add_partners(20 * NS_PER_US);
    sim_add(SIM_SPIN, 0, 0, 0);
    sim_vcpus[0].bursts = 0;
    sim_run(NS_PER_S, NULL, 0);
    assert_true(sim_vcpus[0].bursts > 10000);
    assert_true(sim_vcpus[2].ran > 300 * NS_PER_MS);
    sim_stop();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_idle_machine),
        cmocka_unit_test(test_one_sleeper_one_spinner),
        cmocka_unit_test(test_one_sleeper_many_spinners),
        cmocka_unit_test(test_sleepers_two_cpus),
        cmocka_unit_test(test_sleepers_four_cpus),
        cmocka_unit_test(test_partners_among_spinners),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
