/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A node of the store and its table of children. Nodes live in the region and know nothing of the
 * tree they are in. Functions that change one note the old bytes in the journal.
 */
#ifndef XENSTORE_NODE_H
#define XENSTORE_NODE_H

#include <stdint.h>

#include "permission.h"

struct node {
    uint64_t birth;    /* when this copy was made, see tree.h */
    uint64_t gen;      /* new with each change of value or permissions; never used twice */
    uint64_t kids_gen; /* new when a child comes or goes */
    struct kids *kids; /* NULL: no child */
    struct node *dead; /* next in a snapshot's list of nodes that only it keeps */
    uint32_t hash;     /* of the name */
    uint32_t size;     /* bytes allocated */
    uint32_t value_length;
    uint16_t name_length;
    uint16_t permission_count;
    struct permission permission[]; /* then the name with its zero, then the value */
};

/* `link` is the next in the bucket, plus one; so are the buckets' entries: 0 ends a chain. */
struct kids_slot {
    struct node *node;
    uint32_t hash;
    uint32_t link;
};

struct kids {
    uint32_t count;
    uint32_t room;           /* a power of two: as many slots as buckets */
    uint32_t text;           /* bytes of all names with their zeros: the length of a listing */
    struct kids_slot slot[]; /* then the buckets */
};

/* What a new node is made of. */
struct node_content {
    const char *name;
    uint32_t name_length, hash;
    const struct permission *permission;
    uint32_t permission_count;
    const void *value;
    uint32_t value_length;
};

static inline char *node_name(const struct node *node)
{
    return (char *)(uintptr_t)&node->permission[node->permission_count];
}

static inline char *node_value(const struct node *node)
{
    return node_name(node) + node->name_length + 1;
}

static inline uint16_t node_owner(const struct node *node)
{
    return node->permission[0].domid;
}

static inline uint32_t node_kid_count(const struct node *node)
{
    return node->kids ? node->kids->count : 0;
}

/* A new node without children and generations; NULL: no memory. */
struct node *node_make(const struct node_content *content);

/* What `node` has, for making another like it. */
struct node_content node_content(const struct node *node);

/* A copy of `node` that shares its children (not its table of them). NULL: no memory. */
struct node *node_copy(const struct node *node);

/* Frees the node and its table, not the children. */
void node_free(struct node *node);

/* How long a value fits into the node as it is allocated. */
uint32_t node_value_room(const struct node *node);

/* The child with that name or NULL. */
struct node *node_find_kid(const struct node *node, const char *name, uint32_t length,
                           uint32_t hash);

/* Adds a child whose name is not there yet. 0 or -ENOMEM. */
int node_add_kid(struct node *node, struct node *kid);

/* Takes `kid` out; it must be there. */
void node_remove_kid(struct node *node, const struct node *kid);

/* Puts `new`, of the same name, where `old` is. */
void node_replace_kid(struct node *node, const struct node *old, struct node *new);

#endif
