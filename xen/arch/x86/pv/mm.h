/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Page tables of PV guests, for this folder. The domain's mmu_lock guards them all. */
#ifndef PV_MM_H
#define PV_MM_H

#include <hv/domain.h>
#include <hv/frame.h>

#include <asm/page.h>

/* In an update count: the rest of a call that was preempted (private to us, not the ABI's). */
#define MMU_UPDATE_PREEMPTED (~(~0U >> 1))

/*
 * Takes what a present entry of level 2 to 4 refers to; level 1 is in pte.h. The entry may be
 * changed (*e) to what is stored. With @may_stop either may return -ERESTART: the get has taken
 * nothing, the put is still owed.
 */
int pte_get_table(uint64_t *e, struct domain *d, unsigned int level, bool may_stop);
int pte_put_table(uint64_t e, bool may_stop);

/* How pt_entry_set() goes about it. */
#define PT_PRESERVE_AD 1U /* the accessed and dirty bits stay as they are */
#define PT_MAY_STOP    2U /* in a hypercall that can be continued */

/*
 * Replaces entry @index of the checked table @pg of level 1-4 by @val. mmu_lock is held. 0,
 * -EINVAL, -EBUSY, -EPERM; -ERESTART if it may stop: do it again, after pv_old_table_release().
 */
int pt_entry_set(struct frame *pg, unsigned int index, uint64_t val, struct domain *owner,
                 unsigned int how);

/*
 * Drops a table that the current vcpu's call has replaced, as far as time allows: what is left is
 * the vcpu's, for pv_old_table_release(). mmu_lock is held. 0 or -ERESTART.
 */
int pv_old_table_put(struct frame *pg) __must_check;
/* The rest of it, before the next call. 0 or -ERESTART. Takes the mmu_lock. */
int pv_old_table_release(struct vcpu *v) __must_check;
/*
 * Unpins a table: 0, -EINVAL (not pinned), or -ERESTART, after which it is still pinned, but less
 * of it is left to release. mmu_lock is held.
 */
int pv_table_unpin(struct frame *pg) __must_check;

/* The same for level 1; *val becomes the entry that was replaced, to the last bit. */
int pt_l1_exchange(struct frame *pg, unsigned int index, uint64_t *val);

/* The level-1 entry that maps @va in the current address space; null if there is no table. */
uint64_t *pt_walk_l1(mfn_t l4, vaddr_t va, mfn_t *table);

/* Puts the hypervisor's slots into a new level-4 table. */
void pt_fill_hv_slots(uint64_t *l4);
/* Whether a level-4 table in use shows the guest's view of the machine-to-physical table. */
void pt_show_m2p(mfn_t l4, bool show);

/*
 * The domain that a mmu operation is about (low 16 bits of foreigndom), with a reference: 0,
 * -ESRCH, -EPERM.
 */
int pv_foreign_domain(unsigned int id, struct domain **out) __must_check;

/* Reads a guest's bitmap of vcpus; the CPUs that may hold translations of those. 0 or -EFAULT. */
int pv_vcpu_bitmap_to_cpus(struct domain *d, const void *guest_bitmap, struct cpumask *mask);

/* The machine address of each mode's top level table, for CR3. */
void pv_cr3_update(struct vcpu *v);

#endif
