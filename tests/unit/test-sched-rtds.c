/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sources: tests/unit/sched-sim.c xen/common/sched/core.c xen/common/sched/cpu.c
   xen/common/sched/cpupool.c xen/common/sched/vcpu.c xen/common/sched/params.c
   xen/common/sched/pause.c xen/common/sched/affinity.c xen/common/sched/runstate.c
   xen/common/sched/idle.c xen/common/sched/credit2.c xen/common/sched/credit2-queue.c
   xen/common/sched/credit2-cap.c xen/common/sched/credit.c
   xen/common/sched/credit-account.c xen/common/sched/rtds.c xen/common/sched/null.c
   xen/common/time/timer.c xen/common/time/vcpu-timer.c xen/common/sync/softirq.c xen/lib/bitmap.c
 */
/* rtds in the simulator: every vcpu gets its budget in every period; extra time is what is left. */
#include "sched-sim.h"
#include "unit.h"

#include <hv/errno.h>

static int set(struct sim_vcpu *s, uint32_t period_us, uint32_t budget_us, bool extra)
{
    xen_domctl_schedparam_vcpu_t param = { .vcpuid = s->v.id };
    struct xen_domctl_scheduler_op op = { .sched_id = XEN_SCHEDULER_RTDS,
                                          .cmd = XEN_DOMCTL_SCHEDOP_putvcpuinfo };

    param.u.rtds.period = period_us;
    param.u.rtds.budget = budget_us;
    param.u.rtds.flags = extra ? XEN_DOMCTL_SCHEDRT_extra : 0;
    op.u.v.vcpus.p = &param;
    op.u.v.nr_vcpus = 1;
    return sched_adjust(s->v.domain, &op);
}

static struct sim_vcpu *add(enum sim_kind kind, uint32_t period_us, uint32_t budget_us, bool extra)
{
    struct sim_vcpu *s = sim_add(kind, budget_us * NS_PER_US / 2, period_us * NS_PER_US, 0);

    assert_int_equal(set(s, period_us, budget_us, extra), 0);
    return s;
}

static void assert_share(const struct sim_vcpu *s, nstime_t duration, double share)
{
    double got = (double)s->ran / (double)duration;

    if (got < share * 0.98 || got > share * 1.02)
        fail_msg("vcpu %u: share %.4f instead of %.4f", s->d.id, got, share);
}

/* A CPU that is promised away to the last nanosecond: EDF keeps every promise. */
static void test_full_cpu(void **state __unused)
{
    static const uint32_t sets[][2] = { { 10000, 5000 }, { 20000, 5000 }, { 40000, 10000 } };

    sim_start(1, "rtds", 1);
    for (unsigned int i = 0; i < ARRAY_SIZE(sets); i++)
        add(SIM_SPIN, sets[i][0], sets[i][1], false);
    sim_run(NS_PER_S, NULL, 0);
    sim_reset_measures();
    sim_run(10 * NS_PER_S, NULL, 0);
    for (unsigned int i = 0; i < ARRAY_SIZE(sets); i++) {
        assert_share(&sim_vcpus[i], 10 * NS_PER_S, (double)sets[i][1] / sets[i][0]);
        assert_true(sim_vcpus[i].max_wait <= 2 * (sets[i][0] - sets[i][1]) * NS_PER_US);
    }
    sim_stop();
}

/* Without extra time a CPU idles rather than give more than the budget. */
static void test_budget_is_a_limit(void **state __unused)
{
    sim_start(2, "rtds", 2);
    sim_work_conserving = false;
    add(SIM_SPIN, 10000, 2500, false);
    sim_run(10 * NS_PER_S, NULL, 0);
    assert_share(&sim_vcpus[0], 10 * NS_PER_S, 0.25);
    sim_stop();
}

/* Extra time never costs another its budget. */
static void test_extra_time(void **state __unused)
{
    sim_start(1, "rtds", 3);
    add(SIM_SPIN, 10000, 1000, true);
    add(SIM_SPIN, 10000, 6000, false);
    sim_run(NS_PER_S, NULL, 0);
    sim_reset_measures();
    sim_run(10 * NS_PER_S, NULL, 0);
    assert_share(&sim_vcpus[0], 10 * NS_PER_S, 0.4);
    assert_share(&sim_vcpus[1], 10 * NS_PER_S, 0.6);
    sim_stop();
}

/* Sleepers that need half their budget get it before their period ends, whoever else spins. */
static void test_deadlines(void **state __unused)
{
    sim_start(2, "rtds", 4);
    for (unsigned int i = 0; i < 6; i++)
        add(SIM_PERIODIC, 10000 + i * 1000, 2000, false);
    for (unsigned int i = 0; i < 3; i++)
        add(SIM_SPIN, 10000, 1000, true);
    sim_run(NS_PER_S, NULL, 0);
    sim_reset_measures();
    sim_run(10 * NS_PER_S, NULL, 0);
    for (unsigned int i = 0; i < 6; i++) {
        assert_true(sim_vcpus[i].max_latency < (10000 + i * 1000 - 1000) * NS_PER_US);
        assert_true(sim_vcpus[i].bursts + 2 >= 10 * NS_PER_S / sim_vcpus[i].period);
    }
    sim_stop();
}

static void test_params(void **state __unused)
{
    struct xen_domctl_scheduler_op op = { .sched_id = XEN_SCHEDULER_RTDS,
                                          .cmd = XEN_DOMCTL_SCHEDOP_getinfo };
    xen_domctl_schedparam_vcpu_t param = { .vcpuid = 0 };
    struct sim_vcpu *s;

    sim_start(1, "rtds", 5);
    sim_work_conserving = false;
    s = sim_add(SIM_SPIN, 0, 0, 0);
    assert_int_equal(sched_adjust(&s->d, &op), 0);
    assert_int_equal(op.u.rtds.period, 10000);
    assert_int_equal(op.u.rtds.budget, 4000);
    assert_int_equal(set(s, 1000, 2000, false), -EINVAL);
    assert_int_equal(set(s, 1000, 0, false), -EINVAL);
    assert_int_equal(set(s, 1000, 500, false), 0);
    op.cmd = XEN_DOMCTL_SCHEDOP_getvcpuinfo;
    op.u.v.vcpus.p = &param;
    op.u.v.nr_vcpus = 1;
    assert_int_equal(sched_adjust(&s->d, &op), 0);
    assert_int_equal(param.u.rtds.period, 1000);
    assert_int_equal(param.u.rtds.flags, 0);
    param.vcpuid = 9;
    assert_int_equal(sched_adjust(&s->d, &op), -EINVAL);
    op.sched_id = XEN_SCHEDULER_CREDIT2;
    assert_int_equal(sched_adjust(&s->d, &op), -EINVAL);
    sim_run(NS_PER_S, NULL, 0);
    assert_share(s, NS_PER_S, 0.5);
    sim_stop();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_full_cpu),   cmocka_unit_test(test_budget_is_a_limit),
        cmocka_unit_test(test_extra_time), cmocka_unit_test(test_deadlines),
        cmocka_unit_test(test_params),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
