/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pinning a grant: the check of the granter's entry, the bits that tell the granter, the counts,
 * and the references to the frame.
 *
 * A version 1 entry is checked and marked in one 32-bit compare-and-exchange of flags and domid,
 * so that a granter who revokes by exchanging the flags either sees our bits or makes us fail. In
 * version 2 the bits live in the status array: we mark first and check again afterwards, and the
 * granter clears the flags first and looks at the status afterwards.
 */
#include <hv/errno.h>
#include <hv/frame.h>

#include "private.h"

/* The first 32 bits of either version's entry. */
union entry_word {
    grant_entry_header_t hdr;
    uint32_t word;
};

#define GTF_IN_USE (GTF_reading | GTF_writing)

/* A compare-and-exchange fails only while the granter changes the entry; honest ones stop. */
#define MARK_TRIES 16

static uint16_t marks_for(uint32_t pins)
{
    if (pins & PIN_WRITE_MASK)
        return GTF_reading | GTF_writing;
    return pins ? GTF_reading : 0;
}

/* The kind of grant that @flags announce; -1 for none. */
static int kind_of(const struct grant_table *gt, uint16_t flags)
{
    switch (flags & GTF_type_mask) {
    case GTF_permit_access:
        return gt->version == 2 && (flags & GTF_sub_page) ? GRANT_PART : GRANT_FRAME;
    case GTF_transitive: return gt->version == 2 ? GRANT_TRANSITIVE : -1;
    default: return -1;
    }
}

/* What the granter's entry says to @user's wish. */
static int16_t check_entry(const struct grant_table *gt, union entry_word e, uint32_t pin,
                           domid_t user, unsigned int kinds)
{
    int kind = kind_of(gt, e.hdr.flags);

    if (kind < 0 || !(kinds & 1U << kind) || e.hdr.domid != user)
        return GNTST_general_error;
    if ((pin & PIN_WRITE_MASK) && (e.hdr.flags & GTF_readonly))
        return GNTST_general_error;
    return GNTST_okay;
}

