/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The fakes behind event-world.h. */
#include "event-world.h"

#include <hv/alloc.h>
#include <hv/frame.h>
#include <hv/grant.h>
#include <hv/guest-access.h>
#include <hv/hypercall.h>
#include <hv/sched.h>

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct world world;
struct domain *dom0 = &world.domains[0];

static struct frame frames[WORLD_FRAMES];
struct frame *const frame_table = frames;
uint64_t frame_limit = WORLD_FRAMES;

static bool allocation_fails(void)
{
    return world.fail_allocation_in && --world.fail_allocation_in == 0;
}

void *heap_zalloc(size_t size)
{
    if (allocation_fails())
        return NULL;
    world.allocations++;
    return calloc(1, size);
}

void heap_free(void *p)
{
    world.allocations -= p != NULL;
    free(p);
}

void *page_alloc(unsigned int order)
{
    void *p;

    if (allocation_fails())
        return NULL;
    world.allocations++;
    p = aligned_alloc(PAGE_SIZE, PAGE_SIZE << order);
    return memset(p, 0, PAGE_SIZE << order);
}

void page_free(void *va, unsigned int order)
{
    (void)order;
    world.allocations -= va != NULL;
    free(va);
}

void spin_lock_wait(struct spinlock *l, uint16_t ticket)
{
    if (world.on_lock_wait) {
        world.on_lock_wait();
    } else if (!world.threads) {
        fprintf(stderr, "a lock is taken twice\n");
        abort();
    }
    while (READ_ONCE(l->head) != ticket)
        sched_yield();
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

struct domain *domain_get_by_id(domid_t id)
{
    struct domain *d = id == DOMID_SELF     ? current->domain
                       : id < WORLD_DOMAINS ? &world.domains[id]
                                            : NULL;

    if (d)
        d->refs++;
    return d;
}

void domain_put(struct domain *d)
{
    d->refs--;
}

int domain_target_get(domid_t id, struct domain **out)
{
    struct domain *d = domain_get_by_id(id);

    if (!d)
        return -ESRCH;
    *out = d;
    if (d == current->domain || current->domain->is_privileged)
        return 0;
    d->refs--;
    return -EPERM;
}

/* The first page is never mapped. */
int guest_copy_from(void *dst, const void *guest_src, size_t size)
{
    if ((uintptr_t)guest_src < PAGE_SIZE)
        return -EFAULT;
    memcpy(dst, guest_src, size);
    return 0;
}

int guest_copy_to(void *guest_dst, const void *src, size_t size)
{
    if ((uintptr_t)guest_dst < PAGE_SIZE)
        return -EFAULT;
    memcpy(guest_dst, src, size);
    return 0;
}

mfn_t arch_gfn_to_mfn(const struct domain *d, gfn_t frame)
{
    (void)d;
    return frame.n < WORLD_FRAMES ? mfn(frame.n) : INVALID_MFN;
}

void *map_frame(mfn_t m)
{
    return world.frames[m.n].page;
}

int frame_get_and_type(struct frame *pg, const struct domain *d, uint64_t type)
{
    struct world_frame *f = &world.frames[frame_mfn(pg).n];

    assert_int_equal(type, TYPE_WRITABLE);
    if (f->owner != d)
        return -EINVAL;
    if (f->read_only)
        return -EBUSY;
    f->refs++;
    return 0;
}

void frame_put_and_type(struct frame *pg)
{
    struct world_frame *f = &world.frames[frame_mfn(pg).n];

    assert_true(f->refs > 0);
    f->refs--;
}

void vcpu_kick(struct vcpu *v)
{
    __atomic_fetch_add(&world.kicks[v->domain->id][v->id], 1, __ATOMIC_SEQ_CST);
}

void vcpu_unblock(struct vcpu *v)
{
    world.unblocks[v->domain->id][v->id]++;
}

bool hypercall_preempt_check(void)
{
    return world.preempt;
}

long hypercall_continue(unsigned int op, unsigned long a1, unsigned long a2, unsigned long a3,
                        unsigned long a4)
{
    unsigned long args[5] = { op, a1, a2, a3, a4 };

    memcpy(world.continued, args, sizeof(args));
    world.continuations++;
    return op;
}

int irq_request(unsigned int irq, void (*handler)(unsigned int irq, void *arg), void *arg)
{
    struct world_irq *i = &world.irqs[irq];

    if (i->request_error)
        return i->request_error;
    assert_null(i->handler);
    i->handler = handler;
    i->arg = arg;
    return 0;
}

void irq_release(unsigned int irq)
{
    assert_non_null(world.irqs[irq].handler);
    world.irqs[irq].handler = NULL;
}

void irq_mask(unsigned int irq)
{
    world.irqs[irq].masked = true;
}

void irq_unmask(unsigned int irq)
{
    world.irqs[irq].masked = false;
}

void irq_end(unsigned int irq)
{
    world.irqs[irq].ends++;
}

bool irq_is_level(unsigned int irq)
{
    return world.irqs[irq].level;
}

void irq_set_affinity(unsigned int irq, unsigned int cpu)
{
    world.irqs[irq].cpu = cpu;
}

void world_irq_fire(unsigned int irq)
{
    assert_non_null(world.irqs[irq].handler);
    world.irqs[irq].handler(irq, world.irqs[irq].arg);
}

static void setup_domain(unsigned int id)
{
    struct domain *d = &world.domains[id];

    d->id = (domid_t)id;
    d->is_privileged = d->is_hardware = id == 0;
    d->max_vcpus = WORLD_VCPUS;
    d->vcpus = calloc(WORLD_VCPUS, sizeof(*d->vcpus));
    d->shared_info = calloc(1, sizeof(*d->shared_info));
    for (unsigned int i = 0; i < WORLD_VCPUS; i++) {
        d->vcpus[i] = &world.vcpus[id][i];
        d->vcpus[i]->domain = d;
        d->vcpus[i]->id = i;
        d->vcpus[i]->cpu = 10 + i;
        d->vcpus[i]->info = &d->shared_info->vcpu_info[i];
    }
    assert_int_equal(evtchn_domain_init(d, WORLD_PORTS), 0);
    assert_int_equal(pirq_domain_init(d, WORLD_PIRQS), 0);
}

int world_setup(void **state)
{
    (void)state;
    memset(&world, 0, sizeof(world));
    for (unsigned int i = 0; i < WORLD_FRAMES; i++) {
        world.frames[i].page = aligned_alloc(PAGE_SIZE, PAGE_SIZE);
        memset(world.frames[i].page, 0, PAGE_SIZE);
        world.frames[i].owner = &world.domains[1];
    }
    for (unsigned int i = 0; i < NR_IRQS; i++)
        world.irqs[i].masked = true;
    for (unsigned int i = 0; i < WORLD_DOMAINS; i++)
        setup_domain(i);
    world_enter(1, 0);
    return 0;
}

int world_teardown(void **state)
{
    (void)state;
    for (unsigned int i = 0; i < WORLD_DOMAINS; i++) {
        struct domain *d = &world.domains[i];

        d->state = DOMAIN_DYING;
        evtchn_domain_destroy(d);
        assert_int_equal(d->refs, 0);
        free(d->vcpus);
        free(d->shared_info);
    }
    for (unsigned int i = 0; i < NR_IRQS; i++)
        assert_null(world.irqs[i].handler);
    for (unsigned int i = 0; i < WORLD_FRAMES; i++) {
        assert_int_equal(world.frames[i].refs, 0);
        free(world.frames[i].page);
    }
    assert_int_equal(world.allocations, 0);
    return 0;
}

void world_enter(unsigned int domain, unsigned int vcpu)
{
    current = &world.vcpus[domain][vcpu];
}

long world_op(unsigned int cmd, void *arg)
{
    return do_event_channel_op(cmd, (unsigned long)arg, 0, 0, 0);
}

uint32_t world_alloc_unbound(domid_t dom, domid_t remote)
{
    struct evtchn_alloc_unbound op = { .dom = dom, .remote_dom = remote };

    assert_int_equal(world_op(EVTCHNOP_alloc_unbound, &op), 0);
    return op.port;
}

uint32_t world_bind_interdomain(domid_t remote, uint32_t port)
{
    struct evtchn_bind_interdomain op = { .remote_dom = remote, .remote_port = port };

    assert_int_equal(world_op(EVTCHNOP_bind_interdomain, &op), 0);
    return op.local_port;
}

uint32_t world_bind_ipi(uint32_t vcpu)
{
    struct evtchn_bind_ipi op = { .vcpu = vcpu };

    assert_int_equal(world_op(EVTCHNOP_bind_ipi, &op), 0);
    return op.port;
}

uint32_t world_bind_virq(uint32_t virq, uint32_t vcpu)
{
    struct evtchn_bind_virq op = { .virq = virq, .vcpu = vcpu };

    assert_int_equal(world_op(EVTCHNOP_bind_virq, &op), 0);
    return op.port;
}

long world_send(uint32_t port)
{
    struct evtchn_send op = { .port = port };

    return world_op(EVTCHNOP_send, &op);
}

long world_close(uint32_t port)
{
    struct evtchn_close op = { .port = port };

    return world_op(EVTCHNOP_close, &op);
}

long world_unmask(uint32_t port)
{
    struct evtchn_unmask op = { .port = port };

    return world_op(EVTCHNOP_unmask, &op);
}

struct evtchn_status world_status(domid_t dom, uint32_t port)
{
    struct evtchn_status op = { .dom = dom, .port = port };

    assert_int_equal(world_op(EVTCHNOP_status, &op), 0);
    return op;
}
