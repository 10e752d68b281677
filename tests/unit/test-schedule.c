/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Schedulers' parameters: dictionaries to structures and back, and what is refused. */
/* sources: dom0/toolstack/schedule.c */
/* pkgs: glib-2.0 xencall xenforeignmemory */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dom0/toolstack/schedule.h>

static char *change(struct xen_domctl_scheduler_op *op, const char *text)
{
    g_autoptr(GVariant) values = g_variant_parse(G_VARIANT_TYPE_VARDICT, text, NULL, NULL, NULL);
    char *why = NULL;

    assert_non_null(values);
    return schedule_change(op, values, &why) ? NULL : why;
}

static void expect_refusal(struct xen_domctl_scheduler_op *op, const char *text, const char *why)
{
    g_autofree char *found = change(op, text);

    assert_non_null(found);
    assert_string_equal(found, why);
}

static void expect_print(GVariant *floating, const char *expected)
{
    g_autoptr(GVariant) v = g_variant_ref_sink(floating);
    g_autofree char *text = g_variant_print(v, FALSE);

    assert_string_equal(text, expected);
}

static void test_share(void **state)
{
    struct xen_domctl_scheduler_op op = { .sched_id = XEN_SCHEDULER_CREDIT2 };

    (void)state;
    op.u.credit2.weight = 256;
    assert_null(change(&op, "{'weight': <uint32 512>}"));
    expect_print(schedule_to_variant(&op), "{'weight': <uint32 512>, 'cap': <uint32 0>}");
    assert_null(change(&op, "{'cap': <uint32 50>}"));
    assert_int_equal(op.u.credit2.weight, 512);
    assert_int_equal(op.u.credit2.cap, 50);
    assert_null(change(&op, "{}"));
    expect_refusal(&op, "{'weight': <uint32 0>}", "weight=0; 1 to 65535 is allowed");
    expect_refusal(&op, "{'weight': <uint32 65536>}", "weight=65536; 1 to 65535 is allowed");
    expect_refusal(&op, "{'weight': <'x'>}", "weight is no number");
    expect_refusal(&op, "{'period': <uint32 5>}", "this scheduler knows no \"period\"");
}

static void test_rtds(void **state)
{
    struct xen_domctl_scheduler_op op = { .sched_id = XEN_SCHEDULER_RTDS };

    (void)state;
    op.u.rtds = (struct xen_domctl_sched_rtds){ 10000, 4000, XEN_DOMCTL_SCHEDRT_extra };
    expect_print(schedule_to_variant(&op),
                 "{'period': <uint32 10000>, 'budget': <uint32 4000>, 'extratime': <true>}");
    assert_null(change(&op, "{'extratime': <false>, 'budget': <uint32 20000>, "
                            "'period': <uint32 20000>}"));
    assert_int_equal(op.u.rtds.flags, 0);
    expect_refusal(&op, "{'budget': <uint32 20001>}",
                   "a budget of 20001 is more than the period of 20000");
    expect_refusal(&op, "{'extratime': <uint32 1>}", "extratime is neither yes nor no");
    expect_refusal(&op, "{'weight': <uint32 1>}", "this scheduler knows no \"weight\"");
}

static void test_null(void **state)
{
    struct xen_domctl_scheduler_op op = { .sched_id = XEN_SCHEDULER_NULL };

    (void)state;
    expect_print(schedule_to_variant(&op), "{}");
    expect_refusal(&op, "{'weight': <uint32 1>}", "this scheduler knows no \"weight\"");
}

static char *change_pool(struct xen_sysctl_scheduler_op *op, const char *text)
{
    g_autoptr(GVariant) values = g_variant_parse(G_VARIANT_TYPE_VARDICT, text, NULL, NULL, NULL);
    char *why = NULL;

    return schedule_pool_change(op, values, &why) ? NULL : why;
}

static void test_pool(void **state)
{
    struct xen_sysctl_scheduler_op op = { .sched_id = XEN_SCHEDULER_CREDIT };
    g_autofree char *why = NULL;

    (void)state;
    assert_null(change_pool(&op, "{'tslice-ms': <uint32 30>, 'ratelimit-us': <uint32 0>}"));
    expect_print(schedule_pool_to_variant(&op),
                 "{'tslice-ms': <uint32 30>, 'ratelimit-us': <uint32 0>}");
    why = change_pool(&op, "{'ratelimit-us': <uint32 99>}");
    assert_string_equal(why, "ratelimit-us=99; 0 and 100 to 500000 are allowed");
    op = (struct xen_sysctl_scheduler_op){ .sched_id = XEN_SCHEDULER_CREDIT2 };
    assert_null(change_pool(&op, "{'ratelimit-us': <uint32 1000>}"));
    expect_print(schedule_pool_to_variant(&op), "{'ratelimit-us': <uint32 1000>}");
    g_clear_pointer(&why, g_free);
    why = change_pool(&op, "{'tslice-ms': <uint32 30>}");
    assert_string_equal(why, "this scheduler knows no \"tslice-ms\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_share),
        cmocka_unit_test(test_rtds),
        cmocka_unit_test(test_null),
        cmocka_unit_test(test_pool),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
