/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The libraries' decoders behind one interface, each with memory from the job's arena only. */
#include <stddef.h>
#include <stdint.h>

/* The libraries' switches for "no C library". */
#define LZMA_MANUAL_HEADERS
#define Z_SOLO
#define ZSTD_STATIC_LINKING_ONLY
#include <lz4.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include <hv/decompress.h>
#include <hv/errno.h>
#include <hv/string.h>

#define ALIGNMENT  16
#define ARENA_GZIP (64UL << 10)
#define ARENA_XZ   (128UL << 10) /* besides the dictionary */

/* Blocks are given out one behind the other and taken back all at once. */
struct arena {
    uint8_t *next, *end;
};

static void *arena_take(struct arena *arena, size_t count, size_t size)
{
    uint8_t *block = arena->next;
    size_t bytes;

    if (__builtin_mul_overflow(count, size, &bytes) ||
        bytes > (size_t)(arena->end - arena->next) / ALIGNMENT * ALIGNMENT)
        return NULL;
    arena->next += (bytes + ALIGNMENT - 1) & -ALIGNMENT;
    return block;
}

static void *xz_alloc(void *arena, size_t count, size_t size)
{
    return arena_take(arena, count, size);
}

static void xz_free(void *arena, void *block)
{
    (void)arena;
    (void)block;
}

static void *gzip_alloc(void *arena, unsigned int count, unsigned int size)
{
    return arena_take(arena, count, size);
}

static void gzip_free(void *arena, void *block)
{
    (void)arena;
    (void)block;
}

size_t unpack_gzip_arena(void)
{
    return ARENA_GZIP;
}

int unpack_gzip(const struct unpack_job *job)
{
    struct arena arena = { job->arena, job->arena + job->arena_size };
    z_stream s = {
        .next_in = (Bytef *)(uintptr_t)job->src,
        .avail_in = job->src_size,
        .next_out = job->dst,
        .avail_out = job->dst_size,
        .zalloc = gzip_alloc,
        .zfree = gzip_free,
        .opaque = &arena,
    };
    int ret;

    if (inflateInit2(&s, MAX_WBITS + 16) != Z_OK)
        return -ENOMEM;
    ret = inflate(&s, Z_FINISH);
    if (ret == Z_MEM_ERROR)
        return -ENOMEM;
    return ret == Z_STREAM_END && s.total_out == job->dst_size ? 0 : -EINVAL;
}

/*
 * Reads the header of a block, and shrinks the dictionary to what the output can ever refer to:
 * newer kernels are packed with one of 128 MiB.
 */
static lzma_ret xz_block_open(lzma_block *block, const lzma_allocator *allocator, const uint8_t *in,
                              size_t in_size, size_t out_size)
{
    lzma_ret ret;

    block->header_size = lzma_block_header_size_decode(in[0]);
    if (block->header_size > in_size)
        return LZMA_DATA_ERROR;
    ret = lzma_block_header_decode(block, allocator, in);
    for (lzma_filter *f = block->filters; ret == LZMA_OK && f->id != LZMA_VLI_UNKNOWN; f++) {
        lzma_options_lzma *options = f->options;

        if (f->id == LZMA_FILTER_LZMA2 && options->dict_size > out_size)
            options->dict_size = out_size > LZMA_DICT_SIZE_MIN ? out_size : LZMA_DICT_SIZE_MIN;
    }
    return ret;
}

/*
 * Checks the stream's header and footer. Only the checks that Linux's own decoder knows are
 * accepted. The index is not looked at: it repeats what the blocks say.
 */
static int xz_stream_open(const uint8_t *src, size_t size, lzma_check *check)
{
    lzma_stream_flags head, foot;

    if (size <= 2 * LZMA_STREAM_HEADER_SIZE || lzma_stream_header_decode(&head, src) != LZMA_OK ||
        lzma_stream_footer_decode(&foot, src + size - LZMA_STREAM_HEADER_SIZE) != LZMA_OK ||
        head.check != foot.check)
        return -EINVAL;
    if (head.check != LZMA_CHECK_NONE && head.check != LZMA_CHECK_CRC32)
        return -EINVAL;
    *check = head.check;
    return 0;
}

