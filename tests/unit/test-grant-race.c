/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A granter revokes on one CPU while another maps: what counts as revoked is out of reach. */
/* sources: xen/common/grant/cache.c xen/common/grant/copy.c xen/common/grant/dump.c
   xen/common/grant/map.c xen/common/grant/maptrack.c xen/common/grant/op.c xen/common/grant/pin.c
   xen/common/grant/table.c xen/common/grant/transfer.c xen/common/grant/unmap.c
   xen/common/grant/version.c tests/unit/grant-machine.c */
/* libs: -lpthread */
#include <unit.h>

#include <pthread.h>

#include "grant-machine.h"

#define ROUNDS 1000000U
#define REF    8U

static uint64_t frame;
static unsigned int reached; /* times that a revoked frame was referred to */
static unsigned int revoked;
static bool stop_now;

static void grant(const struct grant_table *gt)
{
    uint16_t *flags = gt->version == 1 ? &grant_v1_of(gt, REF)->flags
                                       : &grant_v2_of(gt, REF)->hdr.flags;

    __atomic_store_n(flags, GTF_permit_access, __ATOMIC_RELEASE);
}

/* Version 1: exchanges the flags unless the marks are there. */
static bool revoke_v1(const struct grant_table *gt)
{
    uint16_t idle = GTF_permit_access;

    return __atomic_compare_exchange_n(&grant_v1_of(gt, REF)->flags, &idle, 0, false,
                                       __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

/* Version 2: clears the flags, then looks at the status. */
static bool revoke_v2(const struct grant_table *gt)
{
    __atomic_store_n(&grant_v2_of(gt, REF)->hdr.flags, 0, __ATOMIC_SEQ_CST);
    return !__atomic_load_n(grant_status_of(gt, REF), __ATOMIC_SEQ_CST);
}

static void *granter(void *arg __unused)
{
    const struct grant_table *gt = domains[1].grant_table;

    while (!__atomic_load_n(&stop_now, __ATOMIC_RELAXED)) {
        grant(gt);
        for (unsigned int i = 0; i < revoked % 64; i++)
            __asm__ volatile("pause");
        while (!(gt->version == 1 ? revoke_v1(gt) : revoke_v2(gt)))
            if (__atomic_load_n(&stop_now, __ATOMIC_RELAXED))
                return NULL;
        revoked++;
        for (unsigned int i = 0; i < 500; i++)
            if ((READ_ONCE(frame_of(mfn(frame))->refs) & FRAME_COUNT_MASK) != 1)
                reached++;
    }
    return NULL;
}

static void map_and_unmap(unsigned int *mapped)
{
    gnttab_map_grant_ref_t map = {
        .host_addr = slot_address(0), .flags = GNTMAP_host_map, .ref = REF, .dom = 1
    };
    gnttab_unmap_grant_ref_t unmap = { .host_addr = slot_address(0) };

    assert_int_equal(do_grant_table_op(GNTTABOP_map_grant_ref, (unsigned long)&map, 1, 0, 0), 0);
    if (map.status)
        return;
    ++*mapped;
    unmap.handle = map.handle;
    assert_int_equal(do_grant_table_op(GNTTABOP_unmap_grant_ref, (unsigned long)&unmap, 1, 0, 0),
                     0);
    assert_int_equal(unmap.status, GNTST_okay);
}

static void race(uint32_t version)
{
    gnttab_set_version_t v = { .version = version };
    unsigned int mapped = 0;
    pthread_t thread;

    machine_start();
    machine_run_as(1);
    assert_int_equal(gnttab(GNTTABOP_set_version, &v, 1), 0);
    machine_run_as(0);
    frame = frame_new(1);
    grant_write(1, REF, 0, 0, frame);
    reached = revoked = 0;
    stop_now = false;
    assert_int_equal(pthread_create(&thread, NULL, granter, NULL), 0);
    for (unsigned int i = 0; i < ROUNDS; i++)
        map_and_unmap(&mapped);
    __atomic_store_n(&stop_now, true, __ATOMIC_RELAXED);
    pthread_join(thread, NULL);
    print_message("version %u: mapped %u of %u times, revoked %u times\n", version, mapped, ROUNDS,
                  revoked);
    assert_int_equal(reached, 0);
    machine_stop();
}

static void test_version_one(void **state __unused)
{
    race(1);
}

static void test_version_two(void **state __unused)
{
    race(2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_version_one),
        cmocka_unit_test(test_version_two),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
