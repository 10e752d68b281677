/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The operations on event channels: what each answers, to whom, and what it leaves behind. */
/* sources: xen/common/event/bind.c xen/common/event/channel.c xen/common/event/close.c
   xen/common/event/fifo.c xen/common/event/fifo-setup.c xen/common/event/hypercall.c
   xen/common/event/pirq.c xen/common/event/send.c xen/common/event/status.c
   xen/common/event/two-level.c xen/common/event/virq.c xen/lib/bitmap.c
   tests/unit/lib/event-world.c */
#include "lib/event-world.h"

static bool is_pending(unsigned int dom, uint32_t port)
{
    int rc = evtchn_port_is_pending(&world.domains[dom], port);

    assert_true(rc >= 0);
    return rc;
}

static void clear_pending(unsigned int dom, uint32_t port)
{
    world.domains[dom].shared_info->evtchn_pending[port / 64] &= ~(1UL << port % 64);
}

/* A channel between domain 1 (returned) and domain 2 (*remote); domain 1 is entered. */
static uint32_t make_pair(uint32_t *remote)
{
    uint32_t local;

    world_enter(2, 0);
    *remote = world_alloc_unbound(DOMID_SELF, 1);
    world_enter(1, 0);
    local = world_bind_interdomain(2, *remote);
    return local;
}

static void test_dispatch_refuses_what_it_does_not_know(void **state)
{
    struct evtchn_op op = { .cmd = EVTCHNOP_bind_ipi, .u.bind_ipi.vcpu = 1 };

    (void)state;
    assert_int_equal(world_op(15, &op), -ENOSYS);
    assert_int_equal(do_event_channel_op(~0UL, (unsigned long)&op, 0, 0, 0), -ENOSYS);
    for (unsigned int cmd = 0; cmd <= 14; cmd++)
        assert_int_equal(world_op(cmd, NULL), -EFAULT);
    assert_int_equal(do_event_channel_op_compat((unsigned long)&op, 0, 0, 0, 0), 0);
    assert_int_equal(world_status(DOMID_SELF, op.u.bind_ipi.port).vcpu, 1);
    op.cmd = EVTCHNOP_reset;
    assert_int_equal(do_event_channel_op_compat((unsigned long)&op, 0, 0, 0, 0), -ENOSYS);
    assert_int_equal(do_event_channel_op_compat(0, 0, 0, 0, 0), -EFAULT);
}

static void test_alloc_unbound_is_for_self_or_by_control_domain(void **state)
{
    struct evtchn_alloc_unbound op = { .dom = 2, .remote_dom = 0 };
    uint32_t port = world_alloc_unbound(DOMID_SELF, DOMID_SELF);

    (void)state;
    assert_int_equal(world_status(DOMID_SELF, port).status, EVTCHNSTAT_unbound);
    assert_int_equal(world_status(DOMID_SELF, port).u.unbound.dom, 1);
    assert_int_equal(world_op(EVTCHNOP_alloc_unbound, &op), -EPERM);
    op.dom = 7;
    assert_int_equal(world_op(EVTCHNOP_alloc_unbound, &op), -ESRCH);
    op.dom = 1; /* by number, but itself */
    assert_int_equal(world_op(EVTCHNOP_alloc_unbound, &op), 0);
    world_enter(0, 0);
    port = world_alloc_unbound(2, DOMID_SELF);
    assert_int_equal(world_status(2, port).u.unbound.dom, 0);
    world_enter(1, 0);
    op.dom = 1;
    world.domains[1].state = DOMAIN_DYING;
    assert_int_equal(world_op(EVTCHNOP_alloc_unbound, &op), -EINVAL);
}

static void test_ports_run_out_and_come_back(void **state)
{
    struct evtchn_alloc_unbound op = { .dom = DOMID_SELF };

    (void)state;
    for (uint32_t port = 1; port <= WORLD_PORTS; port++)
        assert_int_equal(world_alloc_unbound(DOMID_SELF, 0), port);
    assert_int_equal(world_op(EVTCHNOP_alloc_unbound, &op), -ENOSPC);
    assert_int_equal(world_close(WORLD_PORTS), 0);
    assert_int_equal(world_close(500), 0);
    assert_int_equal(world_alloc_unbound(DOMID_SELF, 0), 500);
    assert_int_equal(world_alloc_unbound(DOMID_SELF, 0), WORLD_PORTS);
    assert_int_equal(world_op(EVTCHNOP_alloc_unbound, &op), -ENOSPC);
}

