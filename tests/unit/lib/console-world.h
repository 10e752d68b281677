/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the console's tests stand on: a clock that is set, memory from the host, a console that
 * keeps. */
#ifndef TESTS_CONSOLE_WORLD_H
#define TESTS_CONSOLE_WORLD_H

#include <hv/console.h>

#include "unit.h"

extern int64_t world_now;          /* what time_now() answers */
extern uint64_t world_date;        /* the wall clock at system time 0 */
extern char world_output[1 << 16]; /* what was written to the test's console, with a NUL */
extern size_t world_writes;        /* calls of its write() */

/* Registers the test's console (once) and forgets what was written. */
int world_console(void **state);

/* Gives an option to its parser: 0, or what that says; -ENOENT if there is none. */
int world_param(const char *name, const char *value);

#endif
