/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The undo journal, and the heap of the region that is built on it. */
#include "journal.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#define SMALL_MAX   1024
#define SMALL_STEP  16
#define SMALL_COUNT (SMALL_MAX / SMALL_STEP + 1)

struct pending_free {
    void *object;
    unsigned class;
};

/*
 * What the current operation frees. It is put on the free lists at the commit only: until then a
 * rollback may need the objects as they are. It lives outside the region, for it dies with the
 * process.
 */
static struct pending_free *pending;
static size_t pending_count, pending_room;
static uint64_t journal_peak;

void journal_full(void)
{
    fputs("xenstored: an operation is too large for the journal\n", stderr);
    abort();
}

static unsigned class_of(size_t size)
{
    unsigned shift;

    if (size <= SMALL_MAX)
        return (unsigned)((size + SMALL_STEP - 1) / SMALL_STEP);
    size--;
    shift = 63 - (unsigned)__builtin_clzl(size);
    return SMALL_COUNT + (shift - 10) * 4 + (unsigned)(size >> (shift - 2)) - 4;
}

static size_t class_size(unsigned class)
{
    unsigned step = class - SMALL_COUNT;

    if (class < SMALL_COUNT)
        return (size_t) class * SMALL_STEP;
    return (size_t)(step % 4 + 5) << (step / 4 + 8);
}

size_t heap_round(size_t size)
{
    return class_size(class_of(size));
}

void *heap_alloc(size_t size)
{
    unsigned class = class_of(size);
    void **head, *object;
    uint64_t end;

    if (class >= REGION_HEAP_CLASSES)
        return NULL;
    head = &region->heap_free[class];
    object = *head;
    if (object) {
        /* The link in the free object is overwritten by its new owner, so it is saved too. */
        journal_save(object, sizeof(void *));
        SET(*head, *(void **)object);
        return object;
    }
    end = region->heap_end + class_size(class);
    if (region_back(end) != 0)
        return NULL;
    object = (char *)region + region->heap_end;
    SET(region->heap_end, end);
    return object;
}

void heap_free(void *p, size_t size)
{
    if (!p)
        return;
    if (pending_count == pending_room) {
        pending_room = pending_room ? pending_room * 2 : 256;
        pending = realloc(pending, pending_room * sizeof(*pending));
        if (!pending)
            abort();
    }
    pending[pending_count++] = (struct pending_free){ p, class_of(size) };
}

struct journal_mark journal_mark(void)
{
    return (struct journal_mark){ region->journal_used, pending_count };
}

static void undo_to(uint64_t used)
{
    while (region->journal_used > used) {
        char *end = region_journal() + region->journal_used;
        struct journal_entry *entry = (struct journal_entry *)end - 1;
        uint64_t room = (entry->size + 7) & ~UINT64_C(7);

        memcpy(entry->where, (char *)entry - room, entry->size);
        journal_barrier();
        region->journal_used -= room + sizeof(*entry);
        journal_barrier();
    }
}

void journal_rollback(struct journal_mark mark)
{
    undo_to(mark.used);
    pending_count = mark.frees;
}

void journal_commit(void)
{
    for (size_t i = 0; i < pending_count; i++) {
        void **head = &region->heap_free[pending[i].class];
        void *object = pending[i].object;

        journal_save(object, sizeof(void *));
        *(void **)object = *head;
        SET(*head, object);
    }
    pending_count = 0;
    if (region->journal_used > journal_peak)
        journal_peak = region->journal_used;
    journal_barrier();
    region->journal_used = 0;
    journal_barrier();
    if (journal_peak > JOURNAL_KEEP) {
        madvise(region_journal() + JOURNAL_KEEP,
                (journal_peak - JOURNAL_KEEP + 4095) & ~UINT64_C(4095), MADV_REMOVE);
        journal_peak = 0;
    }
}

void journal_recover(void)
{
    undo_to(0);
    pending_count = 0;
}
