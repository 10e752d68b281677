/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a tiny test kernel is given: its start_info, text output, checks, and one verdict. */
#ifndef GUEST_H
#define GUEST_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hypercall.h"

#define GUEST_BASE 0xffffffff80000000UL
#define PAGE_SIZE  4096UL

extern struct start_info *start_info;

/* The test: each guest writes it. Returning gives SUCCESS unless a check failed. */
void guest_main(void);

/* printf to the hypervisor's console: %s %c %d %i %u %x %p %%, with l, z, 0 and a width. */
void print(const char *format, ...) __attribute__((format(printf, 1, 2)));
void vprint(const char *format, va_list args);

/* Ends the test at once with its verdict as the last line; the text says why. */
_Noreturn void guest_skip(const char *why);
_Noreturn void guest_error(const char *why);
_Noreturn void guest_end(void);
/* How many failures were noted so far. */
unsigned int guest_failures(void);
/* Notes a failure and goes on. */
void guest_fail(const char *file, int line, const char *what, long got, long want);

/* check_equal(hypercall(...), -XEN_EFAULT); a wrong one prints both and makes the test fail. */
#define check_equal(got, want)                                 \
    do {                                                       \
        long got_ = (long)(got), want_ = (long)(want);         \
        if (got_ != want_)                                     \
            guest_fail(__FILE__, __LINE__, #got, got_, want_); \
    } while (0)
#define check(condition) check_equal(!!(condition), true)

/* The machine frame behind an address of the initial mapping; its page table entry's bits. */
static inline unsigned long frame_of(const volatile void *address)
{
    const unsigned long *list = (const unsigned long *)start_info->mfn_list;

    return list[((unsigned long)address - GUEST_BASE) / PAGE_SIZE];
}

#define PTE_PRESENT  0x001UL
#define PTE_WRITABLE 0x002UL
#define PTE_USER     0x004UL
#define PTE_ACCESSED 0x020UL
#define PTE_DIRTY    0x040UL
#define PTE_NX       (1UL << 63)

void *memset(void *to, int byte, size_t length);
void *memcpy(void *restrict to, const void *restrict from, size_t length);
int memcmp(const void *a, const void *b, size_t length);
size_t strlen(const char *text);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t length);

#endif
