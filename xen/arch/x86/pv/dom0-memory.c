/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The control domain's memory: dom0_mem=, and frames in blocks as large as there are. */
#include <hv/alloc.h>
#include <hv/errno.h>
#include <hv/frame.h>
#include <hv/init.h>
#include <hv/printk.h>
#include <hv/string.h>

#include <asm/mm.h>

#include "dom0.h"

/* SIZE, -SIZE (all but that), FRACTION% of what is free, or SIZE+FRACTION%. */
struct amount {
    uint64_t bytes;
    unsigned int percent;
    bool given, all_but;
};
static struct amount opt_size, opt_min, opt_max;

static unsigned int leading_percent(const char **s)
{
    unsigned int n = 0;
    const char *p = *s;

    for (; *p >= '0' && *p <= '9' && n <= 100; p++)
        n = n * 10 + (unsigned int)(*p - '0');
    if (p == *s || *p != '%')
        return 0;
    *s = p + 1;
    return n;
}

static int read_amount(const char **s, struct amount *a)
{
    *a = (struct amount){ .given = true };
    if (**s == '-') {
        a->all_but = true;
        (*s)++;
    }
    a->percent = leading_percent(s);
    if (!a->percent) {
        a->bytes = param_size(*s, s);
        if (**s == '+') {
            (*s)++;
            a->percent = leading_percent(s);
            if (!a->percent)
                return -EINVAL;
        }
    }
    return a->percent > 100 ? -EINVAL : 0;
}

/* dom0_mem=AMOUNT | min:AMOUNT,max:AMOUNT,AMOUNT */
static int dom0_mem_parse(const char *value)
{
    const char *s = value;

    while (*s) {
        struct amount *target = &opt_size;

        if (!strncmp(s, "min:", 4) || !strncmp(s, "max:", 4)) {
            target = s[1] == 'i' ? &opt_min : &opt_max;
            s += 4;
        }
        if (read_amount(&s, target))
            return -EINVAL;
        if (*s == ',')
            s++;
        else if (*s)
            return -EINVAL;
    }
    return 0;
}
DEFINE_PARAM("dom0_mem", dom0_mem_parse);

static uint64_t amount_pages(const struct amount *a, uint64_t available)
{
    uint64_t pages = (a->bytes >> PAGE_SHIFT) + available * a->percent / 100;

    if (!a->all_but)
        return pages;
    return pages < available ? available - pages : 0;
}

uint64_t dom0_pages(uint64_t reserve)
{
    uint64_t free = frame_free_count() - reserve, pages = amount_pages(&opt_size, free);

    /* Without a word: all but a sixteenth, at most 128 MiB, which the hypervisor keeps. */
    if (!pages)
        pages = free - MIN(free / 16, 128ULL << (20 - PAGE_SHIFT));
    if (opt_min.given)
        pages = MAX(pages, amount_pages(&opt_min, free));
    if (opt_max.given)
        pages = MIN(pages, amount_pages(&opt_max, free));
    return MIN(pages, free);
}

uint64_t dom0_max_pages(uint64_t nr_pages)
{
    if (!opt_max.given)
        return UINT32_MAX;
    return MAX(amount_pages(&opt_max, frame_free_count()), nr_pages);
}

int dom0_memory_alloc(struct dom0_build *b)
{
    unsigned int order = FRAME_MAX_ORDER;
    uint64_t pfn = 0;

    while (pfn < b->nr_pages) {
        struct frame *pg;

        while (order && (1ULL << order) > b->nr_pages - pfn)
            order--;
        pg = frame_alloc(order, 0);
        if (!pg) {
            if (!order--)
                return -ENOMEM;
            continue;
        }
        for (uint64_t i = 0; i < 1ULL << order; i++, pfn++) {
            mfn_t m = frame_mfn(pg + i);
            int ret = domain_assign_frame(b->d, pg + i);

            if (ret)
                return ret;
            b->p2m[pfn] = m.n;
            m2p_set(m, pfn);
        }
    }
    return 0;
}

void *dom0_frame(const struct dom0_build *b, uint64_t pfn)
{
    return map_frame(mfn(b->p2m[pfn]));
}

void dom0_write(const struct dom0_build *b, vaddr_t va, const void *src, size_t size)
{
    const char *s = src;

    while (size) {
        size_t offset = va & ~PAGE_MASK, n = MIN(size, PAGE_SIZE - offset);

        memcpy((char *)dom0_frame(b, (va - b->v_start) >> PAGE_SHIFT) + offset, s, n);
        va += n;
        s += n;
        size -= n;
    }
}
