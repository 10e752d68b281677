/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Watches, quotas, and domains with rings whose hypervisor is a table in this file. */
/* sources: dom0/xenstore/wire.c dom0/xenstore/path.c dom0/xenstore/permission.c
   dom0/xenstore/quota.c dom0/xenstore/ring.c dom0/xenstore/region.c dom0/xenstore/journal.c
   dom0/xenstore/node.c dom0/xenstore/tree.c dom0/xenstore/transaction.c dom0/xenstore/watch.c
   dom0/xenstore/connection.c dom0/xenstore/domain.c dom0/xenstore/operation.c
   dom0/xenstore/request.c dom0/xenstore/control.c dom0/xenstore/store.c
   tests/unit/lib/store-machine.c */
#include <tests/unit/include/unit.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <dom0/xenstore/journal.h>
#include <dom0/xenstore/operation.h>
#include <tests/unit/lib/store-machine.h>

static struct xenstore_domain_interface rings[8];
static enum domain_state states[8];
static unsigned maps, unmaps, notifies;

static struct xenstore_domain_interface *fake_map(unsigned domid, uint64_t gfn)
{
    (void)gfn;
    maps++;
    return domid < 8 ? &rings[domid] : NULL;
}

static void fake_unmap(unsigned domid, struct xenstore_domain_interface *ring)
{
    assert_ptr_equal(ring, &rings[domid]);
    unmaps++;
}

static int fake_bind(unsigned domid, uint32_t remote_port)
{
    return remote_port == 99 ? -EINVAL : (int)(100 + domid);
}

static void fake_port(uint32_t port)
{
    (void)port;
}

static void fake_notify(uint32_t port)
{
    (void)port;
    notifies++;
}

static enum domain_state fake_state(unsigned domid)
{
    return states[domid];
}

static int fake_pending(void)
{
    return -1;
}

static const struct domain_source source = { fake_map,    fake_unmap, fake_bind,    fake_port,
                                             fake_notify, fake_state, fake_pending, fake_port };

static struct store *store;
static struct connection *control;
static struct machine_message got;

static int setup(void **state)
{
    (void)state;
    memset(rings, 0, sizeof(rings));
    memset(states, 0, sizeof(states));
    maps = unmaps = notifies = 0;
    store = machine_open(&source);
    control = machine_connect(store, 0);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    machine_close();
    return 0;
}

/* A request whose strings are separated by '|'; 0 or the errno. */
static int ask(struct connection *c, uint32_t type, const char *text)
{
    struct xsd_sockmsg header = { type, 0, 0, (uint32_t)strlen(text) };
    char payload[4096];

    strcpy(payload, text);
    for (char *p = payload; *p; p++)
        if (*p == '|')
            *p = 0;
    machine_call(store, c, &header, payload, &got);
    return got.header.type == XS_ERROR ? machine_errno(got.payload) : 0;
}

static void expect_event(struct connection *c, const char *path, const char *token)
{
    assert_int_equal(machine_receive(c, &got), 1);
    assert_int_equal(got.header.type, XS_WATCH_EVENT);
    assert_int_equal(got.header.req_id, 0);
    assert_string_equal(got.payload, path);
    assert_string_equal(got.payload + strlen(path) + 1, token);
}

static void expect_nothing(struct connection *c)
{
    assert_int_equal(machine_receive(c, &got), 0);
}

