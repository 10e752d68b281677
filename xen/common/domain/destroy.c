/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The end of a domain. domain_kill() takes everything from it, one step after the other, each to be
 * continued where it stopped. What remains are frames that others still map: each frame list that
 * is not empty holds a reference. The last reference frees the domain, in a softirq, since it may
 * go in any context. The control domain hears of it twice: nothing runs any more, and it is gone.
 */
#include <hv/alloc.h>
#include <hv/console.h>
#include <hv/errno.h>
#include <hv/event.h>
#include <hv/frame.h>
#include <hv/grant.h>
#include <hv/hypercall.h>
#include <hv/init.h>
#include <hv/memory.h>
#include <hv/printk.h>
#include <hv/sched.h>
#include <hv/softirq.h>
#include <hv/vcpu-op.h>

#include "private.h"

#define FRAMES_BATCH 256U /* frames given back between looks at the clock */

static struct spinlock dead_lock = SPINLOCK_INIT;
static struct list dead = LIST_INIT(dead); /* without references, by domain->dead_link */

/* Who looked at the state under one of these locks is done with what it started. */
static void wait_for_users(struct domain *d)
{
    struct spinlock *const locks[] = { &d->page_lock, &d->event_lock, &d->shutdown_lock };

    for (unsigned int i = 0; i < ARRAY_SIZE(locks); i++) {
        spin_lock(locks[i]);
        spin_unlock(locks[i]);
    }
}

static int step_stop(struct domain *d)
{
    domain_pause(d);
    WRITE_ONCE(d->state, DOMAIN_DYING);
    wait_for_users(d);
    arch_domain_unload(d);
    arch_domain_destroy(d);
    virq_handler_gone(d);
    domain_watchdog_destroy(d);
    d->death_port = 1;
    return 0;
}

static int step_events(struct domain *d)
{
    if (!evtchn_reset(d, &d->death_port))
        return -ERESTART;
    evtchn_domain_destroy(d);
    return 0;
}

static int step_vcpus(struct domain *d)
{
    struct vcpu *v;

    for_each_vcpu (d, v) {
        vcpu_timer_destroy(v);
        vcpu_info_release(v);
        arch_vcpu_release(v);
    }
    claim_release(d);
    console_guest_destroy(d);
    domain_frames_begin(d);
    return 0;
}

static int step_tables(struct domain *d)
{
    int ret = arch_domain_release_tables(d);

    if (!ret)
        domain_frames_begin(d);
    return ret;
}

static int step_frames(struct domain *d)
{
    struct release_batch batch;
    struct frame *pg = NULL;

    domain_release_begin(&batch, d);
    for (unsigned int i = 0; i < FRAMES_BATCH && (pg = domain_frames_next(d)) != NULL; i++) {
        domain_drop_owner_ref(pg);
        frame_put(pg);
    }
    domain_release_end(&batch);
    return pg ? -ERESTART : 0;
}

static int step_finish(struct domain *d)
{
    WRITE_ONCE(d->state, DOMAIN_DEAD);
    virq_raise_global(VIRQ_DOM_EXC);
    domain_put(d); /* the one of its creation */
    return 0;
}

static int (*const steps[])(struct domain *d) = {
    step_stop,   step_events, grant_release_mappings, step_vcpus, step_tables,
    step_frames, step_finish,
};

int domain_kill(struct domain *d)
{
    int ret = 0;

    while (!ret && d->death_step < ARRAY_SIZE(steps)) {
        ret = steps[d->death_step](d);
        if (!ret)
            d->death_step++;
        else if (ret == -ERESTART && !hypercall_preempt_check())
            ret = 0;
    }
    return ret;
}

void domain_put(struct domain *d)
{
    unsigned long flags;

    if (likely(__atomic_sub_fetch(&d->refs, 1, __ATOMIC_ACQ_REL)))
        return;
    flags = spin_lock_irqsave(&dead_lock);
    list_append(&dead, &d->dead_link);
    spin_unlock_irqrestore(&dead_lock, flags);
    softirq_raise(SOFTIRQ_DOMAIN);
}

static void vcpus_free(struct domain *d)
{
    struct vcpu *v;

    if (!d->vcpus)
        return;
    for_each_vcpu (d, v) {
        sched_vcpu_destroy(v);
        arch_vcpu_destroy(v);
        heap_free(v);
    }
    heap_free(d->vcpus);
}

void domain_free(struct domain *d)
{
    vcpus_free(d);
    sched_domain_destroy(d);
    grant_table_destroy(d);
    if (d->shared_info)
        domain_unshare_page(d->shared_info);
    heap_free(d);
}

static struct domain *dead_take(void)
{
    unsigned long flags = spin_lock_irqsave(&dead_lock);
    struct domain *d = NULL;

    if (!list_is_empty(&dead)) {
        d = list_first(&dead, struct domain, dead_link);
        list_remove(&d->dead_link);
    }
    spin_unlock_irqrestore(&dead_lock, flags);
    return d;
}

/* SOFTIRQ_DOMAIN: no lock is held, interrupts are on. */
static void bury(void)
{
    struct domain *d;

    while ((d = dead_take()) != NULL) {
        domain_leave(d);
        domain_free(d);
        virq_raise_global(VIRQ_DOM_EXC);
    }
}

void domain_destroy_init(void)
{
    softirq_register(SOFTIRQ_DOMAIN, bury);
}
