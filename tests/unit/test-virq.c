/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Virtual interrupts: per vcpu or global, bound once, raised to whoever bound them. */
/* sources: xen/common/event/bind.c xen/common/event/channel.c xen/common/event/close.c
   xen/common/event/fifo.c xen/common/event/fifo-setup.c xen/common/event/hypercall.c
   xen/common/event/pirq.c xen/common/event/send.c xen/common/event/status.c
   xen/common/event/two-level.c xen/common/event/virq.c xen/lib/bitmap.c
   tests/unit/lib/event-world.c */
#include "lib/event-world.h"

static long bind(uint32_t virq, uint32_t vcpu)
{
    struct evtchn_bind_virq op = { .virq = virq, .vcpu = vcpu };

    return world_op(EVTCHNOP_bind_virq, &op);
}

static bool is_pending(unsigned int dom, uint32_t port)
{
    int rc = evtchn_port_is_pending(&world.domains[dom], port);

    assert_true(rc >= 0);
    return rc;
}

static void test_bind_checks(void **state)
{
    (void)state;
    assert_int_equal(bind(NR_VIRQS, 0), -EINVAL);
    assert_int_equal(bind(~0U, 0), -EINVAL);
    assert_int_equal(bind(VIRQ_TIMER, WORLD_VCPUS), -ENOENT);
    assert_int_equal(bind(VIRQ_CONSOLE, 1), -EINVAL); /* global ones are bound on vcpu 0 */
    assert_int_equal(bind(VIRQ_TIMER, 1), 0);
    assert_int_equal(bind(VIRQ_TIMER, 1), -EEXIST);
    assert_int_equal(bind(VIRQ_TIMER, 2), 0);
    assert_int_equal(bind(VIRQ_CONSOLE, 0), 0);
    assert_int_equal(bind(VIRQ_CONSOLE, 0), -EEXIST);
}

static void test_classes_are_the_headers(void **state)
{
    (void)state;
    for (uint32_t virq = 0; virq < NR_VIRQS; virq++) {
        bool per_vcpu = virq == VIRQ_TIMER || virq == VIRQ_DEBUG || virq == VIRQ_XENOPROF ||
                        virq == VIRQ_XENPMU;

        assert_int_equal(bind(virq, 3), per_vcpu ? 0 : -EINVAL);
    }
}

static void test_raise_reaches_the_vcpu(void **state)
{
    uint32_t a = world_bind_virq(VIRQ_TIMER, 1), b = world_bind_virq(VIRQ_TIMER, 2);
    struct evtchn_status status = world_status(DOMID_SELF, b);

    (void)state;
    assert_int_equal(status.status, EVTCHNSTAT_virq);
    assert_int_equal(status.u.virq, VIRQ_TIMER);
    assert_int_equal(status.vcpu, 2);
    virq_raise_vcpu(&world.vcpus[1][2], VIRQ_TIMER);
    assert_true(is_pending(1, b));
    assert_false(is_pending(1, a));
    assert_int_equal(world.kicks[1][2], 1);
    virq_raise_vcpu(&world.vcpus[1][3], VIRQ_TIMER); /* not bound */
    virq_raise_vcpu(&world.vcpus[1][2], VIRQ_DEBUG);
    assert_int_equal(world.kicks[1][2], 1);
    assert_int_equal(world.kicks[1][3], 0);
}

static void test_closed_virqs_are_silent_and_free(void **state)
{
    uint32_t port = world_bind_virq(VIRQ_TIMER, 1), other;

    (void)state;
    assert_int_equal(world_close(port), 0);
    other = world_bind_ipi(1);
    assert_int_equal(other, port);
    virq_raise_vcpu(&world.vcpus[1][1], VIRQ_TIMER);
    assert_false(is_pending(1, other));
    assert_int_equal(bind(VIRQ_TIMER, 1), 0);
}

static void test_global_ones_go_to_the_control_domain(void **state)
{
    struct evtchn_bind_vcpu move = { .vcpu = 3 };
    uint32_t port, unheard = world_bind_virq(VIRQ_CON_RING, 0);

    (void)state;
    virq_raise_global(VIRQ_CON_RING); /* nobody has bound it there */
    world_enter(0, 0);
    port = world_bind_virq(VIRQ_CON_RING, 0);
    move.port = port;
    assert_int_equal(world_op(EVTCHNOP_bind_vcpu, &move), 0);
    virq_raise_global(VIRQ_CON_RING);
    assert_true(is_pending(0, port));
    assert_false(is_pending(1, unheard));
    assert_int_equal(world.kicks[0][3], 1);
    /* It was bound on vcpu 0 and must be given back there. */
    assert_int_equal(world_close(port), 0);
    assert_int_equal(world.vcpus[0][0].virq_port[VIRQ_CON_RING], 0);
    assert_int_equal(bind(VIRQ_CON_RING, 0), 0);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, world_setup, world_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_bind_checks),
        TEST(test_classes_are_the_headers),
        TEST(test_raise_reaches_the_vcpu),
        TEST(test_closed_virqs_are_silent_and_free),
        TEST(test_global_ones_go_to_the_control_domain),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
