/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A transaction: a tree of its own that starts as a frozen view of the store's, the paths it
 * touched, and the changes to do again on the store when it commits.
 *
 * It conflicts when a path that it read or wrote has changed since it started: for a value or
 * permissions that were read or written, when they changed; for a listing, when a child came or
 * went; for mere existence, when that changed. Everything else merges.
 */
#ifndef XENSTORE_TRANSACTION_H
#define XENSTORE_TRANSACTION_H

#include "tree.h"

struct store;

#define ACCESS_EXISTS 1 /* whether the path exists */
#define ACCESS_NODE   2 /* its value or permissions */
#define ACCESS_KIDS   4 /* the names of its children */

struct access {
    struct access *next;
    uint64_t gen, kids_gen; /* when the transaction started; 0 where the path did not exist */
    uint32_t hash;
    uint16_t length;
    uint8_t what;
    char text[];
};

enum change_type { CHANGE_WRITE, CHANGE_MKDIR, CHANGE_RM, CHANGE_SET_PERMS };

struct change {
    struct change *next;
    enum change_type type;
    uint32_t path_length, length;
    char data[]; /* the path, absolute, then the value or the permissions */
};

#define ACCESS_BUCKETS 32

struct transaction {
    struct transaction *older, *newer; /* all of the store, by their start */
    struct transaction *next;          /* of the same connection */
    uint32_t id;
    uint32_t access_count;
    uint64_t start;    /* the store's last change before it */
    uint64_t snapshot; /* births up to here are seen */
    struct tree tree;
    struct node *root; /* what the tree started from */
    struct node *special;
    struct node *dead; /* nodes that only this and older snapshots see */
    struct change *first, *last;
    uint32_t change_bytes;
    struct access *access[ACCESS_BUCKETS];
};

/* Starts one for the domain `subject`; NULL: no memory. */
struct transaction *transaction_start(struct store *store, uint32_t id, uint16_t subject);

/* Notes that the path was looked at; `node` is what the transaction sees there. 0 or -ENOMEM. */
int transaction_note(struct transaction *t, const struct path *path, const struct node *node,
                     unsigned what);

/* Adds a change to what the commit will do. 0 or -ENOMEM. */
int transaction_record(struct transaction *t, enum change_type type, const struct path *path,
                       const void *data, uint32_t length);

/* Did anything that it touched change since? */
bool transaction_conflicts(const struct store *store, const struct transaction *t);

/* Frees it, and every node that no other transaction sees. */
void transaction_destroy(struct store *store, struct transaction *t);

#endif
