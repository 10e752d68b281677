/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Device interrupts as a domain sees them: pirq numbers of its own, each connected to a hardware
 * irq, and bound to a port while the guest's driver uses it. A level-triggered interrupt stays
 * unacknowledged at the hardware until the guest says that it has dealt with the device.
 */
#include "private.h"

#include <hv/alloc.h>
#include <hv/frame.h>
#include <hv/grant.h>
#include <hv/irq.h>

#include <asm/current.h>

#define IRQ_NONE UINT32_MAX

/* Made when first connected, kept until the domain ends, so that finding one needs no lock. */
struct pirq {
    struct spinlock lock;  /* interrupts off */
    uint32_t number;       /* (c) */
    uint32_t irq;          /* (e) to change; IRQ_NONE: not connected */
    uint32_t port;         /* (e) and the lock to change; 0: not bound, and the irq is not ours */
    bool in_service;       /* under the lock: the hardware waits for the guest's EOI */
    struct domain *domain; /* (c) */
};

struct pirq_eoi_page {
    struct frame *frame;
    unsigned long *map; /* the guest's: a bit per pirq */
    bool auto_unmask;   /* an EOI unmasks the port, too */
};

static struct pirq *pirq_of(const struct domain *d, unsigned int pirq)
{
    if (pirq >= d->nr_pirqs)
        return NULL;
    return __atomic_load_n(&d->pirqs[index_clamp(pirq, d->nr_pirqs)], __ATOMIC_ACQUIRE);
}

static bool is_connected(const struct pirq *p)
{
    return p && READ_ONCE(p->irq) != IRQ_NONE;
}

int pirq_domain_init(struct domain *d, unsigned int nr_pirqs)
{
    d->pirqs = heap_array(struct pirq *, nr_pirqs);
    if (!d->pirqs)
        return -ENOMEM;
    d->nr_pirqs = nr_pirqs;
    return 0;
}

void pirq_domain_destroy(struct domain *d)
{
    for (unsigned int i = 0; i < d->nr_pirqs; i++)
        heap_free(d->pirqs[i]);
    d->nr_pirqs = 0;
    heap_free(d->pirqs);
    d->pirqs = NULL;
    if (d->pirq_eoi_page) {
        unmap_frame(d->pirq_eoi_page->map);
        frame_put_and_type(d->pirq_eoi_page->frame);
        heap_free(d->pirq_eoi_page);
        d->pirq_eoi_page = NULL;
    }
}

int pirq_irq(const struct domain *d, unsigned int pirq)
{
    const struct pirq *p = pirq_of(d, pirq);

    return is_connected(p) ? (int)READ_ONCE(p->irq) : -EINVAL;
}

int pirq_find_by_irq(const struct domain *d, unsigned int irq)
{
    for (unsigned int i = 0; i < d->nr_pirqs; i++) {
        const struct pirq *p = pirq_of(d, i);

        if (is_connected(p) && READ_ONCE(p->irq) == irq)
            return (int)i;
    }
    return -ENOENT;
}

int pirq_alloc(struct domain *d, unsigned int first, unsigned int count)
{
    unsigned int run = 0;
    int found = -ENOSPC;

    spin_lock(&d->event_lock);
    for (unsigned int i = first; i < d->nr_pirqs && found < 0 && count; i++) {
        run = is_connected(d->pirqs[i]) ? 0 : run + 1;
        if (run == count)
            found = (int)(i + 1 - count);
    }
    spin_unlock(&d->event_lock);
    return found;
}

/* The object for a number, made if this is its first use. */
static struct pirq *pirq_make_locked(struct domain *d, unsigned int pirq)
{
    struct pirq *p = d->pirqs[pirq];

    if (p)
        return p;
    p = heap_new(struct pirq);
    if (!p)
        return NULL;
    spin_lock_init(&p->lock);
    p->number = pirq;
    p->irq = IRQ_NONE;
    p->domain = d;
    __atomic_store_n(&d->pirqs[pirq], p, __ATOMIC_RELEASE);
    return p;
}

