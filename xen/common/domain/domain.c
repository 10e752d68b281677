/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Domains: creating them, finding them, and what happens when they stop. */
#include <hv/alloc.h>
#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/event.h>
#include <hv/frame.h>
#include <hv/grant.h>
#include <hv/printk.h>
#include <hv/sched.h>
#include <hv/softirq.h>
#include <hv/string.h>
#include <hv/vcpu-op.h>

#include <asm/current.h>

#include "private.h"

struct domain *dom0, *dom_io, *dom_xen, *dom_idle;

static struct spinlock list_lock = SPINLOCK_INIT;
static struct list domains = LIST_INIT(domains);

static struct domain *domain_alloc(domid_t id)
{
    struct domain *d = heap_new(struct domain);

    if (!d)
        return NULL;
    d->id = id;
    d->refs = 1;
    d->page_list = d->page_cursor = FRAME_NONE;
    list_init(&d->link);
    return d;
}

void domain_system_init(void)
{
    dom_io = domain_alloc(DOMID_IO);
    dom_xen = domain_alloc(DOMID_XEN);
    dom_idle = domain_alloc(DOMID_IDLE);
    if (!dom_io || !dom_xen || !dom_idle)
        panic("no memory for the system's own domains");
    domain_destroy_init();
}

bool domain_try_get(struct domain *d)
{
    uint32_t refs = READ_ONCE(d->refs);

    while (refs)
        if (__atomic_compare_exchange_n(&d->refs, &refs, refs + 1, false, __ATOMIC_ACQUIRE,
                                        __ATOMIC_RELAXED))
            return true;
    return false;
}

struct domain *domain_get_by_id(domid_t id)
{
    struct domain *d, *found = NULL;

    if (id == DOMID_SELF) {
        domain_get(current->domain);
        return current->domain;
    }
    spin_lock(&list_lock);
    list_for_each_entry (d, &domains, link)
        if (d->id == id) {
            found = domain_try_get(d) ? d : NULL;
            break;
        }
    spin_unlock(&list_lock);
    return found;
}

struct domain *domain_get_from(domid_t first)
{
    struct domain *d, *found;

    spin_lock(&list_lock);
    do {
        found = NULL;
        list_for_each_entry (d, &domains, link)
            if (d->id >= first && (!found || d->id < found->id) && READ_ONCE(d->refs))
                found = d;
    } while (found && !domain_try_get(found)); /* once it has gone, it is not found again */
    spin_unlock(&list_lock);
    return found;
}

void domains_visit(void (*fn)(struct domain *d))
{
    struct domain *d;

    spin_lock(&list_lock);
    list_for_each_entry (d, &domains, link)
        fn(d);
    spin_unlock(&list_lock);
}

bool domains_try_visit(void (*fn)(struct domain *d))
{
    struct domain *d;

    if (!spin_trylock(&list_lock))
        return false;
    list_for_each_entry (d, &domains, link)
        fn(d);
    spin_unlock(&list_lock);
    return true;
}

int domain_target_get(domid_t id, struct domain **out)
{
    struct domain *d = domain_get_by_id(id);

    if (!d)
        return -ESRCH;
    if (d != current->domain && !current->domain->is_privileged) {
        domain_put(d);
        return -EPERM;
    }
    *out = d;
    return 0;
}

struct domain *domain_get_target(domid_t id)
{
    struct domain *self = current->domain;

    if (id != DOMID_SELF && id != self->id && !self->is_privileged)
        return NULL;
    return domain_get_by_id(id);
}

static bool id_is_used_locked(domid_t id)
{
    struct domain *d;

    list_for_each_entry (d, &domains, link)
        if (d->id == id)
            return true;
    return false;
}

/* Ids are given out in turn, so that one is not soon used again. */
static domid_t id_choose_locked(void)
{
    static domid_t last;
    domid_t id = last;

    do {
        id = id + 1U < DOMID_FIRST_RESERVED ? (domid_t)(id + 1) : 1;
        if (!id_is_used_locked(id)) {
            last = id;
            return id;
        }
    } while (id != last);
    return DOMID_INVALID;
}

/* Gives it its id, and lets it be found. */
static int domain_enter(struct domain *d, domid_t id)
{
    int ret = 0;

    spin_lock(&list_lock);
    d->id = id == DOMID_INVALID ? id_choose_locked() : id;
    if (d->id == DOMID_INVALID)
        ret = -ENOSPC;
    else if (id_is_used_locked(d->id))
        ret = -EEXIST;
    else
        list_append(&domains, &d->link);
    spin_unlock(&list_lock);
    return ret;
}

