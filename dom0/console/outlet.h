/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One who reads a console: a terminal's or a socket's fd, with the last bytes it has not taken yet.
 * A reader that sleeps loses the oldest of them; it never holds up the guest.
 */
#ifndef DOM0_CONSOLE_OUTLET_H
#define DOM0_CONSOLE_OUTLET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { OUTLET_SIZE = 64 * 1024 }; /* a power of two */

struct outlet {
    int fd;            /* -1: nobody is there; else non-blocking */
    uint32_t from, to; /* free-running: what waits lies between them */
    char waiting[OUTLET_SIZE];
};

/* Queues the bytes, in place of the oldest where there is no room. */
void outlet_queue(struct outlet *o, const char *data, size_t length);
/* Writes what the reader takes now. False: the reader is gone. */
bool outlet_flush(struct outlet *o);

static inline bool outlet_is_empty(const struct outlet *o)
{
    return o->from == o->to;
}

#endif
