/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The store's memory: one shared mapping, always at the same address, that holds all of its state.
 *
 * The mapping outlives the process (a file in the state directory, or an anonymous one that the
 * holder keeps). A process that takes over maps it again and finds every node, watch, connection
 * and half-read request where its predecessor left them. What makes that safe after a kill at any
 * instruction is the undo journal (journal.h). Only one thread ever touches the region.
 */
#ifndef XENSTORE_REGION_H
#define XENSTORE_REGION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REGION_JOURNAL_SIZE (UINT64_C(64) << 20)
#define REGION_HEAP_CLASSES 129

struct region {
    uint64_t magic;
    uint64_t layout;       /* of the structures in it; another layout is not taken over */
    uint64_t size;         /* bytes, header and journal included */
    void *base;            /* where it is mapped, in every process */
    uint64_t journal_used; /* bytes of the journal in use; 0 = state is consistent */
    uint64_t heap_end;     /* offset of the first byte never handed out */
    uint64_t backed;       /* the file has space up to this offset */
    void *heap_free[REGION_HEAP_CLASSES];
    void *root; /* the one object that leads to all others */
    uint64_t heap_used;
    int32_t fd; /* of the mapped file, in the process that has it mapped now */
};

/* The mapped region; NULL before region_open(). */
extern struct region *region;

/*
 * Maps `fd` (made `size` bytes large if it is empty). A region that was there is rolled back to its
 * last commit. 0; -EPROTO when its content has another layout; -errno.
 */
int region_open(int fd, uint64_t size, uint64_t layout);

/* Unmaps; the content stays in the file. */
void region_close(void);

/* Makes sure the file has space up to `offset`. 0 or -ENOMEM. */
int region_back(uint64_t offset);

static inline char *region_journal(void)
{
    return (char *)region + 4096;
}

#endif
