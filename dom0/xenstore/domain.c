/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Introducing, serving and releasing domains. */
#include "domain.h"

#include <errno.h>

#include "connection.h"
#include "journal.h"
#include "operation.h"
#include "request.h"
#include "ring.h"
#include "store.h"
#include "watch.h"

#define FEATURES (XENSTORE_SERVER_FEATURE_RECONNECTION | XENSTORE_SERVER_FEATURE_ERROR)

struct domain *domain_find(const struct store *store, unsigned domid)
{
    struct domain *d = store->domains;

    while (d && d->domid != domid)
        d = d->next;
    return d;
}

struct domain *domain_find_port(const struct store *store, uint32_t port)
{
    struct domain *d = store->domains;

    while (d && d->port != port)
        d = d->next;
    return d;
}

/* Starts the connection anew, with what the page now says. */
static void take_indices(struct domain *d)
{
    struct xenstore_domain_interface *ring = d->ring;

    SET(d->request_consumer, __atomic_load_n(&ring->req_cons, __ATOMIC_ACQUIRE));
    SET(d->reply_producer, __atomic_load_n(&ring->rsp_prod, __ATOMIC_ACQUIRE));
    ring->error = XENSTORE_ERROR_NONE;
    ring->server_features = FEATURES;
}

static struct domain *create(struct store *store, unsigned domid)
{
    struct subject subject = { (uint16_t)domid, (uint16_t)domid, domid == 0 };
    struct domain *d = heap_alloc(sizeof(*d));

    if (!d)
        return NULL;
    *d = (struct domain){ .next = store->domains, .domid = (uint16_t)domid };
    d->connection = connection_create(store, &subject, -1);
    if (!d->connection)
        return NULL;
    d->connection->domain = d;
    SET(store->domains, d);
    return d;
}

/* A known domain is introduced again: it has resumed, or was restored, perhaps with another page.
 */
static int reconnect(struct store *store, struct domain *d, uint64_t gfn, uint32_t remote_port)
{
    const struct domain_source *source = store->source;

    if (d->gfn == gfn && d->remote_port == remote_port)
        return 0;
    source->unbind(d->port);
    source->unmap(d->domid, d->ring);
    d->ring = NULL;
    return -EAGAIN;
}

int domain_introduce(struct store *store, unsigned domid, uint64_t gfn, uint32_t remote_port)
{
    const struct domain_source *source = store->source;
    struct domain *d = domain_find(store, domid);
    struct xenstore_domain_interface *ring;
    int port;

    if (!source)
        return -EINVAL;
    if (d && reconnect(store, d, gfn, remote_port) == 0)
        return 0;
    ring = source->map(domid, gfn);
    if (!ring)
        return -EINVAL;
    port = source->bind(domid, remote_port);
    if (!d && port >= 0)
        d = create(store, domid);
    if (!d || port < 0) {
        if (port >= 0)
            source->unbind((uint32_t)port);
        source->unmap(domid, ring);
        return port < 0 ? port : -ENOMEM;
    }
    d->ring = ring;
    SET(d->gfn, gfn);
    SET(d->remote_port, remote_port);
    SET(d->port, (uint32_t)port);
    SET(d->is_shut_down, false);
    SET(d->is_broken, false);
    take_indices(d);
    watch_fire_special(store, "@introduceDomain", domid);
    /* What the domain wrote before is served without waiting for its next event. */
    connection_mark_dirty(d->connection);
    source->notify((uint32_t)port);
    return 0;
}

/* Takes it out of the store; the events are the caller's. */
static void forget(struct store *store, struct domain *d)
{
    struct domain **link = &store->domains;

    if (d->ring) {
        store->source->unbind(d->port);
        store->source->unmap(d->domid, d->ring);
    }
    while (*link != d)
        link = &(*link)->next;
    SET(*link, d->next);
    connection_destroy(store, d->connection);
    operation_remove_owned(store, d->domid);
    heap_free(d, sizeof(*d));
}

void domain_release(struct store *store, struct domain *d)
{
    unsigned domid = d->domid;

    forget(store, d);
    watch_fire_special(store, "@releaseDomain", domid);
}