static void test_no_memory_for_more_ports(void **state)
{
    struct evtchn_alloc_unbound op = { .dom = DOMID_SELF };
    uint32_t port = 0;

    (void)state;
    while (port != 127)
        port = world_alloc_unbound(DOMID_SELF, 0);
    world.fail_allocation_in = 1;
    assert_int_equal(world_op(EVTCHNOP_alloc_unbound, &op), -ENOMEM);
    assert_int_equal(world_alloc_unbound(DOMID_SELF, 0), 128);
}

static void test_bind_interdomain_joins_two_ends(void **state)
{
    uint32_t remote, local = make_pair(&remote);
    struct evtchn_status status = world_status(DOMID_SELF, local);

    (void)state;
    assert_int_equal(status.status, EVTCHNSTAT_interdomain);
    assert_int_equal(status.u.interdomain.dom, 2);
    assert_int_equal(status.u.interdomain.port, remote);
    assert_true(is_pending(1, local));
    assert_false(is_pending(2, remote));
    world_enter(2, 0);
    status = world_status(DOMID_SELF, remote);
    assert_int_equal(status.status, EVTCHNSTAT_interdomain);
    assert_int_equal(status.u.interdomain.dom, 1);
    assert_int_equal(status.u.interdomain.port, local);
}

static void test_bind_interdomain_refuses_what_does_not_wait_for_it(void **state)
{
    uint32_t remote, local = make_pair(&remote);
    struct evtchn_bind_interdomain op = { .remote_dom = 2, .remote_port = remote };

    (void)state;
    assert_int_equal(world_op(EVTCHNOP_bind_interdomain, &op), -EINVAL); /* taken */
    op.remote_port = 0;
    assert_int_equal(world_op(EVTCHNOP_bind_interdomain, &op), -EINVAL);
    op.remote_port = ~0U;
    assert_int_equal(world_op(EVTCHNOP_bind_interdomain, &op), -EINVAL);
    op.remote_dom = 9;
    assert_int_equal(world_op(EVTCHNOP_bind_interdomain, &op), -ESRCH);
    world_enter(2, 0);
    op.remote_port = world_alloc_unbound(DOMID_SELF, 0);
    op.remote_dom = 2;
    world_enter(1, 0);
    assert_int_equal(world_op(EVTCHNOP_bind_interdomain, &op), -EINVAL); /* waits for domain 0 */
    assert_int_equal(world_alloc_unbound(DOMID_SELF, 0), local + 1);     /* none was used up */
}

static void test_send_goes_to_the_other_end(void **state)
{
    uint32_t remote, local = make_pair(&remote), unbound = world_alloc_unbound(DOMID_SELF, 0);

    (void)state;
    clear_pending(1, local);
    assert_int_equal(world_send(local), 0);
    assert_true(is_pending(2, remote));
    assert_false(is_pending(1, local));
    world_enter(2, 0);
    assert_int_equal(world_send(remote), 0);
    assert_true(is_pending(1, local));
    world_enter(1, 0);
    assert_int_equal(world_send(unbound), 0);
    assert_int_equal(world_send(0), -EINVAL);
    assert_int_equal(world_send(unbound + 1), -EINVAL);
    assert_int_equal(world_send(WORLD_PORTS + 500), -EINVAL);
    assert_int_equal(world_send(~0U), -EINVAL);
    assert_int_equal(world_send(world_bind_virq(VIRQ_TIMER, 0)), -EINVAL);
}

static void test_loopback(void **state)
{
    uint32_t a = world_alloc_unbound(DOMID_SELF, DOMID_SELF);
    uint32_t b = world_bind_interdomain(DOMID_SELF, a);

    (void)state;
    clear_pending(1, b);
    assert_int_equal(world_send(b), 0);
    assert_true(is_pending(1, a));
    assert_false(is_pending(1, b));
    assert_int_equal(world_close(a), 0);
    assert_int_equal(world_status(DOMID_SELF, b).status, EVTCHNSTAT_unbound);
}

