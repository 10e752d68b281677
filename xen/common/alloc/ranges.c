/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sets of numbers as a sorted list of ranges. They are few, and change seldom. */
#include <hv/ranges.h>

#include <hv/alloc.h>
#include <hv/errno.h>

struct range {
    uint64_t first, last;
    struct range *next;
};

static bool ranges_have_locked(const struct ranges *r, uint64_t first, uint64_t last)
{
    for (const struct range *at = r->list; at && at->first <= first; at = at->next)
        if (at->last >= last)
            return true;
    return false;
}

/* Takes out what lies between; *spare is used, and becomes null, if one range has to be cut in two.
 */
static void cut_locked(struct ranges *r, uint64_t first, uint64_t last, struct range **spare)
{
    struct range **link = &r->list, *at;

    while ((at = *link) != NULL && at->first <= last) {
        if (at->last < first) {
            link = &at->next;
        } else if (at->first < first && at->last > last) {
            **spare = (struct range){ last + 1, at->last, at->next };
            at->last = first - 1;
            at->next = *spare;
            *spare = NULL;
            return;
        } else if (at->first < first) {
            at->last = first - 1;
            link = &at->next;
        } else if (at->last > last) {
            at->first = last + 1;
            return;
        } else {
            *link = at->next;
            heap_free(at);
        }
    }
}

/* Puts a range where none is, joined to its neighbours; frees @new if it is not needed. */
static void insert_locked(struct ranges *r, struct range *new)
{
    struct range **link = &r->list, *at = NULL, *before = NULL;

    while ((at = *link) != NULL && at->first < new->first) {
        before = at;
        link = &at->next;
    }
    if (at && new->last + 1 == at->first) { /* new->last is below at->first: no overflow */
        new->last = at->last;
        new->next = at->next;
        heap_free(at);
    } else {
        new->next = at;
    }
    *link = new;
    if (before && before->last + 1 == new->first) {
        before->last = new->last;
        before->next = new->next;
        heap_free(new);
    }
}

int ranges_add(struct ranges *r, uint64_t first, uint64_t last)
{
    struct range *new = heap_new(struct range), *spare = heap_new(struct range);

    if (!new || !spare) {
        heap_free(new);
        heap_free(spare);
        return -ENOMEM;
    }
    new->first = first;
    new->last = last;
    spin_lock(&r->lock);
    if (ranges_have_locked(r, first, last)) {
        heap_free(new);
    } else {
        cut_locked(r, first, last, &spare);
        insert_locked(r, new);
    }
    spin_unlock(&r->lock);
    heap_free(spare);
    return 0;
}

int ranges_remove(struct ranges *r, uint64_t first, uint64_t last)
{
    struct range *spare = heap_new(struct range);

    if (!spare)
        return -ENOMEM;
    spin_lock(&r->lock);
    cut_locked(r, first, last, &spare);
    spin_unlock(&r->lock);
    heap_free(spare);
    return 0;
}

bool ranges_have(struct ranges *r, uint64_t first, uint64_t last)
{
    bool has;

    if (likely(!__atomic_load_n(&r->list, __ATOMIC_RELAXED)))
        return false;
    spin_lock(&r->lock);
    has = ranges_have_locked(r, first, last);
    spin_unlock(&r->lock);
    return has;
}

void ranges_free(struct ranges *r)
{
    struct range *at;

    spin_lock(&r->lock);
    while ((at = r->list) != NULL) {
        r->list = at->next;
        heap_free(at);
    }
    spin_unlock(&r->lock);
}
