/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tables themselves: size, versions, swapping, transfers, running out of memory. */
/* sources: xen/common/grant/cache.c xen/common/grant/copy.c xen/common/grant/dump.c
   xen/common/grant/map.c xen/common/grant/maptrack.c xen/common/grant/op.c xen/common/grant/pin.c
   xen/common/grant/table.c xen/common/grant/transfer.c xen/common/grant/unmap.c
   xen/common/grant/version.c tests/unit/grant-machine.c */
#include <unit.h>

#include "grant-machine.h"

static int set_version(uint32_t version)
{
    gnttab_set_version_t op = { .version = version };

    return (int)gnttab(GNTTABOP_set_version, &op, 1);
}

static int map(domid_t dom, grant_ref_t ref, unsigned int slot)
{
    gnttab_map_grant_ref_t op = {
        .host_addr = slot_address(slot), .flags = GNTMAP_host_map, .ref = ref, .dom = dom
    };

    assert_int_equal(gnttab(GNTTABOP_map_grant_ref, &op, 1), 0);
    return op.status;
}

static void test_setup_table(void **state __unused)
{
    xen_pfn_t list[MAX_GRANT_FRAMES + 1] = { 0 };
    gnttab_setup_table_t op = { .dom = DOMID_SELF, .nr_frames = 3 };
    gnttab_query_size_t q = { .dom = DOMID_SELF };
    mfn_t m;

    set_xen_guest_handle(op.frame_list, list);
    assert_int_equal(gnttab(GNTTABOP_query_size, &q, 1), 0);
    assert_int_equal(q.nr_frames, 1);
    assert_int_equal(q.max_nr_frames, MAX_GRANT_FRAMES);
    assert_int_equal(gnttab(GNTTABOP_setup_table, &op, 1), 0);
    assert_int_equal(op.status, GNTST_okay);
    assert_int_equal(list[3], 0);
    for (unsigned int i = 0; i < 3; i++) {
        assert_ptr_equal(frame_bytes(list[i]), domains[0].grant_table->shared[i]);
        assert_int_equal(grant_get_shared_frame(&domains[0], i, &m), 0);
        assert_int_equal(m.n, list[i]);
    }
    assert_int_equal(gnttab(GNTTABOP_query_size, &q, 1), 0);
    assert_int_equal(q.nr_frames, 3);

    assert_int_equal(gnttab(GNTTABOP_setup_table, &op, 2), -EINVAL);
    op.nr_frames = MAX_GRANT_FRAMES + 1;
    assert_int_equal(gnttab(GNTTABOP_setup_table, &op, 1), 0);
    assert_int_equal(op.status, GNTST_general_error);
    op.nr_frames = 2;
    fault_at = &list[1];
    assert_int_equal(gnttab(GNTTABOP_setup_table, &op, 1), -EFAULT);
    fault_at = NULL;
    /* Others' tables only for who may. */
    machine_run_as(1);
    op.dom = 0;
    assert_int_equal(gnttab(GNTTABOP_setup_table, &op, 1), 0);
    assert_int_equal(op.status, GNTST_permission_denied);
    q.dom = 9;
    assert_int_equal(gnttab(GNTTABOP_query_size, &q, 1), 0);
    assert_int_equal(q.status, GNTST_bad_domain);
    machine_run_as(0);
    q.dom = 1;
    assert_int_equal(gnttab(GNTTABOP_query_size, &q, 1), 0);
    assert_int_equal(q.status, GNTST_okay);
}

static void test_acquired_frames(void **state __unused)
{
    struct domain *d = &domains[1];
    mfn_t m;

    assert_int_equal(grant_get_shared_frame(d, MAX_GRANT_FRAMES, &m), -EINVAL);
    assert_int_equal(grant_get_status_frame(d, 0, &m), -EINVAL);
    assert_int_equal(grant_get_shared_frame(d, 2, &m), 0);
    assert_int_equal(d->grant_table->nr_frames, 3);
    machine_run_as(1);
    assert_int_equal(set_version(2), 0);
    assert_int_equal(grant_get_status_frame(d, 0, &m), 0);
    assert_ptr_equal(frame_bytes(m.n), d->grant_table->status[0]);
    assert_int_equal(grant_get_status_frame(d, 1, &m), -EINVAL);
}