void domain_leave(struct domain *d)
{
    spin_lock(&list_lock);
    list_remove(&d->link);
    spin_unlock(&list_lock);
}

int domain_create(domid_t id, const struct domain_config *config, struct domain **out)
{
    struct domain *d = domain_alloc(id);
    int ret = -ENOMEM;

    if (!d)
        return -ENOMEM;
    d->is_privileged = d->is_hardware = config->is_privileged;
    d->max_vcpus = config->max_vcpus;
    d->max_pages = config->max_pages;
    domain_watchdog_init(d);
    d->vcpus = heap_array(struct vcpu *, config->max_vcpus);
    d->shared_info = page_alloc(0);
    if (d->vcpus && d->shared_info) {
        domain_share_page(d, d->shared_info, true);
        ret = evtchn_domain_init(d, config->max_evtchn_port);
    }
    if (!ret)
        ret = pirq_domain_init(d, config->nr_pirqs);
    if (!ret)
        ret = grant_table_init(d, config->max_grant_frames, config->max_maptrack_frames);
    if (!ret) {
        grant_max_version_set(d, config->max_grant_version);
        ret = sched_domain_init(d, config->cpupool);
    }
    if (!ret)
        ret = domain_enter(d, id);
    if (ret) {
        evtchn_domain_destroy(d);
        domain_free(d);
        return ret;
    }
    *out = d;
    return 0;
}

int vcpu_create(struct domain *d, unsigned int id, struct vcpu **out)
{
    struct vcpu *v;
    int ret;

    if (id >= d->max_vcpus || d->vcpus[id])
        return -EINVAL;
    v = heap_new(struct vcpu);
    if (!v)
        return -ENOMEM;
    v->domain = d;
    v->id = id;
    v->pause_flags = 1UL << VPF_DOWN;
    cpumask_fill(&v->hard_affinity);
    cpumask_fill(&v->soft_affinity);
    /* Those that shared_info has no place for mask everything until they register one. */
    v->info = id < XEN_LEGACY_MAX_VCPUS ? &d->shared_info->vcpu_info[id] : &vcpu_no_info;
    spin_lock_init(&v->virq_lock);
    ret = arch_vcpu_init(v);
    if (!ret)
        ret = sched_vcpu_init(v);
    if (ret) {
        arch_vcpu_destroy(v);
        heap_free(v);
        return ret;
    }
    __atomic_store_n(&d->vcpus[id], v, __ATOMIC_RELEASE);
    *out = v;
    return 0;
}

/* Nothing of it runs any more. The control domain is told. */
static bool stop(struct domain *d, uint8_t code)
{
    bool first;

    spin_lock(&d->shutdown_lock);
    first = !d->is_shut_down;
    if (first) {
        d->is_shut_down = true;
        if (!d->shutdown_code_latched)
            d->shutdown_code = code;
    }
    spin_unlock(&d->shutdown_lock);
    return first;
}

void domain_shutdown(struct domain *d, uint8_t code)
{
    if (d->is_hardware)
        hardware_domain_shutdown(code);
    if (!stop(d, code))
        return;
    domain_pause_nosync(d);
    /* Whoever waits for a suspended domain may have asked to be told directly. */
    if (d->shutdown_code != SHUTDOWN_suspend || !d->suspend_port || evtchn_send(d, d->suspend_port))
        virq_raise_global(VIRQ_DOM_EXC);
    softirq_raise(SOFTIRQ_SCHEDULE);
}

void domain_resume(struct domain *d)
{
    bool was_down;

    spin_lock(&d->shutdown_lock);
    was_down = d->is_shut_down;
    d->is_shut_down = d->shutdown_code_latched = false;
    d->shutdown_code = 0;
    spin_unlock(&d->shutdown_lock);
    if (was_down)
        domain_unpause(d);
}

void domain_crash(struct domain *d, const char *fmt, ...)
{
    va_list args;

    if (d->is_shut_down)
        return;
    printk(LOG_ERR "domain %u crashes: ", d->id);
    va_start(args, fmt);
    vprintk(fmt, args);
    va_end(args);
    printk(LOG_ERR "\n");
    if (current && current->domain == d)
        arch_vcpu_print(current);
    domain_shutdown(d, SHUTDOWN_crash);
}
