/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory: whole frames from the buddy allocator, small objects from the heap. */
#ifndef HV_ALLOC_H
#define HV_ALLOC_H

#include <hv/types.h>

struct frame;

#define FRAME_MAX_ORDER 18 /* the largest block: 1 GiB */

/*
 * Takes 2^@order contiguous frames, all below 2^@address_bits bytes (0: anywhere). No owner, no
 * references, contents undefined. Null if there is none. Takes the heap lock.
 */
struct frame *frame_alloc(unsigned int order, unsigned int address_bits) __must_check;
void frame_free(struct frame *pg, unsigned int order);

/* Hands the range of frames to the allocator, at start-up. */
void frame_alloc_add(mfn_t start, uint64_t count);
uint64_t frame_free_count(void);
/* Of those, the ones with numbers from @from up to @to. */
uint64_t frame_free_between(uint64_t from, uint64_t to);

/* The same by address in the direct map, for the hypervisor's own pages; zeroed. */
void *page_alloc(unsigned int order) __must_check;
void page_free(void *va, unsigned int order);

/* Small objects; heap_zalloc zeroes. Null if memory is out; heap_free(NULL) is harmless. */
void *heap_alloc(size_t size) __must_check;
void *heap_zalloc(size_t size) __must_check;
void heap_free(void *p);

#define heap_new(type)      ((type *)heap_zalloc(sizeof(type)))
#define heap_array(type, n) ((type *)heap_zalloc(sizeof(type) * (n)))

#endif
