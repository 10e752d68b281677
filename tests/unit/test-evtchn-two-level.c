/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two-level delivery: bits in shared_info, selectors in vcpu_info, and when the vcpu is told. */
/* sources: xen/common/event/bind.c xen/common/event/channel.c xen/common/event/close.c
   xen/common/event/fifo.c xen/common/event/fifo-setup.c xen/common/event/hypercall.c
   xen/common/event/pirq.c xen/common/event/send.c xen/common/event/status.c
   xen/common/event/two-level.c xen/common/event/virq.c xen/lib/bitmap.c
   tests/unit/lib/event-world.c */
#include "lib/event-world.h"

static shared_info_t *shared(void)
{
    return world.domains[1].shared_info;
}

static vcpu_info_t *info(unsigned int vcpu)
{
    return &shared()->vcpu_info[vcpu];
}

/* A port in word 2 of the bitmaps that notifies vcpu 1. */
static uint32_t port_in_word_2(void)
{
    uint32_t port;

    do
        port = world_bind_ipi(1);
    while (port < 2 * 64 + 5);
    return port;
}

static void test_an_event_sets_all_three_levels(void **state)
{
    uint32_t port = port_in_word_2();

    (void)state;
    assert_int_equal(world_send(port), 0);
    assert_int_equal(shared()->evtchn_pending[2], 1UL << 5);
    assert_int_equal(info(1)->evtchn_pending_sel, 1UL << 2);
    assert_int_equal(info(1)->evtchn_upcall_pending, 1);
    assert_int_equal(info(0)->evtchn_upcall_pending, 0);
    assert_int_equal(world.kicks[1][1], 1);
    assert_int_equal(world_send(port), 0); /* still pending: nothing new */
    assert_int_equal(world.kicks[1][1], 1);
}

static void test_the_vcpu_is_told_once(void **state)
{
    uint32_t a = world_bind_ipi(1), b = world_bind_ipi(1), c = port_in_word_2();

    (void)state;
    assert_int_equal(world_send(a), 0);
    assert_int_equal(world_send(b), 0); /* same selector */
    assert_int_equal(world_send(c), 0); /* another one, but the upcall is pending */
    assert_int_equal(world.kicks[1][1], 1);
    assert_int_equal(info(1)->evtchn_pending_sel, 1UL << 2 | 1);
    info(1)->evtchn_upcall_pending = 0;
    info(1)->evtchn_pending_sel = 0;
    shared()->evtchn_pending[0] = 0;
    assert_int_equal(world_send(a), 0);
    assert_int_equal(world.kicks[1][1], 2);
}

static void test_masked_stays_until_unmask(void **state)
{
    uint32_t port = port_in_word_2();

    (void)state;
    shared()->evtchn_mask[2] = 1UL << 5 | 1UL << 6;
    assert_int_equal(world_send(port), 0);
    assert_int_equal(shared()->evtchn_pending[2], 1UL << 5);
    assert_int_equal(info(1)->evtchn_pending_sel, 0);
    assert_int_equal(world.kicks[1][1], 0);
    assert_int_equal(world_unmask(port), 0);
    assert_int_equal(shared()->evtchn_mask[2], 1UL << 6);
    assert_int_equal(info(1)->evtchn_pending_sel, 1UL << 2);
    assert_int_equal(world.kicks[1][1], 1);
    info(1)->evtchn_upcall_pending = 0;
    info(1)->evtchn_pending_sel = 0;
    assert_int_equal(world_unmask(port), 0); /* it was not masked */
    assert_int_equal(world.kicks[1][1], 1);
    shared()->evtchn_mask[2] = 1UL << 5;
    shared()->evtchn_pending[2] = 0;
    assert_int_equal(world_unmask(port), 0); /* nothing is pending */
    assert_int_equal(world.kicks[1][1], 1);
    assert_int_equal(world_unmask(~0U), -EINVAL);
    assert_int_equal(world_unmask(port + 1), 0); /* not in use, but there */
}

static void test_a_vcpu_without_info_gets_its_events_later(void **state)
{
    uint32_t port = world_bind_ipi(3);
    vcpu_info_t late = { 0 };

    (void)state;
    world.vcpus[1][3].info = NULL;
    assert_int_equal(world_send(port), 0);
    vcpu_mark_events_pending(&world.vcpus[1][3]);
    vcpu_events_resync(&world.vcpus[1][3]);
    assert_int_equal(world.kicks[1][3], 0);
    world.vcpus[1][3].info = &late;
    vcpu_events_resync(&world.vcpus[1][3]);
    assert_int_equal(late.evtchn_pending_sel, ~0UL);
    assert_int_equal(late.evtchn_upcall_pending, 1);
    assert_int_equal(world.kicks[1][3], 1);
    assert_int_equal(evtchn_port_is_pending(&world.domains[1], port), 1);
}

static void test_a_domain_without_vcpus_keeps_its_events(void **state)
{
    uint32_t local, remote = world_alloc_unbound(DOMID_SELF, 0);

    (void)state;
    world.domains[1].vcpus[0] = NULL;
    world_enter(0, 0);
    local = world_bind_interdomain(1, remote);
    assert_int_equal(world_send(local), 0);
    assert_int_equal(evtchn_port_is_pending(&world.domains[1], remote), 1);
    world_enter(1, 1);
}

/* Ports past the bitmaps are never given out, though the domain may have more under FIFO. */
static void test_ports_end_with_the_bitmaps(void **state)
{
    struct domain *d = &world.domains[1];
    struct evtchn_bind_ipi op = { .vcpu = 0 };

    (void)state;
    evtchn_domain_destroy(d);
    assert_int_equal(evtchn_domain_init(d, ~0U), 0);
    assert_int_equal(pirq_domain_init(d, WORLD_PIRQS), 0);
    for (uint32_t port = 1; port < EVTCHN_2L_NR_CHANNELS; port++)
        assert_int_equal(world_send(world_bind_ipi(0)), 0);
    assert_int_equal(world_op(EVTCHNOP_bind_ipi, &op), -ENOSPC);
    assert_int_equal(world_unmask(EVTCHN_2L_NR_CHANNELS), -EINVAL);
    for (unsigned int i = 1; i < 64; i++)
        assert_int_equal(shared()->evtchn_pending[i], ~0UL);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, world_setup, world_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_an_event_sets_all_three_levels),
        TEST(test_the_vcpu_is_told_once),
        TEST(test_masked_stays_until_unmask),
        TEST(test_a_vcpu_without_info_gets_its_events_later),
        TEST(test_a_domain_without_vcpus_keeps_its_events),
        TEST(test_ports_end_with_the_bitmaps),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
