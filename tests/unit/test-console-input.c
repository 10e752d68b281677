/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Serial input: to the control domain, to console keys, and switching between the two. */
/* sources: xen/common/console/input.c xen/common/console/hand-over.c
   xen/common/sync/spinlock.c */
#include "unit.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <hv/console.h>
#include <hv/debug.h>
#include <hv/errno.h>
#include <hv/event.h>
#include <hv/init.h>
#include <hv/printk.h>
#include <hv/timer.h>
#include <hv/video.h>

static struct {
    char keys[64], said[256];
    unsigned int virqs, releases;
    struct timer *armed;
} seen;

void virq_raise_global(uint32_t virq)
{
    assert_int_equal(virq, VIRQ_CONSOLE);
    seen.virqs++;
}

void console_key_run(char key)
{
    strncat(seen.keys, &key, 1);
}

void video_release(void)
{
    seen.releases++;
}

void timer_init(struct timer *t, void (*fn)(void *), void *arg, unsigned int cpu)
{
    assert_int_equal(cpu, 0);
    t->fn = fn;
    t->arg = arg;
}

void timer_set(struct timer *t, nstime_t expires)
{
    assert_true(expires <= 0); /* at once */
    seen.armed = t;
}

void printk(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    vsnprintf(seen.said, sizeof(seen.said), fmt, args);
    va_end(args);
}

static int conswitch(const char *value)
{
    for (unsigned int i = 0; i < test_nr_params; i++)
        if (!strcmp(test_params[i].name, "conswitch"))
            return test_params[i].parse(value);
    return -ENOENT;
}

static void type(const char *s)
{
    while (*s)
        console_input(*s++);
    if (seen.armed)
        seen.armed->fn(seen.armed->arg);
    seen.armed = NULL;
}

static const char *domain_gets(void)
{
    static char buf[2048];

    buf[console_input_take(buf, sizeof(buf) - 1)] = '\0';
    return buf;
}

static int start(void **state)
{
    (void)state;
    assert_int_equal(conswitch("a"), 0);
    console_hand_over();
    type("\n"); /* ends what another test typed */
    domain_gets();
    memset(&seen, 0, sizeof(seen));
    return 0;
}

/* Runs first: nobody is there yet. */
static void test_nothing_before_the_start(void **state)
{
    (void)state;
    type("hq");
    assert_string_equal(seen.keys, "");
    assert_string_equal(domain_gets(), "");
    assert_int_equal(seen.virqs, 0);
    console_hand_over();
    assert_int_equal(seen.releases, 1);
    assert_non_null(strstr(seen.said, "DOM0"));
}

static void test_to_the_domain(void **state)
{
    char two[2];

    (void)state;
    type("echo\n");
    assert_int_equal(seen.virqs, 5);
    assert_int_equal(console_input_take(two, 2), 2);
    assert_memory_equal(two, "ec", 2);
    assert_string_equal(domain_gets(), "ho\n");
    assert_string_equal(domain_gets(), "");
    assert_string_equal(seen.keys, "");
}

static void test_three_times_switches(void **state)
{
    (void)state;
    type("\x01\x01");
    assert_string_equal(domain_gets(), "\x01\x01"); /* they may be meant for a shell */
    type("x\x01\x01");
    domain_gets();
    assert_string_equal(seen.said, "");
    type("\x01");
    assert_non_null(strstr(seen.said, "hypervisor"));
    assert_string_equal(domain_gets(), "");
    type("h\x01q");
    assert_string_equal(seen.keys, "hq");
    assert_string_equal(domain_gets(), "");
    type("\x01\x01\x01");
    assert_non_null(strstr(seen.said, "DOM0"));
    type("y");
    assert_string_equal(domain_gets(), "y");
    assert_string_equal(seen.keys, "hq");
}

static void test_a_full_buffer_loses_the_last(void **state)
{
    (void)state;
    for (int i = 0; i < 3000; i++)
        console_input(i < 1024 ? 'a' : 'b');
    assert_int_equal(strlen(domain_gets()), 1024);
    type("c");
    assert_string_equal(domain_gets(), "c");
}

static void test_conswitch(void **state)
{
    (void)state;
    assert_int_equal(conswitch("3"), -EINVAL);
    assert_int_equal(conswitch("bx"), 0);
    console_hand_over();
    type("m");
    assert_string_equal(seen.keys, "m");
    type("\x01\x01\x01");
    assert_string_equal(seen.keys, "m\x01\x01\x01"); /* Ctrl-A is a key like any other now */
    type("\x02\x02\x02z");
    assert_string_equal(domain_gets(), "z");
    assert_int_equal(conswitch(""), 0);
    type("\x01\x01\x01");
    assert_string_equal(domain_gets(), "\x01\x01\x01");
}

#define TEST(fn) cmocka_unit_test_setup(fn, start)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_before_the_start),
        TEST(test_to_the_domain),
        TEST(test_three_times_switches),
        TEST(test_a_full_buffer_loses_the_last),
        TEST(test_conswitch),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
