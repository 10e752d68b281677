/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Requests: from the bytes of a connection to a reply in its buffer, each one an atomic operation.
 */
#ifndef XENSTORE_REQUEST_H
#define XENSTORE_REQUEST_H

#include <stdbool.h>

#include "connection.h"
#include "operation.h"

struct store;

struct request {
    struct store *store;
    struct connection *connection;
    struct xsd_sockmsg header;
    struct wire_reader in; /* the rest of the payload */
    struct actor actor;
    struct journal_mark mark; /* what a failure is rolled back to */
};

/*
 * Handles the complete requests of a connection, as long as it fetches its replies. Sets is_closing
 * when it breaks the protocol. True when at least one was handled. Commits after each.
 */
bool request_run(struct store *store, struct connection *c);

/* Queues a reply with these bytes / the names of an error. 0 or -ENOMEM. */
int request_reply(const struct request *r, const void *payload, uint32_t length);
int request_reply_error(const struct request *r, int error);

/* "OK". */
int request_acknowledge(const struct request *r);

/* XS_CONTROL; in control.c. */
int request_control(struct request *r);

#endif
