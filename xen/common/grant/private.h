/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A domain's grant table, for this folder only.
 *
 * Three arrays tell the story of a grant. The shared entry is the granter's own memory: what it
 * permits, and (here or in the status array) the bits by which we say that it is in use. It may
 * change under us at any time. The active entry is ours: what of it is pinned and by whom; it
 * decides while anything is pinned. The maptrack entry is on the mapping side: which grant stands
 * behind a handle.
 *
 * Lock order: maptrack_lock, then lock; two tables' locks are never held together.
 */
#ifndef COMMON_GRANT_PRIVATE_H
#define COMMON_GRANT_PRIVATE_H

#include <hv/domain.h>
#include <hv/grant.h>
#include <hv/speculation.h>

/* What an active entry's pins are counted as; the number of the byte in grant_active.pins. */
enum grant_how { GRANT_HOST_READ, GRANT_HOST_WRITE, GRANT_DEV_READ, GRANT_DEV_WRITE };

#define PIN_ONE(how)   (1U << (8 * (how)))
#define PIN_FULL(how)  (0x80U << (8 * (how)))
#define PIN_WRITE_MASK 0xff00ff00U

/* What a shared entry grants: a frame, a part of one (copy only), or another domain's grant. */
enum grant_kind { GRANT_FRAME, GRANT_PART, GRANT_TRANSITIVE };

#define GRANT_MAPPABLE (1U << GRANT_FRAME)
#define GRANT_DIRECT   (1U << GRANT_FRAME | 1U << GRANT_PART)
#define GRANT_COPYABLE (GRANT_DIRECT | 1U << GRANT_TRANSITIVE)

/* All under the table's lock; frame may also be read by whoever holds a pin. */
struct grant_active {
    mfn_t frame;   /* valid while pinned, and not for GRANT_TRANSITIVE */
    uint32_t pins; /* four counts of a byte each, see enum grant_how */
    domid_t user;  /* valid while pinned */
    uint16_t kind; /* enum grant_kind, valid while pinned */
};

#define ACTIVE_PER_PAGE ((unsigned int)(PAGE_SIZE / sizeof(struct grant_active)))
#define V1_PER_PAGE     ((unsigned int)(PAGE_SIZE / sizeof(struct grant_entry_v1)))
#define V2_PER_PAGE     ((unsigned int)(PAGE_SIZE / sizeof(union grant_entry_v2)))
#define STATUS_PER_PAGE ((unsigned int)(PAGE_SIZE / sizeof(grant_status_t)))

/* Grant frames whose version 2 status fits one frame. */
#define FRAMES_PER_STATUS (STATUS_PER_PAGE / V2_PER_PAGE)
#define ACTIVE_PER_FRAME  (V1_PER_PAGE / ACTIVE_PER_PAGE)
#define status_frames(nr) (((nr) + FRAMES_PER_STATUS - 1) / FRAMES_PER_STATUS)

#define MAPTRACK_BUSY (1U << 31) /* being unmapped; the lower bits are GNTMAP_* */
#define MAPTRACK_KEEP                                                                 \
    (GNTMAP_device_map | GNTMAP_host_map | GNTMAP_readonly | GNTMAP_application_map | \
     GNTMAP_contains_pte)
#define MAPTRACK_MAPPED (GNTMAP_device_map | GNTMAP_host_map)

/* Who may change it: nobody while state is 0, whoever set MAPTRACK_BUSY otherwise. */
struct maptrack {
    struct domain *granter; /* holds a reference */
    grant_ref_t ref;        /* in a free entry: the next free handle */
    uint32_t state;         /* (a) 0: no mapping */
};

#define MAPTRACK_PER_PAGE ((unsigned int)(PAGE_SIZE / sizeof(struct maptrack)))
#define MAPTRACK_NONE     0xffffffffU

/* (c) constant  (g) under lock  (m) under maptrack_lock */
struct grant_table {
    struct spinlock lock;
    uint32_t version;             /* (g) 1 or 2 */
    uint32_t max_version;         /* (c) after creation */
    uint32_t nr_frames;           /* (g) */
    uint32_t max_frames;          /* (c) */
    void **shared;                /* (g) nr_frames pages, shared with the domain */
    struct grant_active **active; /* (g) ACTIVE_PER_FRAME pages for each frame */
    grant_status_t **status;      /* (g) shared too; there since version 2 was first asked for */
    uint32_t nr_status;           /* (g) */

    struct spinlock maptrack_lock;
    struct maptrack **maptrack;  /* (m) to extend */
    uint32_t maptrack_pages;     /* (m) */
    uint32_t max_maptrack_pages; /* (c) */
    uint32_t maptrack_used;      /* (m) to grow; handles from here on were never given out */
    uint32_t maptrack_free;      /* (m) list through ref */
    uint32_t release_cursor;     /* grant_release_mappings(): handles below are done */
};

/* One use of a grant, from grant_pin() to grant_unpin(). */
struct grant_use {
    struct domain *granter; /* whose table; the caller holds a reference */
    grant_ref_t ref;
    enum grant_how how;
    /* filled by grant_pin() */
    enum grant_kind kind;
    mfn_t frame;             /* with a reference, and a type reference for writing */
    uint16_t offset, length; /* GRANT_PART: the bytes granted */
    domid_t via;             /* GRANT_TRANSITIVE: the domain and its grant behind this one */
    grant_ref_t via_ref;
};

