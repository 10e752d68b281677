/* SPDX-License-Identifier: GPL-2.0-or-later */
/* exchange: all of a chunk or nothing of it; and random operations that must lose no frame. */
/* sources: tests/unit/lib/memory-world.c xen/common/alloc/frames.c xen/common/memory/memory-op.c
 xen/common/memory/reservation.c xen/common/memory/claim.c xen/common/memory/exchange.c
 xen/common/memory/physmap.c xen/common/memory/acquire-resource.c xen/common/memory/refused.c
 xen/common/memory/domain-frames.c xen/common/memory/frame-types.c */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "lib/memory-world.h"

#define COUNT 64U

static uint64_t old[COUNT], new[COUNT];
static struct xen_memory_exchange x;

static int setup(void **state)
{
    (void)state;
    world_start();
    for (unsigned int i = 0; i < COUNT; i++)
        old[i] = i;
    assert_int_equal(reserve(XENMEM_populate_physmap, old, COUNT, 0, DOMID_SELF), COUNT);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    world_stop();
    return 0;
}

static long exchange(unsigned int in, unsigned int in_order, unsigned int out,
                     unsigned int out_order)
{
    memset(&x, 0, sizeof(x));
    x.in = (struct xen_memory_reservation){ .nr_extents = in,
                                            .extent_order = in_order,
                                            .domid = DOMID_SELF };
    x.out = (struct xen_memory_reservation){ .nr_extents = out,
                                             .extent_order = out_order,
                                             .domid = DOMID_SELF };
    x.in.extent_start.p = old;
    x.out.extent_start.p = new;
    for (unsigned int i = 0; i < out && i < COUNT; i++)
        new[i] = 0x1000 + ((uint64_t)i << out_order);
    return memory_op(XENMEM_exchange, &x);
}

static void singles_for_extents(void **state)
{
    (void)state;
    for (unsigned int i = 0; i < COUNT; i++)
        in_tlb[old[i]] = true;
    flushes = 0;
    assert_int_equal(exchange(COUNT, 0, COUNT / 16, 4), 0);
    assert_int_equal(x.nr_exchanged, COUNT);
    assert_int_equal(flushes, COUNT / 16); /* one for each chunk */
    assert_int_equal(domains[0].tot_pages, COUNT);
    for (unsigned int i = 0; i < COUNT / 16; i++)
        for (unsigned int k = 0; k < 16; k++) {
            assert_int_equal(m2p_table[new[i] + k], 0x1000 + i * 16 + k);
            assert_int_equal(frame_bytes(new[i] + k)[7], 0);
        }
}

static void extents_for_singles(void **state)
{
    (void)state;
    exchange(COUNT, 0, COUNT / 16, 4);
    memcpy(old, new, sizeof(old));
    assert_int_equal(exchange(COUNT / 16, 4, COUNT, 0), 0);
    assert_int_equal(x.nr_exchanged, COUNT / 16);
    assert_int_equal(m2p_table[new[COUNT - 1]], 0x1000 + COUNT - 1);
}

static void undone(unsigned int in, unsigned int out, unsigned int out_order, long error)
{
    assert_int_equal(exchange(in, 0, out, out_order), error);
    assert_int_equal(x.nr_exchanged, 0);
    assert_int_equal(domains[0].tot_pages, COUNT);
    for (unsigned int i = 0; i < in; i++) {
        struct frame *pg = frame_of(mfn(old[i]));

        if (pg->owner != &domains[0] || m2p_table[old[i]] != i)
            fail_msg("frame %u was not put back", i);
        assert_true(frame_get(pg, &domains[0]));
        frame_put(pg);
    }
    world_check();
}

static void no_memory(void **state)
{
    uint64_t got, list[1] = { 0 };

    (void)state;
    while (frame_free_count() > 3)
        assert_int_equal(reserve(XENMEM_increase_reservation, list, 1, 0, 1), 1);
    got = frame_free_count();
    undone(16, 1, 4, -ENOMEM); /* nothing that large */
    undone(16, 2, 3, -ENOMEM);
    assert_int_equal(frame_free_count(), got);
    assert_int_equal(exchange(1, 0, 1, 0), 0);
}

static void a_bad_frame(void **state)
{
    uint64_t was = old[7];
    struct frame *pg = frame_of(mfn(was));

    (void)state;
    assert_true(frame_get(pg, &domains[0])); /* in use */
    undone(16, 1, 4, -EINVAL);
    frame_put(pg);
    flushes = 0;
    old[7] = FRAMES + 5;
    assert_int_equal(exchange(16, 0, 1, 4), -EINVAL);
    assert_int_equal(flushes, 1); /* seven had been taken */
    old[7] = old[6];
    assert_int_equal(exchange(16, 0, 1, 4), -EINVAL);
    assert_int_equal(domains[0].tot_pages, COUNT);
    old[7] = was;
    undone(0, 0, 0, 0);
    /* The second of two chunks is bad: the first stays done. */
    old[12] = 3;
    assert_int_equal(exchange(16, 0, 2, 3), -EINVAL);
    assert_int_equal(x.nr_exchanged, 8);
    assert_int_equal(domains[0].tot_pages, COUNT);
}

