/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Consoles: devices that messages are written to, the message ring, and the guest's console. */
#ifndef HV_CONSOLE_H
#define HV_CONSOLE_H

#include <hv/list.h>
#include <hv/types.h>

struct console {
    const char *name;
    /* Writes @len characters; '\n' alone ends a line. Callable anywhere. */
    void (*write)(const char *s, size_t len);
    struct list link;
};

/* From now on @c gets all output; what is in the ring already is written to it. */
void console_register(struct console *c);
/* Output as it stands, to all consoles and the ring. Any context. */
void console_write(const char *s, size_t len);
/* A character came in (serial): to the control domain or to the key handlers. Any context. */
void console_input(char c);

/* The ring: copies from @*pos on, moves @*pos; used by dmesg. Returns the characters copied. */
size_t console_ring_read(char *buf, size_t size, uint64_t *pos, bool clear);

/* During a panic no lock is waited for. */
void console_break_locks(void);

long do_console_io(unsigned long cmd, unsigned long count, unsigned long buffer, unsigned long a4,
                   unsigned long a5);

#endif
