/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two-level delivery: a bit per port in shared_info says pending, another masked; a bit per word of
 * them in vcpu_info says where to look. A word is the guest's unsigned long: how many ports that
 * makes, and which selector bit belongs to a port, is known only here.
 */
#include "private.h"

#define WORD_BITS (8 * sizeof(xen_ulong_t))

static xen_ulong_t port_bit(const struct evtchn *c)
{
    return (xen_ulong_t)1 << (c->port % WORD_BITS);
}

static xen_ulong_t *pending_word(const struct domain *d, const struct evtchn *c)
{
    return &d->shared_info->evtchn_pending[c->port / WORD_BITS];
}

static xen_ulong_t *mask_word(const struct domain *d, const struct evtchn *c)
{
    return &d->shared_info->evtchn_mask[c->port / WORD_BITS];
}

/* Tells the vcpu in which word to look. */
static void select_word(const struct domain *d, const struct evtchn *c)
{
    struct vcpu *v = evtchn_vcpu(d, c);
    vcpu_info_t *info = v ? READ_ONCE(v->info) : NULL;
    xen_ulong_t word = (xen_ulong_t)1 << (c->port / WORD_BITS);

    if (info && !(__atomic_fetch_or(&info->evtchn_pending_sel, word, __ATOMIC_SEQ_CST) & word))
        vcpu_mark_events_pending(v);
}

static bool two_level_is_masked(const struct domain *d, const struct evtchn *c)
{
    return READ_ONCE(*mask_word(d, c)) & port_bit(c);
}

static bool two_level_is_pending(const struct domain *d, const struct evtchn *c)
{
    return READ_ONCE(*pending_word(d, c)) & port_bit(c);
}

static void two_level_set_pending(struct domain *d, struct evtchn *c)
{
    xen_ulong_t bit = port_bit(c);

    if (__atomic_fetch_or(pending_word(d, c), bit, __ATOMIC_SEQ_CST) & bit)
        return; /* the guest has yet to see the one before */
    if (!two_level_is_masked(d, c))
        select_word(d, c);
    evtchn_wake_pollers(d, c->port);
}

static void two_level_clear_pending(struct domain *d, struct evtchn *c)
{
    __atomic_fetch_and(pending_word(d, c), ~port_bit(c), __ATOMIC_SEQ_CST);
}

static void two_level_unmask(struct domain *d, struct evtchn *c)
{
    xen_ulong_t bit = port_bit(c);

    if ((__atomic_fetch_and(mask_word(d, c), ~bit, __ATOMIC_SEQ_CST) & bit) &&
        two_level_is_pending(d, c))
        select_word(d, c);
}

void evtchn_two_level_drain_locked(struct domain *d)
{
    uint32_t end = MIN(d->evtchn_valid, (uint32_t)EVTCHN_2L_NR_CHANNELS);

    for (uint32_t port = 1; port < end; port++) {
        struct evtchn *c = evtchn_of(d, port);

        if (evtchn_in_use(c) && two_level_is_pending(d, c))
            __atomic_store_n(&c->pending, true, __ATOMIC_SEQ_CST);
    }
}

const struct evtchn_port_ops evtchn_two_level_ops = {
    .nr_ports = EVTCHN_2L_NR_CHANNELS,
    .set_pending = two_level_set_pending,
    .clear_pending = two_level_clear_pending,
    .unmask = two_level_unmask,
    .is_pending = two_level_is_pending,
    .is_masked = two_level_is_masked,
};
