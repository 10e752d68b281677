/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Showing a grant table on the console. */
#include <hv/frame.h>
#include <hv/printk.h>

#include "private.h"

#define DUMP_MAX 64U /* grants printed: a guest may ask for this too */

static void dump_active(const struct domain *d, grant_ref_t ref, const struct grant_active *act)
{
    static const char *const kinds[] = { "frame", "part", "transitive" };

    printk(LOG_GUEST_INFO
           "  d%u grant %u: %s to d%u, frame %#lx, host %u r %u w, device %u r %u w\n",
           d->id, ref, kinds[act->kind], act->user, (unsigned long)act->frame.n, act->pins & 0xff,
           act->pins >> 8 & 0xff, act->pins >> 16 & 0xff, act->pins >> 24);
}

/* A copy of an entry; false beyond the table. The lock is never waited for: a key may ask. */
static bool active_read(struct grant_table *gt, grant_ref_t ref, struct grant_active *out)
{
    bool there = false;

    if (!spin_trylock(&gt->lock))
        return false;
    if (ref < grant_entries_locked(gt)) {
        *out = *grant_active_of(gt, ref);
        there = true;
    }
    spin_unlock(&gt->lock);
    return there;
}

void grant_visit_frames(const struct domain *d, struct frame_visitor *w)
{
    struct grant_active act;

    for (grant_ref_t ref = 0; d->grant_table && active_read(d->grant_table, ref, &act); ref++) {
        unsigned int host_read = act.pins & 0xff, host_write = act.pins >> 8 & 0xff;
        unsigned int dev_read = act.pins >> 16 & 0xff, dev_write = act.pins >> 24;

        if (!act.pins || act.kind == GRANT_TRANSITIVE)
            continue;
        w->use(w, frame_of(act.frame), TYPE_NONE, host_read + dev_read);
        w->use(w, frame_of(act.frame), TYPE_WRITABLE, host_write + dev_write);
        w->granted(w, frame_of(act.frame), false, host_read);
        w->granted(w, frame_of(act.frame), true, host_write);
    }
}

void grant_dump(struct domain *d)
{
    struct grant_table *gt = d->grant_table;
    struct grant_active act;
    unsigned int shown = 0;

    if (!gt)
        return;
    printk(LOG_GUEST_INFO "d%u grants: version %u, %u of %u frames, %u handles given out\n", d->id,
           gt->version, gt->nr_frames, gt->max_frames, gt->maptrack_used);
    for (grant_ref_t ref = 0; shown < DUMP_MAX && active_read(gt, ref, &act); ref++) {
        if (!act.pins)
            continue;
        dump_active(d, ref, &act);
        shown++;
    }
}

int grant_dump_table(void *arg)
{
    gnttab_dump_table_t *op = arg;
    struct domain *d = grant_target(op->dom, &op->status);

    if (!d)
        return 0;
    grant_dump(d);
    op->status = GNTST_okay;
    domain_put(d);
    return 0;
}
