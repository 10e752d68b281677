/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ring that keeps the last messages, and the list of consoles that show them. */
#include <hv/console.h>
#include <hv/string.h>

#define RING_SIZE 65536UL

static char ring[RING_SIZE];
static uint64_t ring_end, ring_start; /* positions since boot; the ring holds [start, end) */
static struct list consoles = LIST_INIT(consoles);

static void ring_put(const char *s, size_t len)
{
    for (size_t i = 0; i < len; i++)
        ring[ring_end++ % RING_SIZE] = s[i];
    if (ring_end - ring_start > RING_SIZE)
        ring_start = ring_end - RING_SIZE;
}

void console_write(const char *s, size_t len)
{
    struct console *c;

    ring_put(s, len);
    list_for_each_entry(c, &consoles, link)
        c->write(s, len);
}

size_t console_ring_read(char *buf, size_t size, uint64_t *pos, bool clear)
{
    size_t n = 0;

    if (*pos < ring_start)
        *pos = ring_start;
    while (n < size && *pos < ring_end)
        buf[n++] = ring[(*pos)++ % RING_SIZE];
    if (clear)
        ring_start = ring_end;
    return n;
}

void console_register(struct console *c)
{
    char chunk[64];
    uint64_t pos = 0;
    size_t n;

    while ((n = console_ring_read(chunk, sizeof(chunk), &pos, false)))
        c->write(chunk, n);
    list_append(&consoles, &c->link);
}
