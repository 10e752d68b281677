/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The frame table: one struct frame per machine frame. A frame that a domain owns is kept by two
 * counts: references (it cannot be freed) and type references (its use cannot change). A frame has
 * one type at a time, so it is never writable by a guest while it is a page table or holds segment
 * descriptors.
 */
#ifndef HV_FRAME_H
#define HV_FRAME_H

#include <hv/types.h>

struct domain;

/* struct frame.refs: flags above a count. */
#define FRAME_ALLOCATED  (1ULL << 63) /* holds the owner's first reference */
#define FRAME_XENHEAP    (1ULL << 62) /* the hypervisor's own page, shared with the owner */
#define FRAME_IO         (1ULL << 60) /* not RAM: device memory or a hole */
#define FRAME_COUNT_MASK 0xffffffffULL

/* struct frame.type: the type, flags, and a count. */
#define TYPE_NONE      0ULL
#define TYPE_L1        1ULL
#define TYPE_L2        2ULL
#define TYPE_L3        3ULL
#define TYPE_L4        4ULL
#define TYPE_SEGDESC   5ULL /* segment descriptors: GDT or LDT */
#define TYPE_WRITABLE  7ULL
#define TYPE_SHIFT     60
#define TYPE_MASK      (7ULL << TYPE_SHIFT)
#define TYPE_PINNED    (1ULL << 59) /* the guest asked to keep this type; holds one type reference */
#define TYPE_VALIDATED (1ULL << 58) /* contents checked for this type */
/*
 * A check or release of the contents stopped half-way. Of the entries, those before "done" hold
 * references. With a count, who holds that began to drop it; without, it was never in use, and the
 * state itself keeps a reference. The type stays until someone with the same type in mind goes on.
 */
#define TYPE_PARTIAL    (1ULL << 57)
#define TYPE_UNDOING    (1ULL << 56) /* the check failed: what it took is being released */
#define TYPE_DONE_SHIFT 32
#define TYPE_DONE_MASK  (0x3ffULL << TYPE_DONE_SHIFT)
#define TYPE_COUNT_MASK 0xffffffffULL

#define type_of(word)      (((word)&TYPE_MASK) >> TYPE_SHIFT)
#define type_done_of(word) ((unsigned int)(((word)&TYPE_DONE_MASK) >> TYPE_DONE_SHIFT))

struct frame {
    uint64_t refs; /* (a) atomic: flags and reference count */
    union {
        uint64_t type;  /* (a) in use: type, flags, type count */
        uint64_t order; /* free: the block's order */
    };
    struct domain *owner; /* set before the first reference is given out */
    uint32_t next, prev;  /* owner's page list under its page_lock, or free list; frame numbers */
};

#define FRAME_ENTRIES 512U        /* of 8 bytes in a frame */
#define FRAME_NONE    0xffffffffU /* end of a list of frames */

extern struct frame
    *const frame_table;      /* virtually contiguous; holes read as frames without owner */
extern uint64_t frame_limit; /* first frame number behind the table */

static inline struct frame *frame_of(mfn_t m)
{
    return &frame_table[m.n];
}

static inline mfn_t frame_mfn(const struct frame *pg)
{
    return mfn((uint64_t)(pg - frame_table));
}

static inline bool mfn_is_valid(mfn_t m)
{
    return m.n < frame_limit;
}

/* The one door to a frame's contents. map_frame() never fails; unmap_frame() ends the use. */
void *map_frame(mfn_t m);
static inline void unmap_frame(const void *va __unused)
{
}

/*
 * Told of every change of a frame's type, before the new type counts: an observer registers at
 * start-up (TLB flush, later IOMMU mapping and dirty log).
 */
struct frame_observer {
    void (*type_changes)(struct frame *pg, uint64_t from, uint64_t to);
    struct frame_observer *next;
};
void frame_observer_register(struct frame_observer *o);

/*
 * Checks a frame's contents for a type other than writable, taking what the contents refer to, and
 * releases that again; the guest's face provides them (pv/). Both work from *done on, upwards or
 * downwards, and leave there how many entries hold references. With @may_stop they return -ERESTART
 * when other work waits, but not before they got anywhere.
 */
struct frame_validator {
    int (*validate)(struct frame *pg, uint64_t type, unsigned int *done, bool may_stop);
    int (*invalidate)(struct frame *pg, uint64_t type, unsigned int *done, bool may_stop);
};
extern const struct frame_validator *frame_validator;

/* The last reference is gone: back to the allocator. For frame_put() only. */
void domain_release_frame(struct frame *pg) __cold;

/* Drops a reference; the last one frees the frame. */
static inline void frame_put(struct frame *pg)
{
    if (unlikely(!(__atomic_sub_fetch(&pg->refs, 1, __ATOMIC_RELEASE) & FRAME_COUNT_MASK)))
        domain_release_frame(pg);
}

/* Takes a reference if @d owns the frame; false otherwise. Any context. */
static inline __must_check bool frame_get(struct frame *pg, const struct domain *d)
{
    uint64_t old = READ_ONCE(pg->refs);

    do {
        /* No reference: free, or on its way there. (A full count is refused too.) */
        if (unlikely((uint32_t)(old + 1) <= 1))
            return false;
    } while (unlikely(!__atomic_compare_exchange_n(&pg->refs, &old, old + 1, false,
                                                   __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)));
    if (likely(READ_ONCE(pg->owner) == d))
        return true;
    frame_put(pg);
    return false;
}

