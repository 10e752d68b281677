/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of this folder share: one memory_op in progress, and its sub-operations. */
#ifndef MEMORY_PRIVATE_H
#define MEMORY_PRIVATE_H

#include <hv/domain.h>
#include <hv/frame.h>

/* One call. A handler that stops early sets @preempted and leaves in @start where to go on. */
struct memop {
    unsigned int cmd;
    void *arg;           /* guest address */
    unsigned long start; /* first extent that is not done */
    bool preempted;
};

long memop_reservation(struct memop *m); /* increase, decrease, populate_physmap */
long memop_exchange(struct memop *m);
long memop_acquire_resource(struct memop *m);
long memop_add_to_physmap(struct memop *m);
long memop_add_to_physmap_batch(struct memop *m);
long memop_remove_from_physmap(struct memop *m);
long memop_claim_pages(struct memop *m);
long memop_pod_target(struct memop *m);
long memop_access(struct memop *m);
long memop_get_vnumainfo(struct memop *m);
long memop_reserved_device_memory_map(struct memop *m);

/* The guest's numbers of 2^@order frames: @first and on, or INVALID_GFN for none. */
void memory_set_gpfns(mfn_t m, unsigned int order, gfn_t first);

/* The largest extent_order that this caller may ask for. */
unsigned int memory_max_order(const struct domain *caller);

/*
 * Takes 2^@order zeroed frames below 2^@address_bits (0: anywhere), not yet assigned. What domains
 * have claimed is left alone but for @d's own claim, which shrinks; @d may be null. Null if there
 * is none. Takes the lock of the claims.
 */
struct frame *claim_frame_alloc(struct domain *d, unsigned int order, unsigned int address_bits);

#endif
