/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memory_op: the table of its sub-operations, and those that only answer a number. The number of
 * a sub-operation is in the low bits of the command; a preempted call carries the extent to go on
 * with above them.
 */
#include <hv/memory.h>

#include <hv/alloc.h>
#include <hv/errno.h>
#include <hv/guest-access.h>
#include <hv/hypercall.h>
#include <hv/speculation.h>

#include <asm/current.h>

#include "private.h"

#define MEMOP_CMD_BITS 6
#define MEMOP_CMD_MASK ((1UL << MEMOP_CMD_BITS) - 1)

/* The domain that a struct xen_memory_domain at the argument names, with a reference. */
static int target_get(const struct memop *m, struct domain **d)
{
    struct xen_memory_domain md;

    if (guest_copy_from(&md, m->arg, sizeof(md)))
        return -EFAULT;
    return domain_target_get(md.domid, d);
}

static long maximum_ram_page(struct memop *m __unused)
{
    return (long)frame_limit;
}

static long current_reservation(struct memop *m)
{
    struct domain *d;
    long ret = target_get(m, &d);

    if (!ret) {
        ret = (long)READ_ONCE(d->tot_pages);
        domain_put(d);
    }
    return ret;
}

/* "No limit" is what fits 32 bits. */
static long maximum_reservation(struct memop *m)
{
    struct domain *d;
    long ret = target_get(m, &d);

    if (!ret) {
        ret = (long)MIN(READ_ONCE(d->max_pages), (uint64_t)UINT32_MAX);
        domain_put(d);
    }
    return ret;
}

static long maximum_gpfn(struct memop *m)
{
    struct domain *d;
    long ret = target_get(m, &d);

    if (!ret) {
        ret = (long)arch_maximum_gpfn(d);
        domain_put(d);
    }
    return ret;
}

/* Memory sharing saves nothing, as it is not there. */
static long no_sharing(struct memop *m __unused)
{
    return 0;
}

struct memop_entry {
    long (*run)(struct memop *m);
    bool resumes; /* knows a start extent */
};

static const struct memop_entry ops[] = {
    [XENMEM_increase_reservation] = { memop_reservation, true },
    [XENMEM_decrease_reservation] = { memop_reservation, true },
    [XENMEM_maximum_ram_page] = { maximum_ram_page, false },
    [XENMEM_current_reservation] = { current_reservation, false },
    [XENMEM_maximum_reservation] = { maximum_reservation, false },
    [XENMEM_populate_physmap] = { memop_reservation, true },
    [XENMEM_add_to_physmap] = { memop_add_to_physmap, false },
    [XENMEM_exchange] = { memop_exchange, false },
    [XENMEM_maximum_gpfn] = { maximum_gpfn, false },
    [XENMEM_remove_from_physmap] = { memop_remove_from_physmap, false },
    [XENMEM_set_pod_target] = { memop_pod_target, false },
    [XENMEM_get_pod_target] = { memop_pod_target, false },
    [XENMEM_get_sharing_freed_pages] = { no_sharing, false },
    [XENMEM_get_sharing_shared_pages] = { no_sharing, false },
    [XENMEM_access_op] = { memop_access, false },
    [XENMEM_add_to_physmap_batch] = { memop_add_to_physmap_batch, false },
    [XENMEM_claim_pages] = { memop_claim_pages, false },
    [XENMEM_get_vnumainfo] = { memop_get_vnumainfo, false },
    [XENMEM_reserved_device_memory_map] = { memop_reserved_device_memory_map, false },
    [XENMEM_acquire_resource] = { memop_acquire_resource, true },
};

long do_memory_op(unsigned long cmd, unsigned long arg, unsigned long a3 __unused,
                  unsigned long a4 __unused, unsigned long a5 __unused)
{
    struct memop m = {
        .cmd = (unsigned int)(cmd & MEMOP_CMD_MASK),
        .arg = (void *)arg,
        .start = cmd >> MEMOP_CMD_BITS,
    };
    const struct memop_entry *entry;
    long ret;

    if (m.cmd >= ARRAY_SIZE(ops) || !ops[m.cmd].run)
        return m.start ? -ENOSYS : arch_memory_op(m.cmd, m.arg);
    entry = &ops[index_clamp(m.cmd, ARRAY_SIZE(ops))];
    if (m.start && !entry->resumes)
        return -EINVAL;
    ret = entry->run(&m);
    if (!m.preempted)
        return ret;
    return hypercall_continue(__HYPERVISOR_memory_op,
                              m.cmd | (entry->resumes ? m.start << MEMOP_CMD_BITS : 0), arg, 0, 0);
}
