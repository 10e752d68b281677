/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory and string functions with the C library's names and meanings. */
#ifndef HV_STRING_H
#define HV_STRING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void *memcpy(void *dst, const void *src, size_t n);
void *memmove(void *dst, const void *src, size_t n);
void *memset(void *dst, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
void *memchr(const void *s, int c, size_t n);
size_t strlen(const char *s);
size_t strnlen(const char *s, size_t max);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);
char *strchr(const char *s, int c);
char *strstr(const char *haystack, const char *needle);

/* Copies at most size - 1 characters and always ends @dst with a NUL. Returns strlen(src). */
size_t strlcpy(char *dst, const char *src, size_t size);

/*
 * Reads a number in C notation (0x, 0, decimal); *end is set behind it.
 * Returns 0 and leaves *end at @s if there is none.
 */
uint64_t strtou64(const char *s, const char **end);

#endif
