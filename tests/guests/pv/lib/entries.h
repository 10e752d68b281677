/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Entries of a tiny PV kernel besides its exceptions; their numbers stand in trap_frame.vector. */
#ifndef GUEST_ENTRIES_H
#define GUEST_ENTRIES_H

#define ENTRY_SYSCALL   0x100
#define ENTRY_EVENT     0x101
#define ENTRY_FAILSAFE  0x102
#define ENTRY_NMI       0x103
#define ENTRY_SYSCALL32 0x104
#define ENTRY_SYSENTER  0x105

#ifndef __ASSEMBLY__
#include <stdint.h>

/* Code addresses for set_trap_table, set_callbacks and callback_op. */
extern const char int80_entry[], int81_entry[], syscall_entry[], event_entry[], failsafe_entry[],
    nmi_entry[], syscall32_entry[], sysenter_entry[];

/* What the last failsafe callback brought: ds, es, fs, gs. */
extern volatile uint64_t failsafe_selectors[4];
#endif

#endif
