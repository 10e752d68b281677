/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What unprivileged domains say: gathered to lines, printed with the domain's number before them. */
#include <hv/alloc.h>
#include <hv/console.h>
#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/printk.h>
#include <hv/spinlock.h>

#define LINE_MAX 160U

struct guest_line {
    struct spinlock lock;
    uint32_t len;            /* under lock */
    char text[LINE_MAX + 1]; /* under lock */
};

/* Made when the domain first speaks. */
static struct guest_line *line_of(struct domain *d)
{
    struct guest_line *l = __atomic_load_n(&d->console_line, __ATOMIC_ACQUIRE), *none = NULL;

    if (l)
        return l;
    l = heap_new(struct guest_line);
    if (l && !__atomic_compare_exchange_n(&d->console_line, &none, l, false, __ATOMIC_ACQ_REL,
                                          __ATOMIC_ACQUIRE)) {
        heap_free(l); /* another of its vcpus was faster */
        l = none;
    }
    return l;
}

static void flush_locked(const struct domain *d, struct guest_line *l)
{
    l->text[l->len] = '\0';
    l->len = 0;
    printk(LOG_GUEST_INFO "(d%u) %s\n", d->id, l->text);
}

/* Nothing that a terminal would obey. */
static bool is_printable(char c)
{
    return (c >= ' ' && c != 0x7f) || c == '\t';
}

int console_guest_write(struct domain *d, const char *s, size_t len)
{
    struct guest_line *l = line_of(d);

    if (!l)
        return -ENOMEM;
    spin_lock(&l->lock);
    for (size_t i = 0; i < len; i++) {
        if (s[i] == '\n' || l->len == LINE_MAX)
            flush_locked(d, l);
        if (is_printable(s[i]))
            l->text[l->len++] = s[i];
    }
    spin_unlock(&l->lock);
    return 0;
}

void console_guest_destroy(struct domain *d)
{
    struct guest_line *l = d->console_line;

    if (l && l->len)
        flush_locked(d, l);
    d->console_line = NULL;
    heap_free(l);
}
