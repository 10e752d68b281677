/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which frames a domain owns: giving, sharing, stealing and releasing them. */
#include <hv/alloc.h>
#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/frame.h>
#include <hv/memory.h>
#include <hv/percpu.h>
#include <hv/printk.h>

#include <asm/current.h>
#include <asm/mm.h>

/* The owner's TLB entries, and those of a control domain that mapped what is another's. */
static void flush_before_free(struct domain *owner)
{
    arch_domain_flush_tlb(owner);
    if (current && current->domain != owner && current->domain->is_privileged)
        arch_domain_flush_tlb(current->domain);
}

/* Frames that this CPU releases are gathered here instead of being freed one by one; or null. */
static DEFINE_PER_CPU(struct release_batch *, release_batch);

static void list_insert_locked(struct domain *d, struct frame *pg)
{
    uint32_t n = (uint32_t)frame_mfn(pg).n;

    pg->prev = FRAME_NONE;
    pg->next = d->page_list;
    if (pg->next != FRAME_NONE)
        frame_table[pg->next].prev = n;
    else
        domain_get(d); /* frames say whose they are: as long as there is one, the domain stays */
    d->page_list = n;
}

/* True if it was the last: then the caller drops a reference to the domain, without the lock. */
static bool __must_check list_remove_locked(struct domain *d, struct frame *pg)
{
    if (d->page_cursor == frame_mfn(pg).n)
        d->page_cursor = pg->next;
    if (pg->prev != FRAME_NONE)
        frame_table[pg->prev].next = pg->next;
    else
        d->page_list = pg->next;
    if (pg->next != FRAME_NONE)
        frame_table[pg->next].prev = pg->prev;
    return d->page_list == FRAME_NONE;
}

void domain_frames_begin(struct domain *d)
{
    spin_lock(&d->page_lock);
    d->page_cursor = d->page_list;
    spin_unlock(&d->page_lock);
}

struct frame *domain_frames_next(struct domain *d)
{
    struct frame *pg = NULL;

    spin_lock(&d->page_lock);
    while (!pg && d->page_cursor != FRAME_NONE) {
        struct frame *next = &frame_table[d->page_cursor];

        d->page_cursor = next->next;
        if (frame_get(next, d)) /* else it is on its way out, and waits for the lock */
            pg = next;
    }
    spin_unlock(&d->page_lock);
    return pg;
}

void domain_frames_again(struct domain *d, struct frame *pg)
{
    spin_lock(&d->page_lock);
    d->page_cursor = (uint32_t)frame_mfn(pg).n;
    spin_unlock(&d->page_lock);
}

static void own_locked(struct domain *d, struct frame *pg)
{
    pg->owner = d;
    pg->type = TYPE_NONE;
    list_insert_locked(d, pg);
    __atomic_store_n(&pg->refs, FRAME_ALLOCATED | 1, __ATOMIC_RELEASE);
}

static int attach_locked(struct domain *d, struct frame *pg, uint64_t count)
{
    if (domain_is_dying(d))
        return -EINVAL;
    for (uint64_t i = 0; i < count; i++)
        own_locked(d, &pg[i]);
    return 0;
}

int domain_assign_frames(struct domain *d, struct frame *pg, unsigned int order)
{
    uint64_t count = 1ULL << order;
    int ret = -E2BIG;

    spin_lock(&d->page_lock);
    /* The limit may have been set below what is there. */
    if (d->tot_pages <= d->max_pages && count <= d->max_pages - d->tot_pages)
        ret = attach_locked(d, pg, count);
    if (!ret)
        d->tot_pages += count;
    spin_unlock(&d->page_lock);
    return ret;
}

int domain_attach_frames(struct domain *d, struct frame *pg, unsigned int order)
{
    int ret;

    spin_lock(&d->page_lock);
    ret = attach_locked(d, pg, 1ULL << order);
    spin_unlock(&d->page_lock);
    return ret;
}

void domain_uncharge(struct domain *d, uint64_t count)
{
    spin_lock(&d->page_lock);
    d->tot_pages -= count;
    spin_unlock(&d->page_lock);
}

int domain_assign_frame(struct domain *d, struct frame *pg)
{
    return domain_assign_frames(d, pg, 0);
}

