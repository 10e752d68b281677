/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The two layouts of a grant table: asking for one, the status frames of version 2, and swapping
 * entries. The reserved entries survive a change, in use or not; no other may be in use.
 */
#include <hv/errno.h>
#include <hv/frame.h>
#include <hv/guest-access.h>
#include <hv/string.h>

#include <asm/current.h>
#include <asm/mm.h>

#include "private.h"

/* A reserved entry, in neither layout. */
struct reserved {
    uint16_t flags, marks;
    domid_t domid;
    uint64_t frame;
};

static bool pinned_from(const struct grant_table *gt, grant_ref_t first)
{
    grant_ref_t end = gt->nr_frames * V1_PER_PAGE; /* active entries exist for either layout */

    for (grant_ref_t ref = first; ref < end; ref++)
        if (grant_active_of(gt, ref)->pins)
            return true;
    return false;
}

static struct reserved reserved_read(const struct grant_table *gt, grant_ref_t ref)
{
    struct reserved r;
    const union grant_entry_v2 *e;

    if (gt->version == 1) {
        const struct grant_entry_v1 *v1 = grant_v1_of(gt, ref);

        r.flags = READ_ONCE(v1->flags);
        r.domid = READ_ONCE(v1->domid);
        r.frame = READ_ONCE(v1->frame);
        r.marks = r.flags & (GTF_reading | GTF_writing);
        r.flags &= (uint16_t) ~(GTF_reading | GTF_writing | GTF_sub_page);
    } else {
        e = grant_v2_of(gt, ref);
        r.flags = READ_ONCE(e->hdr.flags);
        r.domid = READ_ONCE(e->hdr.domid);
        r.frame = READ_ONCE(e->full_page.frame);
        r.marks = READ_ONCE(*grant_status_of(gt, ref)) & (GTF_reading | GTF_writing);
        r.flags &= (uint16_t) ~(GTF_reading | GTF_writing);
        if (r.frame > UINT32_MAX)
            r.flags = GTF_invalid;
    }
    if ((r.flags & GTF_type_mask) != GTF_permit_access || (r.flags & GTF_sub_page))
        return (struct reserved){ 0 };
    return r;
}

static void reserved_write(const struct grant_table *gt, grant_ref_t ref, const struct reserved *r)
{
    if (gt->version == 1) {
        *grant_v1_of(gt, ref) = (struct grant_entry_v1){ .flags = r->flags | r->marks,
                                                         .domid = r->domid,
                                                         .frame = (uint32_t)r->frame };
        return;
    }
    *grant_v2_of(gt, ref) = (union grant_entry_v2){
        .full_page = { .hdr = { .flags = r->flags, .domid = r->domid }, .frame = r->frame }
    };
    *grant_status_of(gt, ref) = r->marks;
}

static int change_version_locked(struct domain *d, uint32_t version)
{
    struct grant_table *gt = d->grant_table;
    struct reserved kept[GNTTAB_NR_RESERVED_ENTRIES];
    unsigned int count = gt->nr_frames ? GNTTAB_NR_RESERVED_ENTRIES : 0;
    int rc = 0;

    if (pinned_from(gt, count))
        return -EBUSY;
    if (version == 2)
        rc = grant_grow_status_locked(d, gt->nr_frames);
    if (rc)
        return rc;
    for (unsigned int i = 0; i < count; i++) {
        kept[i] = reserved_read(gt, i);
        /* One in use that the other layout cannot express. */
        if (grant_active_of(gt, i)->pins && !kept[i].flags)
            return -EBUSY;
    }
    for (uint32_t i = 0; i < gt->nr_frames; i++)
        memset(gt->shared[i], 0, PAGE_SIZE);
    for (uint32_t i = 0; i < gt->nr_status; i++)
        memset(gt->status[i], 0, PAGE_SIZE);
    gt->version = version;
    for (unsigned int i = 0; i < count; i++)
        reserved_write(gt, i, &kept[i]);
    return 0;
}

int grant_set_version(void *arg)
{
    gnttab_set_version_t *op = arg;
    struct domain *d = current->domain;
    struct grant_table *gt = d->grant_table;
    int rc = 0;

    if (op->version != 1 && op->version != 2)
        return -EINVAL;
    if (op->version > gt->max_version)
        return -ENOSYS;
    spin_lock(&gt->lock);
    if (op->version != gt->version)
        rc = change_version_locked(d, op->version);
    op->version = gt->version;
    spin_unlock(&gt->lock);
    return rc;
}

int grant_get_version(void *arg)
{
    gnttab_get_version_t *op = arg;
    int16_t status = GNTST_okay;
    struct domain *d = grant_target(op->dom, &status);

    if (!d)
        return status == GNTST_permission_denied ? -EPERM : -ESRCH;
    op->version = READ_ONCE(d->grant_table->version);
    domain_put(d);
    return 0;
}

static int write_status_list(struct domain *d, const gnttab_get_status_frames_t *op)
{
    for (uint32_t i = 0; i < op->nr_frames; i++) {
        uint64_t frame = arch_grant_frame_gfn(d, virt_to_mfn(d->grant_table->status[i])).n;

        if (guest_write(op->frame_list, i, &frame))
            return -EFAULT;
    }
    return 0;
}

int grant_get_status_frames(void *arg)
{
    gnttab_get_status_frames_t *op = arg;
    struct domain *d = grant_target(op->dom, &op->status);
    struct grant_table *gt;
    int rc = 0;

    if (!d)
        return 0;
    gt = d->grant_table;
    spin_lock(&gt->lock);
    op->status = gt->version == 2 && op->nr_frames <= gt->nr_status ? GNTST_okay
                                                                    : GNTST_general_error;
    spin_unlock(&gt->lock);
    /* As the table's frames, they are never taken away. */
    if (!op->status)
        rc = write_status_list(d, op);
    domain_put(d);
    return rc;
}

static void swap_locked(const struct grant_table *gt, grant_ref_t a, grant_ref_t b)
{
    if (gt->version == 1) {
        struct grant_entry_v1 *ea = grant_v1_of(gt, a), *eb = grant_v1_of(gt, b), tmp = *ea;

        *ea = *eb;
        *eb = tmp;
    } else {
        union grant_entry_v2 *ea = grant_v2_of(gt, a), *eb = grant_v2_of(gt, b), tmp = *ea;

        *ea = *eb;
        *eb = tmp;
    }
}

int grant_swap_grant_ref(void *arg)
{
    gnttab_swap_grant_ref_t *op = arg;
    struct grant_table *gt = current->domain->grant_table;

    op->status = GNTST_okay;
    spin_lock(&gt->lock);
    if (op->ref_a >= grant_entries_locked(gt) || op->ref_b >= grant_entries_locked(gt))
        op->status = GNTST_bad_gntref;
    else if (grant_active_of(gt, op->ref_a)->pins || grant_active_of(gt, op->ref_b)->pins)
        op->status = GNTST_eagain;
    else
        swap_locked(gt, op->ref_a, op->ref_b);
    spin_unlock(&gt->lock);
    return 0;
}
