/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The time before each line (console_timestamps=none|boot|date|datems|raw). */
#include <hv/errno.h>
#include <hv/init.h>
#include <hv/printf.h>
#include <hv/string.h>
#include <hv/time.h>

#include "private.h"

static enum { STAMP_NONE, STAMP_BOOT, STAMP_DATE, STAMP_DATE_MS, STAMP_RAW } kind;

static int console_timestamps_parse(const char *value)
{
    static const char *const names[] = { "none", "boot", "date", "datems", "raw" };
    int on = param_bool(value);

    if (on >= 0) {
        kind = on ? STAMP_DATE : STAMP_NONE;
        return 0;
    }
    for (unsigned int i = 0; i < ARRAY_SIZE(names); i++)
        if (!strcmp(value, names[i])) {
            kind = i;
            return 0;
        }
    return -EINVAL;
}
DEFINE_PARAM("console_timestamps", console_timestamps_parse);

/* Days since 1970 to a date. Years are taken from March on, so that the odd day is the last. */
static void date_of(uint64_t days, unsigned int *year, unsigned int *month, unsigned int *day)
{
    uint64_t d = days + 719468;                     /* since 0000-03-01 */
    uint64_t era = d / 146097, in_era = d % 146097; /* days of 400 years */
    uint64_t y = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
    uint64_t in_year = in_era - (365 * y + y / 4 - y / 100), m = (5 * in_year + 2) / 153;

    *day = (unsigned int)(in_year - (153 * m + 2) / 5 + 1);
    *month = (unsigned int)(m < 10 ? m + 3 : m - 9);
    *year = (unsigned int)(y + era * 400 + (*month <= 2));
}

static int stamp_date(char *out, nstime_t now)
{
    unsigned int year, month, day, of_day, ms;
    uint64_t sec;
    uint32_t nsec;

    wallclock_get(&sec, &nsec);
    sec += ((uint64_t)now + nsec) / NS_PER_S;
    ms = (unsigned int)(((uint64_t)now + nsec) % NS_PER_S / NS_PER_MS);
    of_day = (unsigned int)(sec % 86400);
    date_of(sec / 86400, &year, &month, &day);
    if (kind == STAMP_DATE)
        return snprintf(out, STAMP_MAX, "[%04u-%02u-%02u %02u:%02u:%02u] ", year, month, day,
                        of_day / 3600, of_day / 60 % 60, of_day % 60);
    return snprintf(out, STAMP_MAX, "[%04u-%02u-%02u %02u:%02u:%02u.%03u] ", year, month, day,
                    of_day / 3600, of_day / 60 % 60, of_day % 60, ms);
}

size_t stamp_make(char *out)
{
    nstime_t now;

    if (kind == STAMP_NONE)
        return 0;
    now = time_now();
    if (kind == STAMP_RAW)
        return (size_t)snprintf(out, STAMP_MAX, "[%016lx] ", (unsigned long)now);
    /* The wall clock has a lock, and is not there at first. */
    if (kind == STAMP_BOOT || !now || console_is_broken())
        return (size_t)snprintf(out, STAMP_MAX, "[%5u.%06u] ", (unsigned int)(now / NS_PER_S),
                                (unsigned int)(now % NS_PER_S / NS_PER_US));
    return (size_t)stamp_date(out, now);
}
