/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the CMOS clock's registers to seconds since 1970. Pure. */
#include "calendar.h"

#define SECONDS_PER_DAY 86400U

static unsigned int number(uint8_t value, uint8_t status_b)
{
    return status_b & RTC_B_BINARY ? value : (value >> 4) * 10U + (value & 15);
}

static bool is_leap(unsigned int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static unsigned int days_in_month(unsigned int year, unsigned int month)
{
    static const uint8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

    return days[month - 1] + (month == 2 && is_leap(year));
}

static uint64_t days_since_1970(unsigned int year, unsigned int month, unsigned int day)
{
    uint64_t days = day - 1;

    for (unsigned int y = 1970; y < year; y++)
        days += is_leap(y) ? 366 : 365;
    for (unsigned int m = 1; m < month; m++)
        days += days_in_month(year, m);
    return days;
}

static unsigned int hour_of(struct rtc_registers r)
{
    unsigned int hour = number(r.hour & (uint8_t)~RTC_HOUR_PM, r.status_b);

    if (r.status_b & RTC_B_24H)
        return number(r.hour, r.status_b);
    return hour % 12 + (r.hour & RTC_HOUR_PM ? 12 : 0);
}

uint64_t calendar_from_rtc(struct rtc_registers r)
{
    unsigned int second = number(r.second, r.status_b), minute = number(r.minute, r.status_b);
    unsigned int month = number(r.month, r.status_b), day = number(r.day, r.status_b);
    unsigned int year = number(r.year, r.status_b), century = number(r.century, r.status_b);
    unsigned int hour = hour_of(r);

    if (century < 19 || century > 29)
        century = year < 70 ? 20 : 19;
    year += century * 100;
    if (month < 1 || month > 12 || day < 1 || year < 1970 || day > days_in_month(year, month) ||
        hour > 23 || minute > 59 || second > 59)
        return 0;
    return days_since_1970(year, month, day) * SECONDS_PER_DAY + hour * 3600U + minute * 60U +
           second;
}
