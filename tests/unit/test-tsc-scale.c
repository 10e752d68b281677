/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Turning clock ticks into others: exact enough, and never backwards. */
/* sources: xen/arch/x86/time/scale.c xen/arch/x86/time/calendar.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <asm/clock-scale.h>

#include "../../xen/arch/x86/time/calendar.h"

#define NS 1000000000ULL

static const uint64_t rates[] = {
    1,          32768,      1193182,    3579545,    14318180,   24999999,   99999999,   100000000,
    999999999,  1000000000, 1000000001, 1499999999, 1999999999, 2000000000, 2096012345, 2999999999,
    3000000000, 3999999999, 4000000000, 4294967296, 5200000000, 8589934592,
};

/* The scaled value may be off by 2^-31 of it, and by one for rounding down. */
static void check(uint64_t from, uint64_t to, uint64_t x)
{
    struct clock_scale s = clock_scale_make(from, to);
    unsigned __int128 want = (unsigned __int128)x * to / from, got = clock_scale(s, x);
    unsigned __int128 slack = (want >> 31) + 2;

    /* A shift to the right drops bits of x first: each of its ticks is many of the other's. */
    assert_true(s.shift >= 0 || to <= from);
    if (s.shift < 0)
        slack += (to / from) + 1;
    assert_true(got <= want + slack && got + slack >= want);
}

static void scale_is_exact_enough(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rates) / sizeof(rates[0]); i++)
        for (uint64_t seconds = 0; seconds < 100000000; seconds = seconds * 10 + 1) {
            check(rates[i], NS, rates[i] * seconds + rates[i] / 3);
            check(NS, rates[i], NS * seconds + NS / 7);
        }
}

static void multiplier_is_normalised(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
        assert_true(clock_scale_make(rates[i], NS).mul >> 31);
        assert_true(clock_scale_make(NS, rates[i]).mul >> 31);
    }
}

static void known_scales(void **state)
{
    (void)state;
    /* 1 GHz: one half, doubled; 2 GHz: one half; 4 GHz: one half of a half. */
    assert_int_equal(clock_scale_make(NS, NS).mul, 0x80000000);
    assert_int_equal(clock_scale_make(NS, NS).shift, 1);
    assert_int_equal(clock_scale_make(2 * NS, NS).mul, 0x80000000);
    assert_int_equal(clock_scale_make(2 * NS, NS).shift, 0);
    assert_int_equal(clock_scale_make(4 * NS, NS).mul, 0x80000000);
    assert_int_equal(clock_scale_make(4 * NS, NS).shift, -1);
    assert_int_equal(clock_scale(clock_scale_make(NS, NS), 123456789), 123456789);
}

static void scale_is_monotonic(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
        struct clock_scale s = clock_scale_make(rates[i], NS);
        uint64_t last = 0;

        for (uint64_t x = 1; x / rates[i] < NS / 8; x = x * 3 / 2 + 1) {
            uint64_t a = clock_scale(s, x), b = clock_scale(s, x + 1);

            assert_true(a >= last && b >= a);
            last = b;
        }
    }
}

static void ten_years_do_not_overflow(void **state)
{
    uint64_t ticks = 5200000000ULL * 86400 * 3650;

    (void)state;
    check(5200000000ULL, NS, ticks);
    assert_true(clock_scale(clock_scale_make(5200000000ULL, NS), ticks) / NS - 86400ULL * 3650 < 2);
}

static uint64_t date(struct rtc_registers r)
{
    return calendar_from_rtc(r);
}

static void dates(void **state)
{
    (void)state;
    assert_int_equal(date((struct rtc_registers){ 0, 0, 0, 1, 1, 0x70, 0x19, RTC_B_24H }), 0);
    assert_int_equal(date((struct rtc_registers){ 1, 0, 0, 1, 1, 0x70, 0x19, RTC_B_24H }), 1);
    /* 2000-02-29 12:34:56, as BCD, as binary, and on a 12-hour clock */
    assert_int_equal(date((struct rtc_registers){ 0x56, 0x34, 0x12, 0x29, 2, 0, 0x20, RTC_B_24H }),
                     951827696);
    assert_int_equal(
        date((struct rtc_registers){ 56, 34, 12, 29, 2, 0, 20, RTC_B_24H | RTC_B_BINARY }),
        951827696);
    assert_int_equal(date((struct rtc_registers){ 0x56, 0x34, 0x92, 0x29, 2, 0, 0x20, 0 }),
                     951827696);
    /* midnight and one in the afternoon */
    assert_int_equal(date((struct rtc_registers){ 0, 0, 0x12, 1, 1, 0x70, 0x19, 0 }), 0);
    assert_int_equal(date((struct rtc_registers){ 0, 0, 0x81, 1, 1, 0x70, 0x19, 0 }), 13 * 3600);
    /* no century register: 26 is 2026 */
    assert_int_equal(date((struct rtc_registers){ 0, 0, 0, 1, 1, 0x26, 0, RTC_B_24H }), 1767225600);
    assert_int_equal(date((struct rtc_registers){ 0, 0, 0, 1, 3, 0x00, 0x21, RTC_B_24H }),
                     4107542400);
}

static void dates_that_are_none(void **state)
{
    (void)state;
    assert_int_equal(date((struct rtc_registers){ 0, 0, 0, 0, 1, 0x26, 0x20, RTC_B_24H }), 0);
    assert_int_equal(date((struct rtc_registers){ 0, 0, 0, 1, 0, 0x26, 0x20, RTC_B_24H }), 0);
    assert_int_equal(date((struct rtc_registers){ 0, 0, 0, 1, 0x13, 0x26, 0x20, RTC_B_24H }), 0);
    assert_int_equal(date((struct rtc_registers){ 0, 0, 0, 0x29, 2, 0x26, 0x20, RTC_B_24H }), 0);
    assert_int_equal(date((struct rtc_registers){ 0x60, 0, 0, 1, 1, 0x26, 0x20, RTC_B_24H }), 0);
    assert_int_equal(date((struct rtc_registers){ 0, 0, 0x24, 1, 1, 0x26, 0x20, RTC_B_24H }), 0);
    assert_int_equal(date((struct rtc_registers){ 255, 255, 255, 255, 255, 255, 255, 255 }), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scale_is_exact_enough),
        cmocka_unit_test(multiplier_is_normalised),
        cmocka_unit_test(known_scales),
        cmocka_unit_test(scale_is_monotonic),
        cmocka_unit_test(ten_years_do_not_overflow),
        cmocka_unit_test(dates),
        cmocka_unit_test(dates_that_are_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
