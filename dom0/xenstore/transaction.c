/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Transactions: snapshots, what they touched, when they conflict. */
#include "transaction.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "journal.h"
#include "store.h"

struct transaction *transaction_start(struct store *store, uint32_t id, uint16_t subject)
{
    struct transaction *t = heap_alloc(sizeof(*t));
    struct tree *tree = &store->tree;

    if (!t)
        return NULL;
    *t = (struct transaction){
        .older = store->newest,
        .id = id,
        .start = tree->last_change,
        .snapshot = tree->birth,
        .root = tree->root,
        .special = tree->special,
    };
    SET(store->transactions, store->transactions + 1);
    t->tree = (struct tree){
        .root = tree->root,
        .special = tree->special,
        .birth = TREE_TRANSACTION | store->transactions,
        .frozen = (TREE_TRANSACTION | store->transactions) - 1,
        .generation = &store->generation,
        .subject = subject,
    };
    if (store->newest)
        SET(store->newest->newer, t);
    SET(store->newest, t);
    SET(tree->frozen, tree->birth);
    SET(tree->birth, tree->birth + 1);
    SET(tree->dead, &t->dead);
    return t;
}

static struct access *find_access(const struct transaction *t, const struct path *path)
{
    uint32_t hash = path->prefix[path->count];
    struct access *a = t->access[hash % ACCESS_BUCKETS];

    while (a && (a->hash != hash || a->length != path->length ||
                 memcmp(a->text, path->text, path->length) != 0))
        a = a->next;
    return a;
}

/* What the path was when the transaction started. */
static const struct node *base_node(const struct transaction *t, const struct path *path,
                                    const struct node *node)
{
    static struct cursor cursor;
    struct tree base = { .root = t->root, .special = t->special };

    /* A node that is still shared is the one it started with. */
    if (node && node->birth <= t->tree.frozen)
        return node;
    return tree_find(&base, path, &cursor);
}

int transaction_note(struct transaction *t, const struct path *path, const struct node *node,
                     unsigned what)
{
    struct access *a = find_access(t, path), **bucket;
    const struct node *base;

    if (a) {
        if ((a->what | what) != a->what)
            SET(a->what, a->what | (uint8_t)what);
        return 0;
    }
    a = heap_alloc(sizeof(*a) + path->length + 1u);
    if (!a)
        return -ENOMEM;
    base = base_node(t, path, node);
    bucket = &t->access[path->prefix[path->count] % ACCESS_BUCKETS];
    *a = (struct access){
        .next = *bucket,
        .gen = base ? base->gen : 0,
        .kids_gen = base ? base->kids_gen : 0,
        .hash = path->prefix[path->count],
        .length = path->length,
        .what = (uint8_t)what,
    };
    memcpy(a->text, path->text, path->length + 1u);
    SET(*bucket, a);
    SET(t->access_count, t->access_count + 1);
    return 0;
}

int transaction_record(struct transaction *t, enum change_type type, const struct path *path,
                       const void *data, uint32_t length)
{
    struct change *change = heap_alloc(sizeof(*change) + path->length + length + 1u);

    if (!change)
        return -ENOMEM;
    *change = (struct change){ .type = type, .path_length = path->length, .length = length };
    memcpy(change->data, path->text, path->length);
    if (length)
        memcpy(change->data + path->length, data, length);
    if (t->last)
        SET(t->last->next, change);
    else
        SET(t->first, change);
    SET(t->last, change);
    SET(t->change_bytes, t->change_bytes + path->length + length);
    return 0;
}

static bool access_conflicts(const struct store *store, const struct access *a)
{
    static struct path path;
    static struct cursor cursor;
    const struct node *node;

    if (path_parse(&path, a->text, a->length, 0) != 0)
        return true;
    node = tree_find(&store->tree, &path, &cursor);
    if ((a->what & ACCESS_EXISTS) && !node != !a->gen)
        return true;
    if ((a->what & ACCESS_NODE) && a->gen != (node ? node->gen : 0))
        return true;
    return (a->what & ACCESS_KIDS) && a->kids_gen != (node ? node->kids_gen : 0);
}

bool transaction_conflicts(const struct store *store, const struct transaction *t)
{
    if (store->tree.last_change == t->start)
        return false;
    for (unsigned i = 0; i < ACCESS_BUCKETS; i++)
        for (const struct access *a = t->access[i]; a; a = a->next)
            if (access_conflicts(store, a))
                return true;
    return false;
}

/* The dead of a snapshot that ends: some are seen by the one before it, the others by nobody. */
static void bury(struct transaction *t)
{
    struct transaction *older = t->older;
    struct node *node = t->dead, *next;

    for (; node; node = next) {
        next = node->dead;
        if (older && node->birth <= older->snapshot) {
            SET(node->dead, older->dead);
            SET(older->dead, node);
        } else {
            node_free(node);
        }
    }
}

static void unlink_snapshot(struct store *store, struct transaction *t)
{
    struct transaction *older = t->older;

    if (older)
        SET(older->newer, t->newer);
    if (t->newer) {
        SET(t->newer->older, older);
        return;
    }
    SET(store->newest, older);
    SET(store->tree.frozen, older ? older->snapshot : 0);
    SET(store->tree.dead, older ? &older->dead : NULL);
}

void transaction_destroy(struct store *store, struct transaction *t)
{
    struct change *change = t->first, *next_change;
    struct access *a, *next;

    tree_destroy(&t->tree);
    bury(t);
    unlink_snapshot(store, t);
    for (; change; change = next_change) {
        next_change = change->next;
        heap_free(change, sizeof(*change) + change->path_length + change->length + 1u);
    }
    for (unsigned i = 0; i < ACCESS_BUCKETS; i++)
        for (a = t->access[i]; a; a = next) {
            next = a->next;
            heap_free(a, sizeof(*a) + a->length + 1u);
        }
    heap_free(t, sizeof(*t));
}
