/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memory_op: how much memory a domain has, and which. */
#ifndef HV_MEMORY_H
#define HV_MEMORY_H

#include <hv/types.h>

struct domain;

long do_memory_op(unsigned long cmd, unsigned long arg, unsigned long a3, unsigned long a4,
                  unsigned long a5);

/* Ends @d's claim on free memory; when it dies. Takes the lock of the claims. */
void claim_release(struct domain *d);
/* The sum of all claims, in frames. */
uint64_t claim_total(void);

/* The machine's side (arch/x86/mm/): the sub-operations that only one machine has. */
long arch_memory_op(unsigned int cmd, void *arg);
/* Enters the guest's own number for @m (INVALID_GFN: none) where the guest looks it up. */
void arch_set_gpfn(mfn_t m, gfn_t pfn);
/* The highest frame number that @d uses for its memory. */
uint64_t arch_maximum_gpfn(const struct domain *d);
/* Frees the memory map that the tools gave @d; when it is destroyed. Idempotent. */
void arch_memory_map_free(struct domain *d);

#endif
