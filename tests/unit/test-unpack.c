/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bzImage and its payloads: each format found, unpacked, and refused where it is damaged. */
/* sources: xen/lib/kernel/bzimage.c xen/lib/kernel/unpack.c xen/lib/kernel/decoders.c */
/* libs: -l:libz.a -l:liblzma.a -l:libzstd.a -l:liblz4.a */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include <lz4.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include <hv/decompress.h>
#include <hv/errno.h>
#include <hv/kernel-image.h>

#define PLAIN_SIZE 120000
#define FILE_MAX   (PLAIN_SIZE * 2)
#define SETUP_SIZE 1024

static uint8_t plain[PLAIN_SIZE], file[FILE_MAX];
static size_t file_size;
static int entered;

void arch_unpack_enter(void)
{
    entered++;
}

void arch_unpack_leave(void)
{
    entered--;
}

/* Words of a small set: compresses, yet not to nothing. */
static int make_plain(void **state)
{
    uint32_t x = 1;

    (void)state;
    for (size_t i = 0; i < PLAIN_SIZE; i++) {
        x = x * 1103515245 + 12345;
        plain[i] = i % 7 ? (x >> 16) & 15 : (x >> 24);
    }
    memcpy(plain, "\177ELF", 4);
    return 0;
}

static void put_le(uint8_t *at, uint32_t v, unsigned int bytes)
{
    for (; bytes--; v >>= 8)
        *at++ = v;
}

static size_t pack_gzip(uint8_t *out, size_t room)
{
    z_stream s = { .next_in = plain, .avail_in = PLAIN_SIZE, .next_out = out, .avail_out = room };

    assert_int_equal(deflateInit2(&s, 6, Z_DEFLATED, MAX_WBITS + 16, 8, 0), Z_OK);
    assert_int_equal(deflate(&s, Z_FINISH), Z_STREAM_END);
    deflateEnd(&s);
    return s.total_out;
}

/* As Linux packs on x86: a branch filter before LZMA2, with a large dictionary. */
static size_t pack_xz_as(uint8_t *out, size_t room, lzma_check check)
{
    lzma_options_lzma options;
    lzma_filter filters[] = {
        { LZMA_FILTER_X86, NULL },
        { LZMA_FILTER_LZMA2, &options },
        { LZMA_VLI_UNKNOWN, NULL },
    };
    size_t size = 0;

    assert_false(lzma_lzma_preset(&options, 1));
    options.dict_size = 32 << 20;
    assert_int_equal(
        lzma_stream_buffer_encode(filters, check, NULL, plain, PLAIN_SIZE, out, &size, room),
        LZMA_OK);
    return size;
}

static size_t pack_xz(uint8_t *out, size_t room)
{
    return pack_xz_as(out, room, LZMA_CHECK_CRC32);
}

static size_t pack_zstd(uint8_t *out, size_t room)
{
    size_t size = ZSTD_compress(out, room, plain, PLAIN_SIZE, 5);

    assert_false(ZSTD_isError(size));
    return size;
}

/* The legacy frame: blocks of at most 8 MiB; smaller ones here, to have several. */
static size_t pack_lz4(uint8_t *out, size_t room)
{
    size_t size = 4;

    memcpy(out, "\x02\x21\x4c\x18", 4);
    for (size_t at = 0; at < PLAIN_SIZE; at += 40000) {
        int made = LZ4_compress_default((char *)plain + at, (char *)out + size + 4, 40000,
                                        room - size - 4);

        assert_true(made > 0);
        put_le(out + size, made, 4);
        size += 4 + made;
    }
    return size;
}

static size_t pack_none(uint8_t *out, size_t room)
{
    assert_true(room >= PLAIN_SIZE);
    memcpy(out, plain, PLAIN_SIZE);
    return PLAIN_SIZE;
}

static const struct format {
    size_t (*pack)(uint8_t *out, size_t room);
    enum kernel_format format;
    bool size_appended;
} formats[] = {
    { pack_none, KERNEL_ELF, false }, { pack_gzip, KERNEL_GZIP, false },
    { pack_xz, KERNEL_XZ, true },     { pack_zstd, KERNEL_ZSTD, true },
    { pack_lz4, KERNEL_LZ4, true },
};
#define NR_FORMATS (sizeof(formats) / sizeof(formats[0]))

static void make_header(size_t payload_size)
{
    memset(file, 0, SETUP_SIZE);
    file[0x1f1] = 1;
    put_le(file + 0x1fe, 0xaa55, 2);
    memcpy(file + 0x202, "HdrS", 4);
    put_le(file + 0x206, 0x20f, 2);
    put_le(file + 0x24c, payload_size, 4);
    file_size = SETUP_SIZE + payload_size;
}

