/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mapping and unmapping grants. */
/* sources: xen/common/grant/cache.c xen/common/grant/copy.c xen/common/grant/dump.c
   xen/common/grant/map.c xen/common/grant/maptrack.c xen/common/grant/op.c xen/common/grant/pin.c
   xen/common/grant/table.c xen/common/grant/transfer.c xen/common/grant/unmap.c
   xen/common/grant/version.c tests/unit/grant-machine.c */
#include <unit.h>

#include "grant-machine.h"

#include <string.h>

/* Every test runs as domain 0, which uses grants of domain 1. */

static gnttab_map_grant_ref_t map_args(grant_ref_t ref, uint32_t flags, unsigned int slot)
{
    return (gnttab_map_grant_ref_t){
        .host_addr = slot_address(slot), .flags = flags, .ref = ref, .dom = 1
    };
}

static int map(grant_ref_t ref, uint32_t flags, unsigned int slot, grant_handle_t *handle)
{
    gnttab_map_grant_ref_t op = map_args(ref, flags, slot);

    assert_int_equal(gnttab(GNTTABOP_map_grant_ref, &op, 1), 0);
    if (handle)
        *handle = op.handle;
    return op.status;
}

static int unmap(uint64_t host, uint64_t dev, grant_handle_t handle)
{
    gnttab_unmap_grant_ref_t op = { .host_addr = host, .dev_bus_addr = dev, .handle = handle };

    assert_int_equal(gnttab(GNTTABOP_unmap_grant_ref, &op, 1), 0);
    return op.status;
}

static void test_map_holds_references(void **state __unused)
{
    uint64_t f = frame_new(1);
    grant_handle_t h, r;

    grant_write(1, 9, GTF_permit_access, 0, f);
    assert_int_equal(map(9, GNTMAP_host_map, 3, &h), GNTST_okay);
    assert_true(slots[0][3].present);
    assert_int_equal(slots[0][3].frame, f);
    assert_int_equal(frame_refs(f), 1);
    assert_int_equal(frame_writers(f), 1);
    assert_int_equal(grant_marks(1, 9), GTF_reading | GTF_writing);
    assert_int_equal(domains[1].refs, 2);

    assert_int_equal(map(9, GNTMAP_host_map | GNTMAP_readonly, 4, &r), GNTST_okay);
    assert_int_equal(frame_refs(f), 2);
    assert_int_equal(frame_writers(f), 1);
    assert_int_equal(unmap(slot_address(3), 0, h), GNTST_okay);
    assert_int_equal(grant_marks(1, 9), GTF_reading);
    assert_int_equal(frame_writers(f), 0);
    assert_int_equal(unmap(slot_address(4), 0, r), GNTST_okay);
    assert_int_equal(grant_marks(1, 9), 0);
    assert_int_equal(frame_refs(f), 0);
    assert_int_equal(domains[1].refs, 1);
    assert_int_equal(unmap(slot_address(4), 0, r), GNTST_bad_handle);
}

