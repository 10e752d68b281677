/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Exceptions in a tiny PV kernel: unexpected ones end the test, expected ones can be caught. */
#ifndef GUEST_TRAPS_H
#define GUEST_TRAPS_H

#include <stdbool.h>
#include <stdint.h>

struct trap_frame {
    uint64_t r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8, rax, rcx, rdx, rsi, rdi;
    uint64_t vector, error;
    uint64_t rip, cs, rflags, rsp, ss;
};

enum trap_vector {
    TRAP_DE = 0,
    TRAP_DB = 1,
    TRAP_BP = 3,
    TRAP_OF = 4,
    TRAP_UD = 6,
    TRAP_NM = 7,
    TRAP_TS = 10,
    TRAP_NP = 11,
    TRAP_SS = 12,
    TRAP_GP = 13,
    TRAP_PF = 14,
    TRAP_MF = 16,
    TRAP_AC = 17,
    TRAP_XM = 19,
    TRAP_COUNT = 20,
};

/* Tells the hypervisor the entries of all exceptions; done before guest_main(). */
void traps_init(void);

/* What the last instruction marked with TRAP_CAUGHT met: TRAP_NONE or a vector, and its error. */
#define TRAP_NONE (~0UL)
struct trap_caught {
    unsigned long vector;
    unsigned long error;
    unsigned long cr2;
};
extern volatile struct trap_caught trap_caught;

/* Event upcalls, once the test has registered event_entry; returning goes on where it was. */
extern void (*event_hook)(struct trap_frame *frame);

/* A handler of the test's own, asked first; it returns true when it dealt with the trap. */
extern bool (*trap_hook)(struct trap_frame *frame);

/*
 * Wraps one instruction: where it traps, execution goes on after it and trap_caught says how.
 * Set trap_caught.vector to TRAP_NONE before.
 */
#define TRAP_CAUGHT(instruction)   \
    "771: " instruction "\n772:\n" \
    ".pushsection .extable, \"a\"\n.quad 771b, 772b\n.popsection\n"

/* Reads or writes eight bytes at an address that may fault; false when it did. */
bool try_read(const volatile void *address, uint64_t *value);
bool try_write(volatile void *address, uint64_t value);

#endif
