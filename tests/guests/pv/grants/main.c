/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Grants to oneself: map, unmap, replace, copy, transfer, both versions of the table. */
#include "pages.h"
#include "traps.h"

#include <xen/grant_table.h>

#define READING GTF_reading
#define WRITING GTF_writing

static volatile uint8_t page_aligned table_bytes[4096], status_bytes[4096];
static volatile page_table page_aligned a, b, window, spare;
static volatile grant_entry_v1_t *const v1 = (void *)(unsigned long)table_bytes;
static volatile grant_entry_v2_t *const v2 = (void *)(unsigned long)table_bytes;
static domid_t me;

static long grant_op(unsigned int cmd, void *op, unsigned int count)
{
    return hypercall3(__HYPERVISOR_grant_table_op, cmd, (unsigned long)op, count);
}

static int map(domid_t dom, unsigned int ref, unsigned int flags, uint64_t at, unsigned int *handle)
{
    struct gnttab_map_grant_ref op = { .host_addr = at, .flags = flags, .ref = ref, .dom = dom };

    check_equal(grant_op(GNTTABOP_map_grant_ref, &op, 1), 0);
    *handle = op.handle;
    return op.status;
}

static int unmap(uint64_t at, unsigned int handle)
{
    struct gnttab_unmap_grant_ref op = { .host_addr = at, .handle = handle };

    check_equal(grant_op(GNTTABOP_unmap_grant_ref, &op, 1), 0);
    return op.status;
}

static void setup(void)
{
    xen_pfn_t frame = 0;
    struct gnttab_setup_table op = { .dom = DOMID_SELF, .nr_frames = 1 };
    struct gnttab_query_size size = { .dom = DOMID_SELF };

    set_xen_guest_handle(op.frame_list, &frame);
    check_equal(grant_op(GNTTABOP_setup_table, &op, 1), 0);
    check_equal(op.status, GNTST_okay);
    map_page(table_bytes, frame << 12 | PAGE_RW);
    op.dom = 0x1234;
    check_equal(grant_op(GNTTABOP_setup_table, &op, 1), 0);
    check_equal(op.status, GNTST_bad_domain);
    op.dom = DOMID_SELF, op.nr_frames = 100000;
    check_equal(grant_op(GNTTABOP_setup_table, &op, 1), 0);
    check_equal(op.status, GNTST_general_error);
    check_equal(grant_op(GNTTABOP_query_size, &size, 1), 0);
    check_equal(size.status, GNTST_okay);
    check(size.nr_frames >= 1 && size.max_nr_frames >= 32);
    check_equal(grant_op(GNTTABOP_setup_table, (void *)0x10000, 1), -XEN_EFAULT);
    check_equal(grant_op(99, &size, 1), -XEN_ENOSYS);
}

static void give(unsigned int ref, const volatile void *page, unsigned int flags)
{
    v1[ref].frame = (uint32_t)frame_of(page);
    v1[ref].domid = me;
    __asm__ volatile("" : : : "memory");
    v1[ref].flags = (uint16_t)(GTF_permit_access | flags);
}

