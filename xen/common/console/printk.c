/* SPDX-License-Identifier: GPL-2.0-or-later */
/* printk: levels, prefixes, and the limit on what guests can make us say. */
#include <hv/errno.h>
#include <hv/init.h>
#include <hv/printf.h>
#include <hv/printk.h>
#include <hv/string.h>
#include <hv/time.h>

#include "private.h"

#define PREFIX       "(XEN) " /* what people and tools that read hypervisor logs look for */
#define LEVELS       4        /* error, warning, info, debug; messages about guests above */
#define BURST_MAX    10U      /* messages about guests */
#define BURST_PERIOD (5 * NS_PER_S)

/* Levels below @always are printed, those below @limited not too often, the others never. */
struct threshold {
    int always, limited;
};

static struct threshold host = { 3, 3 }, guests = { 0, 2 };
static bool hold_back_nothing;

/* All under the console's lock. */
static bool at_line_start = true;
static nstime_t burst_start;
static unsigned int burst_count, suppressed;

/* How many levels from the most urgent on are meant; -EINVAL. */
static int level_parse(const char *s, const char **end)
{
    static const char *const names[] = { "none", "error", "warning", "info", "debug", "all" };

    for (int i = 0; i < (int)ARRAY_SIZE(names); i++) {
        size_t len = strlen(names[i]);

        if (!strncmp(s, names[i], len)) {
            *end = s + len;
            return MIN(i, LEVELS);
        }
    }
    return -EINVAL;
}

/* "LEVEL", or "LOWER/UPPER": those between the two are limited in rate. */
static int threshold_parse(const char *value, struct threshold *t)
{
    const char *end;
    int always = level_parse(value, &end), limited = always;

    if (always >= 0 && *end == '/')
        limited = level_parse(end + 1, &end);
    if (always < 0 || limited < always || *end)
        return -EINVAL;
    *t = (struct threshold){ always, limited };
    return 0;
}

static int loglvl_parse(const char *value)
{
    return threshold_parse(value, &host);
}
DEFINE_PARAM("loglvl", loglvl_parse);

static int guest_loglvl_parse(const char *value)
{
    return threshold_parse(value, &guests);
}
DEFINE_PARAM("guest_loglvl", guest_loglvl_parse);

void console_hold_back_nothing(bool on)
{
    WRITE_ONCE(hold_back_nothing, on);
}

static void put(const char *s, size_t len)
{
    ring_put_locked(s, len);
    console_emit_locked(s, len);
}

static void put_message(const char *s)
{
    char stamp[STAMP_MAX];

    while (*s) {
        const char *end = strchr(s, '\n');
        size_t len = end ? (size_t)(end - s) + 1 : strlen(s);

        if (at_line_start) {
            put(PREFIX, sizeof(PREFIX) - 1);
            put(stamp, stamp_make(stamp));
        }
        put(s, len);
        at_line_start = end != NULL;
        s += len;
    }
}

/* True if one more may be said now. Says first how many were not. */
static bool is_not_too_often_locked(void)
{
    nstime_t now = time_now();
    char text[64];

    if (now - burst_start >= BURST_PERIOD) {
        burst_start = now;
        burst_count = 0;
    }
    if (burst_count >= BURST_MAX) {
        suppressed++;
        return false;
    }
    if (suppressed) {
        snprintf(text, sizeof(text), "%u messages were left out\n", suppressed);
        suppressed = 0;
        put_message(text);
    }
    burst_count++;
    return true;
}

static bool is_wanted_locked(int level)
{
    const struct threshold *t = level < LEVELS ? &host : &guests;

    level %= LEVELS;
    return level < t->always || READ_ONCE(hold_back_nothing) ||
           (level < t->limited && is_not_too_often_locked());
}

/* Reads the "<n>" at the start of a message. */
static const char *take_level(const char *s, int *level)
{
    if (s[0] == '<' && s[1] >= '0' && s[1] <= '6' && s[2] == '>') {
        *level = s[1] - '0';
        return s + 3;
    }
    return s;
}

void vprintk(const char *fmt, va_list args)
{
    static char buf[1024];
    unsigned long flags = console_lock();
    int level = 1;

    fmt = take_level(fmt, &level);
    if (is_wanted_locked(level)) {
        vsnprintf(buf, sizeof(buf), fmt, args);
        put_message(buf);
    }
    console_unlock(flags);
}

void printk(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    vprintk(fmt, args);
    va_end(args);
}
