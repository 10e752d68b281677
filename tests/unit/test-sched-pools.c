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
 * Pools of CPUs, and credit2's several queues, in the simulator: CPUs and domains that move, with
 * every policy, while the vcpus run; and what is refused.
 */
#include "sched-sim.h"
#include "unit.h"

#include <hv/cpupool.h>
#include <hv/errno.h>

#define ANY XEN_SYSCTL_CPUPOOL_PAR_ANY

static const uint32_t policies[] = { XEN_SCHEDULER_CREDIT2, XEN_SCHEDULER_CREDIT,
                                     XEN_SCHEDULER_RTDS, XEN_SCHEDULER_NULL };

/* From a CPU that is not concerned, if there is one. */
static int remove_cpu(uint32_t pool, unsigned int cpu)
{
    test_cpu_set(cpu ? 0 : 1);
    return cpupool_remove_cpu(pool, cpu);
}

static void test_pools_refuse(void **state __unused)
{
    struct cpupool_info info;
    struct cpumask free;
    uint32_t id = 0;

    sim_start(2, "credit2", 1);
    sim_add(SIM_SPIN, 0, 0, 0);
    assert_int_equal(cpupool_create(&id, XEN_SCHEDULER_CREDIT2), -EEXIST);
    id = 7;
    assert_int_equal(cpupool_create(&id, 99), -ENOENT);
    id = ANY;
    assert_int_equal(cpupool_create(&id, XEN_SCHEDULER_CREDIT), 0);
    assert_int_equal(id, 1);
    assert_int_equal(cpupool_info(1, &info), 0);
    assert_int_equal(info.sched_id, XEN_SCHEDULER_CREDIT);
    assert_int_equal(cpupool_info(2, &info), -ENOENT);
    assert_int_equal(cpupool_add_cpu(1, 1), -ENODEV);
    assert_int_equal(cpupool_add_cpu(1, ANY), -ENODEV);
    assert_int_equal(cpupool_add_cpu(1, 77), -EINVAL);
    assert_int_equal(cpupool_add_cpu(9, 0), -ENOENT);
    assert_int_equal(remove_cpu(1, 1), -EADDRNOTAVAIL);
    assert_int_equal(cpupool_move_domain(&sim_vcpus[0].d, 1), -ENODEV);
    assert_int_equal(remove_cpu(0, 1), 0);
    assert_int_equal(remove_cpu(0, 0), -EBUSY);
    cpupool_free_cpus(&free);
    assert_int_equal(cpumask_weight(&free), 1);
    assert_true(cpumask_has(&free, 1));
    assert_int_equal(cpupool_destroy(0), -EBUSY);
    assert_int_equal(cpupool_add_cpu(1, ANY), 0);
    assert_int_equal(cpupool_destroy(1), -EBUSY);
    assert_int_equal(remove_cpu(1, 1), 0);
    assert_int_equal(cpupool_destroy(1), 0);
    assert_int_equal(cpupool_destroy(1), -ENOENT);
    assert_int_equal(cpupool_add_cpu(0, 1), 0);
    sim_stop();
}

/* Who is pinned for the moment keeps its CPU. */
static void test_pinned(void **state __unused)
{
    sim_start(2, "credit2", 1);
    sim_add(SIM_SPIN, 0, 0, 0);
    assert_int_equal(vcpu_pin_override(&sim_vcpus[0].v, 1), 0);
    assert_int_equal(remove_cpu(0, 1), -EADDRINUSE);
    assert_int_equal(vcpu_pin_override(&sim_vcpus[0].v, -1), 0);
    assert_int_equal(remove_cpu(0, 1), 0);
    sim_run(NS_PER_MS, NULL, 0);
    assert_true(sim_vcpus[0].v.is_running && sim_vcpus[0].v.cpu == 0);
    sim_stop();
}

