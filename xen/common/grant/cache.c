/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GNTTABOP_cache_flush: cache maintenance on a frame that the caller owns or has mapped. */
#include <hv/errno.h>
#include <hv/frame.h>
#include <hv/guest-access.h>
#include <hv/hypercall.h>

#include <asm/current.h>

#include "private.h"

#define CACHE_OPS (GNTTAB_CACHE_CLEAN | GNTTAB_CACHE_INVAL)

static int flush_part(const gnttab_cache_flush_t *op, mfn_t frame)
{
    char *va = map_frame(frame);
    int rc = arch_cache_flush(va + op->offset, op->length, op->op & CACHE_OPS);

    unmap_frame(va);
    return rc;
}

/*
 * Looks for @frame among the mappings of one maptrack page. Under maptrack_lock no entry is freed
 * before its state is 0, so a granter with a mapped entry is there, and so is the pinned frame.
 */
static bool page_has_frame(struct grant_table *gt, uint32_t page, mfn_t frame)
{
    grant_handle_t first = page * MAPTRACK_PER_PAGE;
    bool found = false;

    spin_lock(&gt->maptrack_lock);
    for (uint32_t i = 0; i < MAPTRACK_PER_PAGE && !found && first + i < gt->maptrack_used; i++) {
        const struct maptrack *m = maptrack_at(gt, first + i);
        uint32_t state = __atomic_load_n(&m->state, __ATOMIC_ACQUIRE);

        /* A busy one is being unmapped: its pin may be gone already. */
        if ((state & MAPTRACK_MAPPED) && !(state & MAPTRACK_BUSY))
            found = mfn_eq(grant_pinned_frame(m->granter, m->ref), frame);
    }
    spin_unlock(&gt->maptrack_lock);
    return found;
}

/* Whether @d has mapped the frame. 0, -EPERM, or -ERESTART with the page to go on at in @cursor. */
static int find_mapping(struct domain *d, mfn_t frame, uint32_t *cursor)
{
    struct grant_table *gt = d->grant_table;
    uint32_t start = *cursor;

    for (; *cursor < READ_ONCE(gt->maptrack_pages); ++*cursor) {
        if (*cursor > start && hypercall_preempt_check())
            return -ERESTART;
        if (page_has_frame(gt, *cursor, frame))
            return 0;
    }
    return -EPERM;
}

static int flush_one(const gnttab_cache_flush_t *op, uint32_t *cursor)
{
    struct domain *d = current->domain;
    mfn_t frame = paddr_to_mfn(op->a.dev_bus_addr);
    int rc;

    if ((op->op & ~(CACHE_OPS | GNTTAB_CACHE_SOURCE_GREF)) || op->offset >= PAGE_SIZE ||
        op->length > PAGE_SIZE || op->offset + op->length > (int)PAGE_SIZE)
        return -EINVAL;
    if (!op->length || !op->op)
        return 0;
    /* The ABI leaves open whose table the reference would be in. */
    if (op->op & GNTTAB_CACHE_SOURCE_GREF)
        return -EOPNOTSUPP;
    if (!mfn_is_valid(frame))
        return -EINVAL;
    if (frame_get(frame_of(frame), d)) {
        rc = flush_part(op, frame);
        frame_put(frame_of(frame));
        return rc;
    }
    /* Should the mapping go meanwhile: writing back the lines of any frame does no harm. */
    rc = find_mapping(d, frame, cursor);
    return rc ? rc : flush_part(op, frame);
}

int grant_cache_flush(struct grant_batch *b)
{
    for (; b->done < b->count; b->done++) {
        const gnttab_cache_flush_t *guest = (const gnttab_cache_flush_t *)b->arg + b->done;
        gnttab_cache_flush_t op;
        int rc;

        if (grant_batch_stop(b))
            return -ERESTART;
        if (guest_copy_from(&op, guest, sizeof(op)))
            return -EFAULT;
        rc = flush_one(&op, &b->cursor);
        if (rc)
            return rc;
        b->cursor = 0;
    }
    return 0;
}