static void watches_see_the_path_and_what_is_below(void **state)
{
    struct connection *w = machine_connect(store, 0);

    (void)state;
    assert_int_equal(ask(w, XS_WATCH, "/a|t|"), 0);
    expect_event(w, "/a", "t");
    assert_int_equal(ask(w, XS_WATCH, "/a|t|"), EEXIST);
    assert_int_equal(ask(w, XS_WATCH, "/a/b/c|u|"), 0);
    expect_event(w, "/a/b/c", "u");
    assert_int_equal(ask(control, XS_WRITE, "/a/b/c|v"), 0);
    expect_event(w, "/a/b/c", "u");
    expect_event(w, "/a/b/c", "t");
    assert_int_equal(ask(control, XS_WRITE, "/ab|v"), 0);
    assert_int_equal(ask(control, XS_MKDIR, "/a/b|"), 0); /* was there: nothing changed */
    expect_nothing(w);
    assert_int_equal(ask(control, XS_RM, "/a|"), 0);
    expect_event(w, "/a", "t");
    expect_event(w, "/a/b/c", "u"); /* removed with its parent: its own path */
    assert_int_equal(ask(w, XS_UNWATCH, "/a|t|"), 0);
    assert_int_equal(ask(w, XS_UNWATCH, "/a|t|"), ENOENT);
    assert_int_equal(ask(control, XS_MKDIR, "/a/x|"), 0);
    expect_nothing(w);
}

static void depth_limits_a_watch(void **state)
{
    struct connection *w = machine_connect(store, 0);

    (void)state;
    assert_int_equal(ask(w, XS_WATCH, "/|t|1|"), 0);
    expect_event(w, "/", "t");
    assert_int_equal(ask(control, XS_WRITE, "/a/b|v"), 0);
    expect_nothing(w);
    assert_int_equal(ask(control, XS_WRITE, "/a|v"), 0);
    expect_event(w, "/a", "t");
    assert_int_equal(ask(w, XS_WATCH, "/x|t|-1|"), EINVAL);
}

static void relative_watches_get_relative_events(void **state)
{
    struct connection *w = machine_connect(store, 3);

    (void)state;
    assert_int_equal(ask(control, XS_MKDIR, "/local/domain/3|"), 0);
    assert_int_equal(ask(control, XS_SET_PERMS, "/local/domain/3|n3|"), 0);
    assert_int_equal(ask(w, XS_WATCH, "dev|t|"), 0);
    expect_event(w, "dev", "t");
    assert_int_equal(ask(w, XS_WRITE, "dev/x|1"), 0);
    assert_int_equal(ask(control, XS_WRITE, "/local/domain/3/dev/x|1"), 0);
    expect_event(w, "dev/x", "t");
}

static void events_respect_permissions(void **state)
{
    struct connection *w = machine_connect(store, 3);

    (void)state;
    assert_int_equal(ask(w, XS_WATCH, "/|t|"), 0);
    expect_event(w, "/", "t");
    assert_int_equal(ask(control, XS_WRITE, "/secret|v"), 0);
    expect_nothing(w);
    assert_int_equal(ask(control, XS_SET_PERMS, "/secret|n0|r3|"), 0);
    expect_event(w, "/secret", "t");
    assert_int_equal(ask(control, XS_RM, "/secret|"), 0);
    expect_event(w, "/secret", "t");
}

static void transactions_fire_when_they_commit(void **state)
{
    struct connection *w = machine_connect(store, 0);
    struct xsd_sockmsg header = { XS_WRITE, 0, 0, 4 };

    (void)state;
    assert_int_equal(ask(w, XS_WATCH, "/t|t|"), 0);
    expect_event(w, "/t", "t");
    assert_int_equal(ask(control, XS_TRANSACTION_START, "|"), 0);
    header.tx_id = (uint32_t)atoi(got.payload);
    machine_call(store, control, &header, "/t\0x", &got);
    expect_nothing(w);
    header = (struct xsd_sockmsg){ XS_TRANSACTION_END, 0, header.tx_id, 2 };
    machine_call(store, control, &header, "T", &got);
    assert_string_equal(got.payload, "OK");
    expect_event(w, "/t", "t");
    expect_nothing(w);
}

