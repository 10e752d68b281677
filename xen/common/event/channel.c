/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of a domain's event channels. It only grows until the domain is destroyed, so finding
 * a channel needs no lock; what the channel is bound to is guarded by the channel's own.
 */
#include "private.h"

#include <hv/alloc.h>

_Static_assert(sizeof(struct evtchn) == 32, "a page holds a power of two of channels");

#define MAX_VCPU_IDS (1U << 12) /* what evtchn.last_queue has room for */

static unsigned int table_order(unsigned int max_ports)
{
    size_t size = (max_ports + BUCKET_CHANNELS - 1) / BUCKET_CHANNELS * sizeof(struct evtchn *);
    unsigned int order = 0;

    while (PAGE_SIZE << order < size)
        order++;
    return order;
}

/* One more page of channels, all closed. */
static int table_grow_locked(struct domain *d)
{
    uint32_t first = d->evtchn_valid;
    struct evtchn *bucket = page_alloc(0);

    if (!bucket)
        return -ENOMEM;
    for (uint32_t i = 0; i < BUCKET_CHANNELS; i++) {
        spin_lock_init(&bucket[i].lock);
        bucket[i].port = first + i;
        bucket[i].priority = EVTCHN_FIFO_PRIORITY_DEFAULT;
    }
    d->evtchn_buckets[first / BUCKET_CHANNELS] = bucket;
    /* Whoever sees the number must see the channels. */
    __atomic_store_n(&d->evtchn_valid, first + BUCKET_CHANNELS, __ATOMIC_RELEASE);
    return 0;
}

int evtchn_domain_init(struct domain *d, unsigned int max_port)
{
    unsigned int max = MIN(max_port, EVTCHN_FIFO_NR_CHANNELS - 1U) + 1;
    int rc;

    if (d->max_vcpus > MAX_VCPU_IDS)
        return -EINVAL;
    spin_lock_init(&d->event_lock);
    d->evtchn_ops = &evtchn_two_level_ops;
    d->evtchn_buckets = page_alloc(table_order(max));
    if (!d->evtchn_buckets)
        return -ENOMEM;
    d->evtchn_max = max;
    rc = table_grow_locked(d);
    if (rc) {
        evtchn_domain_destroy(d);
        return rc;
    }
    evtchn_of(d, 0)->state = EVTCHN_STATE_RESERVED;
    d->evtchn_free_from = 1;
    return 0;
}

static void table_free_locked(struct domain *d)
{
    uint32_t buckets = d->evtchn_valid / BUCKET_CHANNELS;

    if (!d->evtchn_buckets)
        return;
    d->evtchn_valid = 0;
    for (uint32_t i = 0; i < buckets; i++)
        page_free(d->evtchn_buckets[i], 0);
    page_free(d->evtchn_buckets, table_order(d->evtchn_max));
    d->evtchn_buckets = NULL;
    d->evtchn_max = 0;
}

void evtchn_domain_destroy(struct domain *d)
{
    /* A domain that is dying, or was never seen, gets no new channels meanwhile. */
    for (uint32_t port = 1; port < d->evtchn_valid; port++)
        (void)evtchn_close(d, port); /* -EINVAL: was closed */
    spin_lock(&d->event_lock);
    evtchn_fifo_teardown_locked(d);
    table_free_locked(d);
    spin_unlock(&d->event_lock);
    pirq_domain_destroy(d);
}

static bool is_free_locked(const struct domain *d, const struct evtchn *c)
{
    const struct evtchn_port_ops *ops = d->evtchn_ops;

    return c->state == EVTCHNSTAT_closed && !(ops->is_busy && ops->is_busy(d, c));
}

int evtchn_reserve_locked(struct domain *d, struct evtchn **out)
{
    uint32_t end = MIN(d->evtchn_max, d->evtchn_ops->nr_ports);
    uint32_t used = d->evtchn_free_from; /* the ports from free_from up to this are in use */
    int rc;

    if (domain_is_dying(d))
        return -EINVAL;
    for (uint32_t port = d->evtchn_free_from; port < end; port++) {
        if (port >= d->evtchn_valid) {
            rc = table_grow_locked(d);
            if (rc)
                return rc;
        }
        *out = evtchn_of(d, port);
        if (is_free_locked(d, *out)) {
            d->evtchn_free_from = used;
            return 0;
        }
        /* A busy one becomes free without our being told, so the search must not pass it. */
        if (used == port && (*out)->state != EVTCHNSTAT_closed)
            used++;
    }
    d->evtchn_free_from = used;
    return -ENOSPC;
}

void evtchn_bind_locked(struct evtchn *c, uint8_t state, uint32_t vcpu, uint32_t binding)
{
    unsigned long flags = spin_lock_irqsave(&c->lock);

    switch (state) {
    case EVTCHNSTAT_unbound: c->unbound.remote_id = (domid_t)binding; break;
    case EVTCHNSTAT_pirq: c->pirq = binding; break;
    case EVTCHNSTAT_virq: c->virq = binding; break;
    default: break;
    }
    c->notify_vcpu = (uint16_t)vcpu;
    c->state = state;
    spin_unlock_irqrestore(&c->lock, flags);
}

void evtchn_free_locked(struct domain *d, struct evtchn *c)
{
    unsigned long flags = spin_lock_irqsave(&c->lock);

    c->state = EVTCHNSTAT_closed;
    c->notify_vcpu = 0;
    c->priority = EVTCHN_FIFO_PRIORITY_DEFAULT;
    d->evtchn_ops->clear_pending(d, c);
    spin_unlock_irqrestore(&c->lock, flags);
    d->evtchn_free_from = MIN(d->evtchn_free_from, c->port);
}

unsigned long evtchn_lock_pair(struct evtchn *a, struct evtchn *b)
{
    unsigned long flags = spin_lock_irqsave(a < b ? &a->lock : &b->lock);

    spin_lock(a < b ? &b->lock : &a->lock);
    return flags;
}

void evtchn_unlock_pair(struct evtchn *a, struct evtchn *b, unsigned long flags)
{
    spin_unlock(&a->lock);
    spin_unlock_irqrestore(&b->lock, flags);
}
