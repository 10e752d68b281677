/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A small machine for the tests of memory_op: real frame counts, allocator and page lists; guest
 * memory is host memory, TLBs are a mark on frames that are released while it is on.
 */
#ifndef TESTS_MEMORY_WORLD_H
#define TESTS_MEMORY_WORLD_H

#include <hv/alloc.h>
#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/frame.h>
#include <hv/memory.h>

#define FRAMES     1024U
#define FIRST_FREE 16U /* frames below are nobody's */
#define DOMAINS    3U
#define NO_PFN     (~0ULL)

extern struct domain domains[DOMAINS]; /* 0 is privileged */
extern uint64_t m2p_table[FRAMES];
extern bool in_tlb[FRAMES]; /* must be flushed before the frame is given to anyone */
extern unsigned int flushes, preempt_every, continuations;
extern const void *read_fault, *write_fault; /* copies that touch this address fail */
extern unsigned int shared_frames;           /* of a domain's grant table, for acquire_resource */

/* As new, with domain 0 current; and the checks that hold after any test. */
void world_start(void);
void world_stop(void);
void world_run_as(unsigned int dom);

/* The hypercall, continued until it is done. */
long memory_op(unsigned int cmd, void *arg);
/* With a struct xen_memory_reservation. */
long reserve(unsigned int cmd, void *list, unsigned long count, unsigned int order, domid_t id);

/* Stops the test unless every frame is free or on its owner's list, which has the right length. */
void world_check(void);
uint8_t *frame_bytes(uint64_t n);

#endif