/* A CPU that takes itself away does so once its vcpu has left. */
static void test_own_cpu(void **state __unused)
{
    sim_start(2, "credit2", 1);
    sim_add(SIM_SPIN, 0, 0, 0);
    sim_add(SIM_SPIN, 0, 0, 0);
    sim_run(NS_PER_MS, NULL, 0);
    test_cpu_set(sim_vcpus[0].v.cpu);
    assert_int_equal(cpupool_remove_cpu(0, test_cpu), -ERESTART);
    assert_int_equal(cpupool_add_cpu(0, test_cpu), -EADDRNOTAVAIL);
    sim_run(50 * NS_PER_MS, NULL, 0);
    assert_int_equal(sim_vcpus[0].v.cpu, sim_vcpus[1].v.cpu);
    assert_int_equal(remove_cpu(0, !sim_vcpus[0].v.cpu), 0);
    sim_stop();
}

static uint32_t pool_with(uint32_t policy, unsigned int first, unsigned int count)
{
    uint32_t id = ANY;

    assert_int_equal(cpupool_create(&id, policy), 0);
    for (unsigned int cpu = first; cpu < first + count; cpu++) {
        assert_int_equal(remove_cpu(0, cpu), 0);
        assert_int_equal(cpupool_add_cpu(id, cpu), 0);
    }
    return id;
}

/* Two pools do not disturb each other. */
static void test_apart(void **state __unused)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(policies); i++) {
        struct sim_vcpu *s;
        uint32_t id;

        sim_start(3, "credit2", 1);
        sim_work_conserving = false;
        for (unsigned int n = 0; n < 4; n++)
            sim_add(SIM_SPIN, 0, 0, 0);
        sim_run(NS_PER_MS, NULL, 0);
        id = pool_with(policies[i], 2, 1);
        s = sim_add_in(id, SIM_SPIN, 0, 0, 0);
        sim_reset_measures();
        sim_run(NS_PER_S, NULL, 0);
        assert_int_equal(s->v.cpu, 2);
        assert_true(s->ran > 990 * NS_PER_MS);
        assert_true(sim_vcpus[0].ran > 450 * NS_PER_MS && sim_vcpus[0].ran < 550 * NS_PER_MS);
        sim_stop();
    }
}

static uint32_t other_pool;

/* Domains and CPUs go to and fro; what is in the way is an error, never a hang. */
static void move_storm(void)
{
    struct sim_vcpu *s = &sim_vcpus[sim_random(sim_vcpu_count)];
    unsigned int cpu = sim_random(sim_cpus);
    uint32_t pool = sim_random(2) ? other_pool : 0;
    struct cpumask mask;

    sim_act_from_outside(&s->v);
    switch (sim_random(4)) {
    case 0: (void)cpupool_remove_cpu(pool, cpu); break;
    case 1: (void)cpupool_add_cpu(pool, ANY); break;
    case 2: (void)cpupool_move_domain(&s->d, pool); break;
    default:
        cpumask_clear(&mask);
        cpumask_add(&mask, sim_random(sim_cpus));
        cpumask_add(&mask, sim_random(sim_cpus));
        (void)vcpu_set_hard_affinity(&s->v, &mask);
    }
}

static void test_moves(void **state __unused)
{
    for (unsigned int i = 0; i < 4 * ARRAY_SIZE(policies); i++) {
        bool null = policies[i % 4] == XEN_SCHEDULER_NULL;
        struct cpumask all;

        sim_group_next = 1 + i % 3;
        sim_start(6, "credit2", 100 + i);
        sim_work_conserving = false;
        for (unsigned int n = 0; n < (null ? 1 : 4); n++)
            sim_add(SIM_SPIN, 0, 0, 0);
        sim_add(SIM_PERIODIC, 200 * NS_PER_US, 3 * NS_PER_MS, 0);
        sim_add_partners(50 * NS_PER_US);
        other_pool = pool_with(policies[i % 4], 3, 3);
        sim_run(2 * NS_PER_S, move_storm, 300 * NS_PER_US);
        cpumask_fill(&all);
        for (unsigned int n = 0; n < sim_vcpu_count; n++) {
            sim_act_from_outside(&sim_vcpus[n].v);
            assert_int_equal(vcpu_set_hard_affinity(&sim_vcpus[n].v, &all), 0);
            (void)cpupool_move_domain(&sim_vcpus[n].d, 0);
        }
        while (!cpupool_add_cpu(0, ANY))
            continue;
        sim_reset_measures();
        sim_run(NS_PER_S, NULL, 0);
        for (unsigned int n = 0; n < sim_vcpu_count; n++)
            if (!sim_vcpus[n].ran)
                fail_msg("policy %u: vcpu %u is lost", policies[i % 4], n);
        sim_stop();
    }
}

