/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ending channels: one (EVTCHNOP_close), or all of a domain (EVTCHNOP_reset). */
#include "private.h"

#include <hv/hypercall.h>

#define RESET_BATCH 64U /* ports closed between two looks at whether something else must run */

/* The other end is left waiting for a new connection from the same domain. */
static void unpair_locked(struct domain *d, struct evtchn *c)
{
    struct domain *rd = c->interdomain.remote;
    struct evtchn *peer = c->interdomain.peer;
    unsigned long flags;

    if (rd != d)
        spin_lock(&rd->event_lock);
    flags = evtchn_lock_pair(c, peer);
    c->state = EVTCHNSTAT_closed;
    peer->state = EVTCHNSTAT_unbound;
    peer->unbound.remote_id = d->id;
    evtchn_unlock_pair(c, peer, flags);
    if (rd != d)
        spin_unlock(&rd->event_lock);
}

static int close_locked(struct domain *d, uint32_t port)
{
    struct evtchn *c = evtchn_of(d, port);

    if (!c || !evtchn_in_use(c))
        return -EINVAL;
    switch (c->state) {
    case EVTCHNSTAT_interdomain: unpair_locked(d, c); break;
    case EVTCHNSTAT_pirq: pirq_detach_locked(d, c); break;
    case EVTCHNSTAT_virq: virq_detach_locked(d, c); break;
    default: break;
    }
    evtchn_free_locked(d, c);
    return 0;
}

int evtchn_close(struct domain *d, uint32_t port)
{
    int rc;

    spin_lock(&evtchn_pairing_lock);
    spin_lock(&d->event_lock);
    rc = close_locked(d, port);
    spin_unlock(&d->event_lock);
    spin_unlock(&evtchn_pairing_lock);
    return rc;
}

/* Back to two-level; false if a port was bound meanwhile. */
static bool reset_finish(struct domain *d)
{
    bool all_closed = true;

    spin_lock(&d->event_lock);
    for (uint32_t port = 1; port < d->evtchn_valid && all_closed; port++)
        all_closed = !evtchn_in_use(evtchn_of(d, port));
    if (all_closed)
        evtchn_fifo_teardown_locked(d);
    spin_unlock(&d->event_lock);
    return all_closed;
}

bool evtchn_reset(struct domain *d, uint32_t *next)
{
    unsigned int closed = 0;

    for (uint32_t port = *next; port < READ_ONCE(d->evtchn_valid); port++) {
        if (evtchn_close(d, port))
            continue;
        if (++closed % RESET_BATCH == 0 && hypercall_preempt_check()) {
            *next = port + 1;
            return false;
        }
    }
    *next = 1;
    return reset_finish(d);
}
