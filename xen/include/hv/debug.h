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
void panic_regs(const struct cpu_user_regs *regs, const char *fmt, ...)
    __printf(2, 3) __attribute__((noreturn));
void regs_print(const struct cpu_user_regs *regs);
/* Calls above @frame, with return addresses. */
void backtrace_print(const uint64_t *frame, vaddr_t ip);

/* Console keys: @fn prints the state of a subsystem; it takes no lock that it could hang on. */
struct console_key {
    char key;
    const char *help;
    void (*fn)(void);
};
#define DEFINE_CONSOLE_KEY(name, ...)                                                              \
    static const struct console_key key_##name __aligned(8) __section(".console_keys") = {         \
        __VA_ARGS__                                                                                \
    }

/* Runs the handler of a key; "?" prints the list. */
void console_key_run(char key);

#endif