/* Queues of two CPUs: idle ones take from the others, busy ones even out what waits. */
static void test_queues_even(void **state __unused)
{
    struct cpumask two;

    sim_group_next = 2;
    sim_start(4, "credit2", 1);
    cpumask_clear(&two);
    cpumask_add(&two, 0);
    cpumask_add(&two, 1);
    for (unsigned int i = 0; i < 8; i++) {
        sim_add(SIM_SPIN, 0, 0, 0);
        assert_int_equal(vcpu_set_hard_affinity(&sim_vcpus[i].v, &two), 0);
    }
    sim_run(NS_PER_S, NULL, 0);
    cpumask_fill(&two);
    for (unsigned int i = 0; i < 8; i++)
        assert_int_equal(vcpu_set_hard_affinity(&sim_vcpus[i].v, &two), 0);
    sim_run(NS_PER_S, NULL, 0);
    sim_reset_measures();
    sim_run(10 * NS_PER_S, NULL, 0);
    for (unsigned int i = 0; i < 8; i++)
        assert_in_range(sim_vcpus[i].ran, 4500 * NS_PER_MS, 5500 * NS_PER_MS);
    sim_stop();
}

/* A domain whose soft affinity names other CPUs goes there when they are free. */
static void test_soft_affinity(void **state __unused)
{
    static const char *const names[] = { "credit2", "credit" };

    for (unsigned int i = 0; i < ARRAY_SIZE(names); i++) {
        struct cpumask mask;

        sim_start(4, names[i], 1);
        sim_add(SIM_PERIODIC, 200 * NS_PER_US, 3 * NS_PER_MS, 0);
        cpumask_clear(&mask);
        cpumask_add(&mask, 3);
        vcpu_set_soft_affinity(&sim_vcpus[0].v, &mask);
        sim_run(50 * NS_PER_MS, NULL, 0);
        assert_int_equal(sim_vcpus[0].v.cpu, 3);
        sim_stop();
    }
}

/* At once: not when the slice ends. */
static void test_affinity_at_once(void **state __unused)
{
    static const char *const names[] = { "credit2", "credit", "rtds", "null" };

    for (unsigned int i = 0; i < ARRAY_SIZE(names); i++) {
        struct cpumask mask;
        struct vcpu *v;

        sim_start(2, names[i], 1);
        v = &sim_add(SIM_SPIN, 0, 0, 0)->v;
        sim_run(NS_PER_MS, NULL, 0);
        cpumask_clear(&mask);
        cpumask_add(&mask, !v->cpu);
        sim_act_from_outside(v);
        assert_int_equal(vcpu_set_hard_affinity(v, &mask), 0);
        sim_run(1, NULL, 0);
        assert_true(v->is_running && cpumask_has(&mask, v->cpu));
        sim_stop();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pools_refuse),  cmocka_unit_test(test_pinned),
        cmocka_unit_test(test_own_cpu),       cmocka_unit_test(test_apart),
        cmocka_unit_test(test_moves),         cmocka_unit_test(test_queues_even),
        cmocka_unit_test(test_soft_affinity), cmocka_unit_test(test_affinity_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
