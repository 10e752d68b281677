/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A domain's grant table: its creation, growth and end, and the frames it is shared by. */
#include <hv/alloc.h>
#include <hv/errno.h>
#include <hv/frame.h>
#include <hv/guest-access.h>

#include <asm/mm.h>

#include "private.h"

/* Beyond any use; they keep the arrays of page pointers small and handles in 31 bits. */
#define GRANT_FRAMES_LIMIT    8192U
#define MAPTRACK_FRAMES_LIMIT 65536U

static void *shared_page_alloc(struct domain *d)
{
    void *va = page_alloc(0);

    if (va)
        domain_share_page(d, va, true);
    return va;
}

int grant_grow_status_locked(struct domain *d, uint32_t nr_frames)
{
    struct grant_table *gt = d->grant_table;

    while (gt->nr_status < status_frames(nr_frames)) {
        grant_status_t *page = shared_page_alloc(d);

        if (!page)
            return -ENOMEM;
        gt->status[gt->nr_status++] = page;
    }
    return 0;
}

/* The active entries of frame number @frame; a page that an earlier, failed call made stays. */
static int grow_active_locked(struct grant_table *gt, uint32_t frame)
{
    for (uint32_t i = frame * ACTIVE_PER_FRAME; i < (frame + 1) * ACTIVE_PER_FRAME; i++) {
        if (!gt->active[i])
            gt->active[i] = page_alloc(0);
        if (!gt->active[i])
            return -ENOMEM;
    }
    return 0;
}

int grant_grow_locked(struct domain *d, uint32_t nr_frames)
{
    struct grant_table *gt = d->grant_table;
    int rc;

    if (nr_frames > gt->max_frames)
        return -EINVAL;
    if (nr_frames <= gt->nr_frames)
        return 0;
    rc = gt->version == 2 ? grant_grow_status_locked(d, nr_frames) : 0;
    while (!rc && gt->nr_frames < nr_frames) {
        rc = grow_active_locked(gt, gt->nr_frames);
        if (!rc && !(gt->shared[gt->nr_frames] = shared_page_alloc(d)))
            rc = -ENOMEM;
        if (!rc)
            gt->nr_frames++;
    }
    return rc;
}

int grant_table_init(struct domain *d, unsigned int max_grant_frames,
                     unsigned int max_maptrack_frames)
{
    struct grant_table *gt;

    if (max_grant_frames > GRANT_FRAMES_LIMIT || max_maptrack_frames > MAPTRACK_FRAMES_LIMIT)
        return -EINVAL;
    gt = heap_new(struct grant_table);
    if (!gt)
        return -ENOMEM;
    spin_lock_init(&gt->lock);
    spin_lock_init(&gt->maptrack_lock);
    gt->version = 1;
    gt->max_version = 2;
    gt->max_frames = max_grant_frames;
    gt->max_maptrack_pages = max_maptrack_frames;
    gt->maptrack_free = MAPTRACK_NONE;
    /* One more than needed, so that no array is empty. */
    gt->shared = heap_array(void *, max_grant_frames + 1);
    gt->active = heap_array(struct grant_active *, max_grant_frames * ACTIVE_PER_FRAME + 1);
    gt->status = heap_array(grant_status_t *, status_frames(max_grant_frames) + 1);
    gt->maptrack = heap_array(struct maptrack *, max_maptrack_frames + 1);
    d->grant_table = gt;
    if (gt->shared && gt->active && gt->status && gt->maptrack &&
        !grant_grow_locked(d, MIN(max_grant_frames, 1U)))
        return 0;
    grant_table_destroy(d);
    return -ENOMEM;
}

void grant_max_version_set(struct domain *d, unsigned int version)
{
    d->grant_table->max_version = version;
}

static void free_shared(void **pages, uint32_t nr)
{
    for (uint32_t i = 0; i < nr; i++)
        domain_unshare_page(pages[i]);
}

static void free_pages(void **pages, uint32_t nr)
{
    for (uint32_t i = 0; pages && i < nr; i++)
        if (pages[i])
            page_free(pages[i], 0);
}

void grant_table_destroy(struct domain *d)
{
    struct grant_table *gt = d->grant_table;

    if (!gt)
        return;
    d->grant_table = NULL;
    free_shared(gt->shared, gt->nr_frames);
    free_shared((void **)gt->status, gt->nr_status);
    free_pages((void **)gt->active, gt->max_frames * ACTIVE_PER_FRAME);
    free_pages((void **)gt->maptrack, gt->maptrack_pages);
    heap_free(gt->maptrack);
    heap_free(gt->status);
    heap_free(gt->active);
    heap_free(gt->shared);
    heap_free(gt);
}

unsigned int grant_max_frames(const struct domain *d, bool status)
{
    const struct grant_table *gt = d->grant_table;

    if (!gt)
        return 0;
    return status ? status_frames(gt->max_frames) : gt->max_frames;
}

int grant_get_shared_frame(struct domain *d, unsigned int idx, mfn_t *out)
{
    struct grant_table *gt = d->grant_table;
    int rc = -EINVAL;

    if (!gt || idx >= gt->max_frames)
        return rc;
    spin_lock(&gt->lock);
    rc = grant_grow_locked(d, idx + 1);
    if (!rc)
        *out = virt_to_mfn(gt->shared[idx]);
    spin_unlock(&gt->lock);
    return rc;
}

int grant_get_status_frame(struct domain *d, unsigned int idx, mfn_t *out)
{
    struct grant_table *gt = d->grant_table;
    int rc = -EINVAL;

    if (!gt || idx >= status_frames(gt->max_frames))
        return rc;
    spin_lock(&gt->lock);
    if (gt->version == 2)
        rc = grant_grow_locked(d, idx * FRAMES_PER_STATUS + 1);
    if (!rc)
        *out = virt_to_mfn(gt->status[idx]);
    spin_unlock(&gt->lock);
    return rc;
}

static int write_frame_list(struct domain *d, const gnttab_setup_table_t *op)
{
    for (uint32_t i = 0; i < op->nr_frames; i++) {
        xen_pfn_t frame = arch_grant_frame_gfn(d, virt_to_mfn(d->grant_table->shared[i])).n;

        if (guest_write(op->frame_list, i, &frame))
            return -EFAULT;
    }
    return 0;
}

int grant_setup_table(void *arg)
{
    gnttab_setup_table_t *op = arg;
    struct domain *d = grant_target(op->dom, &op->status);
    int rc;

    if (!d)
        return 0;
    spin_lock(&d->grant_table->lock);
    rc = grant_grow_locked(d, op->nr_frames);
    spin_unlock(&d->grant_table->lock);
    op->status = rc ? GNTST_general_error : GNTST_okay;
    /* Frames are never taken away, so the list is written without the lock. */
    rc = rc ? 0 : write_frame_list(d, op);
    domain_put(d);
    return rc;
}

int grant_query_size(void *arg)
{
    gnttab_query_size_t *op = arg;
    struct domain *d = grant_target(op->dom, &op->status);

    if (!d)
        return 0;
    spin_lock(&d->grant_table->lock);
    op->nr_frames = d->grant_table->nr_frames;
    op->max_nr_frames = d->grant_table->max_frames;
    spin_unlock(&d->grant_table->lock);
    op->status = GNTST_okay;
    domain_put(d);
    return 0;
}
