/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copying by grant: own frames, others' grants, parts of frames, grants passed on. */
/* sources: xen/common/grant/cache.c xen/common/grant/copy.c xen/common/grant/dump.c
   xen/common/grant/map.c xen/common/grant/maptrack.c xen/common/grant/op.c xen/common/grant/pin.c
   xen/common/grant/table.c xen/common/grant/transfer.c xen/common/grant/unmap.c
   xen/common/grant/version.c tests/unit/grant-machine.c */
#include <unit.h>

#include <string.h>

#include "grant-machine.h"

static gnttab_copy_t own(uint64_t from, uint64_t to, uint16_t len)
{
    return (gnttab_copy_t){ .source = { .u.gmfn = from, .domid = DOMID_SELF },
                            .dest = { .u.gmfn = to, .domid = DOMID_SELF },
                            .len = len };
}

static gnttab_copy_t from_grant(domid_t dom, grant_ref_t ref, uint64_t to, uint16_t len)
{
    gnttab_copy_t op = own(0, to, len);

    op.source.u.ref = ref;
    op.source.domid = dom;
    op.flags = GNTCOPY_source_gref;
    return op;
}

static gnttab_copy_t to_grant(uint64_t from, domid_t dom, grant_ref_t ref, uint16_t len)
{
    gnttab_copy_t op = own(from, 0, len);

    op.dest.u.ref = ref;
    op.dest.domid = dom;
    op.flags = GNTCOPY_dest_gref;
    return op;
}

static int copy(gnttab_copy_t op)
{
    op.status = 1;
    assert_int_equal(gnttab(GNTTABOP_copy, &op, 1), 0);
    return op.status;
}

static void use_version_two(unsigned int dom)
{
    gnttab_set_version_t v = { .version = 2 };

    machine_run_as(dom);
    assert_int_equal(gnttab(GNTTABOP_set_version, &v, 1), 0);
    machine_run_as(0);
}

static void test_all_ways(void **state __unused)
{
    uint64_t a = frame_new(0), b = frame_new(0), c = frame_new(1), d = frame_new(2);
    gnttab_copy_t op = own(a, b, 4);

    strcpy(frame_bytes(a), "abcdefgh");
    op.source.offset = 2;
    op.dest.offset = 4092;
    assert_int_equal(copy(op), GNTST_okay);
    assert_memory_equal((char *)frame_bytes(b) + 4092, "cdef", 4);

    grant_write(1, 8, GTF_permit_access, 0, c);
    grant_write(2, 8, GTF_permit_access, 0, d);
    assert_int_equal(copy(to_grant(a, 1, 8, 9)), GNTST_okay);
    assert_string_equal(frame_bytes(c), "abcdefgh");
    op = from_grant(1, 8, 0, 9); /* between two others */
    op.dest.u.ref = 8;
    op.dest.domid = 2;
    op.flags |= GNTCOPY_dest_gref;
    assert_int_equal(copy(op), GNTST_okay);
    assert_string_equal(frame_bytes(d), "abcdefgh");
    memset(frame_bytes(b), 0, PAGE_SIZE);
    assert_int_equal(copy(from_grant(2, 8, b, PAGE_SIZE)), GNTST_okay);
    assert_string_equal(frame_bytes(b), "abcdefgh");
    /* Overlapping, within a frame. */
    op = own(a, a, 8);
    op.dest.offset = 2;
    assert_int_equal(copy(op), GNTST_okay);
    assert_string_equal(frame_bytes(a), "ababcdefgh");

    assert_int_equal(frame_refs(a) + frame_refs(b) + frame_refs(c) + frame_refs(d), 0);
    assert_int_equal(frame_writers(b) + frame_writers(c) + frame_writers(d), 0);
    assert_int_equal(grant_marks(1, 8) | grant_marks(2, 8), 0);
    assert_int_equal(domains[0].refs + domains[1].refs + domains[2].refs, 3);
}

