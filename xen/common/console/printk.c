/* SPDX-License-Identifier: GPL-2.0-or-later */
/* printk: levels, prefixes, and the lock that keeps lines whole. */
#include <hv/errno.h>
#include <hv/init.h>
#include <hv/printf.h>
#include <hv/printk.h>
#include <hv/string.h>

#include "private.h"

#define PREFIX "(XEN) " /* what people and tools that read hypervisor logs look for */

static bool at_line_start = true;

static int log_threshold = 2;       /* levels up to this are printed: errors, warnings, info */
static int guest_log_threshold = 1; /* the same for messages about guests */

static int parse_level(const char *value, int *threshold)
{
    static const char *const names[] = { "error", "warning", "info", "debug" };

    if (!strncmp(value, "all", 3))
        *threshold = 3;
    else if (!strncmp(value, "none", 4))
        *threshold = -1;
    else
        for (int i = 0;; i++) {
            if (i == (int)ARRAY_SIZE(names))
                return -EINVAL;
            if (!strncmp(value, names[i], strlen(names[i]))) {
                *threshold = i;
                break;
            }
        }
    return 0;
}

static int loglvl_parse(const char *value)
{
    return parse_level(value, &log_threshold);
}
DEFINE_PARAM("loglvl", loglvl_parse);

static int guest_loglvl_parse(const char *value)
{
    return parse_level(value, &guest_log_threshold);
}
DEFINE_PARAM("guest_loglvl", guest_loglvl_parse);

static bool is_wanted(int level)
{
    return level < 4 ? level <= log_threshold : level - 4 <= guest_log_threshold;
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

static void put(const char *s, size_t len)
{
    ring_put_locked(s, len);
    console_emit_locked(s, len);
}

static void write_message(const char *s)
{
    while (*s) {
        const char *end = strchr(s, '\n');
        size_t len = end ? (size_t)(end - s) + 1 : strlen(s);

        if (at_line_start)
            put(PREFIX, sizeof(PREFIX) - 1);
        put(s, len);
        at_line_start = end != NULL;
        s += len;
    }
}

void vprintk(const char *fmt, va_list args)
{
    static char buf[1024];
    unsigned long flags = console_lock();
    int level = 1;

    fmt = take_level(fmt, &level);
    if (is_wanted(level)) {
        vsnprintf(buf, sizeof(buf), fmt, args);
        write_message(buf);
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
