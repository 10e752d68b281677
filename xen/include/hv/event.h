/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Event channels: interrupts for guests, between guests, and from the hypervisor (virqs, pirqs). */
#ifndef HV_EVENT_H
#define HV_EVENT_H

#include <hv/domain.h>

struct frame_visitor;

/* The states are the ABI's EVTCHNSTAT_*, plus ours below. */
#define EVTCHN_STATE_RESERVED 0xf0 /* port 0, which is never given out */

/*
 * One channel. (c) constant  (e) under the domain's event_lock  (p) under this lock; to change (ep)
 * both are held, to read either. The two ends of a pair change only under both ends' locks, so
 * whoever holds one end's lock may follow it to the other.
 */
struct evtchn {
    struct spinlock lock; /* interrupts off */
    uint32_t port;        /* (c) */
    uint8_t state;        /* (ep) EVTCHNSTAT_* */
    uint8_t priority;     /* (p) FIFO: EVTCHN_FIFO_PRIORITY_* */
    bool pending;         /* (a) FIFO: became pending before the array reached this port */
    uint16_t notify_vcpu; /* (ep) */
    uint16_t last_queue;  /* FIFO: vcpu << 4 | priority it was queued on last; under that vcpu's
                             queue lock, and the new one's to change */
    union {
        struct {
            domid_t remote_id;
        } unbound;
        struct {
            struct domain *remote;
            struct evtchn *peer; /* the other end, in remote */
        } interdomain;
        uint32_t pirq;
        uint32_t virq;
    };
};

/*
 * How events reach the guest: two-level bitmaps or FIFO queues. Called for channels in use while
 * they cannot be closed: under the channel's lock, its peer's, its virq's or its pirq's, or the
 * domain's event_lock.
 */
struct evtchn_port_ops {
    unsigned int nr_ports; /* ports that this way of delivery can name */
    /* Marks it pending, tells the vcpu that it notifies, wakes whoever polls it. */
    void (*set_pending)(struct domain *d, struct evtchn *c);
    void (*clear_pending)(struct domain *d, struct evtchn *c);
    void (*unmask)(struct domain *d, struct evtchn *c);
    bool (*is_pending)(const struct domain *d, const struct evtchn *c);
    bool (*is_masked)(const struct domain *d, const struct evtchn *c);
    /* Still in a queue of the guest's, so not to be given out again; null: never. */
    bool (*is_busy)(const struct domain *d, const struct evtchn *c);
    /* Null where there are no priorities. */
    void (*set_priority)(struct evtchn *c, unsigned int priority);
};

/* The hypercall (event_channel_op), and its old form. Arguments are a guest's. */
long do_event_channel_op(unsigned long cmd, unsigned long arg, unsigned long a3, unsigned long a4,
                         unsigned long a5);
long do_event_channel_op_compat(unsigned long arg, unsigned long a2, unsigned long a3,
                                unsigned long a4, unsigned long a5);

/*
 * Ports up to and including @max_port may be used (lowered to what the ABI can name). After the
 * domain's vcpu array exists. 0, -EINVAL, -ENOMEM.
 */
int evtchn_domain_init(struct domain *d, unsigned int max_port);
/*
 * Closes everything, releases interrupts and guest pages. The domain's vcpus do not run and never
 * will. Takes the event locks of the domain and of those that it has channels to. Idempotent.
 */
void evtchn_domain_destroy(struct domain *d);

/* Closes ports from *next on. False when it must be called again, with *next, a little later. */
bool evtchn_reset(struct domain *d, uint32_t *next);
/* EVTCHNOP_send by @d itself: 0 or -EINVAL (no such port, or one that cannot be sent on). */
int evtchn_send(struct domain *d, uint32_t port);

/* Tells of every reference to guest pages that event delivery keeps. */
void evtchn_visit_frames(const struct domain *d, struct frame_visitor *w);

/* SCHEDOP_poll: 1 if the port is pending, 0 if not, -EINVAL if the domain has no such port. */
int evtchn_port_is_pending(struct domain *d, uint32_t port);
/*
 * A vcpu polls so: poll_port (the port, or -1 for several), then its bit in domain->poll_mask, then
 * VPF_BLOCKED, then a look at the ports. Whoever makes a port pending clears bit and poll_port and
 * calls vcpu_unblock().
 */

/* Raises a virq on a vcpu; a global one on the control domain. Callable in interrupts. */
void virq_raise_vcpu(struct vcpu *v, uint32_t virq);
void virq_raise_global(uint32_t virq);
/* From now on a global virq goes to @d. 0, -EINVAL (not a global one), -ESRCH (dying). */
int virq_set_handler(struct domain *d, uint32_t virq);
/* @d is dying: what it got goes to the control domain again. */
void virq_handler_gone(const struct domain *d);

/* Sets vcpu_info.evtchn_upcall_pending and makes sure that the vcpu sees it. Callable anywhere. */
void vcpu_mark_events_pending(struct vcpu *v);
/* After v->info was set or moved: lets the guest look at every port, so that nothing is lost. */
void vcpu_events_resync(struct vcpu *v);

/*
 * pirqs (event/pirq.c): the guest's view of device interrupts. All take the event_lock of the
 * domain but pirq_irq, pirq_find_by_irq, pirq_needs_eoi and pirq_eoi, which take no such lock.
 */
struct pirq;
/* 0 or -ENOMEM. Undone by evtchn_domain_destroy(). */
int pirq_domain_init(struct domain *d, unsigned int nr_pirqs);
/* Connects pirq number to a hardware irq; -EEXIST if either is connected, -EINVAL, -ENOMEM. */
int pirq_map(struct domain *d, unsigned int pirq, unsigned int irq);
/* Disconnects it, and releases the irq if a port is bound; -EINVAL if it is not connected. */
int pirq_unmap(struct domain *d, unsigned int pirq);
int pirq_irq(const struct domain *d, unsigned int pirq);        /* hardware irq, or -EINVAL */
int pirq_find_by_irq(const struct domain *d, unsigned int irq); /* pirq, or -ENOENT */
/* The first of @count free pirqs in a row at or above @first, or -ENOSPC. Reserves nothing. */
int pirq_alloc(struct domain *d, unsigned int first, unsigned int count);
/* PHYSDEVOP_eoi: the guest has handled it. 0, or -EINVAL if it is not connected. */
int pirq_eoi(struct domain *d, unsigned int pirq);
bool pirq_needs_eoi(const struct domain *d, unsigned int pirq);
/*
 * PHYSDEVOP_pirq_eoi_gmfn_v1 (@auto_unmask) and _v2: the guest's bitmap of pirqs that need an EOI.
 * -EBUSY if there is one, -EINVAL if the frame is not the domain's and writable.
 */
int pirq_eoi_page_set(struct domain *d, gfn_t frame, bool auto_unmask);

#endif