static void test_map_refusals(void **state __unused)
{
    uint64_t f = frame_new(1), other = frame_new(2), table = frame_new(1);
    gnttab_map_grant_ref_t op;

    frame_make_table(table);
    grant_write(1, 8, GTF_permit_access | GTF_readonly, 0, f);
    grant_write(1, 9, GTF_permit_access, 2, f);
    grant_write(1, 10, GTF_permit_access, 0, other);
    grant_write(1, 11, GTF_permit_access, 0, ALL_FRAMES);
    grant_write(1, 12, GTF_permit_access, 0, table);
    grant_write(1, 13, GTF_accept_transfer, 0, f);
    grant_write(1, 14, GTF_transitive, 0, f);
    grant_write(1, 15, GTF_permit_access, 0, f);

    assert_int_equal(map(8, GNTMAP_host_map, 0, NULL), GNTST_general_error);
    assert_int_equal(map(9, GNTMAP_host_map, 0, NULL), GNTST_general_error);
    assert_int_equal(map(10, GNTMAP_host_map, 0, NULL), GNTST_bad_page);
    assert_int_equal(map(11, GNTMAP_host_map, 0, NULL), GNTST_bad_page);
    assert_int_equal(map(12, GNTMAP_host_map, 0, NULL), GNTST_general_error);
    assert_int_equal(map(13, GNTMAP_host_map, 0, NULL), GNTST_general_error);
    assert_int_equal(map(14, GNTMAP_host_map, 0, NULL), GNTST_general_error);
    assert_int_equal(map(16, GNTMAP_host_map, 0, NULL), GNTST_general_error);
    assert_int_equal(map(V1_PER_PAGE, GNTMAP_host_map, 0, NULL), GNTST_bad_gntref);
    assert_int_equal(map(~0U, GNTMAP_host_map, 0, NULL), GNTST_bad_gntref);
    assert_int_equal(map(15, GNTMAP_readonly, 0, NULL), GNTST_bad_gntref);
    assert_int_equal(map(15, GNTMAP_host_map, NR_SLOTS, NULL), GNTST_bad_virt_addr);
    op = map_args(15, GNTMAP_host_map, 0);
    op.dom = 77;
    assert_int_equal(gnttab(GNTTABOP_map_grant_ref, &op, 1), 0);
    assert_int_equal(op.status, GNTST_bad_domain);
    domains[1].state = DOMAIN_DYING;
    assert_int_equal(map(15, GNTMAP_host_map, 0, NULL), GNTST_bad_domain);

    /* None of them left a trace. */
    for (grant_ref_t ref = 8; ref < 16; ref++)
        assert_int_equal(grant_marks(1, ref), 0);
    assert_int_equal(frame_refs(f), 0);
    assert_int_equal(frame_writers(f), 0);
    assert_int_equal(frame_refs(table), 0);
    assert_false(slots[0][0].present);
}

static void test_a_read_only_grant_may_be_read(void **state __unused)
{
    uint64_t f = frame_new(1);

    frame_make_table(f); /* and what is read may be a page table */
    grant_write(1, 8, GTF_permit_access | GTF_readonly, 0, f);
    assert_int_equal(map(8, GNTMAP_host_map | GNTMAP_readonly, 0, NULL), GNTST_okay);
    assert_int_equal(map(8, GNTMAP_host_map, 1, NULL), GNTST_general_error);
    assert_int_equal(grant_marks(1, 8), GTF_reading);
    assert_int_equal(frame_refs(f), 1);
}

/* A granter that rewrites an entry in use changes nothing for those who use it. */
static void test_hostile_granter(void **state __unused)
{
    uint64_t f = frame_new(1), g = frame_new(1);
    grant_handle_t h, h2;

    grant_write(1, 8, GTF_permit_access, 0, f);
    assert_int_equal(map(8, GNTMAP_host_map, 0, &h), GNTST_okay);
    grant_write(1, 8, GTF_permit_access, 0, g); /* other frame, marks gone */
    assert_int_equal(map(8, GNTMAP_host_map | GNTMAP_readonly, 1, &h2), GNTST_okay);
    assert_int_equal(slots[0][1].frame, f);
    grant_write(1, 8, GTF_permit_access, 2, g); /* for someone else */
    machine_run_as(2);
    assert_int_equal(map(8, GNTMAP_host_map, 0, NULL), GNTST_general_error);
    machine_run_as(0);
    grant_write(1, 8, 0, 0, 0);
    assert_int_equal(unmap(slot_address(0), 0, h), GNTST_okay);
    assert_int_equal(unmap(slot_address(1), 0, h2), GNTST_okay);
    assert_int_equal(frame_refs(f) + frame_refs(g), 0);
}

static void test_device_mappings(void **state __unused)
{
    uint64_t f = frame_new(1);
    gnttab_map_grant_ref_t op;

    grant_write(1, 8, GTF_permit_access, 0, f);
    op = map_args(8, GNTMAP_host_map | GNTMAP_device_map, 0);
    assert_int_equal(gnttab(GNTTABOP_map_grant_ref, &op, 1), 0);
    assert_int_equal(op.status, GNTST_okay);
    assert_int_equal(op.dev_bus_addr, f << PAGE_SHIFT);
    assert_int_equal(frame_refs(f), 2);
    assert_int_equal(frame_writers(f), 2);
    assert_int_equal(unmap(0, (f + 1) << PAGE_SHIFT, op.handle), GNTST_bad_dev_addr);
    assert_int_equal(unmap(slot_address(0), 0, op.handle), GNTST_okay);
    assert_int_equal(frame_refs(f), 1);
    assert_int_equal(grant_marks(1, 8), GTF_reading | GTF_writing);
    assert_int_equal(unmap(0, 0, op.handle), GNTST_okay); /* nothing asked, nothing done */
    assert_int_equal(unmap(0, f << PAGE_SHIFT, op.handle), GNTST_okay);
    assert_int_equal(frame_refs(f), 0);
    assert_int_equal(grant_marks(1, 8), 0);
    assert_int_equal(unmap(0, f << PAGE_SHIFT, op.handle), GNTST_bad_handle);
}