static void test_out_of_memory(void **state __unused)
{
    struct domain *d = &domains[1];
    struct domain spare = { .id = 7 };
    unsigned int before = pages_out;
    mfn_t m;

    /* Growing by three frames takes nine pages; each of them may be the one that is not there. */
    for (unsigned int i = 1; i <= 9; i++) {
        page_alloc_fail = i;
        (void)!grant_get_shared_frame(d, 3, &m);
        page_alloc_fail = 0;
        if (d->grant_table->nr_frames == 4)
            break;
    }
    assert_int_equal(grant_get_shared_frame(d, 3, &m), 0);
    assert_int_equal(pages_out, before + 9);
    for (unsigned int i = 1; i <= 3; i++) {
        before = pages_out;
        page_alloc_fail = i;
        assert_int_equal(grant_table_init(&spare, 4, 4), -ENOMEM);
        assert_null(spare.grant_table);
        assert_int_equal(pages_out, before);
    }
    page_alloc_fail = 0;
    assert_int_equal(grant_table_init(&spare, ~0U, 4), -EINVAL);
    assert_int_equal(grant_table_init(&spare, 4, ~0U), -EINVAL);
    assert_int_equal(grant_table_init(&spare, 0, 0), 0);
    assert_int_equal(grant_get_shared_frame(&spare, 0, &m), -EINVAL);
    grant_table_destroy(&spare);
    grant_table_destroy(&spare);
    page_alloc_fail = 1;
    grant_write(1, 8, GTF_permit_access, 0, frame_new(1));
    assert_int_equal(map(1, 8, 0), GNTST_no_space);
}

static void test_versions(void **state __unused)
{
    uint64_t f = frame_new(0), g = frame_new(0), list[1];
    gnttab_get_version_t get = { .dom = DOMID_SELF };
    gnttab_get_status_frames_t st = { .dom = DOMID_SELF, .nr_frames = 1 };
    gnttab_unmap_grant_ref_t unmap = { .host_addr = slot_address(0) };

    set_xen_guest_handle(st.frame_list, list);
    assert_int_equal(set_version(3), -EINVAL);
    assert_int_equal(set_version(0), -EINVAL);
    assert_int_equal(set_version(1), 0);
    assert_int_equal(gnttab(GNTTABOP_get_status_frames, &st, 1), 0);
    assert_int_equal(st.status, GNTST_general_error);

    /* One reserved entry is in use, one is not; what is not reserved goes. */
    grant_write(0, 1, GTF_permit_access, 1, f);
    grant_write(0, 2, GTF_permit_access | GTF_readonly, 1, g);
    grant_write(0, 9, GTF_permit_access, 1, g);
    machine_run_as(1);
    assert_int_equal(map(0, 1, 0), GNTST_okay);
    assert_int_equal(map(0, 9, 1), GNTST_okay);
    machine_run_as(0);
    assert_int_equal(set_version(2), -EBUSY);
    machine_run_as(1);
    unmap.host_addr = slot_address(1);
    unmap.handle = 1;
    assert_int_equal(gnttab(GNTTABOP_unmap_grant_ref, &unmap, 1), 0);
    machine_run_as(0);
    assert_int_equal(set_version(2), 0);
    assert_int_equal(gnttab(GNTTABOP_get_version, &get, 1), 0);
    assert_int_equal(get.version, 2);
    assert_int_equal(grant_v2_of(domains[0].grant_table, 1)->full_page.frame, f);
    assert_int_equal(grant_v2_of(domains[0].grant_table, 1)->hdr.flags, GTF_permit_access);
    assert_int_equal(grant_v2_of(domains[0].grant_table, 1)->hdr.domid, 1);
    assert_int_equal(grant_marks(0, 1), GTF_reading | GTF_writing);
    assert_int_equal(grant_v2_of(domains[0].grant_table, 2)->hdr.flags,
                     GTF_permit_access | GTF_readonly);
    assert_int_equal(grant_v2_of(domains[0].grant_table, 9)->hdr.flags, 0);
    assert_int_equal(gnttab(GNTTABOP_get_status_frames, &st, 1), 0);
    assert_int_equal(st.status, GNTST_okay);
    assert_ptr_equal(frame_bytes(list[0]), domains[0].grant_table->status[0]);
    st.nr_frames = 2;
    assert_int_equal(gnttab(GNTTABOP_get_status_frames, &st, 1), 0);
    assert_int_equal(st.status, GNTST_general_error);

    /* In use, and inexpressible in version 1. */
    grant_v2_of(domains[0].grant_table, 1)->full_page.frame = 1ULL << 40;
    assert_int_equal(set_version(1), -EBUSY);
    grant_v2_of(domains[0].grant_table, 1)->full_page.frame = f;
    assert_int_equal(set_version(1), 0);
    assert_int_equal(grant_v1_of(domains[0].grant_table, 1)->flags,
                     GTF_permit_access | GTF_reading | GTF_writing);
    assert_int_equal(grant_v1_of(domains[0].grant_table, 1)->frame, f);
    assert_int_equal(frame_refs(f), 1);
}

static void test_others_versions(void **state __unused)
{
    gnttab_get_version_t get = { .dom = 1 };

    assert_int_equal(gnttab(GNTTABOP_get_version, &get, 1), 0);
    assert_int_equal(get.version, 1);
    machine_run_as(1);
    get.dom = 0;
    assert_int_equal(gnttab(GNTTABOP_get_version, &get, 1), -EPERM);
    get.dom = 9;
    assert_int_equal(gnttab(GNTTABOP_get_version, &get, 1), -ESRCH);
}

