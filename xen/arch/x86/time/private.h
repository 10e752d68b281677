/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the files of timekeeping. */
#ifndef TIME_PRIVATE_H
#define TIME_PRIVATE_H

#include <asm/time.h>

/* A counter of known rate, to measure others against. */
struct refclock {
    const char *name;
    uint64_t hz;
    uint32_t mask; /* bits that count */
    uint32_t (*read)(void);
};

/* The best one that this machine has; there is always one. */
struct refclock refclock_find(void);

/* The APIC timer counts freely from the first call on; ticks since then, below 2^32. */
void apic_timer_measure_start(void);
uint32_t apic_timer_measure_read(void);
void apic_timer_set_rate(uint64_t hz);

/* The CMOS clock, in seconds since 1970; 0 if there is none that makes sense. */
uint64_t rtc_read(void);

/* Takes the CMOS clock as the wall clock. */
void wallclock_init(void);

#endif
