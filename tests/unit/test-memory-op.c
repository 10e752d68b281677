/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memory_op: reservations, claims and resources of domains on a machine of a thousand frames. */
/* sources: tests/unit/lib/memory-world.c xen/common/alloc/frames.c xen/common/memory/memory-op.c
 xen/common/memory/reservation.c xen/common/memory/claim.c xen/common/memory/exchange.c
 xen/common/memory/physmap.c xen/common/memory/acquire-resource.c xen/common/memory/refused.c
 xen/common/memory/domain-frames.c xen/common/memory/frame-types.c */
#include "unit.h"

#include "lib/memory-world.h"

#include <asm/mm.h>

#define COUNT 100U

static uint64_t list[COUNT + 1];

static int setup(void **state)
{
    (void)state;
    world_start();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    world_stop();
    return 0;
}

static long populate(unsigned int count, unsigned int order, domid_t id)
{
    for (unsigned int i = 0; i < count; i++)
        list[i] = 0x1000 + ((uint64_t)i << order);
    return reserve(XENMEM_populate_physmap, list, count, order, id);
}

static void populate_gives_clear_frames(void **state)
{
    (void)state;
    assert_int_equal(populate(10, 3, DOMID_SELF), 10);
    assert_int_equal(domains[0].tot_pages, 80);
    for (unsigned int i = 0; i < 10; i++) {
        assert_int_equal(list[i] % 8, 0);
        for (unsigned int k = 0; k < 8; k++) {
            assert_int_equal(m2p_table[list[i] + k], 0x1000 + i * 8 + k);
            for (unsigned int b = 0; b < PAGE_SIZE; b++)
                assert_int_equal(frame_bytes(list[i] + k)[b], 0);
        }
    }
    world_check();
}

static void the_limit_counts(void **state)
{
    (void)state;
    domains[1].max_pages = 30;
    assert_int_equal(populate(10, 2, 1), 7);
    assert_int_equal(domains[1].tot_pages, 28);
    assert_int_equal(populate(10, 0, 1), 2);
    domains[1].max_pages = 10; /* below what it has */
    assert_int_equal(populate(1, 0, 1), 0);
    assert_int_equal(reserve(XENMEM_increase_reservation, NULL, 1, 0, 1), 0);
    domains[1].max_pages = ~0ULL;
    assert_int_equal(populate(1, 0, 1), 1);
}

static void memory_runs_out(void **state)
{
    (void)state;
    for (unsigned int got = 0; got < FRAMES - FIRST_FREE;) {
        long n = populate(COUNT, 0, DOMID_SELF);

        assert_true(n > 0);
        got += (unsigned int)n;
    }
    assert_int_equal(frame_free_count(), 0);
    assert_int_equal(reserve(XENMEM_decrease_reservation, list, 1, 0, DOMID_SELF), 1);
    assert_int_equal(populate(2, 0, DOMID_SELF), 1);
}

static void decrease_flushes_once(void **state)
{
    (void)state;
    populate(COUNT, 0, DOMID_SELF);
    for (unsigned int i = 0; i < COUNT; i++)
        in_tlb[list[i]] = true;
    flushes = 0;
    assert_int_equal(reserve(XENMEM_decrease_reservation, list, COUNT, 0, DOMID_SELF), COUNT);
    assert_int_equal(flushes, 1);
    assert_int_equal(domains[0].tot_pages, 0);
    assert_int_equal(reserve(XENMEM_decrease_reservation, list, 1, 0, DOMID_SELF), 0);
    assert_int_equal(flushes, 1);                   /* nothing to flush for */
    assert_int_equal(populate(COUNT, 0, 1), COUNT); /* map_frame() looks at in_tlb */
}