static void make_bzimage(const struct format *f)
{
    size_t size = f->pack(file + SETUP_SIZE, FILE_MAX - SETUP_SIZE - 4);

    if (f->size_appended) {
        put_le(file + SETUP_SIZE + size, PLAIN_SIZE, 4);
        size += 4;
    }
    make_header(size);
}

/* From buffers of the exact sizes, so that the sanitizer sees each byte too many. */
static int unpack(size_t size, const char **why, uint8_t **result)
{
    struct kernel_payload payload;
    uint8_t *copy = malloc(size + !size), *dst, *arena;
    int ret;

    memcpy(copy, file, size);
    *result = NULL;
    ret = kernel_locate(copy, size, &payload, why);
    if (!ret && payload.unpacked_size <= 2 * PLAIN_SIZE) {
        dst = malloc(payload.unpacked_size);
        arena = malloc(payload.arena_size + 1);
        ret = kernel_unpack(&payload, dst, arena, why);
        free(arena);
        *result = dst;
    }
    free(copy);
    assert_int_equal(entered, 0);
    assert_true(ret ? *why != NULL : *why == NULL);
    return ret;
}

static void expect_refused(size_t size)
{
    const char *why;
    uint8_t *result;

    assert_int_equal(unpack(size, &why, &result), -EINVAL);
    free(result);
}

static void expect_why(const char *expected)
{
    struct kernel_payload payload;
    const char *why;

    assert_int_equal(kernel_locate(file, file_size, &payload, &why), -EINVAL);
    assert_string_equal(why, expected);
}

static void test_each_format_unpacks(void **state)
{
    (void)state;
    for (size_t i = 0; i < NR_FORMATS; i++) {
        struct kernel_payload payload;
        const char *why;
        uint8_t *result;

        make_bzimage(&formats[i]);
        assert_int_equal(kernel_locate(file, file_size, &payload, &why), 0);
        assert_int_equal(payload.format, formats[i].format);
        assert_int_equal(payload.unpacked_size, PLAIN_SIZE);
        assert_int_equal(unpack(file_size, &why, &result), 0);
        assert_memory_equal(result, plain, PLAIN_SIZE);
        free(result);
    }
}

static void test_gzip_and_elf_alone(void **state)
{
    const char *why;
    uint8_t *result;

    (void)state;
    for (int i = 0; i < 2; i++) {
        file_size = i ? pack_gzip(file, FILE_MAX) : pack_none(file, FILE_MAX);
        assert_int_equal(unpack(file_size, &why, &result), 0);
        assert_memory_equal(result, plain, PLAIN_SIZE);
        free(result);
    }
    file_size = pack_xz(file, FILE_MAX);
    expect_why("a compressed file must be a bzImage or in gzip");
}

static void test_xz_dictionary_is_no_larger_than_the_output(void **state)
{
    struct kernel_payload payload;
    const char *why;

    (void)state;
    make_bzimage(&formats[2]);
    assert_int_equal(kernel_locate(file, file_size, &payload, &why), 0);
    assert_in_range(payload.arena_size, PLAIN_SIZE, PLAIN_SIZE + (1 << 20));
}

static void test_arena_too_small(void **state)
{
    (void)state;
    for (size_t i = 0; i < NR_FORMATS; i++) {
        struct kernel_payload payload;
        const char *why;
        uint8_t *dst = malloc(PLAIN_SIZE), *arena;

        make_bzimage(&formats[i]);
        assert_int_equal(kernel_locate(file, file_size, &payload, &why), 0);
        payload.arena_size = 1000;
        arena = malloc(payload.arena_size);
        if (payload.format != KERNEL_ELF && payload.format != KERNEL_LZ4) {
            assert_int_equal(kernel_unpack(&payload, dst, arena, &why), -ENOMEM);
            assert_string_equal(why, "unpacking wants more working memory");
        }
        free(arena);
        free(dst);
    }
}

static void test_every_truncated_file_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < NR_FORMATS; i++) {
        make_bzimage(&formats[i]);
        for (size_t size = 0; size < file_size; size += size < 1100 ? 1 : 4999)
            expect_refused(size);
    }
}

/* The payload's own length shrunk: the decoder meets the end of its data. */
static void test_every_truncated_payload_is_refused(void **state)
{
    (void)state;
    for (size_t i = 1; i < NR_FORMATS; i++) {
        make_bzimage(&formats[i]);
        for (size_t size = file_size - SETUP_SIZE - 1; size > 5000;
             size -= size > 40000 ? 9973 : 911) {
            put_le(file + 0x24c, size, 4);
            put_le(file + SETUP_SIZE + size - 4, PLAIN_SIZE, 4);
            expect_refused(file_size);
        }
    }
}