static int pirq_map_locked(struct domain *d, unsigned int pirq, unsigned int irq)
{
    struct pirq *p;

    if (domain_is_dying(d))
        return -EINVAL;
    if (is_connected(d->pirqs[pirq]) || pirq_find_by_irq(d, irq) >= 0)
        return -EEXIST;
    p = pirq_make_locked(d, pirq);
    if (!p)
        return -ENOMEM;
    WRITE_ONCE(p->irq, irq);
    return 0;
}

int pirq_map(struct domain *d, unsigned int pirq, unsigned int irq)
{
    int rc;

    if (pirq >= d->nr_pirqs || irq >= NR_IRQS)
        return -EINVAL;
    spin_lock(&d->event_lock);
    rc = pirq_map_locked(d, pirq, irq);
    spin_unlock(&d->event_lock);
    return rc;
}

/* In interrupt context. The port cannot be closed while we hold the pirq's lock. */
static void pirq_interrupt(unsigned int irq, void *arg)
{
    struct pirq *p = arg;
    bool level = irq_is_level(irq);

    spin_lock(&p->lock);
    if (p->port) {
        p->in_service = level;
        evtchn_raise(p->domain, evtchn_of(p->domain, p->port));
    } else if (level) {
        irq_end(irq); /* being unbound: no guest will */
    }
    spin_unlock(&p->lock);
}

bool pirq_needs_eoi(const struct domain *d, unsigned int pirq)
{
    const struct pirq *p = pirq_of(d, pirq);
    uint32_t irq = p ? READ_ONCE(p->irq) : IRQ_NONE;

    return irq != IRQ_NONE && irq_is_level(irq);
}

static void eoi_bit_update_locked(struct domain *d, unsigned int pirq)
{
    unsigned long bit = 1UL << (pirq % BITS_PER_LONG), *word;

    if (!d->pirq_eoi_page || pirq >= PAGE_SIZE * 8)
        return;
    word = &d->pirq_eoi_page->map[pirq / BITS_PER_LONG];
    if (pirq_needs_eoi(d, pirq))
        __atomic_fetch_or(word, bit, __ATOMIC_SEQ_CST);
    else
        __atomic_fetch_and(word, ~bit, __ATOMIC_SEQ_CST);
}

/* Connects hardware and port; on failure nothing has changed. */
static int attach_locked(struct domain *d, struct pirq *p, const struct evtchn *c)
{
    const struct vcpu *v = evtchn_vcpu(d, c);
    int rc;

    WRITE_ONCE(p->port, c->port);
    rc = irq_request(p->irq, pirq_interrupt, p);
    if (rc) {
        WRITE_ONCE(p->port, 0);
        return rc;
    }
    if (v)
        irq_set_affinity(p->irq, v->cpu);
    eoi_bit_update_locked(d, p->number);
    irq_unmask(p->irq);
    return 0;
}

static void release_locked(struct pirq *p)
{
    unsigned long flags;
    bool in_service;

    irq_mask(p->irq);
    flags = spin_lock_irqsave(&p->lock);
    p->port = 0;
    in_service = p->in_service;
    p->in_service = false;
    spin_unlock_irqrestore(&p->lock, flags);
    if (in_service)
        irq_end(p->irq);
    irq_release(p->irq);
}

/* Of a domain that may use pirqs at all: all of its own, and the control domain any. */
static int may_bind(const struct domain *d, unsigned int pirq)
{
    if (pirq >= d->nr_pirqs)
        return -EINVAL;
    if (!is_connected(pirq_of(d, pirq)))
        return d->is_hardware || d->is_privileged ? -EINVAL : -EPERM;
    return 0;
}

