/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The loop that waits for sockets and event channels. */
#ifndef XENSTORE_SERVER_H
#define XENSTORE_SERVER_H

#include "store.h"

struct server {
    int epoll;
    int listener, listener_read_only; /* the second may be -1 */
    int evtchn;                       /* -1: no event channels */
};

/*
 * Registers all descriptors. After a take-over it also finds those that the predecessor left open
 * and closes its device files, so it comes before the process opens such files itself.
 */
void server_prepare(const struct server *server, struct store *store, enum store_end end);

/* Serves until `*stop`. */
void server_run(const struct server *server, struct store *store, const volatile int *stop);

#endif