static void test_wrong_size_is_refused(void **state)
{
    static const uint32_t sizes[] = { 0, 1, PLAIN_SIZE - 1, PLAIN_SIZE + 1, 0x40000001, ~0U };

    (void)state;
    for (size_t i = 1; i < NR_FORMATS; i++) {
        for (size_t j = 0; j < sizeof(sizes) / sizeof(sizes[0]); j++) {
            make_bzimage(&formats[i]);
            put_le(file + file_size - 4, sizes[j], 4);
            expect_refused(file_size);
        }
    }
}

/* lz4 has no check sum, so only the others must see every changed bit. */
static void test_damage_is_seen(void **state)
{
    (void)state;
    for (size_t i = 1; i < NR_FORMATS - 1; i++) {
        if (formats[i].format == KERNEL_ZSTD)
            continue;
        make_bzimage(&formats[i]);
        for (size_t at = SETUP_SIZE + 30; at < file_size - 100; at += 7919) {
            file[at] ^= 0x10;
            expect_refused(file_size);
            file[at] ^= 0x10;
        }
    }
}

/* The library would take it, and a second frame may be of a format that is not linked in. */
static void test_zstd_of_two_frames_is_refused(void **state)
{
    const size_t half = PLAIN_SIZE / 2;
    uint8_t *at = file + SETUP_SIZE;
    size_t size;

    (void)state;
    size = ZSTD_compress(at, PLAIN_SIZE, plain, half, 1);
    assert_false(ZSTD_isError(size));
    size += ZSTD_compress(at + size, half, plain + half, half, 1);
    put_le(at + size, PLAIN_SIZE, 4);
    make_header(size + 4);
    expect_refused(file_size);
}

static void test_xz_checks_that_linux_lacks_are_refused(void **state)
{
    static const lzma_check checks[] = { LZMA_CHECK_CRC64, LZMA_CHECK_SHA256 };

    (void)state;
    for (int i = 0; i < 2; i++) {
        size_t size = pack_xz_as(file + SETUP_SIZE, FILE_MAX - SETUP_SIZE - 4, checks[i]);

        put_le(file + SETUP_SIZE + size, PLAIN_SIZE, 4);
        make_header(size + 4);
        expect_why("the xz payload's header is damaged");
    }
}

static void test_malformed_headers(void **state)
{
    (void)state;
    make_bzimage(&formats[1]);
    put_le(file + 0x206, 0x207, 2);
    expect_why("the bzImage is too old: its boot protocol is before 2.08");
    make_bzimage(&formats[1]);
    put_le(file + 0x248, ~0U, 4);
    expect_why("the bzImage is truncated: its payload goes beyond its end");
    make_bzimage(&formats[1]);
    put_le(file + 0x24c, ~0U, 4);
    expect_why("the bzImage is truncated: its payload goes beyond its end");
    make_bzimage(&formats[1]);
    memcpy(file + SETUP_SIZE, "BZh9", 4);
    expect_why("the bzImage's payload is not in gzip, xz, zstd or lz4");
    make_bzimage(&formats[1]);
    put_le(file + 0x24c, 12, 4);
    expect_why("the compressed kernel is too short");
    make_bzimage(&formats[1]);
    file[0x202] = 'h';
    expect_why("it is neither a bzImage nor an ELF file");
}

static void test_setup_sectors_of_zero_mean_four(void **state)
{
    const char *why;
    uint8_t *result;

    (void)state;
    make_bzimage(&formats[1]);
    memmove(file + 5 * 512, file + SETUP_SIZE, file_size - SETUP_SIZE);
    file[0x1f1] = 0;
    file_size += 3 * 512;
    assert_int_equal(unpack(file_size, &why, &result), 0);
    assert_memory_equal(result, plain, PLAIN_SIZE);
    free(result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_format_unpacks),
        cmocka_unit_test(test_gzip_and_elf_alone),
        cmocka_unit_test(test_xz_dictionary_is_no_larger_than_the_output),
        cmocka_unit_test(test_arena_too_small),
        cmocka_unit_test(test_every_truncated_file_is_refused),
        cmocka_unit_test(test_every_truncated_payload_is_refused),
        cmocka_unit_test(test_wrong_size_is_refused),
        cmocka_unit_test(test_damage_is_seen),
        cmocka_unit_test(test_zstd_of_two_frames_is_refused),
        cmocka_unit_test(test_xz_checks_that_linux_lacks_are_refused),
        cmocka_unit_test(test_malformed_headers),
        cmocka_unit_test(test_setup_sectors_of_zero_mean_four),
    };

    return cmocka_run_group_tests(tests, make_plain, NULL);
}
