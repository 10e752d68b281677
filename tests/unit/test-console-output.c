/* SPDX-License-Identifier: GPL-2.0-or-later */
/* printk and what it writes to: the ring, levels, the limit on guests, the time before lines. */
/* sources: xen/common/console/ring.c xen/common/console/output.c xen/common/console/printk.c
   xen/common/console/stamp.c xen/common/console/guest-lines.c
   xen/common/sync/spinlock.c tests/unit/lib/console-world.c */
#include "lib/console-world.h"

#include <string.h>

#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/printk.h>
#include <hv/time.h>

#define FIRST_RING 16384U /* its size before it grows */

static char buf[1 << 17];

/* All that the ring holds from @pos on. */
static size_t ring_text(uint64_t pos)
{
    size_t n = console_ring_read(buf, sizeof(buf) - 1, &pos);

    buf[n] = '\0';
    return n;
}

/* Runs first: the ring is as long as it is at start-up. */
static void test_ring_keeps_the_last(void **state)
{
    uint64_t pos = 0;
    char line[64];
    size_t n;

    (void)state;
    for (int i = 0; i < 2000; i++)
        printk(LOG_ERR "message %04d\n", i);
    n = ring_text(0);
    assert_int_equal(n, FIRST_RING);
    assert_non_null(strstr(buf, "(XEN) message 1999\n"));
    assert_null(strstr(buf, "message 0900\n"));
    /* In pieces it is the same. */
    for (size_t done = 0; done < n;) {
        size_t m = console_ring_read(line, 1 + done % 50, &pos);

        assert_memory_equal(line, buf + done, m);
        done += m;
    }
    assert_int_equal(console_ring_read(line, sizeof(line), &pos), 0);
}

static void test_ring_grows_with_its_contents(void **state)
{
    static char before[FIRST_RING + 1];

    (void)state;
    assert_int_equal(world_param("conring_size", "1000"), -EINVAL);
    assert_int_equal(world_param("conring_size", "100000"), 0);
    assert_int_equal(ring_text(0), FIRST_RING);
    memcpy(before, buf, sizeof(before));
    console_ring_grow();
    assert_int_equal(ring_text(0), FIRST_RING);
    assert_string_equal(buf, before);
    for (int i = 0; i < 8000; i++)
        printk(LOG_ERR "larger  %04d\n", i);
    assert_int_equal(ring_text(0), 131072 - 1 < sizeof(buf) - 1 ? 131072 - 1 : sizeof(buf) - 1);
}

static void test_clear_and_positions(void **state)
{
    uint64_t pos = console_ring_start(), end;

    (void)state;
    ring_text(pos);
    while (console_ring_read(buf, sizeof(buf), &pos))
        ;
    console_ring_clear(pos);
    end = console_ring_start();
    assert_int_equal(end, pos);
    assert_int_equal(ring_text(end), 0);
    printk(LOG_ERR "after\n");
    assert_int_equal(ring_text(console_ring_start()), strlen("(XEN) after\n"));
    assert_string_equal(buf, "(XEN) after\n");
    /* What was cleared can still be read by position. */
    assert_int_equal(console_ring_position((uint32_t)pos - 10), pos - 10);
    assert_int_equal(console_ring_position((uint32_t)pos + 1000000), 0);
    console_ring_clear(0); /* never goes back */
    assert_int_equal(console_ring_start(), end);
}

static void test_guests_reach_the_ring_only_if_told(void **state)
{
    uint64_t start;

    (void)state;
    ring_text(0);
    start = console_ring_start();
    console_ring_clear(start);
    console_write("guest\n", 6);
    assert_string_equal(world_output, "guest\n");
    assert_int_equal(world_param("console_to_ring", ""), 0);
    console_write("again\n", 6);
    assert_int_equal(world_param("console_to_ring", "no"), 0);
    ring_text(start);
    assert_null(strstr(buf, "guest\n"));
    assert_non_null(strstr(buf, "again\n"));
}

