/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Decompressors: zlib, liblzma, libzstd and liblz4 as Debian ships them, built for user programs.
 * They allocate nothing but from the arena of the job, and no state outlives a call.
 */
#ifndef HV_DECOMPRESS_H
#define HV_DECOMPRESS_H

#include <stddef.h>
#include <stdint.h>

/* All buffers are the caller's and do not overlap. */
struct unpack_job {
    const uint8_t *src;
    size_t src_size;
    uint8_t *dst;
    size_t dst_size; /* exactly what must come out */
    uint8_t *arena;  /* working memory, aligned to 16 bytes */
    size_t arena_size;
};

/*
 * Each decodes the whole of src to exactly dst_size bytes. 0; -EINVAL for damaged data, data of
 * another length or a variant that Linux does not use; -ENOMEM if the arena is too small.
 * They use SSE registers and the stack protector's word at %fs:0x28: run them between
 * arch_unpack_enter() and arch_unpack_leave().
 */
int unpack_gzip(const struct unpack_job *job);
int unpack_xz(const struct unpack_job *job);
int unpack_zstd(const struct unpack_job *job);
int unpack_lz4(const struct unpack_job *job); /* the legacy frame, which Linux uses */

/* The arena that one of the above needs to make dst_size bytes of src; 0 if src is damaged. */
size_t unpack_gzip_arena(void);
size_t unpack_xz_arena(const uint8_t *src, size_t src_size, size_t dst_size);
size_t unpack_zstd_arena(void);

/*
 * Make user-space code runnable on this CPU, and undo it: FS gets a base with a readable word at
 * 0x28. The caller has interrupts off, SSE enabled, and no guest's FPU state in the registers.
 */
void arch_unpack_enter(void);
void arch_unpack_leave(void);

#endif
