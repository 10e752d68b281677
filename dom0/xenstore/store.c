/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Making a new store, or taking over one that is there. */
#include "store.h"

#include <string.h>

#include "connection.h"
#include "journal.h"

static struct node *make_root(uint64_t *generation)
{
    static const struct permission mine = { .domid = 0 };
    struct node_content content = { .name = "", .permission = &mine, .permission_count = 1 };
    struct node *node = node_make(&content);

    if (node) {
        node->birth = 1;
        node->gen = node->kids_gen = ++*generation;
    }
    return node;
}

static int add_path(struct store *store, const char *text)
{
    static struct path path;
    static struct cursor cursor;

    if (path_parse(&path, text, (uint32_t)strlen(text), 0) != 0)
        return -EINVAL;
    tree_find(&store->tree, &path, &cursor);
    return tree_create(&store->tree, &cursor, NULL, "", 0);
}

static struct store *make_new(void)
{
    struct store *store = heap_alloc(sizeof(*store));

    if (!store)
        return NULL;
    memset(store, 0, sizeof(*store));
    quota_defaults(&store->quota);
    store->tree = (struct tree){ .birth = 1, .generation = &store->generation };
    store->tree.owned = store->owned;
    store->tree.root = make_root(&store->generation);
    store->tree.special = make_root(&store->generation);
    if (!store->tree.root || !store->tree.special || watch_table_create(&store->watches) != 0)
        return NULL;
    if (add_path(store, "/tool/xenstored") != 0 || add_path(store, "@introduceDomain") != 0 ||
        add_path(store, "@releaseDomain") != 0)
        return NULL;
    SET(region->root, store);
    journal_commit();
    return store;
}

/* What was moved but not counted when the predecessor died; see struct connection. */
static void adopt(struct connection *c)
{
    if (c->receive.msg_len) {
        connection_received(c, c->receive.msg_len);
        SET(c->receive.msg_len, 0);
    }
    if (c->send.msg_len) {
        connection_sent(c, c->send.msg_len);
        SET(c->send.msg_len, 0);
    }
    c->is_dirty = false;
    connection_mark_dirty(c);
    journal_commit();
}

/* The sockets are gone with the process that had them. */
static void drop_sockets(struct store *store)
{
    struct connection *c = store->connections, *next;

    for (; c; c = next) {
        next = c->next;
        if (c->fd >= 0)
            connection_destroy(store, c);
        journal_commit();
    }
}

/* Three crashes in the same client's requests are enough. */
static void judge(struct store *store, enum store_end end)
{
    struct connection *c = store->serving;

    store->serving = NULL;
    if (end != STORE_CRASHED || !c)
        return;
    store->suspect_deaths = c == store->suspect ? store->suspect_deaths + 1 : 1;
    store->suspect = c;
    if (store->suspect_deaths >= 3)
        c->is_closing = true;
}

struct store *store_open(const struct domain_source *source, enum store_end end)
{
    struct store *store = region->root;

    if (!store) {
        store = make_new();
    } else {
        judge(store, end);
        if (end == STORE_CLOSED)
            drop_sockets(store);
        for (struct connection *c = store->connections; c; c = c->next)
            adopt(c);
    }
    if (store) {
        store->source = source;
        if (end == STORE_CLOSED)
            store->evtchn_fd = -1;
    }
    return store;
}