static int16_t mark_v1(const struct grant_table *gt, grant_ref_t ref, uint32_t pin, domid_t user,
                       unsigned int kinds, union entry_word *seen)
{
    uint32_t *word = (uint32_t *)grant_v1_of(gt, ref);
    union entry_word old = { .word = READ_ONCE(*word) };

    for (unsigned int i = 0; i < MARK_TRIES; i++) {
        union entry_word new = old;
        int16_t status = check_entry(gt, old, pin, user, kinds);

        if (status)
            return status;
        new.hdr.flags |= marks_for(pin);
        *seen = new;
        if (new.word == old.word || __atomic_compare_exchange_n(word, &old.word, new.word, false,
                                                                __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
            return GNTST_okay;
    }
    return GNTST_general_error;
}

static int16_t mark_v2(const struct grant_table *gt, grant_ref_t ref, uint32_t pin, domid_t user,
                       unsigned int kinds, union entry_word *seen)
{
    const uint32_t *word = (const uint32_t *)grant_v2_of(gt, ref);
    int16_t status;

    seen->word = READ_ONCE(*word);
    status = check_entry(gt, *seen, pin, user, kinds);
    if (status)
        return status;
    /* A full barrier too: the second look comes after the mark. */
    __atomic_fetch_or(grant_status_of(gt, ref), marks_for(pin), __ATOMIC_SEQ_CST);
    seen->word = READ_ONCE(*word);
    return check_entry(gt, *seen, pin, user, kinds);
}

/* Takes away the marks that @pins do not justify; all uses of the frame come before. */
static void unmark(const struct grant_table *gt, grant_ref_t ref, uint32_t pins)
{
    uint16_t gone = GTF_IN_USE & ~marks_for(pins);

    if (!gone)
        return;
    if (gt->version == 1)
        __atomic_fetch_and(&grant_v1_of(gt, ref)->flags, (uint16_t)~gone, __ATOMIC_RELEASE);
    else
        __atomic_fetch_and(grant_status_of(gt, ref), (uint16_t)~gone, __ATOMIC_RELEASE);
}

/* Reads which frame, or whose grant, the entry means; each field once. */
static int16_t read_entry(const struct grant_table *gt, struct grant_use *use)
{
    union grant_entry_v2 *e;

    use->offset = 0;
    use->length = PAGE_SIZE;
    if (gt->version == 1) {
        use->frame = arch_gfn_to_mfn(use->granter,
                                     gfn(READ_ONCE(grant_v1_of(gt, use->ref)->frame)));
        return GNTST_okay;
    }
    e = grant_v2_of(gt, use->ref);
    if (use->kind == GRANT_TRANSITIVE) {
        use->via = READ_ONCE(e->transitive.trans_domid);
        use->via_ref = READ_ONCE(e->transitive.gref);
        return GNTST_okay;
    }
    if (use->kind == GRANT_PART) {
        use->offset = READ_ONCE(e->sub_page.page_off);
        use->length = READ_ONCE(e->sub_page.length);
        if (use->offset + use->length > (int)PAGE_SIZE)
            return GNTST_general_error;
    }
    use->frame = arch_gfn_to_mfn(use->granter, gfn(READ_ONCE(e->full_page.frame)));
    return GNTST_okay;
}

/* The references that go with one pin. */
static int16_t take_frame(const struct grant_use *use)
{
    struct frame *pg;

    if (use->kind == GRANT_TRANSITIVE)
        return GNTST_okay;
    if (!mfn_is_valid(use->frame))
        return GNTST_bad_page;
    pg = frame_of(use->frame);
    if (!(PIN_ONE(use->how) & PIN_WRITE_MASK))
        return frame_get(pg, use->granter) ? GNTST_okay : GNTST_bad_page;
    switch (frame_get_and_type(pg, use->granter, TYPE_WRITABLE)) {
    case 0: return GNTST_okay;
    case -EINVAL: return GNTST_bad_page;
    default: return GNTST_general_error;
    }
}

/* The marked entry's contents and references; what is pinned already stays as it is. */
static int16_t resolve(const struct grant_table *gt, const struct grant_active *act,
                       struct grant_use *use)
{
    int16_t status;

    if (act->pins && act->kind != use->kind)
        return GNTST_general_error;
    status = read_entry(gt, use);
    if (status)
        return status;
    if (act->pins)
        use->frame = act->frame;
    return take_frame(use);
}

static int16_t pin_locked(const struct grant_table *gt, struct grant_use *use, domid_t user,
                          unsigned int kinds)
{
    uint32_t pin = PIN_ONE(use->how);
    struct grant_active *act;
    union entry_word seen;
    int16_t status;

    if (use->ref >= grant_entries_locked(gt))
        return GNTST_bad_gntref;
    act = grant_active_of(gt, use->ref);
    if (act->pins && act->user != user)
        return GNTST_general_error;
    if (act->pins & PIN_FULL(use->how))
        return GNTST_no_space;
    status = gt->version == 1 ? mark_v1(gt, use->ref, pin, user, kinds, &seen)
                              : mark_v2(gt, use->ref, pin, user, kinds, &seen);
    if (!status) {
        use->kind = (enum grant_kind)kind_of(gt, seen.hdr.flags);
        status = resolve(gt, act, use);
    }
    if (status) {
        unmark(gt, use->ref, act->pins);
        return status;
    }
    if (!act->pins) {
        act->frame = use->frame;
        act->user = user;
        act->kind = (uint16_t)use->kind;
    }
    act->pins += pin;
    return GNTST_okay;
}

int16_t grant_pin(struct grant_use *use, domid_t user, unsigned int kinds)
{
    struct grant_table *gt = use->granter->grant_table;
    int16_t status;

    use->frame = INVALID_MFN;
    spin_lock(&gt->lock);
    status = pin_locked(gt, use, user, kinds);
    spin_unlock(&gt->lock);
    return status;
}

void grant_unpin(const struct grant_use *use)
{
    struct grant_table *gt = use->granter->grant_table;
    struct grant_active *act = grant_active_of(gt, use->ref); /* stays: we hold a pin */

    /* First the references: once the marks are gone the granter may want another type. */
    if (act->kind != GRANT_TRANSITIVE) {
        if (PIN_ONE(use->how) & PIN_WRITE_MASK)
            frame_put_and_type(frame_of(act->frame));
        else
            frame_put(frame_of(act->frame));
    }
    spin_lock(&gt->lock);
    act->pins -= PIN_ONE(use->how);
    unmark(gt, use->ref, act->pins);
    spin_unlock(&gt->lock);
}

mfn_t grant_pinned_frame(const struct domain *granter, grant_ref_t ref)
{
    return grant_active_of(granter->grant_table, ref)->frame;
}
