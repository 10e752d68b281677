/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Seeing inside: symbols, backtraces, register dumps. */
#ifndef HV_DEBUG_H
#define HV_DEBUG_H

#include <hv/types.h>

/* The function that holds @addr, and how far into it; null if it is not code of ours. */
const char *symbol_lookup(vaddr_t addr, uint64_t *offset);
/* The @index-th symbol, for XENPF_get_symbol; null behind the last. */
const char *symbol_get(unsigned int index, vaddr_t *addr);

/* The fault handler's registers, then panic(). */
void panic_regs(const struct cpu_user_regs *regs, const char *fmt, ...) __printf(2, 3)
    __attribute__((noreturn));
void regs_print(const struct cpu_user_regs *regs);
/* The same without control registers: of another CPU, or saved ones. */
void regs_print_general(const struct cpu_user_regs *regs);

/* Calls above @frame (on this CPU's stacks), with return addresses; @ip, if any, is the first. */
#define BACKTRACE_MAX 32U
void backtrace_print(const uint64_t *frame, vaddr_t ip);
/* In two steps: looking, which no lock is needed for, and printing what was found. */
unsigned int backtrace_collect(const uint64_t *frame, vaddr_t *calls, unsigned int max);
void backtrace_print_calls(vaddr_t ip, const vaddr_t *calls, unsigned int n);

/* debug_crash=: dies in the way asked for, to see what a panic looks like. */
void debug_crash_run(void);

/* Console keys: @fn prints the state of a subsystem; it takes no lock that it could hang on. */
struct console_key {
    char key;
    const char *help;
    void (*fn)(void);
};
#define DEFINE_CONSOLE_KEY(name, ...)                                     \
    static const struct console_key key_##name __section(".console_keys") \
        __aligned(8) = { __VA_ARGS__ }

/* Runs the handler of a key, if it has one; meanwhile no message is held back. Interrupts on. */
void console_key_run(char key);

#endif