static int bind_locked(struct domain *d, struct evtchn_bind_pirq *op)
{
    struct pirq *p = d->pirqs[op->pirq];
    struct evtchn *c;
    int rc = may_bind(d, op->pirq);

    if (rc)
        return rc;
    if (p->port)
        return -EEXIST;
    rc = evtchn_reserve_locked(d, &c);
    if (rc)
        return rc;
    evtchn_bind_locked(c, EVTCHNSTAT_pirq, 0, op->pirq);
    rc = attach_locked(d, p, c);
    if (rc)
        evtchn_free_locked(d, c);
    op->port = c->port;
    return rc;
}

int evtchn_bind_pirq(struct domain *d, struct evtchn_bind_pirq *op)
{
    int rc;

    if (op->pirq >= d->nr_pirqs)
        return -EINVAL;
    op->pirq = index_clamp(op->pirq, d->nr_pirqs);
    spin_lock(&d->event_lock);
    rc = bind_locked(d, op);
    spin_unlock(&d->event_lock);
    return rc;
}

void pirq_detach_locked(struct domain *d, const struct evtchn *c)
{
    struct pirq *p = pirq_of(d, c->pirq);

    if (p && p->port == c->port) /* it was not unmapped under the channel */
        release_locked(p);
}

void pirq_follow_vcpu_locked(struct domain *d, const struct evtchn *c, const struct vcpu *v)
{
    const struct pirq *p = pirq_of(d, c->pirq);

    if (p && p->port == c->port)
        irq_set_affinity(p->irq, v->cpu);
}

int pirq_unmap(struct domain *d, unsigned int pirq)
{
    struct pirq *p = pirq_of(d, pirq);
    int rc = -EINVAL;

    spin_lock(&d->event_lock);
    if (is_connected(p)) {
        if (p->port)
            release_locked(p);
        WRITE_ONCE(p->irq, IRQ_NONE);
        eoi_bit_update_locked(d, pirq);
        rc = 0;
    }
    spin_unlock(&d->event_lock);
    return rc;
}

int pirq_eoi(struct domain *d, unsigned int pirq)
{
    struct pirq *p = pirq_of(d, pirq);
    const struct pirq_eoi_page *page = READ_ONCE(d->pirq_eoi_page);
    unsigned long flags;
    uint32_t port;

    if (!is_connected(p))
        return -EINVAL;
    flags = spin_lock_irqsave(&p->lock);
    port = p->port;
    if (p->in_service) {
        p->in_service = false;
        irq_end(p->irq);
    }
    spin_unlock_irqrestore(&p->lock, flags);
    if (page && page->auto_unmask && port)
        (void)evtchn_unmask(d, port); /* never fails: the port exists */
    return 0;
}

static int eoi_page_set_locked(struct domain *d, struct frame *pg, bool auto_unmask)
{
    struct pirq_eoi_page *page;

    if (d->pirq_eoi_page)
        return -EBUSY;
    page = heap_new(struct pirq_eoi_page);
    if (!page)
        return -ENOMEM;
    page->frame = pg;
    page->map = map_frame(frame_mfn(pg));
    page->auto_unmask = auto_unmask;
    __atomic_store_n(&d->pirq_eoi_page, page, __ATOMIC_RELEASE);
    for (unsigned int i = 0; i < d->nr_pirqs; i++)
        eoi_bit_update_locked(d, i);
    return 0;
}

void pirq_visit_frames(const struct domain *d, struct frame_visitor *w)
{
    if (d->pirq_eoi_page)
        w->use(w, d->pirq_eoi_page->frame, TYPE_WRITABLE, 1);
}

int pirq_eoi_page_set(struct domain *d, gfn_t frame, bool auto_unmask)
{
    mfn_t m = arch_gfn_to_mfn(d, frame);
    int rc;

    if (!mfn_is_valid(m) || frame_get_and_type(frame_of(m), d, TYPE_WRITABLE))
        return -EINVAL;
    spin_lock(&d->event_lock);
    rc = eoi_page_set_locked(d, frame_of(m), auto_unmask);
    spin_unlock(&d->event_lock);
    if (rc)
        frame_put_and_type(frame_of(m));
    return rc;
}