static void a_guest_stays_within_its_quota(void **state)
{
    struct connection *guest = machine_connect(store, 5);
    char text[3000];
    unsigned i;

    (void)state;
    assert_int_equal(ask(control, XS_MKDIR, "/local/domain/5|"), 0);
    assert_int_equal(ask(control, XS_SET_PERMS, "/local/domain/5|n5|"), 0);
    for (i = 0; i < 2000; i++) {
        snprintf(text, sizeof(text), "n%u|v", i);
        if (ask(guest, XS_WRITE, text) != 0)
            break;
    }
    assert_string_equal(got.payload, "ENOSPC");
    assert_int_equal(i, store->quota.nodes - 1); /* its directory is one of them */
    assert_int_equal(store->owned[5], store->quota.nodes);
    assert_int_equal(ask(control, XS_WRITE, "/local/domain/5/more|v"), 0);
    memset(text, 'x', sizeof(text));
    memcpy(text, "n1|", 3);
    text[2999] = 0;
    assert_int_equal(ask(guest, XS_WRITE, text), ENOSPC);
    assert_int_equal(ask(guest, XS_SET_PERMS, "n1|n5|r1|r2|r3|r4|r6|"), ENOSPC);
    for (i = 0; ask(guest, XS_TRANSACTION_START, "|") == 0; i++)
        ;
    assert_int_equal(i, store->quota.transactions);
    for (i = 0;; i++) {
        snprintf(text, sizeof(text), "w|%u|", i);
        if (ask(guest, XS_WATCH, text) != 0)
            break;
    }
    assert_int_equal(i, store->quota.watches);
    assert_int_equal(ask(guest, XS_RESET_WATCHES, "|"), 0);
    assert_int_equal(guest->watch_count, 0);
    assert_null(guest->transactions);
}

static void events_that_find_no_room_are_made_up_for(void **state)
{
    struct connection *guest = machine_connect(store, 5);
    char text[600];
    unsigned events = 0;

    (void)state;
    assert_int_equal(ask(control, XS_MKDIR, "/w|"), 0);
    assert_int_equal(ask(control, XS_SET_PERMS, "/w|r0|"), 0);
    assert_int_equal(ask(guest, XS_WATCH, "/w|t|"), 0);
    for (unsigned i = 0; i < 500; i++) {
        snprintf(text, sizeof(text), "/w/%0500u|", i);
        assert_int_equal(ask(control, XS_MKDIR, text), 0);
    }
    assert_true(connection_unsent(guest) < store->quota.outstanding);
    while (machine_receive(guest, &got))
        events++;
    assert_true(events < 500 && guest->has_lost_events);
    watch_fire_lost(store, guest);
    expect_event(guest, "/w", "t");
    expect_nothing(guest);
}

static void guests_may_not_do_what_the_control_domain_does(void **state)
{
    static const uint32_t types[] = { XS_CONTROL, XS_INTRODUCE, XS_RELEASE, XS_RESUME,
                                      XS_SET_TARGET };
    struct connection *guest = machine_connect(store, 5);

    (void)state;
    for (unsigned i = 0; i < sizeof(types) / sizeof(types[0]); i++)
        assert_int_equal(ask(guest, types[i], "6|1|1|"), EACCES);
    assert_int_equal(ask(guest, XS_WRITE, "/x|1"), EACCES);
    assert_int_equal(ask(guest, XS_READ, "/nothing|"), EACCES);
    assert_int_equal(ask(guest, 20, "0|"), ENOSYS); /* RESTRICT is no more */
    assert_int_equal(ask(guest, 12345, "0|"), ENOSYS);
    assert_int_equal(ask(guest, XS_READ, "/x"), EINVAL);
    assert_int_equal(ask(guest, XS_GET_DOMAIN_PATH, "7|"), 0);
    assert_string_equal(got.payload, "/local/domain/7");
}

