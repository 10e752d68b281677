/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pure parts of the store: messages, numbers, permissions, paths, rings, quotas' names. */
/* sources: dom0/xenstore/wire.c dom0/xenstore/path.c dom0/xenstore/permission.c
   dom0/xenstore/ring.c dom0/xenstore/quota.c */
#include <tests/unit/include/unit.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <dom0/xenstore/path.h>
#include <dom0/xenstore/permission.h>
#include <dom0/xenstore/quota.h>
#include <dom0/xenstore/ring.h>
#include <dom0/xenstore/wire.h>

static struct path path;

static int parse(const char *text)
{
    return path_parse(&path, text, (uint32_t)strlen(text), 7);
}

static void messages_end_where_their_header_says(void **state)
{
    struct xsd_sockmsg header = { XS_READ, 1, 2, 3 }, got;
    char bytes[32] = { 0 };

    (void)state;
    memcpy(bytes, &header, sizeof(header));
    assert_int_equal(wire_peek(bytes, 15, &got), WIRE_PARTIAL);
    assert_int_equal(wire_peek(bytes, 18, &got), WIRE_PARTIAL);
    assert_int_equal(wire_peek(bytes, 19, &got), WIRE_COMPLETE);
    assert_int_equal(got.len, 3);
    header.len = XENSTORE_PAYLOAD_MAX + 1;
    memcpy(bytes, &header, sizeof(header));
    assert_int_equal(wire_peek(bytes, 16, &got), WIRE_BROKEN);
}

static void strings_need_their_zero(void **state)
{
    struct wire_reader reader = { "ab\0\0c", 5 };
    uint32_t length = 9;

    (void)state;
    assert_string_equal(wire_string(&reader, &length), "ab");
    assert_int_equal(length, 2);
    assert_string_equal(wire_string(&reader, NULL), "");
    assert_null(wire_string(&reader, NULL));
    assert_int_equal(reader.left, 1);
}

static void numbers_are_decimal_and_bounded(void **state)
{
    static const char *const bad[] = { "",   "-1",  "+1",    " 1",
                                       "1 ", "0x1", "65536", "99999999999999999999999" };
    uint64_t value = 5;
    char text[24];

    (void)state;
    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(wire_number(bad[i], 65535, &value), -EINVAL);
    assert_int_equal(wire_number("65535", 65535, &value), 0);
    assert_int_equal(value, 65535);
    assert_int_equal(wire_print_number(text, UINT64_MAX), 21);
    assert_string_equal(text, "18446744073709551615");
}

static void errors_have_the_protocols_names(void **state)
{
    (void)state;
    assert_string_equal(wire_error_name(ENOENT), "ENOENT");
    assert_string_equal(wire_error_name(EPERM), "EPERM");
    assert_string_equal(wire_error_name(EXDEV), "EINVAL");
}

static void paths_are_strict(void **state)
{
    static const char *const bad[] = { "",      "//", "/a/", "/a//b", "/a b",
                                       "/a\tb", "/ä", "a/",  "@foo",  "/a.b" };

    (void)state;
    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(parse(bad[i]), -EINVAL);
    assert_int_equal(path_parse(&path, "/a\0b", 4, 0), -EINVAL);
    assert_int_equal(parse("/"), 0);
    assert_int_equal(path.count, 0);
    assert_int_equal(parse("/a-B_9@/c"), 0);
    assert_int_equal(path.count, 2);
    assert_int_equal(parse("x/y"), 0);
    assert_string_equal(path.text, "/local/domain/7/x/y");
    assert_int_equal(path.count, 5);
    assert_int_equal(parse("@releaseDomain"), 0);
    assert_true(path.is_special);
}

static void long_paths_end_at_the_limit(void **state)
{
    static char text[PATH_TEXT_MAX + 2];

    (void)state;
    for (unsigned i = 0; i < sizeof(text); i++)
        text[i] = i % 2 ? 'a' : '/';
    assert_int_equal(path_parse(&path, text, PATH_TEXT_MAX, 0), 0);
    assert_int_equal(path.count, PATH_PARTS_MAX);
    assert_int_equal(path_push(&path, "b", 1, path_hash_name("b", 1)), -EINVAL);
    assert_int_equal(path_parse(&path, text, PATH_TEXT_MAX + 1, 0), -EINVAL);
    memset(text, 'a', sizeof(text));
    assert_int_equal(path_parse(&path, text, XENSTORE_REL_PATH_MAX, 65535), 0);
    assert_int_equal(path_parse(&path, text, XENSTORE_REL_PATH_MAX + 1, 0), -EINVAL);
}