static void test_lines_and_levels(void **state)
{
    (void)state;
    printk(LOG_ERR "a ");
    printk(LOG_ERR "b\nc\n");
    printk(LOG_DEBUG "not\n");
    assert_string_equal(world_output, "(XEN) a b\n(XEN) c\n");
    assert_int_equal(world_param("loglvl", "error"), 0);
    printk(LOG_INFO "no\n");
    assert_null(strstr(world_output, "no\n"));
    console_hold_back_nothing(true);
    printk(LOG_INFO "key\n");
    console_hold_back_nothing(false);
    assert_non_null(strstr(world_output, "(XEN) key\n"));
    assert_int_equal(world_param("loglvl", "loud"), -EINVAL);
    assert_int_equal(world_param("loglvl", "info/error"), -EINVAL);
    assert_int_equal(world_param("loglvl", "info"), 0);
}

static unsigned int count(const char *what)
{
    unsigned int n = 0;

    for (const char *s = world_output; (s = strstr(s, what)); s++)
        n++;
    return n;
}

static void test_guests_cannot_flood(void **state)
{
    (void)state;
    world_now = 100 * NS_PER_S;
    for (int i = 0; i < 50; i++)
        printk(LOG_GUEST_ERR "d1 cries\n");
    assert_int_equal(count("cries"), 10);
    world_now += 5 * NS_PER_S;
    printk(LOG_GUEST_ERR "d1 cries\n");
    assert_int_equal(count("cries"), 11);
    assert_non_null(strstr(world_output, "(XEN) 40 messages were left out\n"));
    printk(LOG_GUEST_INFO "d1 whispers\n");
    assert_int_equal(count("whispers"), 0);
    assert_int_equal(world_param("guest_loglvl", "all"), 0); /* no limit */
    for (int i = 0; i < 50; i++)
        printk(LOG_GUEST_INFO "d1 whispers\n");
    assert_int_equal(count("whispers"), 50);
}

static void test_guest_lines(void **state)
{
    static struct domain d = { .id = 7 };
    static char long_line[400];

    (void)state;
    assert_int_equal(world_param("guest_loglvl", "all"), 0);
    assert_int_equal(console_guest_write(&d, "hel", 3), 0);
    assert_string_equal(world_output, "");
    assert_int_equal(console_guest_write(&d, "lo\n\x1b[2J%s\nrest", 13), 0);
    assert_string_equal(world_output, "(XEN) (d7) hello\n(XEN) (d7) [2J%s\n");
    memset(long_line, 'x', sizeof(long_line));
    assert_int_equal(console_guest_write(&d, long_line, sizeof(long_line)), 0);
    assert_int_equal(count("(d7) "), 4);
    console_guest_destroy(&d);
    assert_int_equal(count("x"), 400 + 0);
    console_guest_destroy(&d);
    assert_null(d.console_line);
}

static void test_stamps(void **state)
{
    (void)state;
    world_now = 12 * NS_PER_S + 345678 * NS_PER_US;
    world_date = 951782400 - 13; /* 29 February 2000, 13 seconds before it began */
    assert_int_equal(world_param("console_timestamps", "boot"), 0);
    printk(LOG_ERR "x\n");
    assert_int_equal(world_param("console_timestamps", ""), 0);
    printk(LOG_ERR "x\n");
    world_now += NS_PER_S;
    assert_int_equal(world_param("console_timestamps", "datems"), 0);
    printk(LOG_ERR "x\n");
    assert_int_equal(world_param("console_timestamps", "none"), 0);
    assert_int_equal(world_param("console_timestamps", "often"), -EINVAL);
    assert_string_equal(world_output, "(XEN) [   12.345678] x\n"
                                      "(XEN) [2000-02-28 23:59:59] x\n"
                                      "(XEN) [2000-02-29 00:00:00.345] x\n");
}

static void test_console_option(void **state)
{
    (void)state;
    assert_true(console_is_wanted("vga"));
    assert_int_equal(world_param("console", "com1,vga"), 0);
    assert_true(console_is_wanted("vga"));
    assert_true(console_is_wanted("com1"));
    assert_int_equal(world_param("console", "com10"), 0);
    assert_false(console_is_wanted("com1"));
    assert_int_equal(world_param("console", "none"), 0);
    assert_false(console_is_wanted("vga"));
}

#define TEST(fn) cmocka_unit_test_setup(fn, world_console)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_ring_keeps_the_last), TEST(test_ring_grows_with_its_contents),
        TEST(test_clear_and_positions), TEST(test_guests_reach_the_ring_only_if_told),
        TEST(test_lines_and_levels),    TEST(test_guests_cannot_flood),
        TEST(test_guest_lines),         TEST(test_stamps),
        TEST(test_console_option),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
