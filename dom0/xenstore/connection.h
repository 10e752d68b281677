/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A client: a socket or a domain's ring. What was read but not handled yet, and what is to be sent,
 * is part of the store's memory, so a successor goes on in the middle of a message.
 */
#ifndef XENSTORE_CONNECTION_H
#define XENSTORE_CONNECTION_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "permission.h"
#include "wire.h"

struct store;
struct watch;
struct transaction;
struct domain;

#define CONNECTION_IN (2 * 4096)
/* Requests wait while so much is unsent. */
#define CONNECTION_OUT_BUSY 32768
/* Events of the control domain's clients are folded beyond this. */
#define CONNECTION_OUT_MAX (8u << 20)

struct connection {
    struct connection *next, *previous;
    struct subject subject;
    struct domain *domain; /* of a ring; NULL for a socket */
    int32_t fd;            /* of a socket, else -1 */
    bool is_read_only;
    bool is_closing;      /* to be destroyed as soon as nobody looks at it */
    bool has_lost_events; /* some watch has `is_lost` */
    bool wants_room;      /* a socket: the kernel tells when there is room to send */
    bool is_dirty;        /* on the list of those with something new to send */
    struct connection *dirty_next;
    uint32_t in_at, in_end;
    uint32_t out_at, out_end, out_room;
    uint32_t watch_count, transaction_count, next_transaction;
    char *out;
    struct watch *watches;
    struct transaction *transactions;
    /*
     * For recvmmsg() and sendmmsg(), which write msg_len while no signal can come between: a
     * successor reads there what was moved before the count could be committed. Otherwise msg_len
     * is 0.
     */
    struct mmsghdr receive, send;
    struct iovec receive_vector, send_vector;
    char in[CONNECTION_IN];
};

/* A new client at the head of the store's list; NULL: no memory. */
struct connection *connection_create(struct store *store, const struct subject *subject, int fd);

/* Ends its transactions and watches and frees it; the socket or ring is the caller's. */
void connection_destroy(struct store *store, struct connection *c);

/* Forgets watches and transactions (RESET_WATCHES, a ring that reconnects). */
void connection_reset(struct store *store, struct connection *c);

/*
 * Space for a message with `length` bytes of payload behind what is queued; NULL: no memory. The
 * payload is filled in, then connection_send() makes it count. Nothing may be queued in between.
 */
char *connection_reserve(struct connection *c, uint32_t length);
void connection_send(struct connection *c, const struct xsd_sockmsg *header);

/* Takes one connection off the list of those with something new to send; NULL: none is left. */
struct connection *connection_next_dirty(void);

/* Puts it on the list; connection_send() does so. The list is the process's own: see store_adopt().
 */
void connection_mark_dirty(struct connection *c);

static inline uint32_t connection_unsent(const struct connection *c)
{
    return c->out_end - c->out_at;
}

/* `length` bytes of input arrived in `in` / of output were taken away. */
void connection_received(struct connection *c, uint32_t length);
void connection_sent(struct connection *c, uint32_t length);

/* Moves a message that began at the end of `in` to its front; returns the room behind it. */
uint32_t connection_room(struct connection *c);

#endif
