/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading and changing nodes on behalf of a client. */
#include "operation.h"

#include <errno.h>
#include <string.h>

#include "store.h"

/* One operation at a time, so one cursor. */
static struct cursor cursor;

static struct tree *tree_of(const struct actor *actor)
{
    return actor->transaction ? &actor->transaction->tree : &actor->store->tree;
}

static bool may(const struct actor *actor, const struct node *node, unsigned rights)
{
    return actor->subject->is_privileged ||
           (permission_rights(node->permission, node->permission_count, actor->subject) & rights) ==
               rights;
}

static int note(const struct actor *actor, const struct path *path, const struct node *node,
                unsigned what)
{
    struct transaction *t = actor->transaction;
    int err;

    if (!t)
        return 0;
    if (!actor->subject->is_privileged && t->access_count >= actor->store->quota.transaction_nodes)
        return -ENOSPC;
    err = transaction_note(t, path, node, what);
    if (!err && actor->mark)
        *actor->mark = journal_mark();
    return err;
}

int operation_find(const struct actor *actor, const struct path *path, unsigned rights,
                   unsigned what, struct node **node)
{
    struct node *found = tree_find(tree_of(actor), path, &cursor);
    int err = note(actor, path, found, what);

    if (err)
        return err;
    if (!found)
        return may(actor, cursor_node(&cursor), rights) ? -ENOENT : -EACCES;
    if (!may(actor, found, rights))
        return -EACCES;
    *node = found;
    return 0;
}

/* What a change of a node costs an unprivileged actor: more than it may have? */
static int check_size(const struct actor *actor, const struct path *path, uint32_t permissions,
                      uint32_t length)
{
    const struct quota *quota = &actor->store->quota;
    size_t list = permissions * sizeof(struct permission);
    unsigned name = path->count ? path->part[path->count - 1].length : 0;

    if (actor->subject->is_privileged)
        return 0;
    if (permissions > quota->permissions)
        return -ENOSPC;
    return name + list + length > quota->node_size ? -ENOSPC : 0;
}

static int check_new_nodes(const struct actor *actor, const struct path *path)
{
    const struct quota *quota = &actor->store->quota;
    const struct transaction *t = actor->transaction;
    int64_t nodes = actor->store->owned[actor->subject->domid];

    if (actor->subject->is_privileged)
        return 0;
    if (path->count > quota->path_depth || path->length > quota->path_length)
        return -ENOSPC;
    nodes += t ? t->tree.balance : 0;
    return nodes + (path->count - cursor.found) > quota->nodes ? -ENOSPC : 0;
}

/* Records the change in the transaction, or tells the watchers. */
static int conclude(const struct actor *actor, enum change_type type, const struct path *path,
                    const void *data, uint32_t length)
{
    struct transaction *t = actor->transaction;

    if (!t) {
        watch_fire(actor->store, path, cursor_node(&cursor));
        return 0;
    }
    if (!actor->subject->is_privileged &&
        t->change_bytes + path->length + length > actor->store->quota.transaction_bytes)
        return -ENOSPC;
    return transaction_record(t, type, path, data, length);
}

/* Creates the path that operation_find() did not find. */
static int create(const struct actor *actor, const struct path *path, const void *value,
                  uint32_t length)
{
    const struct node *nearest = cursor_node(&cursor);
    const uint16_t *creator = actor->subject->is_privileged ? NULL : &actor->subject->domid;
    int err;

    if (!may(actor, nearest, PERMISSION_WRITE))
        return -EACCES;
    err = check_new_nodes(actor, path);
    if (!err)
        err = check_size(actor, path, nearest->permission_count, length);
    return err ? err : tree_create(tree_of(actor), &cursor, creator, value, length);
}

int operation_write(const struct actor *actor, const struct path *path, const void *value,
                    uint32_t length)
{
    struct node *node;
    int err;

    if (path->is_special)
        return -EINVAL;
    err = operation_find(actor, path, PERMISSION_WRITE, ACCESS_NODE, &node);
    if (err == -ENOENT) {
        err = create(actor, path, value, length);
    } else if (!err) {
        err = check_size(actor, path, node->permission_count, length);
        if (!err)
            err = tree_set_value(tree_of(actor), &cursor, value, length);
    }
    return err ? err : conclude(actor, CHANGE_WRITE, path, value, length);
}

