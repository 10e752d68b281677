/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The store: everything that the region holds, reached from one object. */
#ifndef XENSTORE_STORE_H
#define XENSTORE_STORE_H

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>

#include "quota.h"
#include "tree.h"
#include "watch.h"

struct connection;
struct domain;
struct domain_source;

#define STORE_DOMAINS 0x8000

/* Changes with any structure that lies in the region: another layout is not taken over. */
#define STORE_LAYOUT 1

struct store {
    struct tree tree;
    uint64_t generation;   /* the last one given to a node */
    uint64_t transactions; /* started so far */
    struct transaction *newest;
    struct watch_table watches;
    struct connection *connections;
    struct domain *domains;
    struct quota quota;
    const struct domain_source *source; /* this process's */
    /* Whose request is being handled: a request that kills the daemon again and again is dropped.
     */
    struct connection *serving, *suspect;
    uint32_t suspect_deaths;
    int32_t evtchn_fd;  /* kept open by the holder; -1: none */
    uint32_t virq_port; /* where the hypervisor tells of domains that end */
    bool is_logging;
    uint32_t owned[STORE_DOMAINS + 1]; /* nodes by their owner's number */
};

/* How the process that had the region before came to its end. */
enum store_end {
    STORE_CLOSED,  /* none had it, or it took its sockets and event channels with it */
    STORE_KILLED,  /* from outside; sockets and event channels live on */
    STORE_CRASHED, /* by itself; the same */
};

/*
 * The region's store, made new (with "/" and "/tool/xenstored") where there is none, taken over
 * otherwise: then every connection is on the list of those with something to send. NULL: no memory.
 */
struct store *store_open(const struct domain_source *source, enum store_end end);

#endif
