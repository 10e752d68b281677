/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Unpacking a kernel's payload: the right decoder, in the surroundings that it needs. */
#include <hv/decompress.h>
#include <hv/errno.h>
#include <hv/string.h>

#include "private.h"

static const struct decoder {
    int (*unpack)(const struct unpack_job *job);
    const char *damaged;
} decoders[] = {
    [KERNEL_GZIP] = { unpack_gzip, "the gzip payload is damaged" },
    [KERNEL_XZ] = { unpack_xz, "the xz payload is damaged" },
    [KERNEL_ZSTD] = { unpack_zstd, "the zstd payload is damaged" },
    [KERNEL_LZ4] = { unpack_lz4, "the lz4 payload is damaged" },
};

const char *payload_find_arena(struct kernel_payload *payload)
{
    const struct kernel_payload *p = payload;

    arch_unpack_enter();
    if (p->format == KERNEL_GZIP)
        payload->arena_size = unpack_gzip_arena();
    else if (p->format == KERNEL_ZSTD)
        payload->arena_size = unpack_zstd_arena();
    else if (p->format == KERNEL_XZ)
        payload->arena_size = unpack_xz_arena(p->data, p->size, p->unpacked_size);
    arch_unpack_leave();
    return p->format == KERNEL_XZ && !p->arena_size ? "the xz payload's header is damaged" : NULL;
}

int kernel_unpack(const struct kernel_payload *payload, void *dst, void *arena, const char **why)
{
    const struct decoder *decoder = &decoders[payload->format];
    struct unpack_job job = {
        .src = payload->data,
        .src_size = payload->size,
        .dst = dst,
        .dst_size = payload->unpacked_size,
        .arena = arena,
        .arena_size = payload->arena_size,
    };
    int ret;

    *why = NULL;
    if (payload->format == KERNEL_ELF) {
        memcpy(dst, payload->data, payload->size);
        return 0;
    }
    arch_unpack_enter();
    ret = decoder->unpack(&job);
    arch_unpack_leave();
    if (ret)
        *why = ret == -ENOMEM ? "unpacking wants more working memory" : decoder->damaged;
    return ret;
}
