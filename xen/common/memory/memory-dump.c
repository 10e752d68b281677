/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Console key 'm': who has the machine's memory. Without locks, so it may be out of date. */
#include <hv/alloc.h>
#include <hv/debug.h>
#include <hv/domain.h>
#include <hv/frame.h>
#include <hv/memory.h>
#include <hv/printk.h>

static void dump_domain(struct domain *d)
{
    printk("  d%u: %zu frames (%zu MiB), at most %zu, claims %zu more\n", d->id,
           (size_t)d->tot_pages, (size_t)(d->tot_pages >> 8), (size_t)d->max_pages,
           (size_t)d->outstanding_claim);
}

static void dump(void)
{
    uint64_t free = frame_free_count();

    printk("memory: %zu frames free (%zu MiB), frame numbers below %#zx\n", (size_t)free,
           (size_t)(free >> 8), (size_t)frame_limit);
    if (!domains_try_visit(dump_domain))
        printk("the list of domains is locked\n");
}
DEFINE_CONSOLE_KEY(memory, 'm', "memory", dump);
