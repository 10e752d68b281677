/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Work put off from interrupts: done with interrupts on, before this CPU returns to a guest. */
#ifndef HV_SOFTIRQ_H
#define HV_SOFTIRQ_H

#include <hv/types.h>

enum softirq {
    SOFTIRQ_TIMER,    /* a timer of this CPU is due */
    SOFTIRQ_SCHEDULE, /* choose again which vcpu runs here */
    SOFTIRQ_TIME,     /* refresh the guest's clock */
    SOFTIRQ_TASKLET,  /* run queued work */
    SOFTIRQ_AUDIT,    /* compare the frame table with what refers to it */
    SOFTIRQ_REPORT,   /* an NMI or machine check left word */
    SOFTIRQ_DOMAIN,   /* a domain lost its last reference */
    SOFTIRQ_MAX
};

/* Called by each owner once at start-up. */
void softirq_register(enum softirq nr, void (*handler)(void));

/* Marks work on this CPU; on another CPU (and wakes it by IPI). Callable anywhere. */
void softirq_raise(enum softirq nr);
void softirq_raise_on(unsigned int cpu, enum softirq nr);

/* Runs what is pending. Interrupts on, no lock held. May switch to another vcpu. */
void softirq_process(void);

#endif