/* In between, none of them is free yet. */
static void released_frames_wait_for_the_flush(void **state)
{
    struct release_batch batch;
    uint64_t before;

    (void)state;
    populate(4, 0, 1);
    before = frame_free_count();
    domain_release_begin(&batch, &domains[1]);
    for (unsigned int i = 0; i < 4; i++)
        domain_drop_owner_ref(frame_of(mfn(list[i])));
    assert_int_equal(domains[1].tot_pages, 0);
    assert_int_equal(frame_free_count(), before);
    assert_int_equal(flushes, 0);
    assert_false(frame_get(frame_of(mfn(list[0])), &domains[1]));
    domain_release_end(&batch);
    assert_int_equal(flushes, 2); /* its own, and ours: a control domain may have mapped them */
    assert_int_equal(frame_free_count(), before + 4);
}

/* A frame of another domain's is not kept for our flush. */
static void a_batch_is_one_domains(void **state)
{
    struct release_batch batch;

    (void)state;
    populate(1, 0, 2);
    domain_release_begin(&batch, &domains[1]);
    domain_drop_owner_ref(frame_of(mfn(list[0])));
    assert_int_equal(flushes, 2);
    domain_release_end(&batch);
    assert_int_equal(flushes, 2);
}

static void a_mapped_frame_stays(void **state)
{
    struct frame *pg;

    (void)state;
    populate(1, 0, DOMID_SELF);
    pg = frame_of(mfn(list[0]));
    assert_int_equal(frame_get_and_type(pg, &domains[0], TYPE_WRITABLE), 0);
    assert_int_equal(reserve(XENMEM_decrease_reservation, list, 1, 0, DOMID_SELF), 1);
    assert_int_equal(domains[0].tot_pages, 1);
    assert_int_equal(m2p_table[list[0]], 0x1000);
    frame_put_and_type(pg);
    assert_int_equal(domains[0].tot_pages, 0);
    assert_int_equal(m2p_table[list[0]], NO_PFN);
}

static void only_its_own(void **state)
{
    uint64_t bad[] = { 0, FRAMES, ~0ULL, 1ULL << 52 };

    (void)state;
    populate(1, 0, 1);
    assert_int_equal(reserve(XENMEM_decrease_reservation, list, 1, 0, DOMID_SELF), 0);
    for (unsigned int i = 0; i < ARRAY_SIZE(bad); i++) {
        assert_int_equal(reserve(XENMEM_decrease_reservation, &bad[i], 1, 0, DOMID_SELF), 0);
        assert_int_equal(reserve(XENMEM_decrease_reservation, &bad[i], 1, 9, DOMID_SELF), 0);
    }
    world_run_as(1);
    assert_int_equal(reserve(XENMEM_decrease_reservation, list, 1, 0, 0), 0);
    assert_int_equal(reserve(XENMEM_decrease_reservation, list, 1, 0, 1), 1);
}

/* The hypervisor's pages that it sees are not its to give. */
static void shared_pages_are_not_given_back(void **state)
{
    void *page = page_alloc(0);
    uint64_t n = virt_to_mfn(page).n;

    (void)state;
    domain_share_page(&domains[0], page, true);
    reserve(XENMEM_decrease_reservation, &n, 1, 0, DOMID_SELF);
    reserve(XENMEM_decrease_reservation, &n, 1, 0, DOMID_SELF);
    assert_ptr_equal(frame_of(mfn(n))->owner, &domains[0]);
    domain_unshare_page(page); /* nobody maps it: it is freed */
    assert_null(frame_of(mfn(n))->owner);
}

static void preempted_and_continued(void **state)
{
    (void)state;
    preempt_every = 1;
    assert_int_equal(populate(COUNT, 0, DOMID_SELF), COUNT);
    assert_true(continuations >= 3);
    assert_int_equal(domains[0].tot_pages, COUNT);
    continuations = 0;
    assert_int_equal(reserve(XENMEM_decrease_reservation, list, COUNT, 0, DOMID_SELF), COUNT);
    assert_true(continuations >= 3);
    assert_int_equal(domains[0].tot_pages, 0);
    continuations = 0;
    assert_int_equal(populate(4, 5, DOMID_SELF), 4); /* large extents stop more often */
    assert_int_equal(continuations, 3);
}

