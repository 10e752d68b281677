/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Event channels: what the files of this folder share.
 *
 * Lock order: the lock of virq handlers, or pairing_lock, then the event_locks of one or two
 * domains, then a vcpu's virq_lock or a pirq's lock, then the locks of one channel or of two in
 * order of address, then the FIFO queue locks of one or two vcpus in order of address, then the
 * scheduler's. From virq_lock on, interrupts are off.
 */
#ifndef EVENT_PRIVATE_H
#define EVENT_PRIVATE_H

#include <hv/errno.h>
#include <hv/event.h>
#include <hv/speculation.h>

/* Channels live in pages of their own; a domain's table of buckets points to the pages. */
#define BUCKET_CHANNELS (PAGE_SIZE / sizeof(struct evtchn))

extern const struct evtchn_port_ops evtchn_two_level_ops, evtchn_fifo_ops;

/*
 * Whoever holds this may take the event_locks of two domains in any order; while it is held, no
 * pair of channels is made or broken, so a remote domain stays as long as the pair does.
 */
extern struct spinlock evtchn_pairing_lock;

/* The channel behind a port number from a guest, or null. No lock needed. */
static inline struct evtchn *evtchn_of(const struct domain *d, uint32_t port)
{
    uint32_t valid = __atomic_load_n(&d->evtchn_valid, __ATOMIC_ACQUIRE);

    if (unlikely(port >= valid))
        return NULL;
    port = index_clamp(port, valid);
    return &d->evtchn_buckets[port / BUCKET_CHANNELS][port % BUCKET_CHANNELS];
}

static inline bool evtchn_in_use(const struct evtchn *c)
{
    return c->state != EVTCHNSTAT_closed && c->state != EVTCHN_STATE_RESERVED;
}

static inline const struct evtchn_port_ops *evtchn_ops(const struct domain *d)
{
    return READ_ONCE(d->evtchn_ops);
}

/* Makes @c of @d pending; locks as for struct evtchn_port_ops. */
static inline void evtchn_raise(struct domain *d, struct evtchn *c)
{
    evtchn_ops(d)->set_pending(d, c);
}

/* The vcpu that @c notifies; null if the domain does not have it yet. */
static inline struct vcpu *evtchn_vcpu(const struct domain *d, const struct evtchn *c)
{
    return domain_vcpu(d, READ_ONCE(c->notify_vcpu));
}

void evtchn_wake_pollers_slow(struct domain *d, uint32_t port);

/* A port became pending, masked or not: ends SCHEDOP_poll of those who wait for it. */
static inline void evtchn_wake_pollers(struct domain *d, uint32_t port)
{
    unsigned long any = 0;

    for (unsigned int i = 0; i < ARRAY_SIZE(d->poll_mask); i++)
        any |= READ_ONCE(d->poll_mask[i]);
    if (unlikely(any))
        evtchn_wake_pollers_slow(d, port);
}

/*
 * A closed channel in *out, which the caller may put to use before it drops the event_lock.
 * 0, -EINVAL (dying), -ENOSPC, -ENOMEM.
 */
int evtchn_reserve_locked(struct domain *d, struct evtchn **out) __must_check;
/* Puts a reserved channel to use; @binding is the kind's: remote domain, pirq, or virq. */
void evtchn_bind_locked(struct evtchn *c, uint8_t state, uint32_t vcpu, uint32_t binding);
/* Back to closed, whatever it was; nothing else points to it any more. */
void evtchn_free_locked(struct domain *d, struct evtchn *c);

/* Takes both channels' locks, interrupts off. */
unsigned long evtchn_lock_pair(struct evtchn *a, struct evtchn *b);
void evtchn_unlock_pair(struct evtchn *a, struct evtchn *b, unsigned long flags);

/* Sub-operations: arguments already copied in, results in *op. */
int evtchn_alloc_unbound(struct evtchn_alloc_unbound *op);
int evtchn_bind_interdomain(struct domain *ld, struct evtchn_bind_interdomain *op);
int evtchn_bind_virq(struct domain *d, struct evtchn_bind_virq *op);
int evtchn_bind_ipi(struct domain *d, struct evtchn_bind_ipi *op);
int evtchn_bind_pirq(struct domain *d, struct evtchn_bind_pirq *op);
int evtchn_bind_vcpu(struct domain *d, const struct evtchn_bind_vcpu *op);
int evtchn_close(struct domain *d, uint32_t port);
int evtchn_unmask(struct domain *d, uint32_t port);
int evtchn_status(struct evtchn_status *op);
int evtchn_init_control(struct domain *d, struct evtchn_init_control *op);
int evtchn_expand_array(struct domain *d, const struct evtchn_expand_array *op);
int evtchn_set_priority(struct domain *d, const struct evtchn_set_priority *op);

/* True for virqs that a domain has one of, not one per vcpu. */
bool virq_is_global(uint32_t virq);
void virq_detach_locked(struct domain *d, const struct evtchn *c);
void pirq_detach_locked(struct domain *d, const struct evtchn *c);
void pirq_follow_vcpu_locked(struct domain *d, const struct evtchn *c, const struct vcpu *v);
void pirq_visit_frames(const struct domain *d, struct frame_visitor *w);
/* Releases all that pirq_domain_init() and pirq_map() took; no port is bound any more. */
void pirq_domain_destroy(struct domain *d);

/* Frees the FIFO pages of the guest and goes back to two-level; every channel is closed. */
void evtchn_fifo_teardown_locked(struct domain *d);
/* Delivers what is pending but in no queue, for ports from @first up to but not @end. */
void evtchn_fifo_resend_locked(struct domain *d, uint32_t first, uint32_t end);
/* Takes over what is pending in the bitmaps; it is delivered when the array reaches the port. */
void evtchn_two_level_drain_locked(struct domain *d);

#endif