static void test_unmap_refusals(void **state __unused)
{
    uint64_t f = frame_new(1);
    grant_handle_t h;

    grant_write(1, 8, GTF_permit_access, 0, f);
    assert_int_equal(unmap(slot_address(0), 0, 0), GNTST_bad_handle);
    assert_int_equal(map(8, GNTMAP_host_map, 0, &h), GNTST_okay);
    assert_int_equal(unmap(slot_address(1), 0, h), GNTST_general_error);
    assert_int_equal(unmap(slot_address(0), 0, h + 1), GNTST_bad_handle);
    assert_int_equal(unmap(slot_address(0), 0, ~0U), GNTST_bad_handle);
    assert_int_equal(frame_refs(f), 1);
    assert_int_equal(unmap(slot_address(0), 0, h), GNTST_okay);
}

static void test_unmap_and_replace(void **state __unused)
{
    uint64_t f = frame_new(1);
    gnttab_unmap_and_replace_t op = { .host_addr = slot_address(0), .new_addr = slot_address(5) };

    grant_write(1, 8, GTF_permit_access, 0, f);
    slots[0][5] = (struct slot){ .present = true, .frame = 42 };
    assert_int_equal(map(8, GNTMAP_host_map, 0, &op.handle), GNTST_okay);
    assert_int_equal(gnttab(GNTTABOP_unmap_and_replace, &op, 1), 0);
    assert_int_equal(op.status, GNTST_okay);
    assert_int_equal(slots[0][0].frame, 42);
    assert_false(slots[0][5].present);
    assert_int_equal(frame_refs(f), 0);
}

/* More than the handles there are, preempted all the time, one flush for many. */
static void test_big_batch(void **state __unused)
{
    enum { N = 100 };
    gnttab_map_grant_ref_t maps[N];
    gnttab_unmap_grant_ref_t unmaps[N];
    uint64_t f = frame_new(1);

    grant_write(1, 8, GTF_permit_access, 0, f);
    for (unsigned int i = 0; i < N; i++)
        maps[i] = map_args(8, GNTMAP_host_map, i);
    preempt_after = 7;
    assert_int_equal(gnttab(GNTTABOP_map_grant_ref, maps, N), 0);
    assert_true(continuations >= N / 7);
    assert_int_equal(frame_refs(f), N);
    for (unsigned int i = 0; i < N; i++) {
        assert_int_equal(maps[i].status, GNTST_okay);
        unmaps[i] = (gnttab_unmap_grant_ref_t){ .host_addr = maps[i].host_addr,
                                                .handle = maps[i].handle };
    }
    preempt_after = 0;
    unmaps[N - 1].handle = unmaps[N - 2].handle; /* twice in one batch */
    assert_int_equal(gnttab(GNTTABOP_unmap_grant_ref, unmaps, N), 0);
    for (unsigned int i = 0; i < N - 1; i++)
        assert_int_equal(unmaps[i].status, GNTST_okay);
    assert_int_equal(unmaps[N - 1].status, GNTST_bad_handle);
    assert_int_equal(frame_refs(f), 1);
    assert_int_equal(flushes, (N + 31) / 32);
}