static void pushing_is_parsing(void **state)
{
    static struct path other;

    (void)state;
    assert_int_equal(parse("/"), 0);
    assert_int_equal(path_push(&path, "ab", 2, path_hash_name("ab", 2)), 0);
    assert_int_equal(path_push(&path, "c", 1, path_hash_name("c", 1)), 0);
    assert_int_equal(path_parse(&other, "/ab/c", 5, 0), 0);
    assert_string_equal(path.text, other.text);
    assert_int_equal(path.prefix[2], other.prefix[2]);
    assert_int_equal(path.part[1].start, other.part[1].start);
    path_pop(&path);
    assert_string_equal(path.text, "/ab");
    path_pop(&path);
    assert_string_equal(path.text, "/");
    assert_int_equal(path.length, 1);
}

static void permissions_read_and_write(void **state)
{
    static const char *const bad[] = { "", "r", "x1", "r-1", "r65536", "1", "rw1" };
    struct permission p;
    char text[8];

    (void)state;
    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(permission_parse(bad[i], &p), -EINVAL);
    assert_int_equal(permission_parse("b12", &p), 0);
    assert_int_equal(p.domid, 12);
    assert_int_equal(p.rights, PERMISSION_ALL);
    assert_int_equal(permission_print(text, &p), 4);
    assert_string_equal(text, "b12");
}

static void rights_follow_owner_entry_and_default(void **state)
{
    static const struct permission list[] = { { 3, PERMISSION_READ, 0 },
                                              { 4, PERMISSION_WRITE, 0 } };
    struct subject who = { 0, 0, true };

    (void)state;
    assert_int_equal(permission_rights(list, 2, &who), PERMISSION_ALL);
    who = (struct subject){ 3, 3, false };
    assert_int_equal(permission_rights(list, 2, &who), PERMISSION_ALL);
    who = (struct subject){ 4, 4, false };
    assert_int_equal(permission_rights(list, 2, &who), PERMISSION_WRITE);
    who = (struct subject){ 5, 5, false };
    assert_int_equal(permission_rights(list, 2, &who), PERMISSION_READ);
    who.target = 3;
    assert_int_equal(permission_rights(list, 2, &who), PERMISSION_ALL);
}

static void rings_wrap_and_refuse_nonsense(void **state)
{
    struct xenstore_domain_interface *ring = calloc(1, sizeof(*ring));
    char bytes[XENSTORE_RING_SIZE];

    (void)state;
    ring->req_prod = 5;
    memcpy(ring->req + 1020, "wrap", 4);
    memcpy(ring->req, "ped!!", 5);
    assert_int_equal(ring_take(ring, (uint32_t)-4, bytes, sizeof(bytes)), 9);
    assert_memory_equal(bytes, "wrapped!!", 9);
    assert_int_equal(ring_take(ring, (uint32_t)-4, bytes, 3), 3);
    assert_int_equal(ring_take(ring, 5 - XENSTORE_RING_SIZE - 1, bytes, sizeof(bytes)), -EIO);
    assert_int_equal(ring_take(ring, 6, bytes, sizeof(bytes)), -EIO);
    ring->rsp_cons = 100;
    assert_int_equal(ring_put(ring, 1020, "wrapped!!", 9), 9);
    assert_memory_equal(ring->rsp + 1020, "wrap", 4);
    assert_memory_equal(ring->rsp, "ped!!", 5);
    assert_int_equal(ring_put(ring, 100 + XENSTORE_RING_SIZE - 2, "abc", 3), 2);
    assert_int_equal(ring_put(ring, 100 + XENSTORE_RING_SIZE, "abc", 3), 0);
    assert_int_equal(ring_put(ring, 100 + XENSTORE_RING_SIZE + 1, "abc", 3), -EIO);
    assert_int_equal(ring_put(ring, 99, "abc", 3), -EIO);
    free(ring);
}

static void quotas_have_names(void **state)
{
    struct quota quota;

    (void)state;
    quota_defaults(&quota);
    assert_int_equal(quota.nodes, 1000);
    assert_ptr_equal(quota_find(&quota, "watches"), &quota.watches);
    assert_null(quota_find(&quota, "beer"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_end_where_their_header_says),
        cmocka_unit_test(strings_need_their_zero),
        cmocka_unit_test(numbers_are_decimal_and_bounded),
        cmocka_unit_test(errors_have_the_protocols_names),
        cmocka_unit_test(paths_are_strict),
        cmocka_unit_test(long_paths_end_at_the_limit),
        cmocka_unit_test(pushing_is_parsing),
        cmocka_unit_test(permissions_read_and_write),
        cmocka_unit_test(rights_follow_owner_entry_and_default),
        cmocka_unit_test(rings_wrap_and_refuse_nonsense),
        cmocka_unit_test(quotas_have_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
