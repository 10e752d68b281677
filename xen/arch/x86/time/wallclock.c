/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The wall clock: what the date was when system time was 0. Domains see it in shared_info. */
#include <hv/domain.h>
#include <hv/printk.h>
#include <hv/spinlock.h>
#include <hv/time.h>

#include "private.h"

static struct spinlock lock = SPINLOCK_INIT;
static uint64_t start_sec; /* under lock: since 1970 */
static uint32_t start_nsec;

void wallclock_get(uint64_t *sec, uint32_t *nsec)
{
    unsigned long flags = spin_lock_irqsave(&lock);

    *sec = start_sec;
    *nsec = start_nsec;
    spin_unlock_irqrestore(&lock, flags);
}

void wallclock_set(uint64_t sec, uint32_t nsec, nstime_t system_time)
{
    uint64_t back_sec = (uint64_t)(system_time / NS_PER_S);
    uint32_t back_nsec = (uint32_t)(system_time % NS_PER_S);
    unsigned long flags;

    if (nsec < back_nsec) {
        nsec += (uint32_t)NS_PER_S;
        sec--;
    }
    flags = spin_lock_irqsave(&lock);
    start_sec = sec - back_sec;
    start_nsec = nsec - back_nsec;
    spin_unlock_irqrestore(&lock, flags);
}

void wallclock_init(void)
{
    uint64_t sec = rtc_read();

    if (!sec)
        printk(LOG_WARN "time: no date from the CMOS clock\n");
    wallclock_set(sec, 0, time_now());
}

/* The version is odd while the rest is being written; guests then read again. */
void domain_wallclock_update(struct domain *d)
{
    shared_info_t *s = d->shared_info;
    uint64_t sec;
    uint32_t nsec;

    wallclock_get(&sec, &nsec);
    sec += (uint64_t)d->time_offset_s;
    WRITE_ONCE(s->wc_version, s->wc_version | 1);
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    WRITE_ONCE(s->wc_sec, (uint32_t)sec);
    WRITE_ONCE(s->wc_nsec, nsec);
    WRITE_ONCE(s->wc_sec_hi, (uint32_t)(sec >> 32));
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    WRITE_ONCE(s->wc_version, s->wc_version + 1);
}
