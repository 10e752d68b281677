/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Grant tables: a domain lets another map, or copy to and from, single frames of its memory. */
#ifndef HV_GRANT_H
#define HV_GRANT_H

#include <hv/domain.h>

long do_grant_table_op(unsigned long cmd, unsigned long arg, unsigned long count,
                       unsigned long a4, unsigned long a5);

int grant_table_init(struct domain *d, unsigned int max_grant_frames,
                     unsigned int max_maptrack_frames);
/* Releases every mapping that @d still holds of others; preemptible: 0 or -ERESTART. */
int grant_release_mappings(struct domain *d);
void grant_table_destroy(struct domain *d);

/*
 * The machine's side of a mapping (arch/x86/pv/grant-map.c): puts the frame into the current
 * domain's page tables. @host_addr is a linear address, or with GNTMAP_contains_pte the machine
 * address of a page-table entry. GNTST_okay or another GNTST_*.
 */
int arch_grant_map(uint64_t host_addr, mfn_t frame, unsigned int flags);
/* Takes it out (or puts @new_addr's mapping there, for GNTTABOP_unmap_and_replace; 0: none). */
int arch_grant_unmap(uint64_t host_addr, mfn_t frame, uint64_t new_addr, unsigned int flags);
/* A guest frame as the domain numbers it -> machine frame; INVALID_MFN if it has none. */
mfn_t arch_gfn_to_mfn(const struct domain *d, gfn_t frame);

#endif
