/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which frames a domain owns: giving, sharing, stealing and releasing them. */
#include <hv/alloc.h>
#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/frame.h>
#include <hv/printk.h>

#include <asm/mm.h>

static void list_insert_locked(struct domain *d, struct frame *pg)
{
    uint32_t n = (uint32_t)frame_mfn(pg).n;

    pg->prev = FRAME_NONE;
    pg->next = d->page_list;
    if (pg->next != FRAME_NONE)
        frame_table[pg->next].prev = n;
    d->page_list = n;
    d->tot_pages++;
}

static void list_remove_locked(struct domain *d, struct frame *pg)
{
    if (pg->prev != FRAME_NONE)
        frame_table[pg->prev].next = pg->next;
    else
        d->page_list = pg->next;
    if (pg->next != FRAME_NONE)
        frame_table[pg->next].prev = pg->prev;
    d->tot_pages--;
}

int domain_assign_frame(struct domain *d, struct frame *pg)
{
    int ret = 0;

    spin_lock(&d->page_lock);
    if (domain_is_dying(d)) {
        ret = -EINVAL;
    } else if (d->tot_pages >= d->max_pages) {
        ret = -E2BIG;
    } else {
        pg->owner = d;
        pg->type = TYPE_NONE;
        list_insert_locked(d, pg);
        __atomic_store_n(&pg->refs, FRAME_ALLOCATED | 1, __ATOMIC_RELEASE);
    }
    spin_unlock(&d->page_lock);
    return ret;
}

void domain_release_frame(struct frame *pg)
{
    struct domain *d = pg->owner;

    if (pg->refs & FRAME_XENHEAP) { /* ours: whoever shared it frees it */
        pg->owner = NULL;
        pg->type = TYPE_NONE;
        pg->refs = 0;
        return;
    }
    BUG_ON(pg->type & TYPE_COUNT_MASK);
    spin_lock(&d->page_lock);
    list_remove_locked(d, pg);
    spin_unlock(&d->page_lock);
    /* Nobody may see it through a stale TLB entry once it belongs to another. */
    arch_domain_flush_tlb(d);
    frame_free(pg, 0);
}

void domain_drop_owner_ref(struct frame *pg)
{
    if (__atomic_fetch_and(&pg->refs, ~FRAME_ALLOCATED, __ATOMIC_RELAXED) & FRAME_ALLOCATED)
        frame_put(pg);
}

int domain_steal_frame(struct domain *d, struct frame *pg)
{
    uint64_t expected = FRAME_ALLOCATED | 1;

    spin_lock(&d->page_lock);
    if (pg->owner != d || (pg->type & TYPE_COUNT_MASK) ||
        !__atomic_compare_exchange_n(&pg->refs, &expected, 0, false, __ATOMIC_ACQUIRE,
                                     __ATOMIC_RELAXED)) {
        spin_unlock(&d->page_lock);
        return -EINVAL;
    }
    list_remove_locked(d, pg);
    pg->owner = NULL;
    pg->type = TYPE_NONE;
    spin_unlock(&d->page_lock);
    arch_domain_flush_tlb(d);
    return 0;
}

void domain_share_page(struct domain *d, void *va, bool writable)
{
    struct frame *pg = frame_of(virt_to_mfn(va));

    pg->owner = d;
    /* Read-only pages keep a type reference of their own, so that no other can be had. */
    pg->type = writable ? TYPE_NONE : (TYPE_NONE << TYPE_SHIFT | TYPE_VALIDATED | 1);
    __atomic_store_n(&pg->refs, FRAME_XENHEAP | FRAME_ALLOCATED | 1, __ATOMIC_RELEASE);
}

void domain_unshare_page(void *va)
{
    domain_drop_owner_ref(frame_of(virt_to_mfn(va)));
}