static void faults(void **state)
{
    (void)state;
    read_fault = &old[9];
    undone(16, 1, 4, -EFAULT);
    read_fault = &new[0];
    undone(16, 1, 4, -EFAULT);
}

/* The frames are its own, but it cannot be told which: it has as many as before. */
static void late_fault(void **state)
{
    (void)state;
    write_fault = &new[0];
    assert_int_equal(exchange(16, 0, 1, 4), -EFAULT);
    assert_int_equal(domains[0].tot_pages, COUNT);
    write_fault = &x.nr_exchanged;
    preempt_every = 1;
    old[0] = old[16];
    assert_int_equal(exchange(1, 0, 1, 0), -EFAULT);
    assert_int_equal(domains[0].tot_pages, COUNT);
}

static void preempted(void **state)
{
    (void)state;
    preempt_every = 1;
    assert_int_equal(exchange(COUNT, 0, COUNT / 4, 2), 0);
    assert_int_equal(x.nr_exchanged, COUNT);
    assert_true(continuations > 4);
    assert_int_equal(domains[0].tot_pages, COUNT);
}

/* Whoever is at its limit, or above it, can still exchange; a claim is not used up by it. */
static void at_the_limit(void **state)
{
    (void)state;
    domains[0].max_pages = COUNT - 1;
    assert_int_equal(exchange(COUNT, 0, COUNT, 0), 0);
    domains[0].max_pages = FRAMES;
    assert_int_equal(reserve(XENMEM_claim_pages, NULL, COUNT + 10, 0, 0), 0);
    memcpy(old, new, sizeof(old));
    assert_int_equal(exchange(16, 0, 1, 4), 0);
    assert_int_equal(domains[0].outstanding_claim, 10);
}

static void bad_terms(void **state)
{
    (void)state;
    assert_int_equal(exchange(4, 0, 2, 0), -EINVAL);
    assert_int_equal(exchange(1, 19, 1, 19), -EPERM);
    world_run_as(1);
    assert_int_equal(exchange(1, 10, 1, 10), -EPERM);
    assert_int_equal(exchange(1, 0, 1, 0), -EINVAL); /* another's frame */
    x.nr_exchanged = 0;
    x.in.domid = x.out.domid = 0;
    assert_int_equal(memory_op(XENMEM_exchange, &x), -ESRCH);
    world_run_as(0);
    old[0] = FRAMES;
    assert_int_equal(exchange(8, 0, 2, 2), -EINVAL);
    old[0] = old[8];
    x.nr_exchanged = 2; /* within a chunk */
    assert_int_equal(memory_op(XENMEM_exchange, &x), -EINVAL);
    assert_int_equal(x.nr_exchanged, 2);
    x.out.domid = 0;
    assert_int_equal(memory_op(XENMEM_exchange, &x), -EINVAL);
}

static void a_dying_domain(void **state)
{
    (void)state;
    domains[0].state = DOMAIN_DYING;
    assert_int_equal(exchange(16, 0, 1, 4), 0);
    assert_int_equal(domains[0].tot_pages, COUNT - 16);
    old[20] = FRAMES;
    memmove(old, old + 16, 16 * sizeof(old[0]));
    assert_int_equal(exchange(16, 0, 1, 4), -EINVAL);
    assert_int_equal(domains[0].tot_pages, COUNT - 20); /* those that could not be put back */
    domains[0].state = DOMAIN_ALIVE;
}

/* Many operations with frames that are partly not there; no frame may get lost or have two owners.
 */
static void random_operations(void **state)
{
    uint64_t list[8];

    (void)state;
    srand(1);
    for (unsigned int step = 0; step < 20000; step++) {
        unsigned int dom = (unsigned int)rand() % DOMAINS, order = (unsigned int)rand() % 4;
        unsigned int n = (unsigned int)rand() % 8 + 1;

        world_run_as(dom);
        preempt_every = (unsigned int)rand() % 3;
        for (unsigned int i = 0; i < 8; i++)
            list[i] = (uint64_t)rand() % (FRAMES + 20);
        switch (rand() % 5) {
        case 0: reserve(XENMEM_populate_physmap, list, n, order, DOMID_SELF); break;
        case 1: reserve(XENMEM_decrease_reservation, list, n, order, DOMID_SELF); break;
        case 2: reserve(XENMEM_increase_reservation, list, n, 0, DOMID_SELF); break;
        case 3:
            world_run_as(0);
            reserve(XENMEM_claim_pages, NULL, rand() % 2 * (unsigned int)rand() % 900, 0,
                    (domid_t)dom);
            break;
        default:
            for (unsigned int i = 0; i < COUNT; i++)
                old[i] = (uint64_t)rand() % FRAMES;
            if (domains[dom].page_list != FRAME_NONE)
                old[0] = domains[dom].page_list;
            exchange(8, 0, 8 >> order, order);
        }
        world_check();
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(singles_for_extents),
        TEST(extents_for_singles),
        TEST(no_memory),
        TEST(a_bad_frame),
        TEST(faults),
        TEST(late_fault),
        TEST(preempted),
        TEST(at_the_limit),
        TEST(bad_terms),
        TEST(a_dying_domain),
        TEST(random_operations),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
