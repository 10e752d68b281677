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

/* From no use to a type: contents are checked while the count is one and VALIDATED is not set. */
static int type_begin(struct frame *pg, uint64_t old, uint64_t type)
{
    uint64_t next = type << TYPE_SHIFT | 1;
    int ret;

    if (type == TYPE_WRITABLE) {
        if (type_of(old) != type && type_of(old) != TYPE_NONE)
            observers_tell(pg, type_of(old), type);
        next |= TYPE_VALIDATED;
        return __atomic_compare_exchange_n(&pg->type, &old, next, false, __ATOMIC_ACQUIRE,
                                           __ATOMIC_RELAXED)
                   ? 0
                   : -EAGAIN;
    }
    if (!__atomic_compare_exchange_n(&pg->type, &old, next, false, __ATOMIC_ACQUIRE,
                                     __ATOMIC_RELAXED))
        return -EAGAIN;
    if (type_of(old) != type)
        observers_tell(pg, type_of(old), type);
    ret = frame_validator->validate(pg, type);
    if (ret)
        __atomic_store_n(&pg->type, TYPE_NONE, __ATOMIC_RELEASE);
    else
        __atomic_fetch_or(&pg->type, TYPE_VALIDATED, __ATOMIC_RELEASE);
    return ret;
}

int frame_get_type_slow(struct frame *pg, uint64_t type)
{
    for (;;) {
        uint64_t old = READ_ONCE(pg->type);
        int ret;

        if (!(old & TYPE_COUNT_MASK)) {
            ret = type_begin(pg, old, type);
            if (ret == -EAGAIN)
                continue;
            return ret;
        }
        if (type_of(old) != type)
            return -EBUSY;
        if (!(old & TYPE_VALIDATED)) /* being checked: a table that refers to itself */
            return -EINVAL;
        if ((old & TYPE_COUNT_MASK) == TYPE_COUNT_MASK)
            return -EINVAL;
        if (__atomic_compare_exchange_n(&pg->type, &old, old + 1, false, __ATOMIC_ACQUIRE,
                                        __ATOMIC_RELAXED))
            return 0;
    }
}

void frame_put_type_slow(struct frame *pg)
{
    for (;;) {
        uint64_t old = READ_ONCE(pg->type), next = old - 1, type = type_of(old);

        ASSERT(old & TYPE_COUNT_MASK);
        if ((old & TYPE_COUNT_MASK) == 1 && type != TYPE_WRITABLE) {
            /* The last use of checked contents: nobody may start another while they are released.
             */
            if (!__atomic_compare_exchange_n(&pg->type, &old, old & ~TYPE_VALIDATED, false,
                                             __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
                continue;
            frame_validator->invalidate(pg, type);
            __atomic_store_n(&pg->type, type << TYPE_SHIFT, __ATOMIC_RELEASE);
            return;
        }
        if (__atomic_compare_exchange_n(&pg->type, &old, next, false, __ATOMIC_RELEASE,
                                        __ATOMIC_RELAXED))
            return;
    }
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

void frame_put_and_type(struct frame *pg)
{
    frame_put_type(pg);
    frame_put(pg);
}
