/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Making channels between domains and within one: unbound, interdomain, IPI; whom they notify. */
#include "private.h"

#include <asm/current.h>

struct spinlock evtchn_pairing_lock = SPINLOCK_INIT;

int evtchn_alloc_unbound(struct evtchn_alloc_unbound *op)
{
    domid_t remote = op->remote_dom == DOMID_SELF ? current->domain->id : op->remote_dom;
    struct domain *d;
    struct evtchn *c;
    int rc = domain_target_get(op->dom, &d);

    if (rc)
        return rc;
    spin_lock(&d->event_lock);
    rc = evtchn_reserve_locked(d, &c);
    if (!rc) {
        evtchn_bind_locked(c, EVTCHNSTAT_unbound, 0, remote);
        op->port = c->port;
    }
    spin_unlock(&d->event_lock);
    domain_put(d);
    return rc;
}

/* The port of @rd that waits for a domain called @id, or null. */
static struct evtchn *waiting_for_locked(const struct domain *rd, uint32_t port, domid_t id)
{
    struct evtchn *c = evtchn_of(rd, port);

    return c && c->state == EVTCHNSTAT_unbound && c->unbound.remote_id == id ? c : NULL;
}

static void pair_locked(struct domain *ld, struct evtchn *lc, struct domain *rd, struct evtchn *rc)
{
    unsigned long flags = evtchn_lock_pair(lc, rc);

    lc->interdomain.remote = rd;
    lc->interdomain.peer = rc;
    lc->notify_vcpu = 0;
    lc->state = EVTCHNSTAT_interdomain;
    rc->interdomain.remote = ld;
    rc->interdomain.peer = lc;
    rc->state = EVTCHNSTAT_interdomain;
    /* The peer may have sent before there was anyone to receive it. */
    evtchn_raise(ld, lc);
    evtchn_unlock_pair(lc, rc, flags);
}

static int bind_interdomain_locked(struct domain *ld, struct domain *rd,
                                   struct evtchn_bind_interdomain *op)
{
    struct evtchn *lc, *remote = waiting_for_locked(rd, op->remote_port, ld->id);
    int rc;

    if (!remote || domain_is_dying(rd))
        return -EINVAL;
    rc = evtchn_reserve_locked(ld, &lc);
    if (rc)
        return rc;
    pair_locked(ld, lc, rd, remote);
    op->local_port = lc->port;
    return 0;
}

int evtchn_bind_interdomain(struct domain *ld, struct evtchn_bind_interdomain *op)
{
    struct domain *rd = domain_get_by_id(op->remote_dom);
    int rc;

    if (!rd)
        return -ESRCH;
    spin_lock(&evtchn_pairing_lock);
    spin_lock(&ld->event_lock);
    if (rd != ld)
        spin_lock(&rd->event_lock);
    rc = bind_interdomain_locked(ld, rd, op);
    if (rd != ld)
        spin_unlock(&rd->event_lock);
    spin_unlock(&ld->event_lock);
    spin_unlock(&evtchn_pairing_lock);
    domain_put(rd);
    return rc;
}

int evtchn_bind_ipi(struct domain *d, struct evtchn_bind_ipi *op)
{
    struct evtchn *c;
    int rc;

    if (!domain_vcpu(d, op->vcpu))
        return -ENOENT;
    spin_lock(&d->event_lock);
    rc = evtchn_reserve_locked(d, &c);
    if (!rc) {
        evtchn_bind_locked(c, EVTCHNSTAT_ipi, op->vcpu, 0);
        op->port = c->port;
    }
    spin_unlock(&d->event_lock);
    return rc;
}

/* IPIs and virqs of a vcpu stay where they were bound. */
static bool may_move(const struct evtchn *c)
{
    switch (c->state) {
    case EVTCHNSTAT_unbound:
    case EVTCHNSTAT_interdomain:
    case EVTCHNSTAT_pirq: return true;
    case EVTCHNSTAT_virq: return virq_is_global(c->virq);
    default: return false;
    }
}

int evtchn_bind_vcpu(struct domain *d, const struct evtchn_bind_vcpu *op)
{
    struct vcpu *v = domain_vcpu(d, op->vcpu);
    struct evtchn *c = evtchn_of(d, op->port);
    unsigned long flags;
    int rc = -EINVAL;

    if (!v)
        return -ENOENT;
    if (!c)
        return -EINVAL;
    spin_lock(&d->event_lock);
    if (may_move(c)) {
        flags = spin_lock_irqsave(&c->lock);
        WRITE_ONCE(c->notify_vcpu, (uint16_t)v->id);
        spin_unlock_irqrestore(&c->lock, flags);
        if (c->state == EVTCHNSTAT_pirq)
            pirq_follow_vcpu_locked(d, c, v);
        rc = 0;
    }
    spin_unlock(&d->event_lock);
    return rc;
}
