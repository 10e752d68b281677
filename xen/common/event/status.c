/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a channel is bound to (EVTCHNOP_status). */
#include "private.h"

static void status_fill_locked(const struct evtchn *c, struct evtchn_status *op)
{
    op->status = c->state;
    op->vcpu = c->notify_vcpu;
    switch (c->state) {
    case EVTCHN_STATE_RESERVED: op->status = EVTCHNSTAT_closed; break;
    case EVTCHNSTAT_unbound: op->u.unbound.dom = c->unbound.remote_id; break;
    case EVTCHNSTAT_interdomain:
        op->u.interdomain.dom = c->interdomain.remote->id;
        op->u.interdomain.port = c->interdomain.peer->port;
        break;
    case EVTCHNSTAT_pirq: op->u.pirq = c->pirq; break;
    case EVTCHNSTAT_virq: op->u.virq = c->virq; break;
    default: break;
    }
}

int evtchn_status(struct evtchn_status *op)
{
    struct domain *d;
    const struct evtchn *c;
    int rc = domain_target_get(op->dom, &d);

    if (rc)
        return rc;
    spin_lock(&d->event_lock);
    c = evtchn_of(d, op->port);
    if (c)
        status_fill_locked(c, op);
    else
        rc = -EINVAL;
    spin_unlock(&d->event_lock);
    domain_put(d);
    return rc;
}
