/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Setting, finding and firing watches. */
#include "watch.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "connection.h"
#include "journal.h"
#include "store.h"

#define TABLE_FIRST 1024

static size_t watch_size(const struct watch *w)
{
    return sizeof(*w) + w->path_length + w->token_length + 2u;
}

static const char *token_of(const struct watch *w)
{
    return w->text + w->path_length + 1;
}

int watch_table_create(struct watch_table *table)
{
    table->bucket = heap_alloc(TABLE_FIRST * sizeof(table->bucket[0]));
    if (!table->bucket)
        return -ENOMEM;
    memset(table->bucket, 0, TABLE_FIRST * sizeof(table->bucket[0]));
    table->size = TABLE_FIRST;
    table->count = 0;
    return 0;
}

static struct watch **bucket_of(const struct store *store, uint32_t hash)
{
    return &store->watches.bucket[hash & (store->watches.size - 1)];
}

static bool is_at(const struct watch *w, uint32_t hash, const char *text, uint32_t length)
{
    return w->hash == hash && w->path_length == length && memcmp(w->text, text, length) == 0;
}

static struct watch *find(const struct store *store, const struct connection *c,
                          const struct watch_request *r)
{
    const struct path *path = r->path;
    uint32_t hash = path->prefix[path->count];

    for (struct watch *w = *bucket_of(store, hash); w; w = w->chain)
        if (w->connection == c && is_at(w, hash, path->text, path->length) &&
            w->token_length == r->token_length &&
            memcmp(token_of(w), r->token, r->token_length) == 0)
            return w;
    return NULL;
}

/* Twice the buckets, when there are as many watches as buckets. Without memory the chains get
 * longer. */
static void grow(struct store *store)
{
    struct watch_table *table = &store->watches;
    struct watch **old = table->bucket, **new;
    uint32_t size = table->size * 2;

    if (table->count < table->size)
        return;
    new = heap_alloc(size * sizeof(new[0]));
    if (!new)
        return;
    memset(new, 0, size * sizeof(new[0]));
    for (uint32_t i = 0; i < table->size; i++)
        for (struct watch *w = old[i], *chain; w; w = chain) {
            chain = w->chain;
            SET(w->chain, new[w->hash & (size - 1)]);
            new[w->hash & (size - 1)] = w;
        }
    heap_free(old, table->size * sizeof(old[0]));
    SET(table->bucket, new);
    SET(table->size, size);
}

int watch_create(struct store *store, struct connection *c, const struct watch_request *request)
{
    const struct path *path = request->path;
    struct watch *w, **bucket;

    if (find(store, c, request))
        return -EEXIST;
    grow(store);
    w = heap_alloc(sizeof(*w) + path->length + request->token_length + 2u);
    if (!w)
        return -ENOMEM;
    bucket = bucket_of(store, path->prefix[path->count]);
    *w = (struct watch){
        .chain = *bucket,
        .next = c->watches,
        .connection = c,
        .hash = path->prefix[path->count],
        .depth = request->depth,
        .path_length = path->length,
        .token_length = (uint16_t)request->token_length,
        .skip = request->skip,
    };
    memcpy(w->text, path->text, path->length + 1u);
    memcpy(w->text + path->length + 1, request->token, request->token_length);
    w->text[path->length + 1 + request->token_length] = 0;
    SET(*bucket, w);
    if (c->watches)
        SET(c->watches->previous, w);
    SET(c->watches, w);
    SET(c->watch_count, c->watch_count + 1);
    SET(store->watches.count, store->watches.count + 1);
    return 0;
}

void watch_destroy(struct store *store, struct watch *watch)
{
    struct connection *c = watch->connection;
    struct watch **link = bucket_of(store, watch->hash);

    while (*link != watch)
        link = &(*link)->chain;
    SET(*link, watch->chain);
    if (watch->previous)
        SET(watch->previous->next, watch->next);
    else
        SET(c->watches, watch->next);
    if (watch->next)
        SET(watch->next->previous, watch->previous);
    SET(c->watch_count, c->watch_count - 1);
    SET(store->watches.count, store->watches.count - 1);
    heap_free(watch, watch_size(watch));
}

