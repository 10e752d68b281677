/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of the console share. */
#ifndef CONSOLE_PRIVATE_H
#define CONSOLE_PRIVATE_H

#include <hv/console.h>

/* The one lock of output: lines of several CPUs do not mix. Not waited for during a panic. */
unsigned long console_lock(void);
void console_unlock(unsigned long flags);

/* To all consoles, and to the ring. */
void console_emit_locked(const char *s, size_t len);
void ring_put_locked(const char *s, size_t len);
/* The ring's storage is replaced by a larger one. */
void ring_use_locked(char *storage, uint32_t size);

/* A cursor of its own into the ring, under the lock. */
size_t ring_get_locked(char *buf, size_t size, uint64_t *pos);

/* Input may go to the control domain, and keys may run: the timers work. */
void console_input_start(void);

#endif
