/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One-shot timers, kept in a heap per CPU. Handlers run from the timer softirq, interrupts on.
 * All functions but timer_kill() may be called anywhere, interrupts and locks held included.
 */
#ifndef HV_TIMER_H
#define HV_TIMER_H

#include <hv/time.h>
#include <hv/types.h>

struct timer {
    nstime_t expires;   /* (t) system time when it is due */
    void (*fn)(void *); /* (c) */
    void *arg;          /* (c) */
    /* (t) the pairing heap's links: first child, next sibling, and previous sibling or parent */
    struct timer *child, *next, *prev;
    uint32_t cpu;      /* (t) whose heap */
    uint16_t handlers; /* (t) CPUs that run its handler now */
    bool armed;        /* (t) */
    bool killed;       /* (t) never armed again */
};

/* Before any other use. */
void timer_init(struct timer *t, void (*fn)(void *), void *arg, unsigned int cpu);
/* Arms, or moves, the timer. A time that has passed fires at once. */
void timer_set(struct timer *t, nstime_t expires);
/* Disarms it; a handler that is running is not waited for. */
void timer_stop(struct timer *t);
/*
 * Disarms it for good and waits for a running handler (but its own, if that is the caller: then the
 * timer must outlive the handler). Holds no lock that the handler takes.
 */
void timer_kill(struct timer *t);
/* Moves it to another CPU's heap. */
void timer_migrate(struct timer *t, unsigned int cpu);
bool timer_is_armed(const struct timer *t);

/* Called on each CPU as it comes up, and when it goes down (timers move to CPU 0). */
int timer_cpu_up(unsigned int cpu);
void timer_cpu_down(unsigned int cpu);
void timer_subsystem_init(void);

/*
 * The hardware's side: program the next interrupt of this CPU, whose handler raises SOFTIRQ_TIMER;
 * TIME_NEVER switches it off. For a time that has passed it comes at once. Interrupts are off.
 */
void arch_timer_program(nstime_t when);

#endif