void domain_check_all(struct store *store)
{
    struct domain *d = store->domains, *next;

    for (; d; d = next) {
        enum domain_state state = d->domid == 0 ? DOMAIN_RUNNING : store->source->state(d->domid);

        next = d->next;
        if (state == DOMAIN_GONE) {
            domain_release(store, d);
        } else if (state == DOMAIN_SHUTDOWN && !d->is_shut_down) {
            SET(d->is_shut_down, true);
            watch_fire_special(store, "@releaseDomain", d->domid);
        }
        journal_commit();
    }
}

/* The domain asked for a fresh start of its ring. */
static void restart_ring(struct store *store, struct domain *d)
{
    struct xenstore_domain_interface *ring = d->ring;
    struct connection *c = d->connection;

    connection_reset(store, c);
    SET(c->in_at, 0);
    SET(c->in_end, 0);
    SET(c->out_at, 0);
    SET(c->out_end, 0);
    SET(c->has_lost_events, false);
    SET(c->is_closing, false);
    SET(d->is_broken, false);
    SET(d->request_consumer, __atomic_load_n(&ring->req_prod, __ATOMIC_ACQUIRE));
    SET(d->reply_producer, __atomic_load_n(&ring->rsp_cons, __ATOMIC_ACQUIRE));
    journal_commit();
    ring_publish(ring, d->request_consumer, d->reply_producer);
    ring->error = XENSTORE_ERROR_NONE;
    __atomic_store_n(&ring->connection, XENSTORE_CONNECTED, __ATOMIC_RELEASE);
    store->source->notify(d->port);
}

static void give_up(struct domain *d, uint32_t why)
{
    SET(d->is_broken, true);
    journal_commit();
    d->ring->error = why;
}

/* Input from the ring; true when there was any. */
static bool take(struct domain *d)
{
    struct connection *c = d->connection;
    uint32_t room = connection_room(c);
    int count = ring_take(d->ring, d->request_consumer, c->in + c->in_end, room);

    if (count < 0) {
        give_up(d, XENSTORE_ERROR_RINGIDX);
        return false;
    }
    if (count > 0) {
        connection_received(c, (uint32_t)count);
        SET(d->request_consumer, d->request_consumer + (uint32_t)count);
    }
    journal_commit();
    return count > 0;
}

/* Output to the ring; true when there was room for any. */
static bool put(struct domain *d)
{
    struct connection *c = d->connection;
    int count = 0;

    if (connection_unsent(c) > 0)
        count = ring_put(d->ring, d->reply_producer, c->out + c->out_at, connection_unsent(c));
    if (count < 0) {
        give_up(d, XENSTORE_ERROR_RINGIDX);
        return false;
    }
    if (count > 0) {
        connection_sent(c, (uint32_t)count);
        SET(d->reply_producer, d->reply_producer + (uint32_t)count);
        journal_commit();
    }
    return count > 0;
}

void domain_service(struct store *store, struct domain *d)
{
    struct connection *c = d->connection;
    bool moved = false, more = true;

    if (!d->ring)
        return;
    if (__atomic_load_n(&d->ring->connection, __ATOMIC_ACQUIRE) == XENSTORE_RECONNECT)
        restart_ring(store, d);
    /* Each round takes at most a buffer; a domain that writes on and on gets its event again. */
    for (int round = 0; more && round < 8 && !d->is_broken; round++) {
        more = take(d);
        more |= request_run(store, c);
        if (c->is_closing)
            give_up(d, XENSTORE_ERROR_PROTO);
        more |= put(d);
        if (connection_unsent(c) == 0 && c->has_lost_events) {
            watch_fire_lost(store, c);
            journal_commit();
        }
        moved |= more;
    }
    if (!moved)
        return;
    /* The page follows what is committed: a successor repeats this, and it is the same. */
    ring_publish(d->ring, d->request_consumer, d->reply_producer);
    store->source->notify(d->port);
}

static void rebind(struct store *store, struct domain *d)
{
    int port = store->source->bind(d->domid, d->remote_port);

    if (port < 0)
        return;
    SET(d->port, (uint32_t)port);
    journal_commit();
}

void domain_adopt_all(struct store *store, bool is_cold)
{
    for (struct domain *d = store->domains; d; d = d->next) {
        d->ring = store->source->map(d->domid, d->gfn);
        if (!d->ring)
            continue;
        if (is_cold)
            rebind(store, d);
        ring_publish(d->ring, d->request_consumer, d->reply_producer);
        connection_mark_dirty(d->connection);
        store->source->unmask(d->port);
        store->source->notify(d->port);
    }
}
