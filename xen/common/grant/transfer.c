/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * GNTTABOP_transfer: gives a frame away to a domain that waits for one. Whatever fails once the
 * frame is taken from the caller, the caller has lost it.
 */
#include <hv/alloc.h>
#include <hv/errno.h>
#include <hv/frame.h>

#include <asm/current.h>

#include "private.h"

#define COMMIT_TRIES 16

/* Takes the caller's frame; null if it is not the caller's or used otherwise. */
static struct frame *steal(struct domain *d, gfn_t frame)
{
    mfn_t m = arch_gfn_to_mfn(d, frame);

    if (!mfn_is_valid(m) || domain_steal_frame(d, frame_of(m)))
        return NULL;
    return frame_of(m);
}

/* Sets GTF_transfer_committed if the entry accepts a frame from @from. */
static bool commit_entry(grant_entry_header_t *e, domid_t from)
{
    union {
        grant_entry_header_t hdr;
        uint32_t word;
    } old, new;
    uint32_t *word = (uint32_t *)e;

    old.word = READ_ONCE(*word);
    for (unsigned int i = 0; i < COMMIT_TRIES; i++) {
        if ((old.hdr.flags & GTF_type_mask) != GTF_accept_transfer || old.hdr.domid != from ||
            (old.hdr.flags & (GTF_transfer_committed | GTF_transfer_completed)))
            return false;
        new = old;
        new.hdr.flags |= GTF_transfer_committed;
        if (__atomic_compare_exchange_n(word, &old.word, new.word, false, __ATOMIC_SEQ_CST,
                                        __ATOMIC_SEQ_CST))
            return true;
    }
    return false;
}

/* The slot the entry names, and the frame's number in its place. */
static gfn_t exchange_frame(const struct grant_table *gt, grant_ref_t ref, mfn_t frame)
{
    if (gt->version == 1)
        return gfn(
            __atomic_exchange_n(&grant_v1_of(gt, ref)->frame, (uint32_t)frame.n, __ATOMIC_SEQ_CST));
    return gfn(
        __atomic_exchange_n(&grant_v2_of(gt, ref)->full_page.frame, frame.n, __ATOMIC_SEQ_CST));
}

static int16_t give_locked(struct domain *to, grant_ref_t ref, domid_t from, struct frame *pg)
{
    struct grant_table *gt = to->grant_table;
    grant_entry_header_t *e;

    if (ref >= grant_entries_locked(gt))
        return GNTST_bad_gntref;
    if (gt->version == 1 && frame_mfn(pg).n > UINT32_MAX)
        return GNTST_address_too_big;
    e = gt->version == 1 ? (grant_entry_header_t *)grant_v1_of(gt, ref)
                         : &grant_v2_of(gt, ref)->hdr;
    if (!commit_entry(e, from))
        return GNTST_bad_gntref;
    if (domain_assign_frame(to, pg)) {
        __atomic_fetch_and(&e->flags, (uint16_t)~GTF_transfer_committed, __ATOMIC_SEQ_CST);
        return GNTST_general_error;
    }
    arch_grant_transferred(to, exchange_frame(gt, ref, frame_mfn(pg)), frame_mfn(pg));
    __atomic_fetch_or(&e->flags, GTF_transfer_completed, __ATOMIC_SEQ_CST);
    return GNTST_okay;
}

int grant_transfer(void *arg)
{
    gnttab_transfer_t *op = arg;
    struct domain *d = current->domain, *to;
    struct frame *pg = steal(d, gfn(op->mfn));

    if (!pg) {
        op->status = GNTST_bad_page;
        return 0;
    }
    to = grant_peer(op->domid);
    op->status = GNTST_bad_domain;
    if (to) {
        spin_lock(&to->grant_table->lock);
        op->status = give_locked(to, op->ref, d->id, pg);
        spin_unlock(&to->grant_table->lock);
        domain_put(to);
    }
    if (op->status)
        frame_free(pg, 0);
    return 0;
}
