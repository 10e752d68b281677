/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists of nodes to write to the store. */
#include <dom0/toolstack/store.h>

static void node_free(void *opaque)
{
    struct store_node *n = opaque;

    g_free(n->path);
    g_free(n->value);
    g_free(n);
}

GPtrArray *store_nodes_new(void)
{
    return g_ptr_array_new_with_free_func(node_free);
}

void store_nodes_add(GPtrArray *nodes, enum store_access access, uint32_t domid, const char *value,
                     const char *path, ...)
{
    struct store_node *n = g_new0(struct store_node, 1);
    va_list args;

    va_start(args, path);
    n->path = g_strdup_vprintf(path, args);
    va_end(args);
    n->value = g_strdup(value);
    n->access = access;
    n->domid = domid;
    g_ptr_array_add(nodes, n);
}
