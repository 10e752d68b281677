/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A user mode for a tiny PV kernel: address space, entry, and the trap that ends the visit. */
#ifndef GUEST_USER_H
#define GUEST_USER_H

#include "entries.h"
#include "pages.h"
#include "traps.h"

/* Below 4 GiB, so that 32-bit code runs there too. All are mapped for kernel and user. */
#define USER_CODE  0x40000000UL
#define USER_DATA  0x40001000UL
#define USER_STACK 0x40003000UL /* its end */

/* Only a kernel that shows selectors with RPL 0 returns to itself; these go to user mode. */
#define USER_CS64 0xe033
#define USER_CS32 0xe023
#define USER_SS   0xe02b
#define KERNEL_CS 0xe030

/* The user program's memory as the kernel's image has it. */
extern volatile uint8_t user_code[4096], user_data[4096], user_stack[4096];
extern volatile page_table user_l4, user_l1;
extern uint8_t user_kernel_stack[8192]; /* what stack_switch was told: its end */

/* Makes the address space, and registers stack, syscall, event and failsafe entries. Once. */
void user_init(void);

/* Puts machine code, which runs anywhere, at USER_CODE. */
void user_load(const void *start, const void *end);
/* Defines NAME and NAME_end around machine code. */
#define USER_PROGRAM(name, code)                                                          \
    __asm__(".pushsection .rodata\n" #name ":\n" code "\n" #name "_end:\n.popsection\n"); \
    extern const char name[], name##_end[]

/* A context that starts at USER_CODE with events enabled. */
struct iret_context user_context(void);
/* Runs until the program makes a trap or a call (not an event): what the kernel's entry got. */
const struct trap_frame *user_run(const struct iret_context *context, uint64_t rdi);

#endif
