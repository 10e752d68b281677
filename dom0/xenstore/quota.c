/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The quotas' names and values. */
#include "quota.h"

#include <stddef.h>
#include <string.h>

static const struct {
    const char *name;
    size_t offset;
    uint32_t value;
} table[] = {
    { "nodes", offsetof(struct quota, nodes), 1000 },
    { "watches", offsetof(struct quota, watches), 128 },
    { "transactions", offsetof(struct quota, transactions), 10 },
    { "transaction-nodes", offsetof(struct quota, transaction_nodes), 1024 },
    { "transaction-bytes", offsetof(struct quota, transaction_bytes), 262144 },
    { "node-size", offsetof(struct quota, node_size), 2048 },
    { "permissions", offsetof(struct quota, permissions), 5 },
    { "path-length", offsetof(struct quota, path_length), 1024 },
    { "path-depth", offsetof(struct quota, path_depth), 64 },
    { "outstanding", offsetof(struct quota, outstanding), 65536 },
};

#define TABLE_SIZE (sizeof(table) / sizeof(table[0]))

static uint32_t *field(struct quota *quota, unsigned n)
{
    return (uint32_t *)(void *)((char *)quota + table[n].offset);
}

void quota_defaults(struct quota *quota)
{
    for (unsigned n = 0; n < TABLE_SIZE; n++)
        *field(quota, n) = table[n].value;
}

const char *quota_name(unsigned n)
{
    return n < TABLE_SIZE ? table[n].name : NULL;
}

uint32_t *quota_find(struct quota *quota, const char *name)
{
    for (unsigned n = 0; n < TABLE_SIZE; n++)
        if (strcmp(table[n].name, name) == 0)
            return field(quota, n);
    return NULL;
}
