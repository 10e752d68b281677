/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Grant tables: a domain lets another map, or copy to and from, single frames of its memory. */
#ifndef HV_GRANT_H
#define HV_GRANT_H

#include <hv/domain.h>

struct frame_visitor;

/* The hypercall. Arguments are a guest's; takes the tables' locks. */
long do_grant_table_op(unsigned long cmd, unsigned long arg, unsigned long count, unsigned long a4,
                       unsigned long a5);

/*
 * Gives @d an empty version 1 table of one frame, which may grow to the given numbers of frames.
 * 0, -EINVAL (absurd limits) or -ENOMEM; on error nothing is left behind.
 */
int grant_table_init(struct domain *d, unsigned int max_grant_frames,
                     unsigned int max_maptrack_frames);
/* The highest version it may ask for, before it runs (2 without this call). */
void grant_max_version_set(struct domain *d, unsigned int version);
/*
 * Releases every mapping that @d still holds of others; preemptible: 0 or -ERESTART.
 * @d is dying, its vcpus run no more and no TLB holds entries of its page tables. The page-table
 * entries themselves stay: tearing them down must not drop references for them.
 */
int grant_release_mappings(struct domain *d);
/*
 * Frees the table. Called when the last reference to @d goes: every mapping of a grant holds a
 * reference to the granting domain, so none is left. Harmless without a table, and twice.
 */
void grant_table_destroy(struct domain *d);

/*
 * The frame behind page @idx of the table (of the status array), for XENMEM_acquire_resource and
 * XENMAPSPACE_grant_table; the table grows as needed and keeps the frame until it is destroyed.
 * 0, -EINVAL (beyond the limit, or no version 2 table), -ENOMEM. Takes the table's lock.
 */
int grant_get_shared_frame(struct domain *d, unsigned int idx, mfn_t *out) __must_check;
int grant_get_status_frame(struct domain *d, unsigned int idx, mfn_t *out) __must_check;

/* How many frames the table (its status array) may have; 0 without a table. */
unsigned int grant_max_frames(const struct domain *d, bool status);
/* Tells of every reference that uses of @d's grants keep. */
void grant_visit_frames(const struct domain *d, struct frame_visitor *w);

/* Prints sizes and the grants in use (GNTTABOP_dump_table, console key 'g'). */
void grant_dump(struct domain *d);

/*
 * The machine's side of a mapping (arch/x86/pv/grant-map.c): puts the frame into the current
 * domain's page tables. @host_addr is a linear address, or with GNTMAP_contains_pte the machine
 * address of a page-table entry. GNTST_okay or another GNTST_*. Called without locks. The caller
 * holds a reference to the frame (and a TYPE_WRITABLE one unless GNTMAP_readonly) for as long as
 * the mapping is tracked, so the page-table entry takes none of its own.
 */
int arch_grant_map(uint64_t host_addr, mfn_t frame, unsigned int flags);
/*
 * Takes it out (or puts @new_addr's mapping there, for GNTTABOP_unmap_and_replace; 0: none).
 * @flags are those of the mapping. TLBs may hold it until arch_grant_flush().
 */
int arch_grant_unmap(uint64_t host_addr, mfn_t frame, uint64_t new_addr, unsigned int flags);
/* Flushes what arch_grant_unmap() took out from all TLBs that may hold the current domain's. */
void arch_grant_flush(void);
/* A guest frame as the domain numbers it -> machine frame; INVALID_MFN if it has none. */
mfn_t arch_gfn_to_mfn(const struct domain *d, gfn_t frame);
/* How @d names one of its grant table's frames: for a PV domain the machine frame. */
gfn_t arch_grant_frame_gfn(const struct domain *d, mfn_t frame);
/* @frame was transferred to @d, which wants it at @slot: enter that into the M2P table. */
void arch_grant_transferred(struct domain *d, gfn_t slot, mfn_t frame);
/* Writes back (GNTTAB_CACHE_CLEAN) and drops (GNTTAB_CACHE_INVAL) cache lines. 0 or -EOPNOTSUPP. */
int arch_cache_flush(const void *va, size_t size, unsigned int op);

#endif
