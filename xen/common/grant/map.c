/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * GNTTABOP_map_grant_ref. A host mapping and a device mapping of one handle are two pins, each
 * with references of its own, because they may be undone one by one.
 */
#include <hv/errno.h>
#include <hv/frame.h>
#include <hv/guest-access.h>

#include <asm/current.h>

#include "private.h"

/* Pins for host and device use as @flags ask; both or none. */
static int16_t pin_all(struct domain *granter, grant_ref_t ref, uint32_t flags, domid_t user,
                       mfn_t *frame)
{
    struct grant_use host = { .granter = granter, .ref = ref, .how = grant_how_host(flags) };
    struct grant_use device = { .granter = granter, .ref = ref, .how = grant_how_device(flags) };
    int16_t status = GNTST_okay;

    if (flags & GNTMAP_host_map) {
        status = grant_pin(&host, user, GRANT_MAPPABLE);
        if (status)
            return status;
        *frame = host.frame;
    }
    if (flags & GNTMAP_device_map) {
        status = grant_pin(&device, user, GRANT_MAPPABLE);
        if (!status)
            *frame = device.frame;
        else if (flags & GNTMAP_host_map)
            grant_unpin(&host);
    }
    return status;
}

static void unpin_all(struct domain *granter, grant_ref_t ref, uint32_t flags)
{
    struct grant_use use = { .granter = granter, .ref = ref };

    use.how = grant_how_host(flags);
    if (flags & GNTMAP_host_map)
        grant_unpin(&use);
    use.how = grant_how_device(flags);
    if (flags & GNTMAP_device_map)
        grant_unpin(&use);
}

static int16_t map_one(struct domain *d, struct domain *granter, gnttab_map_grant_ref_t *op)
{
    struct grant_table *gt = d->grant_table;
    grant_handle_t handle = MAPTRACK_NONE;
    struct maptrack *m = maptrack_alloc(gt, &handle);
    mfn_t frame = INVALID_MFN;
    int16_t status;

    if (!m)
        return GNTST_no_space;
    status = pin_all(granter, op->ref, op->flags, d->id, &frame);
    if (status)
        goto free_handle;
    if (op->flags & GNTMAP_host_map)
        status = (int16_t)arch_grant_map(op->host_addr, frame, op->flags);
    if (status)
        goto unpin;

    domain_get(granter);
    m->granter = granter;
    m->ref = op->ref;
    /* From here on the handle can be claimed. */
    __atomic_store_n(&m->state, op->flags & MAPTRACK_KEEP, __ATOMIC_RELEASE);
    op->handle = handle;
    op->dev_bus_addr = mfn_to_paddr(frame);
    return GNTST_okay;

unpin:
    unpin_all(granter, op->ref, op->flags);
free_handle:
    maptrack_free(gt, handle, m);
    return status;
}

/* Makes *peer the domain @id, keeping it if it is; false if there is none. */
static bool peer_switch(struct domain **peer, domid_t id)
{
    if (*peer && (*peer)->id == id)
        return true;
    if (*peer)
        domain_put(*peer);
    *peer = grant_peer(id);
    return *peer;
}

static int map_next(struct grant_batch *b, struct domain **peer)
{
    gnttab_map_grant_ref_t *guest = (gnttab_map_grant_ref_t *)b->arg + b->done;
    gnttab_map_grant_ref_t op;

    if (guest_copy_from(&op, guest, sizeof(op)))
        return -EFAULT;
    if (!(op.flags & MAPTRACK_MAPPED))
        op.status = GNTST_bad_gntref;
    else if (!peer_switch(peer, op.dom))
        op.status = GNTST_bad_domain;
    else
        op.status = map_one(current->domain, *peer, &op);
    return guest_copy_to(guest, &op, sizeof(op));
}

int grant_map_grant_ref(struct grant_batch *b)
{
    struct domain *peer = NULL;
    int rc = 0;

    for (; b->done < b->count && !rc; b->done++) {
        if (grant_batch_stop(b)) {
            rc = -ERESTART;
            break;
        }
        rc = map_next(b, &peer);
    }
    if (peer)
        domain_put(peer);
    return rc;
}
