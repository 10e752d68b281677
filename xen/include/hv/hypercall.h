/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hypercalls: the table's entry, preemption, and continuing where one stopped. */
#ifndef HV_HYPERCALL_H
#define HV_HYPERCALL_H

#include <hv/types.h>

typedef long (*hypercall_fn)(unsigned long a1, unsigned long a2, unsigned long a3, unsigned long a4,
                             unsigned long a5);

/* True when a long operation should stop at the next clean point. */
bool hypercall_preempt_check(void);

/*
 * Arranges that the guest makes hypercall @op again with these arguments as its next act, and
 * returns what the handler must return now. Works inside a multicall too.
 */
long hypercall_continue(unsigned int op, unsigned long a1, unsigned long a2, unsigned long a3,
                        unsigned long a4);

#endif