static void test_close_leaves_the_peer_unbound(void **state)
{
    uint32_t remote, local = make_pair(&remote), again;

    (void)state;
    assert_int_equal(world_close(local), 0);
    assert_int_equal(world_close(local), -EINVAL);
    assert_int_equal(world_close(0), -EINVAL);
    assert_int_equal(world_close(~0U), -EINVAL);
    assert_int_equal(world_status(DOMID_SELF, local).status, EVTCHNSTAT_closed);
    world_enter(2, 0);
    assert_int_equal(world_status(DOMID_SELF, remote).status, EVTCHNSTAT_unbound);
    assert_int_equal(world_status(DOMID_SELF, remote).u.unbound.dom, 1);
    assert_int_equal(world_send(remote), 0);
    world_enter(1, 0);
    again = world_bind_interdomain(2, remote);
    assert_int_equal(again, local);
    assert_true(is_pending(1, again)); /* what was sent meanwhile is not lost */
}

static void test_closing_forgets_the_event(void **state)
{
    uint32_t port = world_bind_ipi(1);

    (void)state;
    assert_int_equal(world_send(port), 0);
    assert_true(is_pending(1, port));
    assert_int_equal(world_close(port), 0);
    assert_int_equal(world_bind_ipi(2), port);
    assert_false(is_pending(1, port));
}

static void test_status_is_for_self_or_by_control_domain(void **state)
{
    struct evtchn_status op = { .dom = 2, .port = 1 };

    (void)state;
    assert_int_equal(world_op(EVTCHNOP_status, &op), -EPERM);
    op.dom = 9;
    assert_int_equal(world_op(EVTCHNOP_status, &op), -ESRCH);
    op.dom = DOMID_SELF;
    op.port = 100000;
    assert_int_equal(world_op(EVTCHNOP_status, &op), -EINVAL);
    assert_int_equal(world_status(DOMID_SELF, 0).status, EVTCHNSTAT_closed);
    assert_int_equal(world_status(DOMID_SELF, world_bind_ipi(3)).status, EVTCHNSTAT_ipi);
    world_enter(0, 0);
    assert_int_equal(world_status(1, 1).vcpu, 3);
}

static void test_bind_vcpu_moves_only_what_may_move(void **state)
{
    uint32_t remote, local = make_pair(&remote);
    struct evtchn_bind_vcpu op = { .port = local, .vcpu = 3 };

    (void)state;
    assert_int_equal(world_op(EVTCHNOP_bind_vcpu, &op), 0);
    assert_int_equal(world_status(DOMID_SELF, local).vcpu, 3);
    op.vcpu = WORLD_VCPUS;
    assert_int_equal(world_op(EVTCHNOP_bind_vcpu, &op), -ENOENT);
    op.vcpu = 2;
    op.port = world_bind_ipi(1);
    assert_int_equal(world_op(EVTCHNOP_bind_vcpu, &op), -EINVAL);
    op.port = world_bind_virq(VIRQ_TIMER, 1);
    assert_int_equal(world_op(EVTCHNOP_bind_vcpu, &op), -EINVAL);
    op.port = world_bind_virq(VIRQ_CON_RING, 0);
    assert_int_equal(world_op(EVTCHNOP_bind_vcpu, &op), 0);
    op.port++;
    assert_int_equal(world_op(EVTCHNOP_bind_vcpu, &op), -EINVAL);
    op.port = ~0U;
    assert_int_equal(world_op(EVTCHNOP_bind_vcpu, &op), -EINVAL);
    assert_int_equal(world_close(local), 0);
    assert_int_equal(world_status(DOMID_SELF, local).vcpu, 0);
    assert_int_equal(world_status(DOMID_SELF, world_alloc_unbound(DOMID_SELF, 0)).vcpu, 0);
}

static void test_bind_ipi_wants_a_vcpu(void **state)
{
    struct evtchn_bind_ipi op = { .vcpu = WORLD_VCPUS };

    (void)state;
    assert_int_equal(world_op(EVTCHNOP_bind_ipi, &op), -ENOENT);
    world.domains[1].vcpus[3] = NULL;
    op.vcpu = 3;
    assert_int_equal(world_op(EVTCHNOP_bind_ipi, &op), -ENOENT);
    op.vcpu = ~0U;
    assert_int_equal(world_op(EVTCHNOP_bind_ipi, &op), -ENOENT);
}

