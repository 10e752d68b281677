/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Domains that talk to the store through a ring, and where their rings and news of their end come
 * from: the hypervisor, or a test.
 */
#ifndef XENSTORE_DOMAIN_H
#define XENSTORE_DOMAIN_H

#include <stdbool.h>
#include <stdint.h>

struct store;
struct connection;
struct xenstore_domain_interface;

enum domain_state { DOMAIN_RUNNING, DOMAIN_SHUTDOWN, DOMAIN_GONE };

/* One for the process; all functions return 0 or -errno where they return int. */
struct domain_source {
    /* The ring page, mapped; NULL: not possible. For domain 0 `gfn` and `port` are the kernel's
     * own. */
    struct xenstore_domain_interface *(*map)(unsigned domid, uint64_t gfn);
    void (*unmap)(unsigned domid, struct xenstore_domain_interface *ring);
    /* A local port bound to the domain's; -errno. */
    int (*bind)(unsigned domid, uint32_t remote_port);
    void (*unbind)(uint32_t port);
    void (*notify)(uint32_t port);
    enum domain_state (*state)(unsigned domid);
    /* A port that has an event, which stays masked until unmask(); -1: none. */
    int (*pending)(void);
    void (*unmask)(uint32_t port);
};

struct domain {
    struct domain *next;
    struct connection *connection;
    uint64_t gfn;
    uint32_t remote_port, port; /* local */
    uint16_t domid;
    bool is_shut_down; /* @releaseDomain was fired for its shutdown */
    bool is_broken;    /* the ring's indices made no sense; waits for a reconnection */
    uint32_t request_consumer, reply_producer; /* ours; the page gets copies */
    /* This process's mapping: not part of what a successor takes over. */
    struct xenstore_domain_interface *ring;
};

/* The domain with that number, or NULL when it was not introduced. */
struct domain *domain_find(const struct store *store, unsigned domid);

/* INTRODUCE: connects to a domain, or again to one that is known. 0, -EINVAL, -ENOMEM, -errno. */
int domain_introduce(struct store *store, unsigned domid, uint64_t gfn, uint32_t remote_port);

/* RELEASE, or the domain is gone: its nodes go with it. Commits when done. */
void domain_release(struct store *store, struct domain *d);

/* Moves what the ring has to the connection, handles it, and moves replies and events to the ring.
 */
void domain_service(struct store *store, struct domain *d);

/* The domain whose ring is served through this local port, or NULL. */
struct domain *domain_find_port(const struct store *store, uint32_t port);

/* Looks which domains have shut down or gone; fires @releaseDomain once for all of them. */
void domain_check_all(struct store *store);

/*
 * After a take-over: maps all rings again and puts right what a kill may have left half done.
 * `is_cold`: the event channels died with the process that had bound them.
 */
void domain_adopt_all(struct store *store, bool is_cold);

#endif
