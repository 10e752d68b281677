/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A domain's watchdogs (SCHEDOP_watchdog): unless poked in time, they shut the domain down. */
#include "private.h"

#include <hv/errno.h>

static void watchdog_expired(void *arg)
{
    domain_shutdown(arg, SHUTDOWN_watchdog);
}

void domain_watchdog_init(struct domain *d)
{
    spin_lock_init(&d->watchdog_lock);
    d->watchdogs_in_use = 0;
    for (unsigned int i = 0; i < NR_DOMAIN_WATCHDOGS; i++)
        timer_init(&d->watchdogs[i], watchdog_expired, d, smp_cpu_id());
}

void domain_watchdog_destroy(struct domain *d)
{
    for (unsigned int i = 0; i < NR_DOMAIN_WATCHDOGS; i++)
        timer_kill(&d->watchdogs[i]);
}

/* A new watchdog: its id, or -EINVAL, -ENOSPC. */
static long watchdog_start_locked(struct domain *d, uint32_t timeout_s)
{
    if (timeout_s == 0)
        return -EINVAL;
    for (unsigned int i = 0; i < NR_DOMAIN_WATCHDOGS; i++) {
        if (d->watchdogs_in_use & (1U << i))
            continue;
        d->watchdogs_in_use |= 1U << i;
        timer_set(&d->watchdogs[i], time_now() + timeout_s * NS_PER_S);
        return i + 1;
    }
    return -ENOSPC;
}

/* An existing one: poked, or with no timeout ended. */
static long watchdog_poke_locked(struct domain *d, uint32_t id, uint32_t timeout_s)
{
    unsigned int i = id - 1;

    if (i >= NR_DOMAIN_WATCHDOGS || !(d->watchdogs_in_use & (1U << i)))
        return -EINVAL;
    if (timeout_s == 0) {
        d->watchdogs_in_use &= ~(1U << i);
        timer_stop(&d->watchdogs[i]);
    } else {
        timer_set(&d->watchdogs[i], time_now() + timeout_s * NS_PER_S);
    }
    return 0;
}

long domain_watchdog(struct domain *d, uint32_t id, uint32_t timeout_s)
{
    long rc;

    spin_lock(&d->watchdog_lock);
    rc = id ? watchdog_poke_locked(d, id, timeout_s) : watchdog_start_locked(d, timeout_s);
    spin_unlock(&d->watchdog_lock);
    return rc;
}
