/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Console key 'e': the event channels of each domain. Without locks, so it may be out of date. */
#include <hv/debug.h>
#include <hv/printk.h>

#include "private.h"

static const char *const names[] = {
    [EVTCHNSTAT_unbound] = "unbound", [EVTCHNSTAT_interdomain] = "interdomain",
    [EVTCHNSTAT_pirq] = "pirq",       [EVTCHNSTAT_virq] = "virq",
    [EVTCHNSTAT_ipi] = "ipi",
};

/* What it is bound to, in one number. */
static uint32_t object_of(const struct evtchn *c)
{
    const struct evtchn *peer;

    switch (c->state) {
    case EVTCHNSTAT_unbound: return c->unbound.remote_id;
    case EVTCHNSTAT_interdomain:
        peer = READ_ONCE(c->interdomain.peer);
        return peer ? peer->port : 0;
    case EVTCHNSTAT_pirq: return c->pirq;
    case EVTCHNSTAT_virq: return c->virq;
    default: return 0;
    }
}

static void dump_domain(struct domain *d)
{
    const struct evtchn_port_ops *ops = evtchn_ops(d);
    const struct evtchn *c;

    printk("d%u event channels (pending, masked):\n", d->id);
    for (uint32_t port = 1; (c = evtchn_of(d, port)); port++)
        if (c->state && c->state < ARRAY_SIZE(names))
            printk("  %4u [%d%d] %s %u, notifies v%u\n", port, ops->is_pending(d, c),
                   ops->is_masked(d, c), names[c->state], object_of(c), c->notify_vcpu);
}

static void dump(void)
{
    if (!domains_try_visit(dump_domain))
        printk("the list of domains is locked\n");
}
DEFINE_CONSOLE_KEY(events, 'e', "event channels", dump);
