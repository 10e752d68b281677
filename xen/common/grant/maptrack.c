/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Handles: what a domain has mapped of others' grants. The array only grows, page by page. */
#include <hv/alloc.h>

#include "private.h"

/* A handle that was never given out. */
static struct maptrack *take_fresh_locked(struct grant_table *gt, grant_handle_t *handle)
{
    uint32_t next = gt->maptrack_used;

    if (next == gt->maptrack_pages * MAPTRACK_PER_PAGE) {
        struct maptrack *page;

        if (gt->maptrack_pages == gt->max_maptrack_pages)
            return NULL;
        page = page_alloc(0);
        if (!page)
            return NULL;
        gt->maptrack[gt->maptrack_pages++] = page;
    }
    *handle = next;
    /* maptrack_claim() reads it without the lock: the page is there first. */
    __atomic_store_n(&gt->maptrack_used, next + 1, __ATOMIC_RELEASE);
    return maptrack_at(gt, next);
}

struct maptrack *maptrack_alloc(struct grant_table *gt, grant_handle_t *handle)
{
    struct maptrack *m;

    spin_lock(&gt->maptrack_lock);
    if (gt->maptrack_free == MAPTRACK_NONE) {
        m = take_fresh_locked(gt, handle);
    } else {
        *handle = gt->maptrack_free;
        m = maptrack_at(gt, *handle);
        gt->maptrack_free = m->ref;
    }
    spin_unlock(&gt->maptrack_lock);
    return m;
}

void maptrack_free(struct grant_table *gt, grant_handle_t handle, struct maptrack *m)
{
    spin_lock(&gt->maptrack_lock);
    WRITE_ONCE(m->state, 0);
    m->ref = gt->maptrack_free;
    gt->maptrack_free = handle;
    spin_unlock(&gt->maptrack_lock);
}

struct maptrack *maptrack_claim(struct grant_table *gt, grant_handle_t handle)
{
    struct maptrack *m;
    uint32_t state;

    if (handle >= __atomic_load_n(&gt->maptrack_used, __ATOMIC_ACQUIRE))
        return NULL;
    m = maptrack_at(gt, handle);
    state = READ_ONCE(m->state);
    if (!state || (state & MAPTRACK_BUSY))
        return NULL;
    if (!__atomic_compare_exchange_n(&m->state, &state, state | MAPTRACK_BUSY, false,
                                     __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
        return NULL;
    return m;
}

void maptrack_settle(struct grant_table *gt, grant_handle_t handle, struct maptrack *m,
                     uint32_t gone)
{
    struct domain *granter = m->granter;
    uint32_t state = m->state & ~(MAPTRACK_BUSY | gone);

    if (state & MAPTRACK_MAPPED) {
        __atomic_store_n(&m->state, state, __ATOMIC_RELEASE);
        return;
    }
    maptrack_free(gt, handle, m);
    domain_put(granter);
}
