/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How much of the store one unprivileged domain may use. The control domain is exempt. */
#ifndef XENSTORE_QUOTA_H
#define XENSTORE_QUOTA_H

#include <stdbool.h>
#include <stdint.h>

struct quota {
    uint32_t nodes;             /* owned by the domain */
    uint32_t watches;           /* set at one time */
    uint32_t transactions;      /* open at one time */
    uint32_t transaction_nodes; /* paths touched by one transaction */
    uint32_t transaction_bytes; /* of changes that one transaction collects */
    uint32_t node_size;         /* bytes of name, value and permissions together */
    uint32_t permissions;       /* entries of one list */
    uint32_t path_length;       /* bytes, below the domain's own directory or from the root */
    uint32_t path_depth;        /* parts */
    uint32_t outstanding;       /* bytes of replies and events the domain has not fetched */
};

/* What a domain gets unless told otherwise. */
void quota_defaults(struct quota *quota);

/* The number called `name`, or NULL; quota_name(n) is the n-th name, NULL after the last. */
uint32_t *quota_find(struct quota *quota, const char *name);
const char *quota_name(unsigned n);

#endif
