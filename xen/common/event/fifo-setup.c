/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Setting up FIFO delivery: the guest's control blocks and event array, and giving them back. */
#include "fifo.h"

#include <hv/alloc.h>
#include <hv/frame.h>
#include <hv/grant.h>

/* Keeps the guest's page until guest_page_put(). 0, or -EINVAL if it is not its writable memory. */
static int guest_page_get(struct domain *d, uint64_t frame_number, struct guest_page *page)
{
    mfn_t m = arch_gfn_to_mfn(d, gfn(frame_number));

    if (!mfn_is_valid(m) || frame_get_and_type(frame_of(m), d, TYPE_WRITABLE))
        return -EINVAL;
    page->frame = frame_of(m);
    page->va = map_frame(m);
    return 0;
}

static void guest_page_put(struct guest_page *page)
{
    unmap_frame(page->va);
    frame_put_and_type(page->frame);
}

/* The queues of one vcpu over the guest's control block; null with *rc set on failure. */
static struct evtchn_fifo_vcpu *queues_create(struct domain *d,
                                              const struct evtchn_init_control *op, int *rc)
{
    struct evtchn_fifo_vcpu *queues = heap_new(struct evtchn_fifo_vcpu);

    *rc = queues ? guest_page_get(d, op->control_gfn, &queues->page) : -ENOMEM;
    if (*rc) {
        heap_free(queues);
        return NULL;
    }
    spin_lock_init(&queues->lock);
    queues->control = (struct evtchn_fifo_control_block *)((char *)queues->page.va + op->offset);
    return queues;
}

/* The first control block: from here on the domain's ports are words, in an array still empty. */
static int switch_to_fifo_locked(struct domain *d)
{
    d->evtchn_fifo = heap_new(struct evtchn_fifo_domain);
    if (!d->evtchn_fifo)
        return -ENOMEM;
    __atomic_store_n(&d->evtchn_ops, &evtchn_fifo_ops, __ATOMIC_SEQ_CST);
    evtchn_two_level_drain_locked(d);
    return 0;
}

static int init_control_locked(struct domain *d, struct vcpu *v,
                               const struct evtchn_init_control *op)
{
    struct evtchn_fifo_vcpu *queues;
    int rc;

    if (v->evtchn_fifo || domain_is_dying(d))
        return -EINVAL;
    queues = queues_create(d, op, &rc);
    if (!queues)
        return rc;
    if (!d->evtchn_fifo)
        rc = switch_to_fifo_locked(d);
    if (rc) {
        guest_page_put(&queues->page);
        heap_free(queues);
        return rc;
    }
    __atomic_store_n(&v->evtchn_fifo, queues, __ATOMIC_RELEASE);
    /* What came for this vcpu before it had queues. */
    evtchn_fifo_resend_locked(d, 1, d->evtchn_valid);
    return 0;
}

int evtchn_init_control(struct domain *d, struct evtchn_init_control *op)
{
    struct vcpu *v = domain_vcpu(d, op->vcpu);
    int rc;

    op->link_bits = EVTCHN_FIFO_LINK_BITS;
    if (!v)
        return -ENOENT;
    if (op->offset > PAGE_SIZE - sizeof(struct evtchn_fifo_control_block) || op->offset % 8)
        return -EINVAL;
    spin_lock(&d->event_lock);
    rc = init_control_locked(d, v, op);
    spin_unlock(&d->event_lock);
    return rc;
}

static int expand_array_locked(struct domain *d, uint64_t frame_number)
{
    struct evtchn_fifo_domain *fifo = d->evtchn_fifo;
    uint32_t first;
    int rc;

    if (!fifo)
        return -EOPNOTSUPP;
    if (fifo->nr_pages == MAX_ARRAY_PAGES)
        return -ENOSPC;
    rc = guest_page_get(d, frame_number, &fifo->pages[fifo->nr_pages]);
    if (rc)
        return rc;
    first = fifo->nr_pages * WORDS_PER_PAGE;
    __atomic_store_n(&fifo->nr_pages, fifo->nr_pages + 1, __ATOMIC_SEQ_CST);
    evtchn_fifo_resend_locked(d, first, first + WORDS_PER_PAGE);
    return 0;
}

int evtchn_expand_array(struct domain *d, const struct evtchn_expand_array *op)
{
    int rc;

    spin_lock(&d->event_lock);
    rc = expand_array_locked(d, op->array_gfn);
    spin_unlock(&d->event_lock);
    return rc;
}

void evtchn_visit_frames(const struct domain *d, struct frame_visitor *w)
{
    struct vcpu *v;

    for (uint32_t i = 0; d->evtchn_fifo && i < d->evtchn_fifo->nr_pages; i++)
        w->use(w, d->evtchn_fifo->pages[i].frame, TYPE_WRITABLE, 1);
    for_each_vcpu (d, v)
        if (v->evtchn_fifo)
            w->use(w, v->evtchn_fifo->page.frame, TYPE_WRITABLE, 1);
    pirq_visit_frames(d, w);
}

static void queues_destroy(struct vcpu *v)
{
    struct evtchn_fifo_vcpu *queues = v->evtchn_fifo;

    if (!queues)
        return;
    v->evtchn_fifo = NULL;
    guest_page_put(&queues->page);
    heap_free(queues);
}

void evtchn_fifo_teardown_locked(struct domain *d)
{
    struct evtchn_fifo_domain *fifo = d->evtchn_fifo;
    struct vcpu *v;

    if (!fifo)
        return;
    __atomic_store_n(&d->evtchn_ops, &evtchn_two_level_ops, __ATOMIC_SEQ_CST);
    d->evtchn_fifo = NULL;
    for (uint32_t port = 0; port < d->evtchn_valid; port++)
        evtchn_of(d, port)->last_queue = 0;
    for_each_vcpu (d, v)
        queues_destroy(v);
    for (uint32_t i = 0; i < fifo->nr_pages; i++)
        guest_page_put(&fifo->pages[i]);
    heap_free(fifo);
}
