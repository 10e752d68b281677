/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Virtual interrupts: from the hypervisor to a vcpu (its timer) or to the control domain (its
 * console). A vcpu's virq_lock keeps a binding in place while an interrupt handler raises it.
 */
#include "private.h"

/* Who gets a global virq, with a reference; null: the control domain. */
static struct spinlock handlers_lock = SPINLOCK_INIT;
static struct domain *handlers[NR_VIRQS]; /* under handlers_lock, interrupts off */

bool virq_is_global(uint32_t virq)
{
    switch (virq) {
    case VIRQ_TIMER:
    case VIRQ_DEBUG:
    case VIRQ_XENOPROF:
    case VIRQ_XENPMU: return false;
    default: return true;
    }
}

/* Sets what @virq of @v is bound to; once 0, no handler is using the old port any more. */
static void virq_port_set(struct vcpu *v, uint32_t virq, uint32_t port)
{
    unsigned long flags = spin_lock_irqsave(&v->virq_lock);

    v->virq_port[virq] = port;
    spin_unlock_irqrestore(&v->virq_lock, flags);
}

int evtchn_bind_virq(struct domain *d, struct evtchn_bind_virq *op)
{
    struct vcpu *v = domain_vcpu(d, op->vcpu);
    struct evtchn *c;
    int rc = -EEXIST;

    if (op->virq >= NR_VIRQS || (virq_is_global(op->virq) && op->vcpu != 0))
        return -EINVAL;
    if (!v)
        return -ENOENT;
    op->virq = index_clamp(op->virq, NR_VIRQS);
    spin_lock(&d->event_lock);
    if (!v->virq_port[op->virq])
        rc = evtchn_reserve_locked(d, &c);
    if (!rc) {
        evtchn_bind_locked(c, EVTCHNSTAT_virq, v->id, op->virq);
        virq_port_set(v, op->virq, c->port);
        op->port = c->port;
    }
    spin_unlock(&d->event_lock);
    return rc;
}

void virq_detach_locked(struct domain *d, const struct evtchn *c)
{
    /* A global one may notify another vcpu by now, but is still bound on the first. */
    struct vcpu *v = domain_vcpu(d, virq_is_global(c->virq) ? 0 : c->notify_vcpu);

    if (v)
        virq_port_set(v, c->virq, 0);
}

void virq_raise_vcpu(struct vcpu *v, uint32_t virq)
{
    unsigned long flags = spin_lock_irqsave(&v->virq_lock);
    uint32_t port = v->virq_port[virq];

    if (port)
        evtchn_raise(v->domain, evtchn_of(v->domain, port));
    spin_unlock_irqrestore(&v->virq_lock, flags);
}

void virq_raise_global(uint32_t virq)
{
    unsigned long flags = spin_lock_irqsave(&handlers_lock);
    struct domain *d = handlers[virq] ? handlers[virq] : READ_ONCE(dom0);
    struct vcpu *v = d ? domain_vcpu(d, 0) : NULL;

    if (v)
        virq_raise_vcpu(v, virq);
    spin_unlock_irqrestore(&handlers_lock, flags);
}

/* The control domain gets it again when @d, which gets it now, is null. */
static void handler_change(uint32_t virq, struct domain *d)
{
    unsigned long flags = spin_lock_irqsave(&handlers_lock);
    struct domain *old = handlers[virq];

    handlers[virq] = d;
    spin_unlock_irqrestore(&handlers_lock, flags);
    if (old)
        domain_put(old);
}

int virq_set_handler(struct domain *d, uint32_t virq)
{
    if (virq >= NR_VIRQS || !virq_is_global(virq))
        return -EINVAL;
    if (domain_is_dying(d))
        return -ESRCH;
    if (d != dom0)
        domain_get(d);
    handler_change(virq, d != dom0 ? d : NULL);
    return 0;
}

void virq_handler_gone(const struct domain *d)
{
    for (uint32_t virq = 0; virq < NR_VIRQS; virq++)
        if (handlers[virq] == d) /* nobody gives it to one that is dying */
            handler_change(virq, NULL);
}