static void test_map(void)
{
    unsigned long at = (unsigned long)window;
    uint64_t pte_at = machine_address(table_entry(window, 1)), value;
    struct gnttab_unmap_and_replace replace;
    unsigned int handle, second;

    give(10, a, 0);
    a[0] = 0xaaaa;
    check_equal(map(me, 10, GNTMAP_host_map, at, &handle), GNTST_okay);
    check_equal(window[0], 0xaaaa);
    window[1] = 5;
    check_equal(a[1], 5);
    check_equal(v1[10].flags, GTF_permit_access | READING | WRITING);
    check(unmap((unsigned long)spare, handle) != GNTST_okay); /* the mapping is not there */
    check_equal(v1[10].flags, GTF_permit_access | READING | WRITING);
    check_equal(unmap(at, handle), GNTST_okay);
    page_writable(window);
    v1[11].flags = 0;
    give(12, a, 0);
    check_equal(update_va_mapping((void *)at, 0, UVMF_INVLPG), 0);
    check_equal(map(me, 12, GNTMAP_host_map | GNTMAP_readonly, at, &handle), GNTST_okay);
    check_equal(v1[12].flags, GTF_permit_access | READING);
    check(!try_write(&window[0], 1));
    check_equal(map(me, 12, GNTMAP_host_map | GNTMAP_readonly, (unsigned long)spare, &second),
                GNTST_okay);
    check_equal(unmap((unsigned long)spare, second), GNTST_okay);
    check_equal(v1[12].flags, GTF_permit_access | READING);
    check_equal(unmap(at, handle), GNTST_okay);
    check_equal(v1[12].flags, GTF_permit_access);
    check(!try_read(window, &value));
    check(unmap(at, handle) == GNTST_bad_handle);
    check(unmap(at, 100000) == GNTST_bad_handle);
    page_writable(spare);
    /* By the entry's machine address. */
    check_equal(map(me, 12, GNTMAP_host_map | GNTMAP_contains_pte, pte_at, &handle), GNTST_okay);
    check_equal(window[0], 0xaaaa);
    check_equal(unmap(pte_at, handle), GNTST_okay);
    check_equal(*table_entry(window, 1) & PTE_PRESENT, 0);
    /* Unmapped, and another mapping in its place. */
    check_equal(map(me, 12, GNTMAP_host_map, at, &handle), GNTST_okay);
    spare[0] = 0x5a5a;
    replace = (struct gnttab_unmap_and_replace){ .host_addr = at,
                                                 .handle = handle,
                                                 .new_addr = (unsigned long)spare };
    check_equal(grant_op(GNTTABOP_unmap_and_replace, &replace, 1), 0);
    check_equal(replace.status, GNTST_okay);
    mmuext(MMUEXT_TLB_FLUSH_LOCAL, 0, 0);
    check_equal(window[0], 0x5a5a);
    check(!try_read(spare, &value));
    page_writable(window), page_writable(spare);
    check_equal(v1[12].flags, GTF_permit_access);
}

static void test_map_refusals(void)
{
    unsigned long at = (unsigned long)window;
    unsigned int handle;

    check_equal(map(0x1234, 12, GNTMAP_host_map, at, &handle), GNTST_bad_domain);
    check_equal(map(me, 500, GNTMAP_host_map, at, &handle), GNTST_general_error);
    check_equal(map(me, 1000000, GNTMAP_host_map, at, &handle), GNTST_bad_gntref);
    check_equal(map(me, 12, 0, at, &handle), GNTST_bad_gntref);
    give(13, a, GTF_readonly);
    check_equal(map(me, 13, GNTMAP_host_map, at, &handle), GNTST_general_error);
    give(14, a, 0);
    v1[14].domid = 77;
    check_equal(map(me, 14, GNTMAP_host_map, at, &handle), GNTST_general_error);
    give(15, a, 0);
    v1[15].frame = 0x7ffffff;
    check_equal(map(me, 15, GNTMAP_host_map, at, &handle), GNTST_bad_page);
    give(16, table_entry(window, 1), 0); /* a page table, writable */
    check_equal(map(me, 16, GNTMAP_host_map, at, &handle), GNTST_general_error);
    check_equal(map(me, 12, GNTMAP_host_map, 0x10000, &handle), GNTST_general_error);
    check_equal(map(me, 12, GNTMAP_host_map, HYPERVISOR_VIRT_START, &handle), GNTST_general_error);
    check_equal(v1[12].flags, GTF_permit_access);
    check_equal(v1[16].flags, GTF_permit_access);
    page_writable(window);
}

/* One end of a copy: a grant of a domain, or a frame of it. */
struct end {
    domid_t domain;
    bool is_grant;
    uint64_t number;
};

static struct end by_grant(domid_t domain, grant_ref_t ref)
{
    return (struct end){ domain, true, ref };
}

static struct end by_frame(const volatile void *page)
{
    return (struct end){ DOMID_SELF, false, frame_of(page) };
}

static int copy(struct end from, struct end to, unsigned int offset, unsigned int length)
{
    struct gnttab_copy op = { .len = (uint16_t)length };

    op.flags = (from.is_grant ? GNTCOPY_source_gref : 0) | (to.is_grant ? GNTCOPY_dest_gref : 0);
    op.source.domid = from.domain;
    op.dest.domid = to.domain;
    op.source.offset = (uint16_t)offset;
    if (from.is_grant)
        op.source.u.ref = (grant_ref_t)from.number;
    else
        op.source.u.gmfn = from.number;
    if (to.is_grant)
        op.dest.u.ref = (grant_ref_t)to.number;
    else
        op.dest.u.gmfn = to.number;
    check_equal(grant_op(GNTTABOP_copy, &op, 1), 0);
    return op.status;
}