static void test_limits(void **state __unused)
{
    uint64_t f = frame_new(1);
    unsigned int mapped = 0;
    grant_handle_t h;

    /* 128 of one grant and kind. */
    grant_write(1, 8, GTF_permit_access, 0, f);
    while (map(8, GNTMAP_host_map, mapped, &h) == GNTST_okay)
        mapped++;
    assert_int_equal(mapped, 128);
    assert_int_equal(map(8, GNTMAP_host_map, mapped, &h), GNTST_no_space);
    assert_int_equal(map(8, GNTMAP_host_map | GNTMAP_readonly, mapped, &h), GNTST_okay);
    assert_int_equal(frame_refs(f), 129);
    /* and as many handles as fit the maptrack frames. */
    for (mapped = 129; map(9 + mapped / 100, GNTMAP_device_map, 0, &h) != GNTST_no_space; mapped++)
        grant_write(1, 9 + (mapped + 1) / 100, GTF_permit_access, 0, f);
    assert_int_equal(mapped - 2, MAX_MAPTRACK_FRAMES * MAPTRACK_PER_PAGE - 1);
}

/* A device pin too many takes the host pin of the same call back. */
static void test_device_limit(void **state __unused)
{
    uint64_t f = frame_new(1);

    grant_write(1, 8, GTF_permit_access, 0, f);
    for (unsigned int i = 0; i < 128; i++)
        assert_int_equal(map(8, GNTMAP_device_map, 0, NULL), GNTST_okay);
    assert_int_equal(map(8, GNTMAP_host_map | GNTMAP_device_map, 0, NULL), GNTST_no_space);
    assert_int_equal(frame_refs(f), 128);
    assert_false(slots[0][0].present);
}

static void test_faults(void **state __unused)
{
    gnttab_map_grant_ref_t maps[2];
    uint64_t f = frame_new(1);

    grant_write(1, 8, GTF_permit_access, 0, f);
    maps[0] = map_args(8, GNTMAP_host_map, 0);
    maps[1] = map_args(8, GNTMAP_host_map, 1);
    fault_at = &maps[1];
    assert_int_equal(gnttab(GNTTABOP_map_grant_ref, maps, 2), -EFAULT);
    assert_int_equal(maps[0].status, GNTST_okay);
    assert_int_equal(frame_refs(f), 1);
    assert_int_equal(gnttab(GNTTABOP_map_grant_ref, NULL, 1), -EFAULT);
    assert_int_equal(gnttab(GNTTABOP_map_grant_ref, NULL, 0), 0);
    assert_int_equal(gnttab(GNTTABOP_map_grant_ref, NULL, ~0U), -EINVAL);
    assert_int_equal(gnttab(13, NULL, 0), -ENOSYS);
    assert_int_equal(gnttab(GNTTABOP_map_grant_ref | 1U << 12, NULL, 0), -ENOSYS);
}

/* The granter revokes (version 2: clears the flags, then looks) just as we pin. */
static void revoke_during_pin(void)
{
    grant_v2_of(domains[1].grant_table, 8)->hdr.flags = 0;
}

static void test_version_two(void **state __unused)
{
    gnttab_set_version_t v = { .version = 2 };
    uint64_t f = frame_new(1);
    union grant_entry_v2 *e;
    grant_handle_t h;

    machine_run_as(1);
    assert_int_equal(gnttab(GNTTABOP_set_version, &v, 1), 0);
    machine_run_as(0);
    grant_write(1, 8, GTF_permit_access, 0, f);
    assert_int_equal(map(8, GNTMAP_host_map, 0, &h), GNTST_okay);
    assert_int_equal(grant_marks(1, 8), GTF_reading | GTF_writing);
    assert_int_equal(grant_v2_of(domains[1].grant_table, 8)->hdr.flags, GTF_permit_access);
    assert_int_equal(unmap(slot_address(0), 0, h), GNTST_okay);
    assert_int_equal(grant_marks(1, 8), 0);

    /* Parts of pages and passed-on grants are for copies. */
    grant_write(1, 8, GTF_permit_access | GTF_sub_page, 0, f);
    assert_int_equal(map(8, GNTMAP_host_map, 0, &h), GNTST_general_error);
    e = grant_v2_of(domains[1].grant_table, 8);
    *e = (union grant_entry_v2){ .transitive = { .hdr = { GTF_transitive, 0 }, .trans_domid = 2 } };
    assert_int_equal(map(8, GNTMAP_host_map, 0, &h), GNTST_general_error);
    assert_int_equal(grant_marks(1, 8), 0);
    assert_int_equal(map(V2_PER_PAGE, GNTMAP_host_map, 0, &h), GNTST_bad_gntref);

    /* Revoked after the mark: the granter sees the mark, and we keep what we have pinned. */
    grant_write(1, 8, GTF_permit_access, 0, f);
    on_frame_get = revoke_during_pin;
    assert_int_equal(map(8, GNTMAP_host_map, 0, &h), GNTST_okay);
    assert_int_equal(grant_marks(1, 8), GTF_reading | GTF_writing);
}

