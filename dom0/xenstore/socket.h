/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The Unix sockets. Their descriptors are shared with the holder, so they stay open when this
 * process is killed; every system call that moves bytes tells how many in the store's memory.
 */
#ifndef XENSTORE_SOCKET_H
#define XENSTORE_SOCKET_H

#include <stdbool.h>

struct store;
struct connection;

/* A listening socket at `name`, replacing what is there. The descriptor or -errno. */
int socket_listen(const char *name);

/* Takes one client from a listening socket; NULL: there is none. */
struct connection *socket_accept(struct store *store, int listener, bool is_read_only);

/* Reads once what there is. False when the client is gone. */
bool socket_read(struct connection *c);

/* Sends what is queued, as far as the kernel takes it. False when the client is gone. */
bool socket_write(struct connection *c);

/* After a take-over: finds clients that were accepted but not noted; true where `fd` is one. */
bool socket_is_stray_client(const struct store *store, int fd);

#endif
