/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages to the console ring and the consoles, and the end of the road. */
#ifndef HV_PRINTK_H
#define HV_PRINTK_H

#include <stdarg.h>

#include <hv/types.h>

/* A message begins with its level; without one it is a warning. */
#define LOG_ERR   "<0>"
#define LOG_WARN  "<1>"
#define LOG_INFO  "<2>"
#define LOG_DEBUG "<3>"
/* As above, but about a guest: filtered by guest_loglvl= and limited in rate. */
#define LOG_GUEST_ERR  "<4>"
#define LOG_GUEST_WARN "<5>"
#define LOG_GUEST_INFO "<6>"

/* Callable anywhere, in interrupts and with any lock held. */
void printk(const char *fmt, ...) __printf(1, 2);
void vprintk(const char *fmt, va_list args);

/* A fault of the hypervisor itself: registers, backtrace, all CPUs stopped, then reboot or stay. */
void panic(const char *fmt, ...) __printf(1, 2) __noreturn __cold;

#define BUG() panic("bug at %s:%d", __FILE__, __LINE__)

/* In every build: the hypervisor cannot go on if @cond holds. */
#define BUG_ON(cond)                                              \
    do {                                                          \
        if (unlikely(cond))                                       \
            panic("bug at %s:%d: %s", __FILE__, __LINE__, #cond); \
    } while (0)

/* Debug builds only: finds bugs earlier, never stands in for an error path. */
#ifdef CONFIG_DEBUG
#define ASSERT(cond) BUG_ON(!(cond))
#else
#define ASSERT(cond) ((void)sizeof(cond))
#endif

#endif
