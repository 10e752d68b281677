/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a kernel file, and as the payload of a bzImage, down to the decoders. */
/* sources: xen/lib/kernel/bzimage.c xen/lib/kernel/unpack.c xen/lib/kernel/decoders.c */
/* libs: -l:libz.a -l:liblzma.a -l:libzstd.a -l:liblz4.a */
#include <stdlib.h>
#include <string.h>

#include <hv/decompress.h>
#include <hv/kernel-image.h>

#define SETUP_SIZE 1024
#define OUT_MAX    (1 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

void arch_unpack_enter(void)
{
}

void arch_unpack_leave(void)
{
}

static void unpack(const uint8_t *file, size_t size)
{
    struct kernel_payload payload;
    const char *why = NULL;
    uint8_t *dst, *arena;

    if (kernel_locate(file, size, &payload, &why)) {
        if (!why)
            abort();
        return;
    }
    if (payload.unpacked_size > OUT_MAX)
        return;
    dst = malloc(payload.unpacked_size);
    arena = malloc(payload.arena_size + 1);
    if (kernel_unpack(&payload, dst, arena, &why) && !why)
        abort();
    free(arena);
    free(dst);
}

/* The input as payload, its unpacked size made small so that decoding is reached often. */
static void unpack_as_payload(const uint8_t *data, size_t size)
{
    uint8_t *file = calloc(1, SETUP_SIZE + size + 4);
    uint32_t length = size + 4, unpacked = size ? 16U << data[size - 1] % 12 : 1;

    file[0x1f1] = 1;
    memcpy(file + 0x1fe, "\x55\xaa\0\0HdrS\x0f\x02", 10);
    memcpy(file + 0x24c, &length, 4);
    memcpy(file + SETUP_SIZE, data, size);
    memcpy(file + SETUP_SIZE + size, &unpacked, 4);
    unpack(file, SETUP_SIZE + size + 4);
    free(file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    unpack(data, size);
    unpack_as_payload(data, size);
    return 0;
}
