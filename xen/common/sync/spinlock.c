/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Waiting for a ticket lock. */
#include <hv/spinlock.h>

void spin_lock_wait(struct spinlock *l, uint16_t ticket)
{
    while (__atomic_load_n(&l->head, __ATOMIC_ACQUIRE) != ticket)
        cpu_relax();
}
