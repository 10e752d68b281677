/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Events and grants between two domains, and what is left of them when one dies. */
#include "domains.h"

#include <xen/grant_table.h>

static volatile uint8_t page_aligned mailbox[4096];
static volatile uint8_t page_aligned table_page[4096];
static volatile unsigned int child_port; /* for both ways */

static bool poll_port(unsigned int port)
{
    struct sched_poll poll = { .nr_ports = 1, .timeout = 0 };
    evtchn_port_t p = port;

    set_xen_guest_handle(poll.ports, &p);
    return !sched_op(SCHEDOP_poll, &poll);
}

static long send(unsigned int port)
{
    struct evtchn_send op = { .port = port };

    return event_channel_op(EVTCHNOP_send, &op);
}

/* Waits for an event, answers it, and stays until it is destroyed. */
static void child_answers(void)
{
    volatile struct shared_info *shared = (void *)(unsigned long)table_page;

    map_page(table_page, start_info->shared_info | PAGE_RW);
    check(poll_port(child_port));
    check(shared->evtchn_pending[0] >> child_port & 1);
    mailbox[0] = 0x5a;
    send(child_port);
    for (;;)
        sched_op(SCHEDOP_yield, NULL);
}

/* A port of the child's that waits for us, made on its behalf; then bound. */
static unsigned int connect(struct child *c)
{
    struct evtchn_alloc_unbound alloc = { .dom = c->id, .remote_dom = DOMID_SELF };
    struct evtchn_bind_interdomain bind = { .remote_dom = c->id };

    check_equal(event_channel_op(EVTCHNOP_alloc_unbound, &alloc), 0);
    child_port = alloc.port;
    bind.remote_port = alloc.port;
    check_equal(event_channel_op(EVTCHNOP_bind_interdomain, &bind), 0);
    return bind.local_port;
}

static void check_status(domid_t dom, unsigned int port, unsigned int state)
{
    struct evtchn_status status = { .dom = dom, .port = port };

    check_equal(event_channel_op(EVTCHNOP_status, &status), 0);
    check_equal(status.status, state);
}

static void clear_pending(unsigned int port)
{
    map_page(foreign_page, start_info->shared_info | PAGE_RW);
    __atomic_fetch_and(
        &((struct shared_info *)(unsigned long)foreign_page)->evtchn_pending[port / 64],
        ~(1UL << port % 64), __ATOMIC_SEQ_CST);
    foreign_page_back();
}

static void test_events(void)
{
    unsigned long before = free_pages_settled();
    struct evtchn_close close;
    unsigned int port;
    struct child c;

    child_create(&c, 1);
    port = connect(&c);
    child_build(&c, child_answers);
    clear_pending(port);
    check_equal(domctl_simple(XEN_DOMCTL_unpausedomain, c.id), 0);
    check_status(DOMID_SELF, port, EVTCHNSTAT_interdomain);
    check_status(c.id, child_port, EVTCHNSTAT_interdomain);
    check_equal(send(port), 0);
    check(poll_port(port));
    check_equal(child_map(&c, foreign_page, child_frame(&c, mailbox), PAGE_RO), 0);
    check_equal(foreign_page[0], 0x5a);
    foreign_page_back();
    end_of(&c, before);
    check_status(DOMID_SELF, port, EVTCHNSTAT_unbound);
    close.port = port;
    check_equal(event_channel_op(EVTCHNOP_close, &close), 0);
}

/* The first page of a domain's grant table, for all to see. */
static unsigned long grant_frame(domid_t dom)
{
    unsigned long frame = 0;
    gnttab_setup_table_t setup = { .dom = dom, .nr_frames = 1 };

    set_xen_guest_handle(setup.frame_list, &frame);
    check_equal(
        hypercall3(__HYPERVISOR_grant_table_op, GNTTABOP_setup_table, (unsigned long)&setup, 1), 0);
    check_equal(setup.status, GNTST_okay);
    return frame;
}

static volatile struct grant_entry_v1 *entry_of(unsigned int ref)
{
    return (struct grant_entry_v1 *)(unsigned long)table_page + ref;
}

