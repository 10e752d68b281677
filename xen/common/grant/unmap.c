/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * GNTTABOP_unmap_grant_ref and _unmap_and_replace, and what a dying domain leaves mapped.
 *
 * References go only when no TLB can reach the frame any more, so unmapping has two passes: page
 * tables for a chunk of operations, one flush, then pins and handles of that chunk.
 */
#include <hv/errno.h>
#include <hv/frame.h>
#include <hv/guest-access.h>
#include <hv/hypercall.h>

#include <asm/current.h>

#include "private.h"

#define UNMAP_CHUNK 32U

/* What is asked for, by either operation. */
struct unmap_request {
    uint64_t host_addr;    /* 0: leave the host mapping */
    uint64_t dev_bus_addr; /* 0: leave the device mapping */
    uint64_t new_addr;     /* 0: no replacement */
    grant_handle_t handle;
};

/* A claimed handle whose mappings are out of the page tables, but not yet of the TLBs. */
struct unmapping {
    struct maptrack *m;
    grant_handle_t handle;
    uint32_t gone; /* MAPTRACK_MAPPED bits */
};

struct unmap_chunk {
    unsigned int count;
    struct unmapping list[UNMAP_CHUNK];
};

/* Checks the request against the mapping and changes the page tables. *gone: what went. */
static int16_t take_out(const struct maptrack *m, const struct unmap_request *req, uint32_t *gone)
{
    mfn_t frame = grant_pinned_frame(m->granter, m->ref);
    uint32_t flags = m->state & MAPTRACK_KEEP;
    int16_t status = GNTST_okay;

    *gone = 0;
    if (req->dev_bus_addr && (flags & GNTMAP_device_map)) {
        if (!mfn_eq(paddr_to_mfn(req->dev_bus_addr), frame))
            return GNTST_bad_dev_addr;
        *gone |= GNTMAP_device_map;
    }
    if (req->host_addr && (flags & GNTMAP_host_map)) {
        status = (int16_t)arch_grant_unmap(req->host_addr, frame, req->new_addr, flags);
        if (status)
            *gone = 0;
        else
            *gone |= GNTMAP_host_map;
    }
    return status;
}

static int16_t unmap_one(struct grant_table *gt, const struct unmap_request *req,
                         struct unmap_chunk *chunk)
{
    struct maptrack *m = maptrack_claim(gt, req->handle);
    uint32_t gone;
    int16_t status;

    if (!m)
        return GNTST_bad_handle;
    status = take_out(m, req, &gone);
    if (gone)
        chunk->list[chunk->count++] = (struct unmapping){ m, req->handle, gone };
    else
        maptrack_settle(gt, req->handle, m, 0);
    return status;
}

/* Drops the pins of a claimed mapping. */
static void unpin_mapping(const struct maptrack *m, uint32_t gone)
{
    struct grant_use use = { .granter = m->granter, .ref = m->ref };

    use.how = grant_how_host(m->state);
    if (gone & GNTMAP_host_map)
        grant_unpin(&use);
    use.how = grant_how_device(m->state);
    if (gone & GNTMAP_device_map)
        grant_unpin(&use);
}

static void chunk_finish(struct grant_table *gt, struct unmap_chunk *chunk)
{
    uint32_t gone = 0;

    for (unsigned int i = 0; i < chunk->count; i++)
        gone |= chunk->list[i].gone;
    if (gone & GNTMAP_host_map)
        arch_grant_flush();
    for (unsigned int i = 0; i < chunk->count; i++) {
        const struct unmapping *u = &chunk->list[i];

        unpin_mapping(u->m, u->gone);
        maptrack_settle(gt, u->handle, u->m, u->gone);
    }
    chunk->count = 0;
}

static int unmap_next(struct grant_table *gt, struct grant_batch *b, struct unmap_chunk *chunk)
{
    gnttab_unmap_grant_ref_t *guest = (gnttab_unmap_grant_ref_t *)b->arg + b->done;
    gnttab_unmap_grant_ref_t op;

    if (guest_copy_from(&op, guest, sizeof(op)))
        return -EFAULT;
    op.status = unmap_one(gt,
                          &(struct unmap_request){ .host_addr = op.host_addr,
                                                   .dev_bus_addr = op.dev_bus_addr,
                                                   .handle = op.handle },
                          chunk);
    return guest_copy_to(guest, &op, sizeof(op));
}

static int replace_next(struct grant_table *gt, struct grant_batch *b, struct unmap_chunk *chunk)
{
    gnttab_unmap_and_replace_t *guest = (gnttab_unmap_and_replace_t *)b->arg + b->done;
    gnttab_unmap_and_replace_t op;

    if (guest_copy_from(&op, guest, sizeof(op)))
        return -EFAULT;
    op.status = unmap_one(gt,
                          &(struct unmap_request){ .host_addr = op.host_addr,
                                                   .new_addr = op.new_addr,
                                                   .handle = op.handle },
                          chunk);
    return guest_copy_to(guest, &op, sizeof(op));
}

/* Inlined twice, so that no element costs an indirect call. */
static inline int unmap_batch(struct grant_batch *b, bool replace)
{
    struct grant_table *gt = current->domain->grant_table;
    struct unmap_chunk chunk;
    int rc = 0;

    chunk.count = 0;
    for (; b->done < b->count && !rc; b->done++) {
        if (chunk.count == UNMAP_CHUNK)
            chunk_finish(gt, &chunk);
        if (grant_batch_stop(b)) {
            rc = -ERESTART;
            break;
        }
        rc = replace ? replace_next(gt, b, &chunk) : unmap_next(gt, b, &chunk);
    }
    chunk_finish(gt, &chunk);
    return rc;
}

int grant_unmap_grant_ref(struct grant_batch *b)
{
    return unmap_batch(b, false);
}

int grant_unmap_and_replace(struct grant_batch *b)
{
    return unmap_batch(b, true);
}

int grant_release_mappings(struct domain *d)
{
    struct grant_table *gt = d->grant_table;

    while (gt && gt->release_cursor < gt->maptrack_used) {
        grant_handle_t handle = gt->release_cursor++;
        struct maptrack *m = maptrack_claim(gt, handle);

        if (m) {
            unpin_mapping(m, m->state & MAPTRACK_MAPPED);
            maptrack_settle(gt, handle, m, MAPTRACK_MAPPED);
        }
        if (gt->release_cursor % 64 == 0 && hypercall_preempt_check())
            return -ERESTART;
    }
    return 0;
}
