/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Consoles: devices that messages are written to, the message ring, and the guest's console. */
#ifndef HV_CONSOLE_H
#define HV_CONSOLE_H

#include <hv/list.h>
#include <hv/types.h>

struct domain;

struct console {
    const char *name; /* as in console= */
    /* Writes @len characters; '\n' alone ends a line. Under the console's lock, interrupts off. */
    void (*write)(const char *s, size_t len);
    struct list link;
};

/* True if console= names this device; without the option all are used. */
bool console_is_wanted(const char *name);
/* From now on @c gets all output; what is in the ring already is written to it. */
void console_register(struct console *c);
/* The same without what is in the ring. */
void console_register_quietly(struct console *c);
/* It gets no more. Harmless if it is not registered. */
void console_unregister(struct console *c);

/* A guest's output as it stands, to all consoles (and the ring: console_to_ring). Any context. */
void console_write(const char *s, size_t len);

/* The domain starts: it gets the serial input and the screen. Once. */
void console_hand_over(void);

/*
 * A character came in (serial): to the control domain or to the key handlers. Three times Ctrl-A
 * (conswitch=) switches between the two. Any context.
 */
void console_input(char c);
/* What came in for the control domain: takes up to @size characters, returns how many. */
size_t console_input_take(char *buf, size_t size);

/*
 * The ring: copies from @*pos (characters since boot) on, moves @*pos; what is gone already is
 * skipped. Returns the characters copied.
 */
size_t console_ring_read(char *buf, size_t size, uint64_t *pos);
/* Where to read from who names no position; and it shall be behind @pos from now on. */
uint64_t console_ring_start(void);
void console_ring_clear(uint64_t pos);
/* The position whose lower half this is; 0 if it was never reached. */
uint64_t console_ring_position(uint32_t index);
/* Makes it as large as conring_size= says, once there is memory. */
void console_ring_grow(void);

/* During a panic no lock is waited for, and output is not buffered. */
void console_break_locks(void);
bool console_is_broken(void);

/* An unprivileged domain's words, logged line by line; and the end of what it has begun to say. */
int console_guest_write(struct domain *d, const char *s, size_t len);
void console_guest_destroy(struct domain *d);

long do_console_io(unsigned long cmd, unsigned long count, unsigned long buffer, unsigned long a4,
                   unsigned long a5);

#endif