static void test_release_mappings(void **state __unused)
{
    uint64_t f = frame_new(1);
    grant_handle_t h;

    grant_write(1, 8, GTF_permit_access, 0, f);
    for (unsigned int i = 0; i < 100; i++)
        assert_int_equal(map(8, GNTMAP_host_map | (i & 1 ? GNTMAP_readonly : 0), i, &h), 0);
    assert_int_equal(map(8, GNTMAP_host_map | GNTMAP_device_map, 120, &h), 0);
    preempt_after = 1;
    assert_int_equal(grant_release_mappings(&domains[0]), -ERESTART);
    preempt_after = 0;
    assert_int_equal(grant_release_mappings(&domains[0]), 0);
    assert_int_equal(frame_refs(f), 0);
    assert_int_equal(frame_writers(f), 0);
    assert_int_equal(grant_marks(1, 8), 0);
    assert_int_equal(domains[1].refs, 1);
}

static void test_cache_flush(void **state __unused)
{
    uint64_t f = frame_new(1), mine = frame_new(0), other = frame_new(1);
    gnttab_cache_flush_t op, two[2];

    memset(&op, 0, sizeof(op));
    op.a.dev_bus_addr = f << PAGE_SHIFT;
    op.length = 64;
    op.op = 1;
    grant_write(1, 8, GTF_permit_access, 0, f);
    assert_int_equal(gnttab(GNTTABOP_cache_flush, &op, 1), -EPERM);
    /* The frame's mapping stands on the second page of handles. */
    grant_write(1, 9, GTF_permit_access, 0, other);
    for (unsigned int i = 0; i < MAPTRACK_PER_PAGE; i++)
        assert_int_equal(map(9, GNTMAP_device_map | (i & 1 ? GNTMAP_readonly : 0), i, NULL), 0);
    assert_int_equal(map(8, GNTMAP_host_map, 0, NULL), 0);
    preempt_after = 1;
    assert_int_equal(gnttab(GNTTABOP_cache_flush, &op, 1), 0);
    assert_int_equal(continuations, 1);
    preempt_after = 0;
    /* The search for the next element's frame begins at the first page again. */
    two[0] = two[1] = op;
    two[1].a.dev_bus_addr = other << PAGE_SHIFT;
    assert_int_equal(gnttab(GNTTABOP_cache_flush, two, 2), 0);
    assert_int_equal(cache_flushes, 3);
    cache_flushes = 1;
    assert_int_equal(cache_flushes, 1);
    op.a.dev_bus_addr = mine << PAGE_SHIFT;
    assert_int_equal(gnttab(GNTTABOP_cache_flush, &op, 1), 0);
    assert_int_equal(cache_flushes, 2);
    op.offset = 4095;
    assert_int_equal(gnttab(GNTTABOP_cache_flush, &op, 1), -EINVAL);
    op.offset = 0;
    op.op = 4;
    assert_int_equal(gnttab(GNTTABOP_cache_flush, &op, 1), -EINVAL);
    op.op = GNTTAB_CACHE_SOURCE_GREF;
    assert_int_equal(gnttab(GNTTABOP_cache_flush, &op, 1), -EOPNOTSUPP);
    assert_int_equal(frame_refs(mine), 0);
}

static int start(void **state __unused)
{
    machine_start();
    return 0;
}

static int stop(void **state __unused)
{
    machine_stop();
    return 0;
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_map_holds_references),
        TEST(test_map_refusals),
        TEST(test_a_read_only_grant_may_be_read),
        TEST(test_hostile_granter),
        TEST(test_device_mappings),
        TEST(test_unmap_refusals),
        TEST(test_unmap_and_replace),
        TEST(test_big_batch),
        TEST(test_limits),
        TEST(test_device_limit),
        TEST(test_faults),
        TEST(test_version_two),
        TEST(test_release_mappings),
        TEST(test_cache_flush),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