int watch_remove(struct store *store, struct connection *c, const struct path *path,
                 const char *token, uint32_t token_length)
{
    struct watch_request request = { .path = path, .token = token, .token_length = token_length };
    struct watch *w = find(store, c, &request);

    if (!w)
        return -ENOENT;
    watch_destroy(store, w);
    return 0;
}

/* Queues one event, or remembers that there was no room for it. */
static void queue(const struct store *store, struct watch *w, const char *text, uint32_t length)
{
    struct connection *c = w->connection;
    uint32_t limit = c->subject.is_privileged ? CONNECTION_OUT_MAX : store->quota.outstanding;
    struct xsd_sockmsg header = { .type = XS_WATCH_EVENT };
    char *payload = NULL;

    text += w->skip;
    length -= w->skip;
    header.len = length + w->token_length + 2;
    if (connection_unsent(c) + header.len < limit)
        payload = connection_reserve(c, header.len);
    if (!payload) {
        SET(w->is_lost, true);
        SET(c->has_lost_events, true);
        return;
    }
    memcpy(payload, text, length);
    payload[length] = 0;
    memcpy(payload + length + 1, token_of(w), w->token_length + 1u);
    connection_send(c, &header);
}

static bool may_see(const struct watch *w, const struct node *node)
{
    const struct subject *who = &w->connection->subject;

    return who->is_privileged ||
           permission_rights(node->permission, node->permission_count, who) & PERMISSION_READ;
}

void watch_fire_first(struct store *store, struct connection *c)
{
    queue(store, c->watches, c->watches->text, c->watches->path_length);
}

/* Fires the watches at the first `level` parts of the path. */
static void fire_level(struct store *store, const struct path *path, unsigned level,
                       const struct node *node)
{
    const struct path_part *part = level ? &path->part[level - 1] : NULL;
    uint32_t length = part ? (uint32_t)part->start + part->length : 1;

    for (struct watch *w = *bucket_of(store, path->prefix[level]); w; w = w->chain)
        if (is_at(w, path->prefix[level], path->text, length) &&
            (w->depth < 0 || path->count - level <= (unsigned)w->depth) && may_see(w, node))
            queue(store, w, path->text, path->length);
}

void watch_fire(struct store *store, const struct path *path, const struct node *node)
{
    if (store->watches.count == 0)
        return;
    for (unsigned level = path->count + 1u; level-- > 0;)
        fire_level(store, path, level, node);
}

static void fire_below(struct store *store, struct path *path, const struct node *node)
{
    for (uint32_t i = 0; i < node_kid_count(node); i++) {
        const struct node *kid = node->kids->slot[i].node;

        if (path_push(path, node_name(kid), kid->name_length, kid->hash) != 0)
            continue;
        fire_level(store, path, path->count, kid);
        fire_below(store, path, kid);
        path_pop(path);
    }
}

void watch_fire_removal(struct store *store, struct path *path, const struct node *node)
{
    if (store->watches.count == 0)
        return;
    watch_fire(store, path, node);
    fire_below(store, path, node);
}

void watch_fire_special(struct store *store, const char *name, unsigned domid)
{
    static struct path path;
    static struct cursor cursor;
    char text[40];
    int length = snprintf(text, sizeof(text), "%s/%u", name, domid);
    const struct node *node;

    if (path_parse(&path, name, (uint32_t)strlen(name), 0) != 0)
        return;
    node = tree_find(&store->tree, &path, &cursor);
    if (!node)
        return;
    for (struct watch *w = *bucket_of(store, path.prefix[1]); w; w = w->chain)
        if (is_at(w, path.prefix[1], path.text, path.length) && may_see(w, node))
            queue(store, w, text, w->depth == 1 ? (uint32_t)length : path.length);
    if (path_parse_watch(&path, text, (uint32_t)length, 0) != 0)
        return;
    for (struct watch *w = *bucket_of(store, path.prefix[1]); w; w = w->chain)
        if (is_at(w, path.prefix[1], path.text, path.length) && may_see(w, node))
            queue(store, w, text, path.length);
}

void watch_fire_lost(struct store *store, struct connection *c)
{
    if (!c->has_lost_events)
        return;
    SET(c->has_lost_events, false);
    for (struct watch *w = c->watches; w; w = w->next)
        if (w->is_lost) {
            SET(w->is_lost, false);
            queue(store, w, w->text, w->path_length);
        }
}