int operation_mkdir(const struct actor *actor, const struct path *path)
{
    struct node *node;
    int err;

    if (path->is_special)
        return -EINVAL;
    err = operation_find(actor, path, PERMISSION_WRITE, ACCESS_EXISTS, &node);
    if (err != -ENOENT)
        return err;
    err = create(actor, path, "", 0);
    return err ? err : conclude(actor, CHANGE_MKDIR, path, "", 0);
}

int operation_rm(const struct actor *actor, struct path *path)
{
    struct node *node;
    int err;

    if (path->is_special || path->count == 0)
        return -EINVAL;
    err = operation_find(actor, path, PERMISSION_WRITE, ACCESS_NODE | ACCESS_KIDS, &node);
    if (err == -ENOENT && cursor.found + 1 == path->count)
        return 0;
    if (err)
        return err;
    if (!actor->transaction)
        watch_fire_removal(actor->store, path, node);
    err = tree_remove(tree_of(actor), &cursor);
    if (err || !actor->transaction)
        return err;
    return conclude(actor, CHANGE_RM, path, "", 0);
}

int operation_set_permissions(const struct actor *actor, const struct path *path,
                              const struct permission *list, uint32_t count)
{
    const struct subject *who = actor->subject;
    struct node *node;
    int err = operation_find(actor, path, PERMISSION_WRITE, ACCESS_NODE, &node);

    if (err)
        return err;
    if (!who->is_privileged) {
        if (node_owner(node) != who->domid && node_owner(node) != who->target)
            return -EACCES;
        if (list[0].domid != node_owner(node))
            return -EPERM;
    }
    err = check_size(actor, path, count, node->value_length);
    if (!err)
        err = tree_set_permissions(tree_of(actor), &cursor, list, count);
    return err ? err
               : conclude(actor, CHANGE_SET_PERMS, path, list, (uint32_t)(count * sizeof(*list)));
}

static int redo(const struct actor *actor, const struct change *change)
{
    static struct path path;
    const char *data = change->data + change->path_length;
    struct permission list[PERMISSION_MAX];
    int err = path_parse(&path, change->data, change->path_length, 0);

    if (err)
        return err;
    switch (change->type) {
    case CHANGE_WRITE: return operation_write(actor, &path, data, change->length);
    case CHANGE_MKDIR: return operation_mkdir(actor, &path);
    case CHANGE_RM: return operation_rm(actor, &path);
    case CHANGE_SET_PERMS:
        memcpy(list, data, change->length);
        return operation_set_permissions(actor, &path, list,
                                         (uint32_t)(change->length / sizeof(list[0])));
    }
    return -EINVAL;
}

int operation_commit(const struct actor *actor)
{
    struct actor direct = *actor;
    int err = 0;

    if (transaction_conflicts(actor->store, actor->transaction))
        return -EAGAIN;
    direct.transaction = NULL;
    direct.mark = NULL;
    for (const struct change *c = actor->transaction->first; c && !err; c = c->next) {
        err = redo(&direct, c);
        /* It worked when it was asked for: something that was not noted has changed. */
        if (err && err != -ENOMEM && err != -ENOSPC)
            err = -EAGAIN;
    }
    return err;
}

/* Removes the domain's nodes below `path`; returns how many, or -errno. */
static int remove_owned_below(const struct actor *actor, struct path *path, unsigned domid)
{
    const struct node *node = tree_find(&actor->store->tree, path, &cursor);
    uint32_t i = 0;
    int total = 0;

    while (node && i < node_kid_count(node)) {
        const struct node *kid = node->kids->slot[i].node;
        bool is_owned = node_owner(kid) == domid;
        int done = path_push(path, node_name(kid), kid->name_length, kid->hash);

        if (done == 0) {
            done = is_owned ? operation_rm(actor, path) : remove_owned_below(actor, path, domid);
            path_pop(path);
        }
        if (done < 0)
            return done;
        total += done + is_owned;
        /* Another child is now where the removed one was; and the node may be another copy. */
        node = tree_find(&actor->store->tree, path, &cursor);
        i += !is_owned;
    }
    return total;
}

int operation_remove_owned(struct store *store, unsigned domid)
{
    static const struct subject control = { .is_privileged = true };
    static struct path path;
    struct actor actor = { .store = store, .subject = &control };
    int done;

    if (store->owned[domid] == 0)
        return 0;
    done = path_parse(&path, "/", 1, 0);
    if (!done)
        done = remove_owned_below(&actor, &path, domid);
    return done < 0 ? done : 0;
}
