/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The migration stream: what is written is read again, and what is malformed is refused. */
/* sources: dom0/toolstack/stream.c */
/* pkgs: glib-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dom0/toolstack/stream.h>

#include <string.h>

struct reader {
    const GByteArray *data;
    size_t at;
};

static bool read_array(void *opaque, void *buffer, size_t size)
{
    struct reader *r = opaque;

    if (size > r->data->len - r->at)
        return false;
    memcpy(buffer, r->data->data + r->at, size);
    r->at += size;
    return true;
}

/* Headers and some records, behind what xl puts before them if `xl`. */
static GByteArray *make(bool xl)
{
    static const uint8_t page[STREAM_PAGE_SIZE] = { 42 };
    const uint64_t pfns[3] = { 7, 9ULL | (uint64_t)PAGE_INVALID << STREAM_TYPE_SHIFT,
                               8ULL | (uint64_t)(4 | PAGE_PINNED) << STREAM_TYPE_SHIFT };
    GByteArray *out = g_byte_array_new();

    if (xl) {
        uint8_t head[48] = "Xen saved domain, xl format\n \0 \r";

        head[44] = 5;
        g_byte_array_append(out, head, sizeof(head));
        g_byte_array_append(out, (const guint8 *)"hello", 5);
    }
    stream_make_headers(out, 4, 17);
    stream_make_record(out, RECORD_PV_INFO, "\10\4", 2);
    stream_make_pages_head(out, pfns, 3, 2);
    g_byte_array_append(out, page, sizeof(page));
    g_byte_array_append(out, page, sizeof(page));
    stream_make_record(out, RECORD_END, NULL, 0);
    return out;
}

static void test_round_trip(void **state)
{
    (void)state;
    for (unsigned xl = 0; xl < 2; xl++) {
        g_autoptr(GByteArray) data = make(xl), body = g_byte_array_new();
        struct reader r = { data, 0 };
        const struct stream_source source = { read_array, &r };
        struct stream_pages pages;
        const char *why;
        uint32_t type;

        if (!stream_read_headers(&source, &why))
            fail_msg("%s", why);
        assert_true(stream_read_record(&source, &type, body, &why));
        assert_int_equal(type, RECORD_PV_INFO);
        assert_int_equal(body->len, 2);
        assert_true(stream_read_record(&source, &type, body, &why));
        assert_int_equal(type, RECORD_PAGE_DATA);
        assert_true(stream_parse_pages(body, &pages, &why));
        assert_int_equal(pages.count, 3);
        assert_int_equal(pages.n_pages, 2);
        assert_int_equal(stream_pfn(&pages, 0), 7);
        assert_int_equal(pages.pages[0], 42);
        assert_true(stream_read_record(&source, &type, body, &why));
        assert_int_equal(type, RECORD_END);
        assert_int_equal(r.at, data->len);
    }
}

/* Cut off anywhere, or with a byte of the headers changed: refused, with a reason. */
static void test_damaged(void **state)
{
    g_autoptr(GByteArray) data = make(false);
    /* Reserved and the versions of the hypervisor may be anything. */
    static const uint8_t ignored[64] = {
        [12] = 1, [13] = 1, [14] = 1, [42] = 1, [43] = 1, [44] = 1, [45] = 1, [46] = 1,
        [47] = 1, [54] = 1, [55] = 1, [56] = 1, [57] = 1, [58] = 1, [59] = 1, [60] = 1,
        [61] = 1, [62] = 1, [63] = 1, [40] = 1, [41] = 1, [15] = 1
    };

    (void)state;
    for (unsigned cut = 0; cut < 64; cut++) {
        g_autoptr(GByteArray) copy = g_byte_array_new();
        struct reader r = { copy, 0 };
        const struct stream_source source = { read_array, &r };
        const char *why = NULL;

        g_byte_array_append(copy, data->data, cut);
        assert_false(stream_read_headers(&source, &why));
        assert_non_null(why);
        g_byte_array_append(copy, data->data + cut, data->len - cut);
        copy->data[cut] ^= 0x40;
        r.at = 0;
        if (stream_read_headers(&source, &why) != ignored[cut])
            fail_msg("byte %u", cut);
    }
}

static void test_pages(void **state)
{
    g_autoptr(GByteArray) body = g_byte_array_new();
    struct stream_pages pages;
    const char *why;
    uint8_t bytes[24] = { 1 };

    (void)state;
    g_byte_array_append(body, bytes, 7);
    assert_false(stream_parse_pages(body, &pages, &why));
    g_byte_array_set_size(body, 16);
    memcpy(body->data, bytes, 16);
    /* One page of contents is missing; of an invalid page there is none. */
    assert_false(stream_parse_pages(body, &pages, &why));
    body->data[15] = 0xf0;
    assert_true(stream_parse_pages(body, &pages, &why));
    body->data[15] = 0x50;
    assert_false(stream_parse_pages(body, &pages, &why));
    body->data[0] = 0;
    assert_false(stream_parse_pages(body, &pages, &why));
    memset(body->data, 0xff, 4);
    assert_false(stream_parse_pages(body, &pages, &why));
}

static void test_p2m_frames(void **state)
{
    g_autoptr(GByteArray) body = g_byte_array_new();
    struct stream_p2m_frames frames;
    uint32_t head[2] = { 0, 512 };
    const char *why;

    (void)state;
    g_byte_array_append(body, (const guint8 *)head, 8);
    assert_false(stream_parse_p2m_frames(body, &frames, &why));
    g_byte_array_set_size(body, 24);
    assert_true(stream_parse_p2m_frames(body, &frames, &why));
    assert_int_equal(frames.count, 2);
    assert_int_equal(frames.max_pfn, 512);
    head[1] = 511;
    memcpy(body->data, head, 8);
    assert_false(stream_parse_p2m_frames(body, &frames, &why));
    head[1] = UINT32_MAX;
    memcpy(body->data, head, 8);
    assert_false(stream_parse_p2m_frames(body, &frames, &why));
}

static void test_long_record(void **state)
{
    g_autoptr(GByteArray) data = g_byte_array_new(), body = g_byte_array_new();
    const uint32_t head[2] = { 1, STREAM_RECORD_MAX + 1 };
    struct reader r = { data, 0 };
    const struct stream_source source = { read_array, &r };
    const char *why;
    uint32_t type;

    (void)state;
    g_byte_array_append(data, (const guint8 *)head, 8);
    assert_false(stream_read_record(&source, &type, body, &why));
    assert_int_equal(body->len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),  cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_pages),       cmocka_unit_test(test_p2m_frames),
        cmocka_unit_test(test_long_record),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