static void test_refusals(void **state __unused)
{
    uint64_t a = frame_new(0), b = frame_new(0), c = frame_new(1), table = frame_new(0);
    gnttab_copy_t op;

    frame_make_table(table);
    grant_write(1, 8, GTF_permit_access | GTF_readonly, 0, c);
    op = own(a, b, 1);
    op.source.domid = 1;
    assert_int_equal(copy(op), GNTST_permission_denied);
    op = own(a, b, 1);
    op.dest.domid = 0; /* even one's own number */
    assert_int_equal(copy(op), GNTST_permission_denied);
    op = own(a, b, 4096);
    op.source.offset = 1;
    assert_int_equal(copy(op), GNTST_bad_copy_arg);
    op = own(a, b, 0xffff);
    assert_int_equal(copy(op), GNTST_bad_copy_arg);
    op = own(a, b, 2);
    op.dest.offset = 0xffff;
    assert_int_equal(copy(op), GNTST_bad_copy_arg);
    assert_int_equal(copy(own(c, b, 1)), GNTST_bad_page);
    assert_int_equal(copy(own(a, c, 1)), GNTST_bad_page);
    assert_int_equal(copy(own(a, ~0ULL, 1)), GNTST_bad_page);
    assert_int_equal(copy(own(a, table, 1)), GNTST_general_error);
    assert_int_equal(copy(own(table, a, 1)), GNTST_okay);
    assert_int_equal(copy(to_grant(a, 1, 8, 1)), GNTST_general_error);
    assert_int_equal(copy(to_grant(a, 1, 9, 1)), GNTST_general_error);
    assert_int_equal(copy(from_grant(1, V1_PER_PAGE, a, 1)), GNTST_bad_gntref);
    assert_int_equal(copy(from_grant(9, 8, a, 1)), GNTST_bad_domain);
    assert_int_equal(copy(from_grant(1, 8, a, 1)), GNTST_okay);
    domains[1].state = DOMAIN_DYING;
    assert_int_equal(copy(from_grant(1, 8, a, 1)), GNTST_bad_domain);
    fault_at = &op;
    assert_int_equal(gnttab(GNTTABOP_copy, &op, 1), -EFAULT);
    assert_int_equal(frame_refs(a) + frame_refs(b) + frame_refs(c) + frame_refs(table), 0);
    assert_int_equal(frame_writers(a) + frame_writers(b) + frame_writers(c), 0);
    assert_int_equal(grant_marks(1, 8), 0);
}

/* A batch keeps an end open only while it is the same one. */
static void test_batch(void **state __unused)
{
    enum { N = 64 };
    gnttab_copy_t ops[N];
    uint64_t a = frame_new(0), c[2] = { frame_new(1), frame_new(1) }, e = frame_new(2);

    grant_write(1, 8, GTF_permit_access, 0, c[0]);
    grant_write(1, 9, GTF_permit_access, 0, c[1]);
    grant_write(2, 8, GTF_permit_access, 0, e);
    for (unsigned int i = 0; i < 4 * N; i++)
        ((uint8_t *)frame_bytes(a))[i] = (uint8_t)(i * 7 + 1);
    for (unsigned int i = 0; i < N; i++) {
        ops[i] = to_grant(a, i % 3 ? 1 : 2, i % 3 == 1 ? 9 : 8, 4);
        ops[i].source.offset = ops[i].dest.offset = (uint16_t)(i * 4);
        if (i % 8 == 7)
            ops[i].dest.u.ref = 100; /* a failure in between */
    }
    preempt_after = 5;
    assert_int_equal(gnttab(GNTTABOP_copy, ops, N), 0);
    assert_true(continuations >= 10);
    for (unsigned int i = 0; i < N; i++) {
        uint64_t to = i % 3 == 0 ? e : c[i % 3 == 1];

        assert_int_equal(ops[i].status, i % 8 == 7 ? GNTST_general_error : GNTST_okay);
        for (unsigned int k = 4 * i; k < 4 * i + 4; k++)
            assert_int_equal(((uint8_t *)frame_bytes(to))[k],
                             i % 8 == 7 ? 0 : ((uint8_t *)frame_bytes(a))[k]);
    }
    assert_int_equal(frame_refs(a) + frame_refs(c[0]) + frame_refs(c[1]) + frame_refs(e), 0);
}

