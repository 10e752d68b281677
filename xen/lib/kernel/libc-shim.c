/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the decompressors' archives want of a C library besides the memory functions. These names
 * stay inside unpack-libs.o. No heap: each decoder is given its memory by decoders.c.
 */
#include <stddef.h>

void *malloc(size_t size);
void *calloc(size_t count, size_t size);
void free(void *block);
_Noreturn void __stack_chk_fail(void);
_Noreturn void unpack_absent(void);
unsigned long long unpack_no_trace(void);

void *malloc(size_t size)
{
    (void)size;
    return NULL;
}

void *calloc(size_t count, size_t size)
{
    (void)count;
    (void)size;
    return NULL;
}

void free(void *block)
{
    (void)block;
}

_Noreturn void __stack_chk_fail(void)
{
    __builtin_trap();
}

/* Stands for the parts left out in build.mk: decoders.c refuses all data that would reach it. */
_Noreturn void unpack_absent(void)
{
    __builtin_trap();
}

/* zstd's hook for tracing, which is weak: absent it would be a call to an address out of reach. */
unsigned long long unpack_no_trace(void)
{
    return 0;
}