static void faults_leave_nothing_behind(void **state)
{
    (void)state;
    write_fault = &list[5];
    assert_int_equal(populate(10, 1, DOMID_SELF), 5);
    assert_int_equal(domains[0].tot_pages, 10);
    assert_int_equal(reserve(XENMEM_increase_reservation, list, 10, 0, DOMID_SELF), 5);
    assert_int_equal(domains[0].tot_pages, 15);
    read_fault = &list[3];
    assert_int_equal(reserve(XENMEM_populate_physmap, list, 10, 0, DOMID_SELF), 3);
    assert_int_equal(reserve(XENMEM_decrease_reservation, &list[3], 1, 0, DOMID_SELF), 0);
    world_check();
}

static void orders_have_a_limit(void **state)
{
    (void)state;
    world_run_as(1);
    assert_int_equal(populate(1, 9, DOMID_SELF), 1);
    assert_int_equal(populate(1, 10, DOMID_SELF), 0);
    assert_int_equal(reserve(XENMEM_populate_physmap, list, 1, 0xffffffff, DOMID_SELF), 0);
    world_run_as(0);
    assert_int_equal(populate(1, 19, DOMID_SELF), 0);
}

static void a_dying_domain_gets_nothing(void **state)
{
    uint64_t before = frame_free_count();

    (void)state;
    domains[1].state = DOMAIN_DYING;
    assert_int_equal(populate(3, 0, 1), 0);
    assert_int_equal(frame_free_count(), before);
}

/* claims */

static long claim(domid_t id, unsigned long pages)
{
    return reserve(XENMEM_claim_pages, NULL, pages, 0, id);
}

static void claims_keep_memory(void **state)
{
    uint64_t free = frame_free_count();

    (void)state;
    populate(4, 0, 1);
    free -= 4;
    assert_int_equal(claim(1, free + 5), -ENOMEM);
    assert_int_equal(claim(1, free - 10), 0);
    assert_int_equal(domains[1].outstanding_claim, free - 14);
    assert_int_equal(claim(1, free), -EINVAL);
    assert_int_equal(claim(2, 15), -ENOMEM);
    assert_int_equal(populate(20, 0, 2), 14); /* the rest is claimed */
    assert_int_equal(populate(20, 0, 1), 20); /* by this one */
    assert_int_equal(domains[1].outstanding_claim, free - 34);
    assert_int_equal(populate(1, 0, 2), 0);
    world_run_as(1);
    assert_int_equal(claim(1, 0), -EPERM);
    world_run_as(0);
    assert_int_equal(claim(1, 0), 0);
    assert_int_equal(claim_total(), 0);
    assert_int_equal(populate(1, 0, 2), 1);
}

static void a_claim_ends_when_used_up(void **state)
{
    (void)state;
    assert_int_equal(claim(1, 10), 0);
    assert_int_equal(populate(1, 4, 1), 1); /* more than claimed */
    assert_int_equal(domains[1].outstanding_claim, 0);
    assert_int_equal(claim(1, 16), -EINVAL);
    assert_int_equal(claim(1, 17), 0);
    domains[2].max_pages = 5;
    assert_int_equal(claim(2, 6), -EINVAL);
}

/* resources */

static long acquire(struct xen_mem_acquire_resource *r)
{
    return memory_op(XENMEM_acquire_resource, r);
}

