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

#include <asm/current.h>

struct domain *dom0, *dom_io, *dom_xen, *dom_idle;

static vcpu_info_t no_info = { .evtchn_upcall_mask = 1 };
static struct spinlock list_lock = SPINLOCK_INIT;
static struct list domains = LIST_INIT(domains);

static struct domain *domain_alloc(domid_t id)
{
    struct domain *d = heap_new(struct domain);

    if (!d)
        return NULL;
    d->id = id;
    d->refs = 1;
    d->page_list = FRAME_NONE;
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
            domain_get(d);
            found = d;
            break;
        }
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

struct domain *domain_get_target(domid_t id)
{
    struct domain *self = current->domain;

    if (id != DOMID_SELF && id != self->id && !self->is_privileged)
        return NULL;
    return domain_get_by_id(id);
}

void domain_put(struct domain *d)
{
    uint32_t left = __atomic_sub_fetch(&d->refs, 1, __ATOMIC_RELEASE);

    ASSERT(left != UINT32_MAX);
    (void)left;
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
    d->vcpus = heap_array(struct vcpu *, config->max_vcpus);
    d->shared_info = page_alloc(0);
    if (!d->vcpus || !d->shared_info)
        goto free;
    domain_share_page(d, d->shared_info, true);
    domain_watchdog_init(d);
    ret = evtchn_domain_init(d, config->max_evtchn_port);
    if (ret)
        goto free;
    ret = pirq_domain_init(d, config->nr_pirqs);
    if (!ret)
        ret = grant_table_init(d, config->max_grant_frames, config->max_maptrack_frames);
    if (ret)
        goto free_events;
    spin_lock(&list_lock);
    list_append(&domains, &d->link);
    spin_unlock(&list_lock);
    *out = d;
    return 0;

free_events:
    evtchn_domain_destroy(d);
free:
    page_free(d->shared_info, 0);
    heap_free(d->vcpus);
    heap_free(d);
    return ret;
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
    v->info = id < XEN_LEGACY_MAX_VCPUS ? &d->shared_info->vcpu_info[id] : &no_info;
    spin_lock_init(&v->virq_lock);
    ret = arch_vcpu_init(v);
    if (!ret)
        ret = sched_vcpu_init(v);
    if (ret) {
        heap_free(v);
        return ret;
    }
    vcpu_timer_init(v);
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
    virq_raise_global(VIRQ_DOM_EXC);
    softirq_raise(SOFTIRQ_SCHEDULE);
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
