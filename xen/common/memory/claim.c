/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Claims: a domain being built reserves an amount of free memory without taking frames yet, so
 * that two builders cannot both count on the same memory. One lock guards every claim and their
 * sum, and is held while guests' frames are allocated.
 */
#include <hv/alloc.h>
#include <hv/errno.h>
#include <hv/guest-access.h>
#include <hv/memory.h>
#include <hv/string.h>

#include <asm/current.h>

#include "private.h"

static struct spinlock claim_lock = SPINLOCK_INIT;
static uint64_t claimed; /* the sum of all domains' outstanding_claim */

uint64_t claim_total(void)
{
    return READ_ONCE(claimed);
}

static void claim_set_locked(struct domain *d, uint64_t pages)
{
    claimed += pages - d->outstanding_claim;
    d->outstanding_claim = pages;
}

void claim_release(struct domain *d)
{
    spin_lock(&claim_lock);
    claim_set_locked(d, 0);
    spin_unlock(&claim_lock);
}

struct frame *claim_frame_alloc(struct domain *d, unsigned int order, unsigned int address_bits)
{
    uint64_t count = 1ULL << order, own;
    struct frame *pg = NULL;

    if (address_bits && address_bits <= PAGE_SHIFT)
        return NULL;
    spin_lock(&claim_lock);
    own = d ? d->outstanding_claim : 0;
    if (frame_free_count() >= claimed - own + count)
        pg = frame_alloc(order, address_bits);
    if (pg && own)
        claim_set_locked(d, own - MIN(own, count));
    spin_unlock(&claim_lock);
    /* What another domain left in them must not be seen. */
    for (uint64_t i = 0; pg && i < count; i++) {
        void *va = map_frame(frame_mfn(pg + i));

        memset(va, 0, PAGE_SIZE);
        unmap_frame(va);
    }
    return pg;
}

/* A claim is for the domain's whole size: what it has already counts. */
static int claim_stake(struct domain *d, uint64_t pages)
{
    uint64_t has, free;
    int ret = 0;

    spin_lock(&claim_lock);
    has = READ_ONCE(d->tot_pages);
    free = frame_free_count();
    if (!pages)
        claim_set_locked(d, 0);
    else if (d->outstanding_claim || pages <= has || pages > READ_ONCE(d->max_pages))
        ret = -EINVAL;
    else if (free < claimed || free - claimed < pages - has)
        ret = -ENOMEM;
    else
        claim_set_locked(d, pages - has);
    spin_unlock(&claim_lock);
    return ret;
}

long memop_claim_pages(struct memop *m)
{
    struct xen_memory_reservation r;
    struct domain *d;
    long ret;

    if (!current->domain->is_privileged)
        return -EPERM;
    if (guest_copy_from(&r, m->arg, sizeof(r)))
        return -EFAULT;
    if (r.extent_start.p || r.extent_order || r.mem_flags)
        return -EINVAL;
    d = r.domid == DOMID_SELF ? NULL : domain_get_by_id(r.domid);
    if (!d)
        return -EINVAL;
    ret = domain_is_dying(d) ? -EINVAL : claim_stake(d, r.nr_extents);
    domain_put(d);
    return ret;
}