static void test_swap(void **state __unused)
{
    uint64_t f = frame_new(0);
    gnttab_swap_grant_ref_t op = { .ref_a = 8, .ref_b = 9 };

    grant_write(0, 8, GTF_permit_access, 1, f);
    assert_int_equal(gnttab(GNTTABOP_swap_grant_ref, &op, 1), 0);
    assert_int_equal(op.status, GNTST_okay);
    assert_int_equal(grant_v1_of(domains[0].grant_table, 9)->frame, f);
    assert_int_equal(grant_v1_of(domains[0].grant_table, 8)->flags, 0);
    machine_run_as(1);
    assert_int_equal(map(0, 9, 0), GNTST_okay);
    machine_run_as(0);
    assert_int_equal(gnttab(GNTTABOP_swap_grant_ref, &op, 1), 0);
    assert_int_equal(op.status, GNTST_eagain);
    op.ref_b = V1_PER_PAGE;
    assert_int_equal(gnttab(GNTTABOP_swap_grant_ref, &op, 1), 0);
    assert_int_equal(op.status, GNTST_bad_gntref);
}

static int transfer(uint64_t frame, domid_t to, grant_ref_t ref)
{
    gnttab_transfer_t op = { .mfn = frame, .domid = to, .ref = ref };

    assert_int_equal(gnttab(GNTTABOP_transfer, &op, 1), 0);
    return op.status;
}

static void test_transfer(void **state __unused)
{
    uint64_t f = frame_new(0), pinned = frame_new(0), lost = frame_new(0);
    struct grant_entry_v1 *e = grant_v1_of(domains[1].grant_table, 8);

    grant_write(1, 8, GTF_accept_transfer, 0, 77);
    assert_int_equal(transfer(ALL_FRAMES, 1, 8), GNTST_bad_page);
    grant_write(0, 8, GTF_permit_access, 2, pinned);
    machine_run_as(2);
    assert_int_equal(map(0, 8, 0), GNTST_okay);
    assert_int_equal(transfer(f, 1, 8), GNTST_bad_page); /* not its own */
    machine_run_as(0);
    assert_int_equal(transfer(pinned, 1, 8), GNTST_bad_page); /* in use */
    assert_int_equal(e->flags, GTF_accept_transfer);

    assert_int_equal(transfer(f, 1, 8), GNTST_okay);
    assert_int_equal(e->flags,
                     GTF_accept_transfer | GTF_transfer_committed | GTF_transfer_completed);
    assert_int_equal(e->frame, f);
    assert_ptr_equal(frame_of(mfn(f))->owner, &domains[1]);
    assert_int_equal(domains[1].outstanding_claim, 77); /* where it was wanted */
    assert_int_equal(domains[0].tot_pages, 2);

    /* The entry serves once; what fails now costs the frame. */
    assert_int_equal(transfer(lost, 1, 8), GNTST_bad_gntref);
    assert_null(frame_of(mfn(lost))->owner);
    assert_int_equal(transfer(frame_new(0), 9, 8), GNTST_bad_domain);
    assert_int_equal(transfer(frame_new(0), 1, V1_PER_PAGE), GNTST_bad_gntref);
    grant_write(1, 9, GTF_accept_transfer, 2, 0);
    assert_int_equal(transfer(frame_new(0), 1, 9), GNTST_bad_gntref);
    grant_write(1, 9, GTF_accept_transfer, 0, 0);
    domains[1].max_pages = 0;
    assert_int_equal(transfer(frame_new(0), 1, 9), GNTST_general_error);
    assert_int_equal(grant_v1_of(domains[1].grant_table, 9)->flags, GTF_accept_transfer);
    domains[1].max_pages = 9;
    machine_run_as(1);
    assert_int_equal(set_version(2), 0);
    machine_run_as(0);
    grant_write(1, 9, GTF_accept_transfer, 0, 5);
    f = frame_new(0);
    assert_int_equal(transfer(f, 1, 9), GNTST_okay);
    assert_int_equal(grant_v2_of(domains[1].grant_table, 9)->full_page.frame, f);
}

static void test_dump(void **state __unused)
{
    gnttab_dump_table_t op = { .dom = 1 };

    grant_write(1, 8, GTF_permit_access, 0, frame_new(1));
    assert_int_equal(map(1, 8, 0), GNTST_okay);
    assert_int_equal(gnttab(GNTTABOP_dump_table, &op, 1), 0);
    assert_int_equal(op.status, GNTST_okay);
    machine_run_as(2);
    assert_int_equal(gnttab(GNTTABOP_dump_table, &op, 1), 0);
    assert_int_equal(op.status, GNTST_permission_denied);
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
        TEST(test_setup_table),     TEST(test_acquired_frames),
        TEST(test_out_of_memory),   TEST(test_versions),
        TEST(test_others_versions), TEST(test_swap),
        TEST(test_transfer),        TEST(test_dump),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
