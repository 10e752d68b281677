/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A machine for the tests of the grant tables: frames with counts, four domains, guest memory that
 * is host memory, and page tables of a few slots with a TLB that must be flushed.
 */
#ifndef TESTS_GRANT_MACHINE_H
#define TESTS_GRANT_MACHINE_H

#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/frame.h>
#include <hv/grant.h>

#include "../../xen/common/grant/private.h"

#define NR_DOMAINS          4U
#define GUEST_FRAMES        64U  /* frames 0..63 belong to guests */
#define ALL_FRAMES          256U /* those above are the hypervisor's pages */
#define NR_SLOTS            192U /* page-table slots of each domain */
#define MAX_GRANT_FRAMES    4U
#define MAX_MAPTRACK_FRAMES 2U

struct slot {
    bool present;
    uint64_t frame;
    unsigned int flags;
};

extern struct domain domains[NR_DOMAINS]; /* ids 0..3; 3 is privileged no more than the others */
extern struct slot slots[NR_DOMAINS][NR_SLOTS];
extern unsigned int pages_out;     /* page_alloc() without page_free() */
extern unsigned int preempt_after; /* hypercall_preempt_check() says yes every so often; 0: never */
extern unsigned int continuations; /* made by gnttab() */
extern unsigned int page_alloc_fail; /* the n-th page_alloc() from now fails; 0: none */
extern unsigned int flushes, cache_flushes;
extern const void *fault_at;       /* guest copies that touch this address fail */
extern void (*on_frame_get)(void); /* called in the middle of pinning to write; null: nothing */

/* Everything as new: tables made, the first domain current. And undone; asserts nothing is left. */
void machine_start(void);
void machine_stop(void);
void machine_run_as(unsigned int dom);

/* The hypercall as the current domain, continued until it is done. */
long gnttab(unsigned int cmd, void *ops, unsigned int count);

/* A frame of its own for the domain; its number. */
uint64_t frame_new(unsigned int dom);
uint64_t frame_refs(uint64_t frame);    /* references without the owner's */
uint64_t frame_writers(uint64_t frame); /* TYPE_WRITABLE references */
void *frame_bytes(uint64_t frame);
void frame_make_table(uint64_t frame); /* gives it a type that is not writable */

static inline uint64_t slot_address(unsigned int slot)
{
    return (uint64_t)(slot + 1) << PAGE_SHIFT;
}

/* The domain writes an entry of its own table (version 1 or 2, as its table is). */
void grant_write(unsigned int dom, grant_ref_t ref, uint16_t flags, domid_t to, uint64_t frame);
uint16_t grant_marks(unsigned int dom,
                     grant_ref_t ref); /* GTF_reading | GTF_writing, either version */

#endif
