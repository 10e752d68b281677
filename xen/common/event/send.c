/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Events under way: sending, unmasking, priorities, and waking the vcpu that they are for. */
#include "private.h"

#include <hv/sched.h>

int evtchn_send(struct domain *d, uint32_t port)
{
    struct evtchn *c = evtchn_of(d, port);
    unsigned long flags;
    int rc = 0;

    if (unlikely(!c))
        return -EINVAL;
    flags = spin_lock_irqsave(&c->lock);
    switch (c->state) {
    case EVTCHNSTAT_interdomain: evtchn_raise(c->interdomain.remote, c->interdomain.peer); break;
    case EVTCHNSTAT_ipi: evtchn_raise(d, c); break;
    case EVTCHNSTAT_unbound: break; /* nobody listens yet; binding raises it once */
    default: rc = -EINVAL; break;
    }
    spin_unlock_irqrestore(&c->lock, flags);
    return rc;
}

/* Ports that are not in use are no error, but their words may be gone: leave them alone. */
int evtchn_unmask(struct domain *d, uint32_t port)
{
    struct evtchn *c = evtchn_of(d, port);
    unsigned long flags;

    if (!c)
        return -EINVAL;
    flags = spin_lock_irqsave(&c->lock);
    if (evtchn_in_use(c))
        evtchn_ops(d)->unmask(d, c);
    spin_unlock_irqrestore(&c->lock, flags);
    return 0;
}

int evtchn_set_priority(struct domain *d, const struct evtchn_set_priority *op)
{
    struct evtchn *c = evtchn_of(d, op->port);
    unsigned long flags;
    int rc = -ENOSYS;

    if (!c)
        return -EINVAL;
    flags = spin_lock_irqsave(&c->lock);
    if (evtchn_ops(d)->set_priority) {
        rc = op->priority > EVTCHN_FIFO_PRIORITY_MIN ? -EINVAL : 0;
        if (!rc)
            evtchn_ops(d)->set_priority(c, op->priority);
    }
    spin_unlock_irqrestore(&c->lock, flags);
    return rc;
}

int evtchn_port_is_pending(struct domain *d, uint32_t port)
{
    struct evtchn *c = evtchn_of(d, port);
    unsigned long flags;
    bool pending;

    if (!c)
        return -EINVAL;
    flags = spin_lock_irqsave(&c->lock);
    pending = evtchn_in_use(c) && evtchn_ops(d)->is_pending(d, c);
    spin_unlock_irqrestore(&c->lock, flags);
    return pending;
}

void evtchn_wake_pollers_slow(struct domain *d, uint32_t port)
{
    unsigned int id;

    bitmap_for_each (id, d->poll_mask, sizeof(d->poll_mask) * 8) {
        struct vcpu *v = domain_vcpu(d, id);
        unsigned long bit = 1UL << (id % BITS_PER_LONG);
        int waits_for = v ? READ_ONCE(v->poll_port) : 0;

        if (waits_for != -1 && waits_for != (int)port)
            continue;
        if (!(__atomic_fetch_and(&d->poll_mask[id / BITS_PER_LONG], ~bit, __ATOMIC_SEQ_CST) & bit))
            continue; /* another event was first */
        WRITE_ONCE(v->poll_port, 0);
        vcpu_unblock(v);
    }
}

void vcpu_mark_events_pending(struct vcpu *v)
{
    vcpu_info_t *info = READ_ONCE(v->info);

    /* A vcpu without vcpu_info learns of its events when it gets one (vcpu_events_resync). */
    if (info && !__atomic_exchange_n(&info->evtchn_upcall_pending, 1, __ATOMIC_SEQ_CST))
        vcpu_kick(v);
}

void vcpu_events_resync(struct vcpu *v)
{
    vcpu_info_t *info = READ_ONCE(v->info);

    if (!info)
        return;
    __atomic_store_n(&info->evtchn_pending_sel, ~(xen_ulong_t)0, __ATOMIC_SEQ_CST);
    __atomic_store_n(&info->evtchn_upcall_pending, 1, __ATOMIC_SEQ_CST);
    vcpu_kick(v);
}
