/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Formatting into a buffer: %d %i %u %x %X %o %c %s %p %% with flags - 0 # +, width, precision, h
 * hh l ll z. */
#ifndef HV_PRINTF_H
#define HV_PRINTF_H

#include <stdarg.h>
#include <stddef.h>

#include <hv/types.h>

/* Like the C library's: returns the full length, writes at most size - 1 characters and a NUL. */
int vsnprintf(char *buf, size_t size, const char *fmt, va_list args);
int snprintf(char *buf, size_t size, const char *fmt, ...) __printf(3, 4);

#endif
