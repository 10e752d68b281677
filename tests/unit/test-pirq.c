/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Device interrupts as a domain sees them: connecting, binding, end of interrupt, undoing. */
/* sources: xen/common/event/bind.c xen/common/event/channel.c xen/common/event/close.c
   xen/common/event/fifo.c xen/common/event/fifo-setup.c xen/common/event/hypercall.c
   xen/common/event/pirq.c xen/common/event/send.c xen/common/event/status.c
   xen/common/event/two-level.c xen/common/event/virq.c xen/lib/bitmap.c
   tests/unit/lib/event-world.c */
#include "lib/event-world.h"

#define PIRQ 9U
#define IRQ  33U

static struct domain *guest(void)
{
    return current->domain;
}

static long bind(uint32_t pirq, uint32_t *port)
{
    struct evtchn_bind_pirq op = { .pirq = pirq, .flags = BIND_PIRQ__WILL_SHARE };
    long rc = world_op(EVTCHNOP_bind_pirq, &op);

    if (!rc)
        *port = op.port;
    return rc;
}

static uint32_t map_and_bind(bool level)
{
    uint32_t port = 0;

    world.irqs[IRQ].level = level;
    assert_int_equal(pirq_map(guest(), PIRQ, IRQ), 0);
    assert_int_equal(bind(PIRQ, &port), 0);
    return port;
}

static bool is_pending(uint32_t port)
{
    int rc = evtchn_port_is_pending(guest(), port);

    assert_true(rc >= 0);
    return rc;
}

static void test_map_checks(void **state)
{
    (void)state;
    assert_int_equal(pirq_map(guest(), WORLD_PIRQS, IRQ), -EINVAL);
    assert_int_equal(pirq_map(guest(), PIRQ, NR_IRQS), -EINVAL);
    world.fail_allocation_in = 1;
    assert_int_equal(pirq_map(guest(), PIRQ, IRQ), -ENOMEM);
    assert_int_equal(pirq_irq(guest(), PIRQ), -EINVAL);
    assert_int_equal(pirq_map(guest(), PIRQ, IRQ), 0);
    assert_int_equal(pirq_map(guest(), PIRQ, IRQ + 1), -EEXIST);
    assert_int_equal(pirq_map(guest(), PIRQ + 1, IRQ), -EEXIST);
    assert_int_equal(pirq_irq(guest(), PIRQ), IRQ);
    assert_int_equal(pirq_irq(guest(), ~0U), -EINVAL);
    assert_int_equal(pirq_find_by_irq(guest(), IRQ), PIRQ);
    assert_int_equal(pirq_find_by_irq(guest(), IRQ + 1), -ENOENT);
    assert_int_equal(pirq_unmap(guest(), PIRQ), 0);
    assert_int_equal(pirq_unmap(guest(), PIRQ), -EINVAL);
    assert_int_equal(pirq_unmap(guest(), ~0U), -EINVAL);
    assert_int_equal(pirq_find_by_irq(guest(), IRQ), -ENOENT);
    assert_int_equal(pirq_map(guest(), PIRQ, IRQ + 1), 0);
}

static void test_alloc_finds_a_run(void **state)
{
    (void)state;
    assert_int_equal(pirq_alloc(guest(), 16, 1), 16);
    assert_int_equal(pirq_map(guest(), 18, IRQ), 0);
    assert_int_equal(pirq_alloc(guest(), 16, 2), 16);
    assert_int_equal(pirq_alloc(guest(), 16, 3), 19);
    assert_int_equal(pirq_alloc(guest(), 0, WORLD_PIRQS), -ENOSPC);
    assert_int_equal(pirq_alloc(guest(), WORLD_PIRQS - 1, 2), -ENOSPC);
    assert_int_equal(pirq_alloc(guest(), 0, 0), -ENOSPC);
    assert_int_equal(pirq_alloc(guest(), ~0U, 1), -ENOSPC);
}

static void test_bind_checks(void **state)
{
    uint32_t port;

    (void)state;
    assert_int_equal(bind(WORLD_PIRQS, &port), -EINVAL);
    assert_int_equal(bind(PIRQ, &port), -EPERM); /* an ordinary domain, and none of its own */
    assert_int_equal(pirq_map(guest(), PIRQ, IRQ), 0);
    world.irqs[IRQ].request_error = -EBUSY;
    assert_int_equal(bind(PIRQ, &port), -EBUSY);
    world.irqs[IRQ].request_error = 0;
    assert_int_equal(world_status(DOMID_SELF, 1).status, EVTCHNSTAT_closed);
    assert_int_equal(bind(PIRQ, &port), 0);
    assert_int_equal(port, 1);
    assert_int_equal(bind(PIRQ, &port), -EEXIST);
    assert_int_equal(world_status(DOMID_SELF, port).status, EVTCHNSTAT_pirq);
    assert_int_equal(world_status(DOMID_SELF, port).u.pirq, PIRQ);
    world_enter(0, 0);
    assert_int_equal(bind(PIRQ, &port), -EINVAL);
}

static void test_edge_needs_no_end(void **state)
{
    uint32_t port = map_and_bind(false);

    (void)state;
    assert_false(world.irqs[IRQ].masked);
    world_irq_fire(IRQ);
    assert_true(is_pending(port));
    assert_int_equal(world.kicks[1][0], 1);
    assert_false(pirq_needs_eoi(guest(), PIRQ));
    assert_int_equal(pirq_eoi(guest(), PIRQ), 0);
    assert_int_equal(world.irqs[IRQ].ends, 0);
}

