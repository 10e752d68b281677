/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The store as the toolstack uses it: reads, lists of nodes to write, waiting for a value. */
#ifndef DOM0_TOOLSTACK_STORE_H
#define DOM0_TOOLSTACK_STORE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <xenstore.h>

/* Who may do what with a node; dom0 may everything. */
enum store_access {
    STORE_INHERIT,  /* as the node above it */
    STORE_READABLE, /* the domain may read */
    STORE_OWNED,    /* the domain owns it */
    STORE_PRIVATE,  /* dom0 only */
};

struct store_node {
    char *path, *value;
    enum store_access access;
    uint32_t domid; /* the domain that access is about */
};

/* A list of struct store_node *, freed with g_ptr_array_unref(). */
GPtrArray *store_nodes_new(void);
/* Appends one; the path is printf-like. Parents come before what is in them. */
void store_nodes_add(GPtrArray *nodes, enum store_access access, uint32_t domid, const char *value,
                     const char *path, ...) G_GNUC_PRINTF(5, 6);

/* Each operation opens its own connection, so nothing is shared between threads. */
struct xs_handle *store_open(GError **error);
void store_close(struct xs_handle *xs);

/* Writes all nodes in one transaction. */
bool store_write_nodes(struct xs_handle *xs, const GPtrArray *nodes, GError **error);
bool store_write(struct xs_handle *xs, GError **error, const char *value, const char *path, ...)
    G_GNUC_PRINTF(4, 5);
/* NULL when there is no such node; freed with g_free(). */
char *store_read(struct xs_handle *xs, const char *path, ...) G_GNUC_PRINTF(2, 3);
/* -1 when there is no such node or it is no number. */
int64_t store_read_number(struct xs_handle *xs, const char *path, ...) G_GNUC_PRINTF(2, 3);
/* The names in a directory; never NULL, freed with g_strfreev(). */
char **store_list(struct xs_handle *xs, const char *path, ...) G_GNUC_PRINTF(2, 3);
/* It is no error when there is none. */
void store_remove(struct xs_handle *xs, const char *path, ...) G_GNUC_PRINTF(2, 3);

/*
 * Waits until `done(value, opaque)` says true; value is NULL while the node is not there. False
 * when it has not within that time, or when the store could not be reached.
 */
bool store_wait(struct xs_handle *xs, const char *path, unsigned timeout_ms,
                bool (*done)(const char *value, void *opaque), void *opaque);

#endif