/* The number of entries the table has now. */
static inline uint32_t grant_entries_locked(const struct grant_table *gt)
{
    return gt->nr_frames * (gt->version == 1 ? V1_PER_PAGE : V2_PER_PAGE);
}

static inline struct grant_active *grant_active_of(const struct grant_table *gt, grant_ref_t ref)
{
    ref = index_clamp(ref, gt->nr_frames * V1_PER_PAGE);
    return &gt->active[ref / ACTIVE_PER_PAGE][ref % ACTIVE_PER_PAGE];
}

static inline struct grant_entry_v1 *grant_v1_of(const struct grant_table *gt, grant_ref_t ref)
{
    ref = index_clamp(ref, gt->nr_frames * V1_PER_PAGE);
    return (struct grant_entry_v1 *)gt->shared[ref / V1_PER_PAGE] + ref % V1_PER_PAGE;
}

static inline union grant_entry_v2 *grant_v2_of(const struct grant_table *gt, grant_ref_t ref)
{
    ref = index_clamp(ref, gt->nr_frames * V2_PER_PAGE);
    return (union grant_entry_v2 *)gt->shared[ref / V2_PER_PAGE] + ref % V2_PER_PAGE;
}

static inline grant_status_t *grant_status_of(const struct grant_table *gt, grant_ref_t ref)
{
    ref = index_clamp(ref, gt->nr_status * STATUS_PER_PAGE);
    return &gt->status[ref / STATUS_PER_PAGE][ref % STATUS_PER_PAGE];
}

/* table.c */
/* Makes the table at least @nr_frames large; what is there stays on error. 0, -EINVAL, -ENOMEM. */
int grant_grow_locked(struct domain *d, uint32_t nr_frames) __must_check;
/* Status frames for the table as it is. */
int grant_grow_status_locked(struct domain *d, uint32_t nr_frames) __must_check;

/* op.c */
/*
 * A domain by id for an operation on its table, with a reference. Null: *status says whether it
 * is unknown or the caller may not.
 */
struct domain *grant_target(domid_t id, int16_t *status) __must_check;
/* A living domain whose grants the caller uses, with a reference; null if there is none. */
struct domain *grant_peer(domid_t id) __must_check;

/* pin.c */
/*
 * Checks that the grant permits @user this use, marks it in use for the granter to see, and takes
 * the references. @kinds: which kinds of grant will do. A GNTST_*. Takes the granter's lock.
 */
int16_t grant_pin(struct grant_use *use, domid_t user, unsigned int kinds) __must_check;
/* Ends the use. Needs granter, ref, how. */
void grant_unpin(const struct grant_use *use);
/* The pinned frame, for whoever holds a pin. */
mfn_t grant_pinned_frame(const struct domain *granter, grant_ref_t ref);

/* maptrack.c */
/* A free handle, without a mapping; null if there is none. */
struct maptrack *maptrack_alloc(struct grant_table *gt, grant_handle_t *handle) __must_check;
/* For an entry that has no mapping (any more). */
void maptrack_free(struct grant_table *gt, grant_handle_t handle, struct maptrack *m);
/* The mapping behind a handle, for this caller alone; null if there is none or it is busy. */
struct maptrack *maptrack_claim(struct grant_table *gt, grant_handle_t handle) __must_check;
/* Ends the claim; @gone: which of MAPTRACK_MAPPED are no more. The last one frees the handle. */
void maptrack_settle(struct grant_table *gt, grant_handle_t handle, struct maptrack *m,
                     uint32_t gone);
/* The entry of a handle below maptrack_used. */
static inline struct maptrack *maptrack_at(const struct grant_table *gt, grant_handle_t handle)
{
    handle = index_clamp(handle, gt->maptrack_used);
    return &gt->maptrack[handle / MAPTRACK_PER_PAGE][handle % MAPTRACK_PER_PAGE];
}

/* What a mapping with these flags is pinned as. */
static inline enum grant_how grant_how_host(uint32_t flags)
{
    return flags & GNTMAP_readonly ? GRANT_HOST_READ : GRANT_HOST_WRITE;
}

static inline enum grant_how grant_how_device(uint32_t flags)
{
    return flags & GNTMAP_readonly ? GRANT_DEV_READ : GRANT_DEV_WRITE;
}

/* A batch of operations in progress. */
struct grant_batch {
    unsigned long arg; /* guest address of the array */
    uint32_t count;
    uint32_t done;   /* finished elements */
    uint32_t cursor; /* where the next element stopped; it survives continuations */
};

/* The sub-operations over whole batches: 0, -Exxx, or -ERESTART to continue behind @done. */
int grant_map_grant_ref(struct grant_batch *b);
int grant_unmap_grant_ref(struct grant_batch *b);
int grant_unmap_and_replace(struct grant_batch *b);
int grant_copy(struct grant_batch *b);
int grant_cache_flush(struct grant_batch *b);

/* Those on one element, which op.c copies in and out: 0 or -Exxx. */
int grant_setup_table(void *op);
int grant_query_size(void *op);
int grant_dump_table(void *op);
int grant_transfer(void *op);
int grant_set_version(void *op);
int grant_get_version(void *op);
int grant_get_status_frames(void *op);
int grant_swap_grant_ref(void *op);

/* True when the batch should stop here; it always gets one element further. */
bool grant_batch_stop(const struct grant_batch *b);

#endif
