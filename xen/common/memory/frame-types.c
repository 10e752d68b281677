/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The two counts of a frame: references and type references. No hardware in here; a host test
 * drives it against a model. A frame changes its type only while its type count is zero, and is
 * checked by the guest's face before the new type can be used.
 */
#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/frame.h>
#include <hv/printk.h>

const struct frame_validator *frame_validator;
static struct frame_observer *observers;

void frame_observer_register(struct frame_observer *o)
{
    o->next = observers;
    observers = o;
}

static void observers_tell(struct frame *pg, uint64_t from, uint64_t to)
{
    for (struct frame_observer *o = observers; o; o = o->next)
        o->type_changes(pg, from, to);
}

/* Leaves the frame half-way: entries before @done hold references. */
static void partial_set(struct frame *pg, uint64_t flags, unsigned int done)
{
    uint64_t keep = pg->type & (TYPE_MASK | TYPE_PINNED | TYPE_COUNT_MASK);

    __atomic_store_n(&pg->type, keep | TYPE_PARTIAL | flags | (uint64_t)done << TYPE_DONE_SHIFT,
                     __ATOMIC_RELEASE);
}

/* Ends that with a new word. If the frame was not in use, the state's own reference goes. */
static void partial_end(struct frame *pg, uint64_t word)
{
    bool own = !(pg->type & TYPE_COUNT_MASK);

    __atomic_store_n(&pg->type, word, __ATOMIC_RELEASE);
    if (own)
        frame_put(pg);
}

/* Releases what a failed check took. 0 or -ERESTART. */
static int partial_undo(struct frame *pg, unsigned int done, bool may_stop)
{
    int ret = frame_validator->invalidate(pg, type_of(pg->type), &done, may_stop);

    if (ret)
        partial_set(pg, TYPE_UNDOING, done);
    else if (pg->type & TYPE_COUNT_MASK) /* who holds it will find nothing to release */
        partial_set(pg, 0, 0);
    else
        partial_end(pg, TYPE_NONE);
    return ret;
}

/* One use more of a frame whose check stopped half-way, or just begins; nobody else changes it. */
static int partial_get(struct frame *pg, bool may_stop)
{
    uint64_t word = pg->type;
    unsigned int done = type_done_of(word);
    int ret = -EINVAL;

    if (!(word & TYPE_UNDOING)) {
        ret = frame_validator->validate(pg, type_of(word), &done, may_stop);
        if (!ret) {
            word &= TYPE_MASK | TYPE_PINNED | TYPE_COUNT_MASK;
            partial_end(pg, (word | TYPE_VALIDATED) + 1);
            return 0;
        }
        if (ret == -ERESTART) {
            partial_set(pg, 0, done);
            return ret;
        }
    }
    return partial_undo(pg, done, may_stop) ? -ERESTART : ret;
}

/* From no use to a type. @pg is referred to by the caller. */
static int type_begin(struct frame *pg, uint64_t old, uint64_t type, bool may_stop)
{
    uint64_t next = type << TYPE_SHIFT;

    if (type == TYPE_WRITABLE) {
        if (type_of(old) != type && type_of(old) != TYPE_NONE)
            observers_tell(pg, type_of(old), type);
        next |= TYPE_VALIDATED | 1;
        return __atomic_compare_exchange_n(&pg->type, &old, next, false, __ATOMIC_ACQUIRE,
                                           __ATOMIC_RELAXED)
                   ? 0
                   : -EAGAIN;
    }
    if (!__atomic_compare_exchange_n(&pg->type, &old, next | TYPE_PARTIAL, false, __ATOMIC_ACQUIRE,
                                     __ATOMIC_RELAXED))
        return -EAGAIN;
    __atomic_fetch_add(&pg->refs, 1, __ATOMIC_RELAXED);
    if (type_of(old) != type)
        observers_tell(pg, type_of(old), type);
    return partial_get(pg, may_stop);
}

int frame_get_type_slow(struct frame *pg, uint64_t type, bool may_stop)
{
    for (;;) {
        uint64_t old = READ_ONCE(pg->type);
        int ret;

        if (!(old & (TYPE_COUNT_MASK | TYPE_PARTIAL))) {
            ret = type_begin(pg, old, type, may_stop);
            if (ret == -EAGAIN)
                continue;
            return ret;
        }
        if (type_of(old) != type)
            return -EBUSY;
        if ((old & TYPE_COUNT_MASK) == TYPE_COUNT_MASK)
            return -EINVAL;
        if (old & TYPE_PARTIAL)
            return partial_get(pg, may_stop);
        if (__atomic_compare_exchange_n(&pg->type, &old, old + 1, false, __ATOMIC_ACQUIRE,
                                        __ATOMIC_RELAXED))
            return 0;
    }
}

/* The last use of checked contents: nobody may start another while they are released. */
static int last_put(struct frame *pg, uint64_t old, bool may_stop)
{
    unsigned int done = old & TYPE_PARTIAL ? type_done_of(old) : FRAME_ENTRIES;
    uint64_t next = (old & (TYPE_MASK | TYPE_PINNED)) | TYPE_PARTIAL | 1;
    int ret;

    if (!__atomic_compare_exchange_n(&pg->type, &old, next, false, __ATOMIC_ACQUIRE,
                                     __ATOMIC_RELAXED))
        return -EAGAIN;
    ret = frame_validator->invalidate(pg, type_of(old), &done, may_stop);
    if (ret)
        partial_set(pg, 0, done);
    else
        __atomic_store_n(&pg->type, old & TYPE_MASK, __ATOMIC_RELEASE);
    return ret;
}

int frame_put_type_slow(struct frame *pg, bool may_stop)
{
    for (;;) {
        uint64_t old = READ_ONCE(pg->type);

        ASSERT(old & TYPE_COUNT_MASK);
        if ((old & TYPE_COUNT_MASK) == 1 && type_of(old) != TYPE_WRITABLE) {
            int ret = last_put(pg, old, may_stop);

            if (ret == -EAGAIN)
                continue;
            return ret;
        }
        if (__atomic_compare_exchange_n(&pg->type, &old, old - 1, false, __ATOMIC_RELEASE,
                                        __ATOMIC_RELAXED))
            return 0;
    }
}

int frame_type_abandon(struct frame *pg)
{
    uint64_t word = READ_ONCE(pg->type);

    if (!(word & TYPE_PARTIAL) || (word & TYPE_COUNT_MASK))
        return 0;
    return partial_undo(pg, type_done_of(word), true);
}

int frame_get_and_type(struct frame *pg, const struct domain *d, uint64_t type)
{
    int ret;

    if (!frame_get(pg, d))
        return -EINVAL;
    ret = frame_get_type(pg, type);
    if (ret)
        frame_put(pg);
    return ret;
}

int frame_get_and_type_preemptible(struct frame *pg, const struct domain *d, uint64_t type)
{
    int ret;

    if (!frame_get(pg, d))
        return -EINVAL;
    ret = frame_get_type_slow(pg, type, true);
    if (ret)
        frame_put(pg);
    return ret;
}

int frame_put_and_type_preemptible(struct frame *pg)
{
    int ret = frame_put_type_slow(pg, true);

    if (!ret)
        frame_put(pg);
    return ret;
}

void frame_put_and_type(struct frame *pg)
{
    frame_put_type(pg);
    frame_put(pg);
}