/* A guest's side of its ring: writes a request, serves, takes all that came back. */
static uint32_t ring_call(unsigned domid, uint32_t type, const char *payload, uint32_t length,
                          char *in)
{
    struct xenstore_domain_interface *ring = &rings[domid];
    struct xsd_sockmsg header = { type, 5, 0, length };
    char out[1024];
    uint32_t count = 0;

    memcpy(out, &header, sizeof(header));
    memcpy(out + sizeof(header), payload, length);
    for (uint32_t i = 0; i < sizeof(header) + length; i++)
        ring->req[MASK_XENSTORE_IDX(ring->req_prod++)] = out[i];
    domain_service(store, domain_find(store, domid));
    for (; ring->rsp_cons != ring->rsp_prod; ring->rsp_cons++)
        in[count++] = ring->rsp[MASK_XENSTORE_IDX(ring->rsp_cons)];
    return count;
}

static void introduced_domains_are_served_through_their_ring(void **state)
{
    struct connection *w = machine_connect(store, 0);
    char in[2048];

    (void)state;
    rings[3].req_cons = rings[3].req_prod = 0xfffffff0; /* need not start at zero */
    assert_int_equal(ask(w, XS_WATCH, "@introduceDomain|i|"), 0);
    expect_event(w, "@introduceDomain", "i");
    assert_int_equal(ask(w, XS_WATCH, "@releaseDomain|r|1|"), 0);
    expect_event(w, "@releaseDomain", "r");
    assert_int_equal(ask(control, XS_INTRODUCE, "3|1000|99|"), EINVAL);
    assert_int_equal(ask(control, XS_IS_DOMAIN_INTRODUCED, "3|"), 0);
    assert_string_equal(got.payload, "F");
    assert_int_equal(ask(control, XS_INTRODUCE, "3|1000|5|"), 0);
    expect_event(w, "@introduceDomain", "i");
    assert_int_equal(ask(control, XS_INTRODUCE, "3|1000|5|"), 0); /* again: nothing new */
    expect_nothing(w);
    assert_int_equal(rings[3].server_features, 3);
    assert_int_equal(ask(control, XS_WRITE, "/local/domain/3/name|me"), 0);
    assert_int_equal(ask(control, XS_SET_PERMS, "/local/domain/3/name|r0|"), 0);
    assert_int_equal(ring_call(3, XS_READ, "name", 5, in), sizeof(struct xsd_sockmsg) + 2);
    assert_memory_equal(in + sizeof(struct xsd_sockmsg), "me", 2);
    assert_true(notifies > 0);
    /* Shut down is told once, gone once more; its nodes and its ring go. */
    assert_int_equal(ask(control, XS_WRITE, "/local/domain/3/mine/deep|x"), 0);
    assert_int_equal(ask(control, XS_SET_PERMS, "/local/domain/3/mine|n3|"), 0);
    states[3] = DOMAIN_SHUTDOWN;
    domain_check_all(store);
    domain_check_all(store);
    expect_event(w, "@releaseDomain/3", "r");
    expect_nothing(w);
    states[3] = DOMAIN_GONE;
    domain_check_all(store);
    expect_event(w, "@releaseDomain/3", "r");
    assert_null(domain_find(store, 3));
    assert_int_equal(ask(control, XS_READ, "/local/domain/3/mine/deep|"), ENOENT);
    assert_int_equal(ask(control, XS_READ, "/local/domain/3/name|"), 0);
    assert_int_equal(maps, unmaps);
    assert_int_equal(ask(control, XS_CONTROL, "check|"), 0);
}

static void a_successor_goes_on_with_the_rings(void **state)
{
    char in[2048];

    (void)state;
    assert_int_equal(ask(control, XS_INTRODUCE, "3|1000|5|"), 0);
    /* The page lags behind what was committed, as after a kill between the two. */
    ring_call(3, XS_GET_DOMAIN_PATH, "3", 2, in);
    rings[3].req_cons -= 18;
    rings[3].rsp_prod -= 7;
    rings[3].rsp_cons = rings[3].rsp_prod;
    store = machine_take_over(&source, STORE_KILLED);
    domain_adopt_all(store, false);
    assert_int_equal(rings[3].req_cons, rings[3].req_prod);
    rings[3].rsp_cons = rings[3].rsp_prod;
    assert_int_equal(ring_call(3, XS_GET_DOMAIN_PATH, "4", 2, in), 16 + 16);
    assert_string_equal(in + 16, "/local/domain/4");
}