static void resources_have_a_size(void **state)
{
    struct xen_mem_acquire_resource r = { .domid = 1, .type = XENMEM_resource_grant_table };

    (void)state;
    assert_int_equal(acquire(&r), 0);
    assert_int_equal(r.nr_frames, 8);
    r = (struct xen_mem_acquire_resource){ .domid = 1, .type = 1, .id = 1 };
    assert_int_equal(acquire(&r), 0);
    assert_int_equal(r.nr_frames, 1);
    r = (struct xen_mem_acquire_resource){ .domid = 1, .type = 1, .id = 2 };
    assert_int_equal(acquire(&r), -EINVAL);
    for (uint16_t type = 0; type < 4; type++) {
        r = (struct xen_mem_acquire_resource){ .domid = 1, .type = type };
        assert_int_equal(acquire(&r), type == 1 ? 0 : type == 3 ? -EOPNOTSUPP : -EINVAL);
    }
    r = (struct xen_mem_acquire_resource){ .domid = 0, .type = 1 };
    assert_int_equal(acquire(&r), -EPERM);
    r.domid = 2;
    world_run_as(1);
    assert_int_equal(acquire(&r), -EPERM);
}

static long acquire_at(uint64_t frame, uint32_t count, void *frames)
{
    struct xen_mem_acquire_resource r = {
        .domid = 2, .type = 1, .nr_frames = count, .frame = frame
    };

    r.frame_list.p = frames;
    return acquire(&r);
}

static void resources_within_their_size(void **state)
{
    (void)state;
    shared_frames = 80;
    preempt_every = 1;
    assert_int_equal(acquire_at(0, 80, list), 0);
    assert_int_equal(continuations, 2);
    for (unsigned int i = 0; i < 80; i++)
        assert_int_equal(list[i], 200 + i);
    assert_int_equal(acquire_at(79, 1, list), 0);
    assert_int_equal(list[0], 279);
    assert_int_equal(acquire_at(79, 2, list), -EINVAL);
    assert_int_equal(acquire_at(80, 1, list), -EINVAL);
    assert_int_equal(acquire_at(~0ULL, 1, list), -EINVAL);
    assert_int_equal(acquire_at(0, ~0U, list), -EINVAL);
    assert_int_equal(acquire_at(1ULL << 32, 1, list), -EINVAL);
    assert_int_equal(acquire_at(0, 1, NULL), -EINVAL);
    assert_int_equal(acquire_at(0, 0, list), -EINVAL);
    write_fault = &list[1];
    assert_int_equal(acquire_at(0, 2, list), -EFAULT);
}

/* A continuation is made by the guest too: any start must be harmless. */
static void forged_continuations(void **state)
{
    struct xen_memory_reservation r = { .nr_extents = 4, .domid = DOMID_SELF };
    struct xen_mem_acquire_resource a = { .domid = 2, .type = 1, .nr_frames = 2 };
    uint64_t page = 0x1000;

    (void)state;
    r.extent_start.p = &page;
    a.frame_list.p = list;
    assert_int_equal(do_memory_op(XENMEM_populate_physmap | 4UL << 6, (unsigned long)&r, 0, 0, 0),
                     4);
    assert_int_equal(do_memory_op(XENMEM_populate_physmap | ~0UL << 6, (unsigned long)&r, 0, 0, 0),
                     (long)(~0UL >> 6));
    assert_int_equal(do_memory_op(XENMEM_acquire_resource | ~0UL << 6, (unsigned long)&a, 0, 0, 0),
                     0);
    assert_int_equal(do_memory_op(XENMEM_maximum_ram_page | 1UL << 6, 0, 0, 0, 0), -EINVAL);
    assert_int_equal(domains[0].tot_pages, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(populate_gives_clear_frames),
        TEST(the_limit_counts),
        TEST(memory_runs_out),
        TEST(decrease_flushes_once),
        TEST(released_frames_wait_for_the_flush),
        TEST(a_batch_is_one_domains),
        TEST(a_mapped_frame_stays),
        TEST(only_its_own),
        TEST(shared_pages_are_not_given_back),
        TEST(preempted_and_continued),
        TEST(faults_leave_nothing_behind),
        TEST(orders_have_a_limit),
        TEST(a_dying_domain_gets_nothing),
        TEST(claims_keep_memory),
        TEST(a_claim_ends_when_used_up),
        TEST(resources_have_a_size),
        TEST(resources_within_their_size),
        TEST(forged_continuations),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