static void test_level_waits_for_the_guest(void **state)
{
    uint32_t port = map_and_bind(true);

    (void)state;
    assert_true(pirq_needs_eoi(guest(), PIRQ));
    assert_int_equal(pirq_eoi(guest(), PIRQ), 0); /* none yet */
    assert_int_equal(world.irqs[IRQ].ends, 0);
    world_irq_fire(IRQ);
    assert_true(is_pending(port));
    assert_int_equal(world.irqs[IRQ].ends, 0);
    assert_int_equal(pirq_eoi(guest(), PIRQ), 0);
    assert_int_equal(pirq_eoi(guest(), PIRQ), 0);
    assert_int_equal(world.irqs[IRQ].ends, 1);
    assert_int_equal(pirq_eoi(guest(), PIRQ + 1), -EINVAL);
    assert_int_equal(pirq_eoi(guest(), ~0U), -EINVAL);
    assert_false(pirq_needs_eoi(guest(), PIRQ + 1));
}

static void test_close_ends_and_releases(void **state)
{
    uint32_t port = map_and_bind(true);

    (void)state;
    world_irq_fire(IRQ);
    assert_int_equal(world_close(port), 0);
    assert_int_equal(world.irqs[IRQ].ends, 1);
    assert_true(world.irqs[IRQ].masked);
    assert_null(world.irqs[IRQ].handler);
    assert_int_equal(pirq_irq(guest(), PIRQ), IRQ); /* still connected */
    assert_int_equal(bind(PIRQ, &port), 0);
    world_irq_fire(IRQ);
    assert_true(is_pending(port));
}

static void test_unmap_under_a_bound_port(void **state)
{
    uint32_t port = map_and_bind(true), again = 0;

    (void)state;
    world_irq_fire(IRQ);
    assert_int_equal(pirq_unmap(guest(), PIRQ), 0);
    assert_null(world.irqs[IRQ].handler);
    assert_int_equal(world.irqs[IRQ].ends, 1);
    assert_int_equal(pirq_map(guest(), PIRQ, IRQ), 0);
    assert_int_equal(bind(PIRQ, &again), 0);
    /* Closing the old port must leave the new one alone. */
    assert_int_equal(world_close(port), 0);
    assert_non_null(world.irqs[IRQ].handler);
    world_irq_fire(IRQ);
    assert_true(is_pending(again));
}

static void test_the_interrupt_follows_the_vcpu(void **state)
{
    struct evtchn_bind_vcpu op = { .port = map_and_bind(false), .vcpu = 2 };

    (void)state;
    assert_int_equal(world.irqs[IRQ].cpu, world.vcpus[1][0].cpu);
    assert_int_equal(world_op(EVTCHNOP_bind_vcpu, &op), 0);
    assert_int_equal(world.irqs[IRQ].cpu, world.vcpus[1][2].cpu);
    world_irq_fire(IRQ);
    assert_int_equal(world.kicks[1][2], 1);
}

static void test_eoi_page(void **state)
{
    unsigned long *map = (unsigned long *)world.frames[5].page;

    (void)state;
    world.irqs[IRQ].level = true;
    assert_int_equal(pirq_map(guest(), PIRQ, IRQ), 0);
    world.frames[6].read_only = true;
    assert_int_equal(pirq_eoi_page_set(guest(), gfn(6), false), -EINVAL);
    assert_int_equal(pirq_eoi_page_set(guest(), gfn(WORLD_FRAMES), false), -EINVAL);
    world.fail_allocation_in = 1;
    assert_int_equal(pirq_eoi_page_set(guest(), gfn(5), false), -ENOMEM);
    assert_int_equal(world.frames[5].refs, 0);
    assert_int_equal(pirq_eoi_page_set(guest(), gfn(5), false), 0);
    assert_int_equal(map[0], 1UL << PIRQ);
    assert_int_equal(pirq_eoi_page_set(guest(), gfn(7), false), -EBUSY);
    assert_int_equal(world.frames[7].refs, 0);
    assert_int_equal(pirq_unmap(guest(), PIRQ), 0);
    assert_int_equal(map[0], 0);
}

static void test_eoi_unmasks_with_the_first_page_version(void **state)
{
    uint32_t port = map_and_bind(true);
    shared_info_t *shared = guest()->shared_info;

    (void)state;
    shared->evtchn_mask[0] = ~0UL;
    world_irq_fire(IRQ);
    assert_int_equal(pirq_eoi(guest(), PIRQ), 0);
    assert_int_equal(shared->evtchn_mask[0], ~0UL);
    assert_int_equal(pirq_eoi_page_set(guest(), gfn(5), true), 0);
    assert_int_equal(pirq_eoi(guest(), PIRQ), 0);
    assert_int_equal(shared->evtchn_mask[0], ~(1UL << port));
    assert_int_equal(world.kicks[1][0], 1);
}

static void test_destroy_releases(void **state)
{
    struct domain *d = guest();

    (void)state;
    map_and_bind(true);
    world_irq_fire(IRQ);
    d->state = DOMAIN_DYING;
    assert_int_equal(pirq_map(d, PIRQ + 1, IRQ + 1), -EINVAL);
    evtchn_domain_destroy(d);
    assert_null(world.irqs[IRQ].handler);
    assert_int_equal(world.irqs[IRQ].ends, 1);
    assert_int_equal(pirq_irq(d, PIRQ), -EINVAL);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, world_setup, world_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_map_checks),
        TEST(test_alloc_finds_a_run),
        TEST(test_bind_checks),
        TEST(test_edge_needs_no_end),
        TEST(test_level_waits_for_the_guest),
        TEST(test_close_ends_and_releases),
        TEST(test_unmap_under_a_bound_port),
        TEST(test_the_interrupt_follows_the_vcpu),
        TEST(test_eoi_page),
        TEST(test_eoi_unmasks_with_the_first_page_version),
        TEST(test_destroy_releases),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
