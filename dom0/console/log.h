/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A log that never takes more than twice its limit: a full NAME.log becomes NAME.log.1. */
#ifndef DOM0_CONSOLE_LOG_H
#define DOM0_CONSOLE_LOG_H

#include <stddef.h>
#include <stdint.h>

struct log {
    int fd; /* -1: nothing is written */
    uint64_t size, limit;
    char path[512];
};

/*
 * Opens DIR/NAME.log to append to it. A name that is no single file's name, and any failure, make
 * a log that drops what it is given; -errno tells.
 */
int log_open(struct log *log, const char *dir, const char *name, uint64_t limit);
/* Appends; starts a new file first where the limit would be passed. */
void log_write(struct log *log, const char *data, size_t length);
void log_close(struct log *log);

#endif