size_t unpack_xz_arena(const uint8_t *src, size_t src_size, size_t dst_size)
{
    uint8_t space[1024] __attribute__((aligned(ALIGNMENT)));
    struct arena arena = { space, space + sizeof(space) };
    const lzma_allocator allocator = { xz_alloc, xz_free, &arena };
    lzma_filter filters[LZMA_FILTERS_MAX + 1];
    lzma_block block = { .version = 1, .filters = filters };
    const uint8_t *in = src + LZMA_STREAM_HEADER_SIZE;

    if (xz_stream_open(src, src_size, &block.check) || !in[0] ||
        xz_block_open(&block, &allocator, in, src_size - LZMA_STREAM_HEADER_SIZE, dst_size))
        return 0;
    for (lzma_filter *f = filters; f->id != LZMA_VLI_UNKNOWN; f++)
        if (f->id == LZMA_FILTER_LZMA2)
            return ((lzma_options_lzma *)f->options)->dict_size + ARENA_XZ;
    return 0;
}

int unpack_xz(const struct unpack_job *job)
{
    struct arena arena;
    const lzma_allocator allocator = { xz_alloc, xz_free, &arena };
    lzma_filter filters[LZMA_FILTERS_MAX + 1];
    lzma_block block = { .version = 1, .filters = filters };
    size_t in = LZMA_STREAM_HEADER_SIZE, out = 0;
    lzma_ret ret;

    if (xz_stream_open(job->src, job->src_size, &block.check))
        return -EINVAL;
    /* A zero where a block could start is the index, which ends the stream. */
    while (in < job->src_size && job->src[in]) {
        arena = (struct arena){ job->arena, job->arena + job->arena_size };
        ret = xz_block_open(&block, &allocator, job->src + in, job->src_size - in, job->dst_size);
        if (ret == LZMA_OK) {
            in += block.header_size;
            ret = lzma_block_buffer_decode(&block, &allocator, job->src, &in, job->src_size,
                                           job->dst, &out, job->dst_size);
        }
        if (ret != LZMA_OK)
            return ret == LZMA_MEM_ERROR ? -ENOMEM : -EINVAL;
    }
    return in < job->src_size && out == job->dst_size ? 0 : -EINVAL;
}

static uint32_t read_le32(const uint8_t *p)
{
    return p[0] | p[1] << 8 | p[2] << 16 | (uint32_t)p[3] << 24;
}

size_t unpack_zstd_arena(void)
{
    return ZSTD_estimateDCtxSize();
}

int unpack_zstd(const struct unpack_job *job)
{
    ZSTD_DCtx *context = ZSTD_initStaticDCtx(job->arena, job->arena_size);
    size_t size;

    if (!context)
        return -ENOMEM;
    /* One frame and no more: the formats before 1.0, which could follow, are not linked in. */
    if (job->src_size < 4 || read_le32(job->src) != ZSTD_MAGICNUMBER ||
        ZSTD_findFrameCompressedSize(job->src, job->src_size) != job->src_size)
        return -EINVAL;
    size = ZSTD_decompressDCtx(context, job->dst, job->dst_size, job->src, job->src_size);
    return size == job->dst_size ? 0 : -EINVAL;
}

int unpack_lz4(const struct unpack_job *job)
{
    const uint8_t *in = job->src + 4, *end = job->src + job->src_size;
    size_t out = 0;

    while (end - in >= 4) {
        uint32_t size = read_le32(in);
        int made;

        in += 4;
        if (size > (size_t)(end - in) || size > LZ4_MAX_INPUT_SIZE)
            return -EINVAL;
        made = LZ4_decompress_safe((const char *)in, (char *)job->dst + out, size,
                                   job->dst_size - out);
        if (made < 0)
            return -EINVAL;
        in += size;
        out += made;
    }
    return in == end && out == job->dst_size ? 0 : -EINVAL;
}