static void test_reset_closes_all_in_pieces(void **state)
{
    struct evtchn_reset op = { .dom = DOMID_SELF };
    uint32_t remote;
    long rc;

    (void)state;
    make_pair(&remote);
    while (world_bind_ipi(0) < 900)
        ;
    world.preempt = true;
    rc = world_op(EVTCHNOP_reset, &op);
    for (unsigned int i = 0; rc == __HYPERVISOR_event_channel_op; i++) {
        assert_true(i < 100);
        rc = do_event_channel_op(world.continued[1], world.continued[2], world.continued[3], 0, 0);
    }
    assert_int_equal(rc, 0);
    assert_int_equal(world.continuations, 900 / 64);
    for (uint32_t port = 1; port <= 900; port++)
        assert_int_equal(world_status(DOMID_SELF, port).status, EVTCHNSTAT_closed);
    op.dom = 2;
    assert_int_equal(world_op(EVTCHNOP_reset, &op), -EPERM);
    op.dom = 9;
    assert_int_equal(world_op(EVTCHNOP_reset, &op), -ESRCH);
    world_enter(0, 0);
    assert_int_equal(world_status(2, remote).status, EVTCHNSTAT_unbound);
    op.dom = 2;
    world.preempt = false;
    assert_int_equal(world_op(EVTCHNOP_reset, &op), 0);
    assert_int_equal(world_status(2, remote).status, EVTCHNSTAT_closed);
}

static void test_destroy_tells_the_peers(void **state)
{
    uint32_t remote;

    (void)state;
    make_pair(&remote);
    world.domains[1].state = DOMAIN_DYING;
    evtchn_domain_destroy(&world.domains[1]);
    evtchn_domain_destroy(&world.domains[1]);
    world_enter(2, 0);
    assert_int_equal(world_status(DOMID_SELF, remote).status, EVTCHNSTAT_unbound);
    assert_int_equal(world_send(remote), 0);
    assert_int_equal(evtchn_port_is_pending(&world.domains[1], 1), -EINVAL);
}

static void test_domain_init_undoes_itself(void **state)
{
    struct domain *d = &world.domains[2];

    (void)state;
    evtchn_domain_destroy(d);
    for (int i = 1; i <= 2; i++) {
        world.fail_allocation_in = i;
        assert_int_equal(evtchn_domain_init(d, WORLD_PORTS), -ENOMEM);
    }
}

static void test_poll_is_woken_by_its_port_even_masked(void **state)
{
    struct domain *d = &world.domains[1];
    uint32_t a = world_bind_ipi(0), b = world_bind_ipi(0);

    (void)state;
    d->shared_info->evtchn_mask[0] = ~0UL;
    d->vcpus[2]->poll_port = (int)b;
    d->vcpus[3]->poll_port = -1;
    d->poll_mask[0] = 1UL << 2 | 1UL << 3;
    assert_int_equal(world_send(a), 0);
    assert_int_equal(world.unblocks[1][2], 0);
    assert_int_equal(world.unblocks[1][3], 1);
    assert_int_equal(world_send(b), 0);
    assert_int_equal(world.unblocks[1][2], 1);
    assert_int_equal(world.unblocks[1][3], 1);
    assert_int_equal(d->poll_mask[0], 0);
    assert_int_equal(d->vcpus[2]->poll_port, 0);
    assert_int_equal(evtchn_port_is_pending(d, b), 1);
    assert_int_equal(evtchn_port_is_pending(d, ~0U), -EINVAL);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, world_setup, world_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_dispatch_refuses_what_it_does_not_know),
        TEST(test_alloc_unbound_is_for_self_or_by_control_domain),
        TEST(test_ports_run_out_and_come_back),
        TEST(test_no_memory_for_more_ports),
        TEST(test_bind_interdomain_joins_two_ends),
        TEST(test_bind_interdomain_refuses_what_does_not_wait_for_it),
        TEST(test_send_goes_to_the_other_end),
        TEST(test_loopback),
        TEST(test_close_leaves_the_peer_unbound),
        TEST(test_closing_forgets_the_event),
        TEST(test_status_is_for_self_or_by_control_domain),
        TEST(test_bind_vcpu_moves_only_what_may_move),
        TEST(test_bind_ipi_wants_a_vcpu),
        TEST(test_reset_closes_all_in_pieces),
        TEST(test_destroy_tells_the_peers),
        TEST(test_domain_init_undoes_itself),
        TEST(test_poll_is_woken_by_its_port_even_masked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