/*
 * Takes a type reference; the caller holds a reference. A change of type (the count was zero)
 * flushes stale TLB entries and checks the contents: 0, -EINVAL (contents), -EBUSY (other type in
 * use, or half-way to it). For page tables and descriptors the owner's mmu lock is held.
 */
static inline __must_check int frame_get_type(struct frame *pg, uint64_t type);
static inline void frame_put_type(struct frame *pg);

/* What is left of the two when the count is zero, or becomes zero, or CPUs race. */
int frame_get_type_slow(struct frame *pg, uint64_t type, bool may_stop) __must_check;
int frame_put_type_slow(struct frame *pg, bool may_stop);

static inline int frame_get_type(struct frame *pg, uint64_t type)
{
    uint64_t old = READ_ONCE(pg->type);

    /* In use with this type already, and checked: one more. */
    if (likely((old & ~(TYPE_COUNT_MASK | TYPE_PINNED)) == (type << TYPE_SHIFT | TYPE_VALIDATED) &&
               (uint32_t)(old + 1) > 1 &&
               __atomic_compare_exchange_n(&pg->type, &old, old + 1, false, __ATOMIC_ACQUIRE,
                                           __ATOMIC_RELAXED)))
        return 0;
    return frame_get_type_slow(pg, type, false);
}

static inline void frame_put_type(struct frame *pg)
{
    uint64_t old = READ_ONCE(pg->type);

    if (likely((uint32_t)old > 1 &&
               __atomic_compare_exchange_n(&pg->type, &old, old - 1, false, __ATOMIC_RELEASE,
                                           __ATOMIC_RELAXED)))
        return;
    (void)frame_put_type_slow(pg, false);
}

/* Both at once: reference and type. -EINVAL if @d is not the owner. */
int frame_get_and_type(struct frame *pg, const struct domain *d, uint64_t type) __must_check;
void frame_put_and_type(struct frame *pg);
/*
 * The same for calls that can be continued: -ERESTART when other work waits. A get has then taken
 * nothing; a put is still owed. Either is called again, and goes on where it stopped.
 */
int frame_get_and_type_preemptible(struct frame *pg, const struct domain *d,
                                   uint64_t type) __must_check;
int frame_put_and_type_preemptible(struct frame *pg) __must_check;
/*
 * Ends what a get that was never continued left in a frame that is not in use; to be called for all
 * frames of a domain that ends. The owner's mmu lock is held. 0 or -ERESTART.
 */
int frame_type_abandon(struct frame *pg) __must_check;

/*
 * For the audit: each part that keeps references calls @use for them: @count of them, with as many
 * references to the type unless that is TYPE_NONE. The domain does not run.
 */
struct frame_visitor {
    void (*use)(struct frame_visitor *w, struct frame *pg, uint64_t type, unsigned int count);
    /* Besides: page-table entries that may stand for a grant's references. */
    void (*granted)(struct frame_visitor *w, struct frame *pg, bool writable, unsigned int count);
};

/*
 * Takes the frame from @d if nobody else refers to it: it ends with no owner and no references,
 * as frame_alloc() gives them. 0 or -EINVAL.
 */
int domain_steal_frame(struct domain *d, struct frame *pg) __must_check;

/* Gives a fresh frame (from frame_alloc) to @d, with one reference; counts it in d->tot_pages. */
int domain_assign_frame(struct domain *d, struct frame *pg) __must_check;
/* The same for 2^@order frames in a row: all of them, or none (-E2BIG beyond d->max_pages). */
int domain_assign_frames(struct domain *d, struct frame *pg, unsigned int order) __must_check;
/*
 * Detach is a steal after which @d still counts the frame, and TLBs may hold it: the caller calls
 * arch_domain_flush_tlb() before anyone uses it. Attach gives frames without counting them, for as
 * many that were detached: 0, or -EINVAL if @d dies; then, uncharge ends the counting.
 */
int domain_detach_frame(struct domain *d, struct frame *pg) __must_check;
int domain_attach_frames(struct domain *d, struct frame *pg, unsigned int order) __must_check;
void domain_uncharge(struct domain *d, uint64_t count);
/*
 * Between begin and end, frames of @d whose last reference this CPU drops are kept aside: one
 * flush of TLBs at the end frees them all. Not nested; nothing in between changes the CPU.
 */
struct release_batch {
    struct domain *domain;
    uint32_t first; /* chained by frame.next, FRAME_NONE if empty */
};
void domain_release_begin(struct release_batch *b, struct domain *d);
void domain_release_end(struct release_batch *b);
/* Gives up the owner's own reference; the frame is freed when the others are gone. Idempotent. */
void domain_drop_owner_ref(struct frame *pg);
/* Flushes what CPUs may hold of the domain's address spaces (arch). */
void arch_domain_flush_tlb(struct domain *d);
/* Makes a page of the hypervisor (page_alloc) visible to @d: owned, not counted, never freed by it.
 */
void domain_share_page(struct domain *d, void *va, bool writable);
/*
 * Ends that. The page is freed now, or when the last reference of those who map it goes; until then
 * it belongs to dom_xen, as its domain may be gone before. Nobody can reach the domain any more.
 */
void domain_unshare_page(void *va);
/*
 * Walks the frames of a domain, across preemptions: domain_frames_begin(), then one after the other
 * with a reference, null behind the last. One walk per domain at a time, under its control_lock.
 */
void domain_frames_begin(struct domain *d);
struct frame *domain_frames_next(struct domain *d) __must_check;
/* The walk goes on with this one, which next() gave and which stays the domain's. */
void domain_frames_again(struct domain *d, struct frame *pg);

#endif
