/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SCHEDOP_poll: the vcpu blocks until one of some ports is pending, whether or not events are
 * masked. It first says what it waits for (poll_port, its bit in the domain's poll_mask,
 * VPF_BLOCKED), then looks at the ports. Who makes a port pending does so first and then looks for
 * pollers, so one of the two sees the other. A wake that comes for another reason is allowed: the
 * guest looks again.
 */
#include "private.h"

#include <hv/errno.h>
#include <hv/event.h>
#include <hv/guest-access.h>

#define POLL_PORTS_MAX 128U
#define POLL_SEVERAL   (-1)

static void poll_begin(struct vcpu *v, int port)
{
    unsigned long *word = &v->domain->poll_mask[v->id / BITS_PER_LONG];

    WRITE_ONCE(v->poll_port, port);
    __atomic_fetch_or(word, 1UL << (v->id % BITS_PER_LONG), __ATOMIC_SEQ_CST);
    __atomic_fetch_or(&v->pause_flags, 1UL << VPF_BLOCKED, __ATOMIC_SEQ_CST);
}

static void poll_cancel(struct vcpu *v)
{
    unsigned long *word = &v->domain->poll_mask[v->id / BITS_PER_LONG];

    __atomic_fetch_and(word, ~(1UL << (v->id % BITS_PER_LONG)), __ATOMIC_SEQ_CST);
    __atomic_fetch_and(&v->pause_flags, ~(1UL << VPF_BLOCKED), __ATOMIC_SEQ_CST);
    WRITE_ONCE(v->poll_port, 0);
}

/* 1: nothing to wait for, 0: wait, -EINVAL: a port that does not exist. */
static int poll_is_over(const struct vcpu *v, const evtchn_port_t *ports, unsigned int count)
{
    int rc = 0;

    if (READ_ONCE(v->info->evtchn_upcall_pending) && !READ_ONCE(v->info->evtchn_upcall_mask))
        return 1;
    for (unsigned int i = 0; i < count && rc == 0; i++)
        rc = evtchn_port_is_pending(v->domain, ports[i]);
    return rc;
}

long sched_poll_ports(struct vcpu *v, const struct sched_poll *poll)
{
    evtchn_port_t ports[POLL_PORTS_MAX];
    int rc;

    if (poll->nr_ports > POLL_PORTS_MAX || v->id >= sizeof(v->domain->poll_mask) * 8)
        return -EINVAL;
    if (guest_copy_from(ports, poll->ports.p, poll->nr_ports * sizeof(ports[0])))
        return -EFAULT;

    poll_begin(v, poll->nr_ports == 1 ? (int)ports[0] : POLL_SEVERAL);
    rc = poll_is_over(v, ports, poll->nr_ports);
    if (rc) {
        poll_cancel(v);
        return rc < 0 ? rc : 0;
    }
    if (poll->timeout)
        timer_set(&v->poll, (nstime_t)poll->timeout);
    softirq_raise(SOFTIRQ_SCHEDULE);
    return 0;
}
