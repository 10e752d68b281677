/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Output: the lock that keeps lines whole, and the consoles that show them (console=). */
#include <hv/errno.h>
#include <hv/init.h>
#include <hv/printk.h>
#include <hv/spinlock.h>
#include <hv/string.h>

#include "private.h"

#define DEVICES_MAX 64

static struct spinlock lock = SPINLOCK_INIT;
static bool is_broken;                         /* a panic: nobody waits */
static struct list consoles = LIST_INIT(consoles); /* under lock */

static char devices[DEVICES_MAX]; /* console=; "": all */
static bool opt_guest_to_ring;

static int console_parse(const char *value)
{
    return strlcpy(devices, value, sizeof(devices)) < sizeof(devices) ? 0 : -EINVAL;
}
DEFINE_PARAM("console", console_parse);

static int console_to_ring_parse(const char *value)
{
    int v = param_bool(value);

    opt_guest_to_ring = v > 0;
    return v < 0 ? v : 0;
}
DEFINE_PARAM("console_to_ring", console_to_ring_parse);

bool console_is_wanted(const char *name)
{
    size_t len = strlen(name);

    if (!devices[0])
        return true;
    for (const char *s = devices; s; s = strchr(s, ',')) {
        s += *s == ',';
        if (!strncmp(s, name, len) && (!s[len] || s[len] == ','))
            return true;
    }
    return false;
}

unsigned long console_lock(void)
{
    unsigned long flags = irq_save();

    if (!READ_ONCE(is_broken))
        spin_lock(&lock);
    return flags;
}

void console_unlock(unsigned long flags)
{
    if (!READ_ONCE(is_broken))
        spin_unlock(&lock);
    irq_restore(flags);
}

void console_emit_locked(const char *s, size_t len)
{
    struct console *c;

    list_for_each_entry(c, &consoles, link)
        c->write(s, len);
}

void console_write(const char *s, size_t len)
{
    unsigned long flags = console_lock();

    if (opt_guest_to_ring)
        ring_put_locked(s, len);
    console_emit_locked(s, len);
    console_unlock(flags);
}

void console_register(struct console *c)
{
    unsigned long flags = console_lock();
    uint64_t pos = 0;
    char chunk[128];
    size_t n;

    while ((n = ring_get_locked(chunk, sizeof(chunk), &pos)))
        c->write(chunk, n);
    list_append(&consoles, &c->link);
    console_unlock(flags);
}

void console_register_quietly(struct console *c)
{
    unsigned long flags = console_lock();

    list_append(&consoles, &c->link);
    console_unlock(flags);
}

void console_unregister(struct console *c)
{
    unsigned long flags = console_lock();

    if (c->link.next)
        list_remove(&c->link);
    console_unlock(flags);
}

void console_break_locks(void)
{
    WRITE_ONCE(is_broken, true);
}

bool console_is_broken(void)
{
    return READ_ONCE(is_broken);
}
