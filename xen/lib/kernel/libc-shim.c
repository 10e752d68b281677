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

/* Stands for the parts that build.mk leaves out; decoders.c refuses all data that would reach it.
 */
_Noreturn void unpack_absent(void)
{
    __builtin_trap();
}

/* zstd's hooks for tracing, which it calls if they are linked in: no tracing. */
unsigned long long ZSTD_trace_decompress_begin(const void *context);
void ZSTD_trace_decompress_end(unsigned long long trace, const void *what);

unsigned long long ZSTD_trace_decompress_begin(const void *context __attribute__((unused)))
{
    return 0;
}

void ZSTD_trace_decompress_end(unsigned long long trace __attribute__((unused)),
                               const void *what __attribute__((unused)))
{
}
