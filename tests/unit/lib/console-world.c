/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the console's tests stand on. */
#include "console-world.h"

#include <stdlib.h>
#include <string.h>

#include <hv/alloc.h>
#include <hv/errno.h>
#include <hv/init.h>
#include <hv/string.h>
#include <hv/time.h>

int64_t world_now;
uint64_t world_date;
char world_output[1 << 16];
size_t world_writes;

static size_t used;

static void keep(const char *s, size_t len)
{
    if (used + len < sizeof(world_output)) {
        memcpy(world_output + used, s, len);
        used += len;
        world_output[used] = '\0';
    }
    world_writes++;
}

static struct console console = { .name = "test", .write = keep };

int world_console(void **state)
{
    (void)state;
    console_unregister(&console);
    console_register_quietly(&console);
    used = world_writes = 0;
    world_output[0] = '\0';
    return 0;
}

int world_param(const char *name, const char *value)
{
    for (unsigned int i = 0; i < test_nr_params; i++)
        if (!strcmp(test_params[i].name, name))
            return test_params[i].parse(value);
    return -ENOENT;
}

nstime_t time_now(void)
{
    return world_now;
}

void wallclock_get(uint64_t *sec, uint32_t *nsec)
{
    *sec = world_date;
    *nsec = 0;
}

void *page_alloc(unsigned int order)
{
    return calloc(1, PAGE_SIZE << order);
}

void *heap_zalloc(size_t size)
{
    return calloc(1, size);
}

void heap_free(void *p)
{
    free(p);
}

int param_bool(const char *value)
{
    return !strcmp(value, "") || !strcmp(value, "yes") ? 1 : !strcmp(value, "no") ? 0 : -EINVAL;
}

uint64_t param_size(const char *value, const char **end)
{
    return strtou64(value, end);
}

uint64_t strtou64(const char *s, const char **end)
{
    char *e;
    uint64_t n = strtoull(s, &e, 0);

    *end = e;
    return n;
}

size_t strlcpy(char *dst, const char *src, size_t size)
{
    size_t len = strlen(src);

    if (size) {
        memcpy(dst, src, len < size ? len + 1 : size);
        dst[size - 1] = '\0';
    }
    return len;
}