static void a_ring_that_lies_is_left_alone(void **state)
{
    struct xenstore_domain_interface *ring = &rings[3];
    char in[2048];

    (void)state;
    assert_int_equal(ask(control, XS_INTRODUCE, "3|1000|5|"), 0);
    ring->req_prod += 5000;
    domain_service(store, domain_find(store, 3));
    assert_int_equal(ring->error, XENSTORE_ERROR_RINGIDX);
    ring->req_prod = ring->req_cons;
    assert_int_equal(ring_call(3, XS_GET_DOMAIN_PATH, "3", 2, in), 0);
    /* Asked to, it starts anew. */
    ring->connection = XENSTORE_RECONNECT;
    domain_service(store, domain_find(store, 3));
    assert_int_equal(ring->connection, XENSTORE_CONNECTED);
    assert_int_equal(ring->error, XENSTORE_ERROR_NONE);
    assert_int_equal(ring->req_cons, ring->req_prod);
    assert_int_equal(ring_call(3, XS_GET_DOMAIN_PATH, "3", 2, in), 32);
}

static void a_target_lends_its_rights(void **state)
{
    struct connection *c;

    (void)state;
    assert_int_equal(ask(control, XS_INTRODUCE, "3|1000|5|"), 0);
    assert_int_equal(ask(control, XS_INTRODUCE, "4|1000|5|"), 0);
    c = domain_find(store, 3)->connection;
    assert_int_equal(ask(control, XS_WRITE, "/x|1"), 0);
    assert_int_equal(ask(control, XS_SET_PERMS, "/x|n4|"), 0);
    assert_int_equal(ask(c, XS_READ, "/x|"), EACCES);
    assert_int_equal(ask(control, XS_SET_TARGET, "3|4|"), 0);
    assert_int_equal(ask(c, XS_READ, "/x|"), 0);
    assert_int_equal(ask(control, XS_SET_TARGET, "3|9|"), ENOENT);
}

static void long_listings_come_in_parts(void **state)
{
    char text[64];
    unsigned names = 0, offset = 0;

    (void)state;
    for (unsigned i = 0; i < 1000; i++) {
        snprintf(text, sizeof(text), "/d/name-%u|", i);
        assert_int_equal(ask(control, XS_MKDIR, text), 0);
    }
    assert_int_equal(ask(control, XS_DIRECTORY, "/d|"), E2BIG);
    for (;;) {
        uint32_t at;

        snprintf(text, sizeof(text), "/d|%u|", offset);
        assert_int_equal(ask(control, XS_DIRECTORY_PART, text), 0);
        at = (uint32_t)strlen(got.payload) + 1;
        while (at < got.header.len && got.payload[at]) {
            offset += (uint32_t)strlen(got.payload + at) + 1;
            at += (uint32_t)strlen(got.payload + at) + 1;
            names++;
        }
        if (at < got.header.len)
            break;
    }
    assert_int_equal(names, 1000);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(watches_see_the_path_and_what_is_below),
        TEST(depth_limits_a_watch),
        TEST(relative_watches_get_relative_events),
        TEST(events_respect_permissions),
        TEST(transactions_fire_when_they_commit),
        TEST(a_guest_stays_within_its_quota),
        TEST(events_that_find_no_room_are_made_up_for),
        TEST(guests_may_not_do_what_the_control_domain_does),
        TEST(introduced_domains_are_served_through_their_ring),
        TEST(a_successor_goes_on_with_the_rings),
        TEST(a_ring_that_lies_is_left_alone),
        TEST(a_target_lends_its_rights),
        TEST(long_listings_come_in_parts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
