/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * GNTTABOP_copy. Back ends copy many pieces between the same few frames, so each end stays open
 * from one operation of a batch to the next that means the same frame.
 */
#include <hv/errno.h>
#include <hv/frame.h>
#include <hv/guest-access.h>
#include <hv/string.h>

#include <asm/current.h>

#include "private.h"

/* The frame at one end of copies. */
struct copy_end {
    bool write; /* (c) the destination */
    bool open;
    bool by_ref;
    domid_t domid;          /* as the guest wrote it */
    uint64_t name;          /* grant reference or frame number, likewise */
    struct domain *d;       /* with a reference; kept for the next operation, open or not */
    struct grant_use grant; /* if by_ref: our use, or if it is transitive the one behind it */
    struct grant_use outer; /* valid if grant.granter is not d: the transitive grant */
    mfn_t frame;
    uint16_t offset, length; /* what of it may be copied */
    char *va;
};

static enum grant_how end_how(const struct copy_end *e)
{
    return e->write ? GRANT_HOST_WRITE : GRANT_HOST_READ;
}

static void end_close(struct copy_end *e)
{
    if (!e->open)
        return;
    e->open = false;
    unmap_frame(e->va);
    if (!e->by_ref) {
        if (e->write)
            frame_put_and_type(frame_of(e->frame));
        else
            frame_put(frame_of(e->frame));
        return;
    }
    grant_unpin(&e->grant);
    if (e->grant.granter != e->outer.granter) {
        domain_put(e->grant.granter);
        grant_unpin(&e->outer);
    }
}

static void end_finish(struct copy_end *e)
{
    end_close(e);
    if (e->d)
        domain_put(e->d);
}

/* A frame of the caller's own. */
static int16_t open_own(struct copy_end *e)
{
    struct frame *pg;

    e->frame = arch_gfn_to_mfn(e->d, gfn(e->name));
    e->offset = 0;
    e->length = PAGE_SIZE;
    if (!mfn_is_valid(e->frame))
        return GNTST_bad_page;
    pg = frame_of(e->frame);
    if (!e->write)
        return frame_get(pg, e->d) ? GNTST_okay : GNTST_bad_page;
    switch (frame_get_and_type(pg, e->d, TYPE_WRITABLE)) {
    case 0: return GNTST_okay;
    case -EINVAL: return GNTST_bad_page;
    default: return GNTST_general_error;
    }
}

/* The grant that a transitive one passes on; one step only, and not to the granter itself. */
static int16_t open_behind(struct copy_end *e)
{
    struct domain *d = grant_peer(e->outer.via);
    int16_t status = GNTST_general_error;

    if (d && d != e->d) {
        e->grant = (struct grant_use){ .granter = d, .ref = e->outer.via_ref, .how = end_how(e) };
        status = grant_pin(&e->grant, e->d->id, GRANT_DIRECT);
    }
    if (status && d)
        domain_put(d);
    return status;
}

static int16_t open_grant(struct copy_end *e)
{
    int16_t status;

    if (e->name > UINT32_MAX)
        return GNTST_bad_gntref;
    e->outer =
        (struct grant_use){ .granter = e->d, .ref = (grant_ref_t)e->name, .how = end_how(e) };
    status = grant_pin(&e->outer, current->domain->id, GRANT_COPYABLE);
    if (status)
        return status;
    if (e->outer.kind == GRANT_TRANSITIVE) {
        status = open_behind(e);
        if (status) {
            grant_unpin(&e->outer);
            return status;
        }
    } else {
        e->grant = e->outer;
    }
    e->frame = e->grant.frame;
    e->offset = e->grant.offset;
    e->length = e->grant.length;
    return GNTST_okay;
}

/* Makes e->d the domain @id, keeping it if it is. */
static bool end_switch(struct copy_end *e, domid_t id)
{
    if (e->d && e->domid == id)
        return true;
    if (e->d)
        domain_put(e->d);
    e->domid = id;
    if (id == DOMID_SELF) {
        e->d = current->domain;
        domain_get(e->d);
    } else {
        e->d = grant_peer(id);
    }
    return e->d;
}

/* Opens the end for the frame that @ptr means, unless it is open for just that. */
static int16_t end_open(struct copy_end *e, const struct gnttab_copy_ptr *ptr, bool by_ref)
{
    uint64_t name = by_ref ? ptr->u.ref : ptr->u.gmfn;
    int16_t status;

    if (e->open && e->by_ref == by_ref && e->domid == ptr->domid && e->name == name)
        return GNTST_okay;
    end_close(e);
    if (!end_switch(e, ptr->domid))
        return GNTST_bad_domain;
    e->by_ref = by_ref;
    e->name = name;
    status = by_ref ? open_grant(e) : open_own(e);
    if (status)
        return status;
    e->va = map_frame(e->frame);
    e->open = true;
    return GNTST_okay;
}

static bool end_covers(const struct copy_end *e, uint32_t offset, uint32_t len)
{
    return offset >= e->offset && offset + len <= (uint32_t)e->offset + e->length;
}

static int16_t copy_one(const gnttab_copy_t *op, struct copy_end *src, struct copy_end *dst)
{
    bool src_ref = op->flags & GNTCOPY_source_gref, dst_ref = op->flags & GNTCOPY_dest_gref;
    int16_t status;

    /* Frames are named by number only at home. */
    if ((!src_ref && op->source.domid != DOMID_SELF) || (!dst_ref && op->dest.domid != DOMID_SELF))
        return GNTST_permission_denied;
    if (op->source.offset + op->len > (int)PAGE_SIZE || op->dest.offset + op->len > (int)PAGE_SIZE)
        return GNTST_bad_copy_arg;
    status = end_open(src, &op->source, src_ref);
    if (!status)
        status = end_open(dst, &op->dest, dst_ref);
    if (status)
        return status;
    if (!end_covers(src, op->source.offset, op->len) || !end_covers(dst, op->dest.offset, op->len))
        return GNTST_general_error;
    if (mfn_eq(src->frame, dst->frame))
        memmove(dst->va + op->dest.offset, src->va + op->source.offset, op->len);
    else
        memcpy(dst->va + op->dest.offset, src->va + op->source.offset, op->len);
    return GNTST_okay;
}

int grant_copy(struct grant_batch *b)
{
    struct copy_end src = { .write = false }, dst = { .write = true };
    int rc = 0;

    for (; b->done < b->count && !rc; b->done++) {
        gnttab_copy_t *guest = (gnttab_copy_t *)b->arg + b->done;
        gnttab_copy_t op;

        if (grant_batch_stop(b)) {
            rc = -ERESTART;
            break;
        }
        if (guest_copy_from(&op, guest, sizeof(op))) {
            rc = -EFAULT;
            break;
        }
        op.status = copy_one(&op, &src, &dst);
        rc = guest_copy_to(&guest->status, &op.status, sizeof(op.status));
    }
    end_finish(&dst);
    end_finish(&src);
    return rc;
}
