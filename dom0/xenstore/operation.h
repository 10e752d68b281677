/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a client may do to nodes: rights, quotas, events and transactions around the plain tree. An
 * operation that fails leaves undoing to the caller (journal_rollback).
 */
#ifndef XENSTORE_OPERATION_H
#define XENSTORE_OPERATION_H

#include "journal.h"
#include "permission.h"
#include "transaction.h"
#include "tree.h"

struct store;

/* Who acts where: on the store itself, or in a transaction. */
struct actor {
    struct store *store;
    const struct subject *subject;
    struct transaction *transaction; /* NULL: none */
    /* Where an operation that fails is rolled back to: a transaction also remembers what it failed
     * on. */
    struct journal_mark *mark; /* NULL: of no interest */
};

/*
 * The node at `path` if the actor has `rights` on it; `what` (ACCESS_*) is noted in a transaction.
 * 0, -ENOENT, -EACCES (also where the actor may not know whether it exists), -ENOMEM, -ENOSPC.
 */
int operation_find(const struct actor *actor, const struct path *path, unsigned rights,
                   unsigned what, struct node **node);

/* 0, -EACCES, -ENOSPC (a quota), -ENOMEM; -EINVAL for a path that cannot be changed so. */
int operation_write(const struct actor *actor, const struct path *path, const void *value,
                    uint32_t length);
int operation_mkdir(const struct actor *actor, const struct path *path);

/* Also -ENOENT where not even the parent exists. `path` is used and restored. */
int operation_rm(const struct actor *actor, struct path *path);

/* The owner only, who stays the owner unless the actor is privileged. */
int operation_set_permissions(const struct actor *actor, const struct path *path,
                              const struct permission *list, uint32_t count);

/* Does the transaction's changes on the store and fires their events; -EAGAIN: it conflicts. */
int operation_commit(const struct actor *actor);

/* Removes, with all below them, the nodes of a domain that is gone. */
int operation_remove_owned(struct store *store, unsigned domid);

#endif
