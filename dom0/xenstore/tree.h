/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A tree of nodes that can be frozen at any moment without copying anything.
 *
 * Every copy of a node has a birth. A tree says up to which birth its nodes are frozen, which means
 * that a snapshot sees them too: those are copied, with the way that leads to them, before they
 * change. The store's own tree freezes what it has when a transaction starts; the transaction's
 * tree starts with the same root and regards all of it as frozen. So a node is copied at most once
 * per snapshot and tree, only where something changes, and nothing counts references: a node that
 * the store's tree gives up goes to the newest snapshot's list of the dead, and from there to older
 * ones or to the heap.
 *
 * All functions work within the journal's current operation, and leave undoing to its rollback.
 */
#ifndef XENSTORE_TREE_H
#define XENSTORE_TREE_H

#include <stdbool.h>
#include <stdint.h>

#include "node.h"
#include "path.h"

/* Births of transactions' nodes: above all of the store's. */
#define TREE_TRANSACTION (UINT64_C(1) << 63)

struct tree {
    struct node *root;
    struct node *special; /* parent of "@introduceDomain" and "@releaseDomain" */
    uint64_t birth;       /* what nodes made now get */
    uint64_t frozen;      /* nodes with a birth up to this one are not ours alone */
    uint64_t last_change; /* generation of the last change of all */
    uint64_t *generation; /* the counter that all trees share */
    struct node **dead; /* where frozen nodes go that this tree gives up; NULL: it never had them */
    uint32_t *owned;    /* nodes by owner; NULL: only those of `subject` count, in `balance` */
    int32_t balance;
    uint16_t subject;
};

/* How far a path leads: trail[n] is the node at its n-th part, trail[0] the root. */
struct cursor {
    const struct path *path;
    unsigned found; /* parts that exist */
    struct node *trail[PATH_PARTS_MAX + 1];
};

/* Follows `path` as far as it exists. Returns its node, or NULL when it does not exist. */
struct node *tree_find(const struct tree *tree, const struct path *path, struct cursor *cursor);

/* The deepest node found. */
static inline struct node *cursor_node(const struct cursor *cursor)
{
    return cursor->trail[cursor->found];
}

/* Changes the node found; the cursor follows. 0 or -ENOMEM. */
int tree_set_value(struct tree *tree, struct cursor *cursor, const void *value, uint32_t length);
int tree_set_permissions(struct tree *tree, struct cursor *cursor, const struct permission *list,
                         uint32_t count);

/*
 * Creates what is missing of the path (at least one part) with the permissions of the deepest node
 * found, the last with the value, the others empty; `creator` becomes the owner unless it is NULL.
 * The cursor then stands on the node. 0 or -ENOMEM.
 */
int tree_create(struct tree *tree, struct cursor *cursor, const uint16_t *creator,
                const void *value, uint32_t length);

/* Removes the node found (not the root) with all below it. 0 or -ENOMEM. */
int tree_remove(struct tree *tree, struct cursor *cursor);

/* Frees the nodes that belong to this tree alone, for the end of a transaction. */
void tree_destroy(struct tree *tree);

#endif
