/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Event channels: interrupts for guests, between guests, and from the hypervisor (virqs, pirqs). */
#ifndef HV_EVENT_H
#define HV_EVENT_H

#include <hv/domain.h>

/* The states are the ABI's EVTCHNSTAT_*, plus ours below. */
#define EVTCHN_STATE_RESERVED 0xf0 /* taken by the hypervisor, between steps */

/*
 * One channel. (e) under the domain's event_lock  (p) under this lock; to change both are held
 * when the comment says (ep).
 */
struct evtchn {
    struct spinlock lock;
    uint32_t port;        /* (c) */
    uint8_t state;        /* (ep) EVTCHNSTAT_* */
    uint8_t priority;     /* (p) FIFO: EVTCHN_FIFO_PRIORITY_* */
    uint8_t last_priority;
    uint16_t last_vcpu;   /* (p) FIFO: where it was queued last */
    uint32_t notify_vcpu; /* (ep) */
    bool pending;         /* FIFO: became pending before the array existed */
    union {
        struct {
            domid_t remote_id;
        } unbound;
        struct {
            struct domain *remote;
            uint32_t remote_port;
        } interdomain;
        uint32_t pirq;
        uint32_t virq;
    };
};

/* How events reach the guest: two-level bitmaps or FIFO queues. Called under the channel's lock. */
struct evtchn_port_ops {
    void (*init)(struct domain *d, struct evtchn *c);
    void (*set_pending)(struct vcpu *v, struct evtchn *c);
    void (*clear_pending)(struct domain *d, struct evtchn *c);
    void (*unmask)(struct domain *d, struct evtchn *c);
    bool (*is_pending)(const struct domain *d, const struct evtchn *c);
    bool (*is_masked)(const struct domain *d, const struct evtchn *c);
    int (*set_priority)(struct domain *d, struct evtchn *c, unsigned int priority);
};

/* The hypercall (event_channel_op) and its old form. Arguments are a guest's. */
long do_event_channel_op(unsigned long cmd, unsigned long arg, unsigned long a3, unsigned long a4,
                         unsigned long a5);

int evtchn_domain_init(struct domain *d, unsigned int max_port);
void evtchn_domain_destroy(struct domain *d);

/* Raises a virq on a vcpu; a global one on the domain that has bound it. Callable in interrupts. */
void virq_raise_vcpu(struct vcpu *v, uint32_t virq);
void virq_raise_global(uint32_t virq);

/* Sets vcpu_info.evtchn_upcall_pending and makes sure that the vcpu sees it. Callable anywhere. */
void vcpu_mark_events_pending(struct vcpu *v);

/*
 * For SCHEDOP_poll: is the port pending, masked or not? 1, 0, or -EINVAL if there is none.
 * Who makes a port pending looks into d->poll_mask afterwards (a full barrier between), takes out
 * the vcpus whose poll_port is this port or -1, and calls vcpu_unblock() on them.
 */
int evtchn_port_poll(struct domain *d, uint32_t port);

/* pirqs (event/pirq.c): the guest's view of device interrupts. */
struct pirq;
int pirq_domain_init(struct domain *d, unsigned int nr_pirqs);
/* Connects pirq number to a hardware irq; -EEXIST if it is. */
int pirq_map(struct domain *d, unsigned int pirq, unsigned int irq);
int pirq_unmap(struct domain *d, unsigned int pirq);
int pirq_irq(const struct domain *d, unsigned int pirq);  /* hardware irq, or -EINVAL */
int pirq_find_by_irq(const struct domain *d, unsigned int irq); /* pirq, or -ENOENT */
int pirq_alloc(struct domain *d, unsigned int first, unsigned int count); /* free run, or -ENOSPC */
/* PHYSDEVOP_eoi: the guest has handled it. */
int pirq_eoi(struct domain *d, unsigned int pirq);
bool pirq_needs_eoi(const struct domain *d, unsigned int pirq);
/* PHYSDEVOP_pirq_eoi_gmfn_v1/v2: the guest's bitmap of pirqs that need an EOI. */
int pirq_eoi_page_set(struct domain *d, gfn_t frame, bool auto_unmask);

#endif
