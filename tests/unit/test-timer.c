/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Timers against a model: random arming, stopping, moving and passing of time on four CPUs. */
/* sources: xen/common/time/timer.c xen/common/sync/softirq.c xen/lib/bitmap.c */
#include "unit.h"

#include <hv/percpu.h>
#include <hv/printk.h>
#include <hv/smp.h>
#include <hv/softirq.h>
#include <hv/spinlock.h>
#include <hv/timer.h>

#include <stdlib.h>

#define CPUS   4U
#define TIMERS 200U

struct model {
    struct timer t;
    nstime_t expires; /* 0: not armed */
    unsigned int cpu;
    unsigned int fired;
};

static struct model timers[TIMERS];
static nstime_t now, programmed[CPUS], last_fired[CPUS];
static bool rearm; /* handlers arm their timer again */
struct cpu_info *cpu_infos[NR_CPUS];

nstime_t time_now(void)
{
    return now;
}

void arch_timer_program(nstime_t when)
{
    assert_true(!irq_is_enabled());
    programmed[smp_cpu_id()] = when;
}

void smp_kick(unsigned int cpu)
{
    assert_true(cpu < CPUS && cpu != smp_cpu_id());
}

void spin_lock_wait(struct spinlock *l __unused, uint16_t ticket __unused)
{
    fail_msg("deadlock");
}

void panic(const char *fmt, ...)
{
    fail_msg("panic: %s", fmt);
    abort();
}

static void fire(void *arg)
{
    struct model *m = arg;

    assert_true(irq_is_enabled());
    assert_int_equal(m->cpu, smp_cpu_id());
    assert_true(m->expires != 0 && m->expires <= now);
    assert_true(m->expires >= last_fired[m->cpu]);
    assert_false(timer_is_armed(&m->t));
    last_fired[m->cpu] = m->expires;
    m->expires = 0;
    m->fired++;
    if (rearm && rand() % 2) {
        m->expires = now + 1 + rand() % 1000;
        timer_set(&m->t, m->expires);
    }
}

static int set_up(void **state __unused)
{
    static bool once;

    now = 1;
    rearm = false;
    for (unsigned int cpu = CPUS; cpu-- > 0;) {
        test_cpu_set(cpu);
        cpu_infos[cpu] = cpu_info();
        cpu_info()->softirq_pending = 0;
        programmed[cpu] = TIME_NEVER;
        last_fired[cpu] = 0;
        if (cpu || once)
            timer_cpu_up(cpu);
    }
    if (!once)
        timer_subsystem_init();
    once = true;
    for (unsigned int i = 0; i < TIMERS; i++) {
        timers[i] = (struct model){ .cpu = i % CPUS };
        timer_init(&timers[i].t, fire, &timers[i], i % CPUS);
    }
    return 0;
}

/* The interrupts that are due, and the softirqs. */
static void run_cpus(void)
{
    for (unsigned int cpu = 0; cpu < CPUS; cpu++) {
        test_cpu_set(cpu);
        last_fired[cpu] = 0;
        if (programmed[cpu] <= now) {
            programmed[cpu] = TIME_NEVER; /* one shot */
            softirq_raise(SOFTIRQ_TIMER);
        }
        softirq_process();
        assert_true(irq_is_enabled());
    }
}

/* Nothing is due any more, and each CPU will wake in time for its earliest timer. */
static void check(void)
{
    for (unsigned int i = 0; i < TIMERS; i++) {
        const struct model *m = &timers[i];

        assert_int_equal(timer_is_armed(&m->t), m->expires != 0);
        if (m->expires) {
            assert_true(m->expires > now);
            assert_true(programmed[m->cpu] <= m->expires);
        }
    }
}

static void random_act(void)
{
    struct model *m = &timers[(unsigned int)rand() % TIMERS];

    test_cpu_set((unsigned int)rand() % CPUS);
    switch (rand() % 4) {
    case 0:
    case 1:
        m->expires = now + rand() % 3000 - 200;
        if (m->expires < 1)
            m->expires = 1;
        timer_set(&m->t, m->expires);
        break;
    case 2:
        m->expires = 0;
        timer_stop(&m->t);
        break;
    case 3:
        m->cpu = (unsigned int)rand() % CPUS;
        timer_migrate(&m->t, m->cpu);
        break;
    }
}

static void test_random_against_model(void **state __unused)
{
    srand(7);
    rearm = true;
    for (unsigned int round = 0; round < 40000; round++) {
        for (int acts = rand() % 4; acts >= 0; acts--)
            random_act();
        now += rand() % 60;
        run_cpus();
        check();
    }
}

static void test_order(void **state __unused)
{
    test_cpu_set(0);
    for (unsigned int i = 0; i < TIMERS; i += CPUS) {
        timers[i].expires = 1000 + (nstime_t)(i * 7919 % 1009);
        timer_set(&timers[i].t, timers[i].expires);
    }
    now = 5000;
    run_cpus(); /* fire() checks the order */
    for (unsigned int i = 0; i < TIMERS; i += CPUS)
        assert_int_equal(timers[i].fired, 1);
    check();
}

static void test_later_first_costs_no_programming(void **state __unused)
{
    test_cpu_set(0);
    timers[0].expires = 100;
    timer_set(&timers[0].t, 100);
    assert_int_equal(programmed[0], 100);
    timer_set(&timers[4].t, 200);
    timers[4].expires = 200;
    assert_int_equal(programmed[0], 100);
    timer_stop(&timers[0].t);
    timers[0].expires = 0;
    assert_int_equal(programmed[0], 100); /* one early interrupt is cheaper */
    now = 150;
    run_cpus();
    assert_int_equal(programmed[0], 200);
    assert_int_equal(timers[4].fired, 0);
}

static void test_kill_is_for_good(void **state __unused)
{
    test_cpu_set(1);
    timer_set(&timers[1].t, 100);
    timer_kill(&timers[1].t);
    timer_set(&timers[1].t, 100);
    assert_false(timer_is_armed(&timers[1].t));
    now = 1000;
    run_cpus();
    assert_int_equal(timers[1].fired, 0);
}

static void kill_self(void *arg)
{
    struct model *m = arg;

    m->fired++;
    timer_kill(&m->t); /* must not wait for itself */
}

static void test_kill_in_handler(void **state __unused)
{
    test_cpu_set(0);
    timer_init(&timers[0].t, kill_self, &timers[0], 0);
    timer_set(&timers[0].t, 100);
    now = 1000;
    run_cpus();
    assert_int_equal(timers[0].fired, 1);
}

static void test_cpu_down_moves_timers(void **state __unused)
{
    test_cpu_set(0);
    for (unsigned int i = 2; i < TIMERS; i += CPUS) {
        timers[i].expires = 100 + i;
        timer_set(&timers[i].t, timers[i].expires);
    }
    timer_cpu_down(2);
    for (unsigned int i = 2; i < TIMERS; i += CPUS)
        timers[i].cpu = 0;
    now = 1000;
    run_cpus();
    for (unsigned int i = 2; i < TIMERS; i += CPUS)
        assert_int_equal(timers[i].fired, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_order, set_up),
        cmocka_unit_test_setup(test_later_first_costs_no_programming, set_up),
        cmocka_unit_test_setup(test_kill_is_for_good, set_up),
        cmocka_unit_test_setup(test_kill_in_handler, set_up),
        cmocka_unit_test_setup(test_cpu_down_moves_timers, set_up),
        cmocka_unit_test_setup(test_random_against_model, set_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