static void test_part_of_a_page(void **state __unused)
{
    uint64_t a = frame_new(0), c = frame_new(1);
    union grant_entry_v2 *e = grant_v2_of(domains[1].grant_table, 8);
    gnttab_copy_t op;

    use_version_two(1);
    *e = (union grant_entry_v2){ .sub_page = { .hdr = { GTF_permit_access | GTF_sub_page, 0 },
                                               .page_off = 100,
                                               .length = 10,
                                               .frame = c } };
    memset(frame_bytes(c), 'x', PAGE_SIZE);
    op = from_grant(1, 8, a, 10);
    op.source.offset = 100;
    assert_int_equal(copy(op), GNTST_okay);
    assert_string_equal(frame_bytes(a), "xxxxxxxxxx");
    op.source.offset = 101;
    assert_int_equal(copy(op), GNTST_general_error);
    op.source.offset = 99;
    op.len = 2;
    assert_int_equal(copy(op), GNTST_general_error);
    e->sub_page.length = 0xffff;
    op.source.offset = 100;
    assert_int_equal(copy(op), GNTST_general_error);
    e->sub_page.page_off = 0xffff;
    assert_int_equal(copy(op), GNTST_general_error);
    assert_int_equal(frame_refs(c), 0);
    assert_int_equal(grant_marks(1, 8), 0);
}

/* An entry that changes its kind while it is mapped is refused: the frame behind it is the old one.
 */
static void test_changed_kind(void **state __unused)
{
    uint64_t a = frame_new(0), c = frame_new(1);
    gnttab_map_grant_ref_t map = {
        .host_addr = slot_address(0), .flags = GNTMAP_host_map, .ref = 8, .dom = 1
    };

    use_version_two(1);
    grant_write(1, 8, GTF_permit_access, 0, c);
    assert_int_equal(gnttab(GNTTABOP_map_grant_ref, &map, 1), 0);
    assert_int_equal(map.status, GNTST_okay);
    *grant_v2_of(domains[1].grant_table, 8) = (union grant_entry_v2){
        .sub_page = { .hdr = { GTF_permit_access | GTF_sub_page, 0 }, .length = 10, .frame = c }
    };
    assert_int_equal(copy(from_grant(1, 8, a, 1)), GNTST_general_error);
    assert_int_equal(grant_marks(1, 8), GTF_reading | GTF_writing);
    assert_int_equal(frame_refs(c), 1);
}

static void test_passed_on(void **state __unused)
{
    uint64_t a = frame_new(0), c = frame_new(2), mine = frame_new(1);
    union grant_entry_v2 *e = grant_v2_of(domains[1].grant_table, 8);

    use_version_two(1);
    *e = (union grant_entry_v2){ .transitive = {
                                     .hdr = { GTF_transitive, 0 }, .trans_domid = 2, .gref = 5 } };
    grant_write(2, 5, GTF_permit_access | GTF_readonly, 1, c);
    strcpy(frame_bytes(c), "passed");
    assert_int_equal(copy(from_grant(1, 8, a, 7)), GNTST_okay);
    assert_string_equal(frame_bytes(a), "passed");
    assert_int_equal(copy(to_grant(a, 1, 8, 7)), GNTST_general_error);
    grant_write(2, 5, GTF_permit_access, 0, c); /* granted to us, not to whom passes it on */
    assert_int_equal(copy(from_grant(1, 8, a, 7)), GNTST_general_error);
    e->transitive.trans_domid = 9;
    assert_int_equal(copy(from_grant(1, 8, a, 7)), GNTST_general_error);
    /* A loop to itself, and a chain of two. */
    e->transitive.trans_domid = 1;
    e->transitive.gref = 8;
    assert_int_equal(copy(from_grant(1, 8, a, 7)), GNTST_general_error);
    use_version_two(2);
    e->transitive.trans_domid = 2;
    *grant_v2_of(domains[2].grant_table, 8) = (union grant_entry_v2){
        .transitive = { .hdr = { GTF_transitive, 1 }, .trans_domid = 1, .gref = 9 }
    };
    grant_write(1, 9, GTF_permit_access, 2, mine);
    assert_int_equal(copy(from_grant(1, 8, a, 7)), GNTST_general_error);
    assert_int_equal(frame_refs(c) + frame_refs(a) + frame_refs(mine), 0);
    assert_int_equal(grant_marks(1, 8) | grant_marks(2, 5), 0);
    assert_int_equal(domains[1].refs + domains[2].refs, 2);
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
        TEST(test_all_ways),       TEST(test_refusals),  TEST(test_batch),
        TEST(test_part_of_a_page), TEST(test_passed_on), TEST(test_changed_kind),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
