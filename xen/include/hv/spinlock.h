/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ticket spinlocks: fair, not recursive. Lock order is in <hv/lock-order.h>. */
#ifndef HV_SPINLOCK_H
#define HV_SPINLOCK_H

#include <hv/types.h>

#include <asm/irqflags.h>

struct spinlock {
    union {
        struct {
            uint16_t head, tail; /* now served, next to hand out */
        };
        uint32_t both;
    };
};

#define SPINLOCK_INIT \
    {                 \
        {             \
            {         \
                0, 0  \
            }         \
        }             \
    }

static inline void spin_lock_init(struct spinlock *l)
{
    l->both = 0;
}

/* Waits for the ticket that is already taken; the slow half of spin_lock(). */
void spin_lock_wait(struct spinlock *l, uint16_t ticket) __cold;

static inline void spin_lock(struct spinlock *l)
{
    uint16_t ticket = __atomic_fetch_add(&l->tail, 1, __ATOMIC_ACQUIRE);

    if (unlikely(READ_ONCE(l->head) != ticket))
        spin_lock_wait(l, ticket);
}

static inline bool spin_trylock(struct spinlock *l)
{
    struct spinlock old = { { .both = READ_ONCE(l->both) } }, new = old;

    if (old.head != old.tail)
        return false;
    new.tail++;
    return __atomic_compare_exchange_n(&l->both, &old.both, new.both, false, __ATOMIC_ACQUIRE,
                                       __ATOMIC_RELAXED);
}

static inline void spin_unlock(struct spinlock *l)
{
    __atomic_store_n(&l->head, (uint16_t)(l->head + 1), __ATOMIC_RELEASE);
}

static inline bool spin_is_locked(const struct spinlock *l)
{
    return READ_ONCE(l->head) != READ_ONCE(l->tail);
}

/* For locks that interrupt handlers take too. */
static inline void spin_lock_irq(struct spinlock *l)
{
    irq_disable();
    spin_lock(l);
}

static inline void spin_unlock_irq(struct spinlock *l)
{
    spin_unlock(l);
    irq_enable();
}

static inline unsigned long spin_lock_irqsave(struct spinlock *l)
{
    unsigned long flags = irq_save();

    spin_lock(l);
    return flags;
}

static inline void spin_unlock_irqrestore(struct spinlock *l, unsigned long flags)
{
    spin_unlock(l);
    irq_restore(flags);
}

#endif
