/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Clients and their buffers. */
#include "connection.h"

#include <stddef.h>
#include <string.h>

#include "journal.h"
#include "store.h"
#include "transaction.h"
#include "watch.h"

#define OUT_FIRST 8192

static struct connection *dirty;

void connection_mark_dirty(struct connection *c)
{
    if (c->is_dirty)
        return;
    c->is_dirty = true;
    c->dirty_next = dirty;
    dirty = c;
}

struct connection *connection_next_dirty(void)
{
    struct connection *c = dirty;

    if (c) {
        dirty = c->dirty_next;
        c->is_dirty = false;
    }
    return c;
}

static void forget_dirty(const struct connection *c)
{
    struct connection **link = &dirty;

    while (*link && *link != c)
        link = &(*link)->dirty_next;
    if (*link)
        *link = c->dirty_next;
}

struct connection *connection_create(struct store *store, const struct subject *subject, int fd)
{
    struct connection *c = heap_alloc(sizeof(*c));

    if (!c)
        return NULL;
    memset(c, 0, offsetof(struct connection, in));
    c->subject = *subject;
    c->fd = fd;
    c->next_transaction = 1;
    c->next = store->connections;
    if (c->next)
        SET(c->next->previous, c);
    SET(store->connections, c);
    return c;
}

void connection_reset(struct store *store, struct connection *c)
{
    struct transaction *t = c->transactions, *next;

    for (; t; t = next) {
        next = t->next;
        transaction_destroy(store, t);
    }
    SET(c->transactions, NULL);
    SET(c->transaction_count, 0);
    while (c->watches)
        watch_destroy(store, c->watches);
}

void connection_destroy(struct store *store, struct connection *c)
{
    connection_reset(store, c);
    forget_dirty(c);
    if (c->previous)
        SET(c->previous->next, c->next);
    else
        SET(store->connections, c->next);
    if (c->next)
        SET(c->next->previous, c->previous);
    if (c->out)
        heap_free(c->out, c->out_room);
    heap_free(c, sizeof(*c));
}

static int make_room(struct connection *c, uint32_t length)
{
    uint32_t live = connection_unsent(c), room = c->out_room ? c->out_room : OUT_FIRST;
    char *out;

    while (room < live + length)
        room *= 2;
    out = heap_alloc(room);
    if (!out)
        return -ENOMEM;
    if (c->out) {
        memcpy(out, c->out + c->out_at, live);
        heap_free(c->out, c->out_room);
    }
    SET(c->out, out);
    SET(c->out_room, room);
    SET(c->out_at, 0);
    SET(c->out_end, live);
    return 0;
}

char *connection_reserve(struct connection *c, uint32_t length)
{
    if (c->out_room - c->out_end < WIRE_HEADER + length && make_room(c, WIRE_HEADER + length) != 0)
        return NULL;
    return c->out + c->out_end + WIRE_HEADER;
}

void connection_send(struct connection *c, const struct xsd_sockmsg *header)
{
    memcpy(c->out + c->out_end, header, WIRE_HEADER);
    SET(c->out_end, c->out_end + WIRE_HEADER + header->len);
    connection_mark_dirty(c);
}

void connection_received(struct connection *c, uint32_t length)
{
    SET(c->in_end, c->in_end + length);
}

void connection_sent(struct connection *c, uint32_t length)
{
    if (c->out_at + length < c->out_end) {
        SET(c->out_at, c->out_at + length);
        return;
    }
    SET(c->out_at, 0);
    SET(c->out_end, 0);
    if (c->out_room > CONNECTION_OUT_BUSY) { /* grown for a burst */
        heap_free(c->out, c->out_room);
        SET(c->out, NULL);
        SET(c->out_room, 0);
    }
}

uint32_t connection_room(struct connection *c)
{
    uint32_t left = c->in_end - c->in_at;

    if (c->in_at == 0)
        return CONNECTION_IN - c->in_end;
    /* Saved only where the move overwrites what is still needed. */
    if (left > c->in_at)
        journal_save(c->in, c->in_end);
    memmove(c->in, c->in + c->in_at, left);
    SET(c->in_at, 0);
    SET(c->in_end, left);
    return CONNECTION_IN - left;
}
