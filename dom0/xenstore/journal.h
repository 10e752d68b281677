/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The undo journal: before a byte of the region changes, its old value is written down here; a
 * commit forgets the journal. A process that finds a journal that is not empty died in the middle
 * of an operation and puts the old values back, last first. A kill leaves a prefix of the program's
 * stores in the shared pages, so order is all that is needed: no flush, no system call.
 *
 * The same journal takes back an operation that fails half-way (journal_rollback), so operations
 * on the store need no undo code of their own.
 */
#ifndef XENSTORE_JOURNAL_H
#define XENSTORE_JOURNAL_H

#include <string.h>

#include "region.h"

/* Behind the saved bytes, so that the journal can be read from its end. */
struct journal_entry {
    void *where;
    uint64_t size;
};

/* What grew beyond this is given back; up to this the file has space from the start. */
#define JOURNAL_KEEP (UINT64_C(1) << 20)

/* A point in the current operation to return to. */
struct journal_mark {
    uint64_t used;
    size_t frees;
};

#define journal_barrier() __asm__ __volatile__("" ::: "memory")

/* The journal is full: nothing sensible can be done but to die and be rolled back. */
__attribute__((noreturn)) void journal_full(void);

/* Notes the `size` bytes at `where`, which may then be changed. */
static inline void journal_save(void *where, size_t size)
{
    uint64_t used = region->journal_used, room = (size + 7) & ~UINT64_C(7);
    char *at = region_journal() + used;
    struct journal_entry *entry = (struct journal_entry *)(at + room);

    if (used + room + sizeof(*entry) > REGION_JOURNAL_SIZE)
        journal_full();
    memcpy(at, where, size);
    entry->where = where;
    entry->size = size;
    journal_barrier();
    region->journal_used = used + room + sizeof(*entry);
    journal_barrier();
}

/* Changes one field of an object in the region. */
#define SET(field, value)                      \
    do {                                       \
        journal_save(&(field), sizeof(field)); \
        (field) = (value);                     \
    } while (0)

struct journal_mark journal_mark(void);

/* Takes back all that was changed, allocated and freed since `mark`. */
void journal_rollback(struct journal_mark mark);

/* Makes all changes since the last commit final. */
void journal_commit(void);

/* After a take-over: takes back what was not committed. */
void journal_recover(void);

/*
 * `size` bytes, not cleared, 16-aligned; NULL when there is no memory. Given back if the operation
 * is rolled back. The content needs no journal until the operation that allocated it is committed.
 */
void *heap_alloc(size_t size);

/* Frees what heap_alloc(size) gave; the content stays untouched until the commit. */
void heap_free(void *p, size_t size);

/* How many bytes heap_alloc(size) really gives. */
size_t heap_round(size_t size);

#endif