void domain_release_begin(struct release_batch *b, struct domain *d)
{
    b->domain = d;
    b->first = FRAME_NONE;
    this_cpu(release_batch) = b;
}

void domain_release_end(struct release_batch *b)
{
    this_cpu(release_batch) = NULL;
    if (b->first == FRAME_NONE)
        return;
    flush_before_free(b->domain);
    while (b->first != FRAME_NONE) {
        struct frame *pg = &frame_table[b->first];

        b->first = pg->next;
        frame_free(pg, 0);
    }
}

void domain_release_frame(struct frame *pg)
{
    struct release_batch *b = this_cpu(release_batch);
    struct domain *d = pg->owner;
    bool was_last;

    if (pg->refs & FRAME_XENHEAP) { /* ours, and nobody sees it any more */
        flush_before_free(d);
        page_free(map_frame(frame_mfn(pg)), 0);
        return;
    }
    BUG_ON(pg->type & TYPE_COUNT_MASK);
    spin_lock(&d->page_lock);
    was_last = list_remove_locked(d, pg);
    d->tot_pages--;
    spin_unlock(&d->page_lock);
    arch_set_gpfn(frame_mfn(pg), INVALID_GFN);
    if (b && b->domain == d) {
        pg->next = b->first;
        b->first = (uint32_t)frame_mfn(pg).n;
    } else {
        /* Nobody may see it through a stale TLB entry once it belongs to another. */
        flush_before_free(d);
        frame_free(pg, 0);
    }
    if (was_last)
        domain_put(d);
}

void domain_drop_owner_ref(struct frame *pg)
{
    if (__atomic_fetch_and(&pg->refs, ~FRAME_ALLOCATED, __ATOMIC_RELAXED) & FRAME_ALLOCATED)
        frame_put(pg);
}

/*
 * Only the owner's own reference is left, and it is not a page of ours that it sees. *was_last: the
 * caller drops a reference to the domain, without the lock.
 */
static int detach_locked(struct domain *d, struct frame *pg, bool *was_last)
{
    uint64_t expected = FRAME_ALLOCATED | 1;

    if (pg->owner != d || (pg->type & TYPE_COUNT_MASK) ||
        !__atomic_compare_exchange_n(&pg->refs, &expected, 0, false, __ATOMIC_ACQUIRE,
                                     __ATOMIC_RELAXED))
        return -EINVAL;
    *was_last = list_remove_locked(d, pg);
    pg->owner = NULL;
    pg->type = TYPE_NONE;
    return 0;
}

int domain_detach_frame(struct domain *d, struct frame *pg)
{
    bool was_last = false;
    int ret;

    spin_lock(&d->page_lock);
    ret = detach_locked(d, pg, &was_last);
    spin_unlock(&d->page_lock);
    if (was_last)
        domain_put(d);
    return ret;
}

int domain_steal_frame(struct domain *d, struct frame *pg)
{
    bool was_last = false;
    int ret;

    spin_lock(&d->page_lock);
    ret = detach_locked(d, pg, &was_last);
    if (!ret)
        d->tot_pages--;
    spin_unlock(&d->page_lock);
    if (!ret)
        arch_domain_flush_tlb(d);
    if (was_last)
        domain_put(d);
    return ret;
}

void domain_share_page(struct domain *d, void *va, bool writable)
{
    struct frame *pg = frame_of(virt_to_mfn(va));

    pg->owner = d;
    /* They keep a type reference of their own: we write to them, so they never become a table. */
    pg->type = (writable ? TYPE_WRITABLE : TYPE_NONE) << TYPE_SHIFT | TYPE_VALIDATED | 1;
    __atomic_store_n(&pg->refs, FRAME_XENHEAP | FRAME_ALLOCATED | 1, __ATOMIC_RELEASE);
}

void domain_unshare_page(void *va)
{
    struct frame *pg = frame_of(virt_to_mfn(va));

    __atomic_store_n(&pg->owner, dom_xen, __ATOMIC_RELAXED);
    __atomic_fetch_sub(&pg->type, 1,
                       __ATOMIC_RELEASE); /* our own, as domain_share_page() took it */
    domain_drop_owner_ref(pg);
}