static void child_waits(void)
{
    for (;;)
        sched_op(SCHEDOP_yield, NULL);
}

/* We seed the child's table and map what it grants; it dies meanwhile. */
static void test_grant_outlives(void)
{
    unsigned long before = free_pages_settled();
    struct gnttab_map_grant_ref map = { .flags = GNTMAP_host_map, .ref = 9 };
    struct gnttab_unmap_grant_ref unmap = { .dev_bus_addr = 0 };
    struct xen_domctl_getdomaininfo info;
    struct child c;

    mailbox[7] = 0x77; /* the child starts with a copy */
    child_start(&c, 1, child_waits);
    check_equal(child_map(&c, table_page, grant_frame(c.id), PAGE_RW), 0);
    entry_of(9)->frame = (uint32_t)child_frame(&c, mailbox);
    entry_of(9)->domid = 0;
    entry_of(9)->flags = GTF_permit_access;
    map.dom = c.id;
    map.host_addr = (unsigned long)foreign_page;
    map_page(foreign_page, 0);
    check_equal(
        hypercall3(__HYPERVISOR_grant_table_op, GNTTABOP_map_grant_ref, (unsigned long)&map, 1), 0);
    check_equal(map.status, GNTST_okay);
    check_equal(foreign_page[7], 0x77);
    page_writable(table_page);
    check_equal(domctl_simple(XEN_DOMCTL_destroydomain, c.id), 0);
    check_equal(domain_info(c.id, &info), 0);
    check(info.flags & XEN_DOMINF_dying);
    foreign_page[7] = 0x78;
    unmap.handle = map.handle;
    unmap.host_addr = map.host_addr;
    check_equal(
        hypercall3(__HYPERVISOR_grant_table_op, GNTTABOP_unmap_grant_ref, (unsigned long)&unmap, 1),
        0);
    check_equal(unmap.status, GNTST_okay);
    foreign_page_back();
    for (unsigned int i = 0; i < 100; i++)
        sched_op(SCHEDOP_yield, NULL);
    check_equal(domain_info(c.id, &info), -XEN_ESRCH);
    check_free(before);
}

#define OUR_REF 8

/* Maps what we grant and reads it, or says so. */
static void child_maps(void)
{
    struct gnttab_map_grant_ref map = { .flags = GNTMAP_host_map, .ref = OUR_REF, .dom = 0 };

    map_page(foreign_page, 0);
    map.host_addr = (unsigned long)foreign_page;
    check_equal(
        hypercall3(__HYPERVISOR_grant_table_op, GNTTABOP_map_grant_ref, (unsigned long)&map, 1), 0);
    check_equal(map.status, GNTST_okay);
    check_equal(foreign_page[7], 0x99);
    foreign_page[8] = 0x9a;
}

/* The child maps what we grant and dies with it mapped: the grant is free again. */
static void test_mapping_released(void)
{
    unsigned long before, frame = grant_frame(DOMID_SELF);
    struct child c;

    map_page(table_page, frame << 12 | PAGE_RW);
    before = free_pages_settled();
    mailbox[7] = 0x99;
    mailbox[8] = 0;
    child_create(&c, 1);
    entry_of(OUR_REF)->frame = (uint32_t)frame_of(mailbox);
    entry_of(OUR_REF)->domid = c.id;
    entry_of(OUR_REF)->flags = GTF_permit_access;
    child_build(&c, child_maps);
    check_equal(domctl_simple(XEN_DOMCTL_unpausedomain, c.id), 0);
    check_equal(child_wait(&c), SHUTDOWN_poweroff);
    check_equal(mailbox[8], 0x9a);
    check_equal(entry_of(OUR_REF)->flags, GTF_permit_access | GTF_reading | GTF_writing);
    end_of(&c, before);
    check_equal(entry_of(OUR_REF)->flags, GTF_permit_access);
    entry_of(OUR_REF)->flags = 0;
    page_writable(table_page);
}

void test_between(void)
{
    test_events();
    test_grant_outlives();
    test_mapping_released();
}
