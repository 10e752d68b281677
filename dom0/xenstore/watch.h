/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Watches: found by the hash of the watched path, told of changes at it and below it. */
#ifndef XENSTORE_WATCH_H
#define XENSTORE_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "node.h"
#include "path.h"

struct store;
struct connection;

/* Longer tokens are refused, so that every event fits into a message. */
#define WATCH_TOKEN_MAX (XENSTORE_PAYLOAD_MAX - XENSTORE_ABS_PATH_MAX - 2)

struct watch {
    struct watch *chain;           /* next in the bucket of the store's table */
    struct watch *next, *previous; /* of the same connection */
    struct connection *connection;
    uint32_t hash;
    int32_t depth; /* levels below the path that count; -1: all */
    uint16_t path_length, token_length;
    uint16_t skip; /* bytes an event's path loses because the watch was relative */
    bool is_lost;  /* an event could not be queued: one at the path makes up for it */
    char text[];   /* the path with its zero, the token with its zero */
};

struct watch_table {
    struct watch **bucket;
    uint32_t count;
    uint32_t size; /* a power of two */
};

/* What a WATCH request asks for. `skip` as in struct watch. */
struct watch_request {
    const struct path *path;
    const char *token;
    uint32_t token_length;
    int32_t depth;
    uint16_t skip;
};

/* Prepares an empty table. 0 or -ENOMEM. */
int watch_table_create(struct watch_table *table);

/* 0, -EEXIST when the connection has the same one, -ENOMEM. Queues no event. */
int watch_create(struct store *store, struct connection *c, const struct watch_request *request);

/* 0 or -ENOENT. */
int watch_remove(struct store *store, struct connection *c, const struct path *path,
                 const char *token, uint32_t token_length);
void watch_destroy(struct store *store, struct watch *watch);

/* The event that follows a watch's creation: its own path. */
void watch_fire_first(struct store *store, struct connection *c);

/* Tells those who watch the path or an ancestor and may read `node` that it changed. */
void watch_fire(struct store *store, const struct path *path, const struct node *node);

/* Before `node` is removed: tells also those who watch something below it. `path` is used and
 * restored. */
void watch_fire_removal(struct store *store, struct path *path, const struct node *node);

/* Tells those who watch "@introduceDomain" or "@releaseDomain" about a domain. */
void watch_fire_special(struct store *store, const char *name, unsigned domid);

/* Makes up for events that found no room, as far as there is room now. */
void watch_fire_lost(struct store *store, struct connection *c);

#endif