static void test_copy(void)
{
    give(20, a, GTF_readonly);
    give(21, b, 0);
    a[0] = 0x1122334455667788;
    b[0] = 0, b[1] = 7;
    check_equal(copy(by_grant(me, 20), by_grant(me, 21), 0, 8), GNTST_okay);
    check_equal(b[0], a[0]);
    check_equal(b[1], 7);
    check_equal(copy(by_grant(me, 20), by_frame(b), 4, 4), GNTST_okay);
    check_equal(b[0], 0x1122334411223344);
    check_equal(copy(by_frame(b), by_grant(me, 20), 0, 8), GNTST_general_error);
    check_equal(copy(by_frame(a), by_frame(b), 0, 4096), GNTST_okay);
    check_equal(copy(by_frame(a), by_frame(b), 1, 4096), GNTST_bad_copy_arg);
    check_equal(copy(by_grant(me, 500), by_grant(me, 21), 0, 8), GNTST_general_error);
    check_equal(copy(by_grant(0x1234, 20), by_grant(me, 21), 0, 8), GNTST_bad_domain);
    check_equal(v1[20].flags, GTF_permit_access | GTF_readonly);
    check_equal(v1[21].flags, GTF_permit_access);
}

static void test_version2(void)
{
    uint64_t frame = 0;
    struct gnttab_set_version set = { .version = 2 };
    struct gnttab_get_version get = { .dom = DOMID_SELF };
    struct gnttab_get_status_frames status = { .nr_frames = 1, .dom = DOMID_SELF };
    volatile uint16_t *words = (void *)(unsigned long)status_bytes;
    unsigned int handle;

    check_equal(grant_op(GNTTABOP_get_version, &get, 1), 0);
    check_equal(get.version, 1);
    set_xen_guest_handle(status.frame_list, &frame);
    check_equal(grant_op(GNTTABOP_get_status_frames, &status, 1), 0);
    check(status.status != GNTST_okay);
    set.version = 3;
    check_equal(grant_op(GNTTABOP_set_version, &set, 1), -XEN_EINVAL);
    set.version = 2;
    memset((void *)(unsigned long)table_bytes, 0, sizeof(table_bytes));
    check_equal(grant_op(GNTTABOP_set_version, &set, 1), 0);
    check_equal(set.version, 2);
    check_equal(grant_op(GNTTABOP_get_status_frames, &status, 1), 0);
    check_equal(status.status, GNTST_okay);
    map_page(status_bytes, frame << 12 | PAGE_RW);
    v2[10].full_page.hdr.domid = me;
    v2[10].full_page.frame = frame_of(a);
    v2[10].full_page.hdr.flags = GTF_permit_access;
    check_equal(map(me, 10, GNTMAP_host_map, (unsigned long)window, &handle), GNTST_okay);
    check_equal(words[10], READING | WRITING);
    check_equal(window[0], a[0]);
    check_equal(unmap((unsigned long)window, handle), GNTST_okay);
    check_equal(words[10], 0);
    page_writable(window);
    v2[11].sub_page.hdr.domid = me;
    v2[11].sub_page.frame = frame_of(a);
    v2[11].sub_page.page_off = 8, v2[11].sub_page.length = 16;
    v2[11].sub_page.hdr.flags = GTF_permit_access | GTF_sub_page;
    check(map(me, 11, GNTMAP_host_map, (unsigned long)window, &handle) != GNTST_okay);
    a[1] = 0x99;
    check_equal(copy(by_grant(me, 11), by_frame(b), 8, 8), GNTST_okay);
    check_equal(b[0], 0x99);
    check(copy(by_grant(me, 11), by_frame(b), 0, 8) != GNTST_okay);
    page_writable(window);
}

void guest_main(void)
{
    struct gnttab_query_size query = { .dom = 0 };

    check_equal(grant_op(GNTTABOP_query_size, &query, 1), 0);
    me = 0;
    setup();
    test_map();
    test_map_refusals();
    test_copy();
    test_version2();
}
