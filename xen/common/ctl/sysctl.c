/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sysctl: what the tools ask about the machine and tell the hypervisor. */
#include <hv/alloc.h>
#include <hv/boot-info.h>
#include <hv/console.h>
#include <hv/ctl.h>
#include <hv/debug.h>
#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/frame.h>
#include <hv/guest-access.h>
#include <hv/memory.h>
#include <hv/sched.h>

#include <asm/current.h>

#define DEBUG_KEYS_MAX 64U /* more than there are keys */

/* Gives out what the ring holds from a position on; the caller comes back with the new one. */
static long readconsole(struct xen_sysctl *op)
{
    struct xen_sysctl_readconsole *rc = &op->u.readconsole;
    uint64_t pos = rc->incremental ? console_ring_position(rc->index) : console_ring_start();
    uint32_t done = 0;
    char chunk[256];

    while (done < rc->count) {
        size_t n = console_ring_read(chunk, MIN(rc->count - done, sizeof(chunk)), &pos);

        if (!n)
            break;
        if (guest_copy_to(rc->buffer.p + done, chunk, n))
            return -EFAULT;
        done += (uint32_t)n;
    }
    if (rc->clear)
        console_ring_clear(pos);
    rc->index = (uint32_t)pos;
    rc->count = done;
    return 0;
}

static uint64_t ram_pages(void)
{
    uint64_t pages = 0;

    for (unsigned int i = 0; i < boot_info.nr_regions; i++)
        if (boot_info.regions[i].type == REGION_RAM)
            pages += boot_info.regions[i].size >> PAGE_SHIFT;
    return pages;
}

static long physinfo(struct xen_sysctl *op)
{
    op->u.physinfo = (struct xen_sysctl_physinfo){
        .nr_cpus = cpumask_weight(&cpu_online_map),
        .max_cpu_id = nr_cpu_ids - 1,
        .nr_nodes = 1,
        .total_pages = ram_pages(),
        .free_pages = frame_free_count(),
        .outstanding_pages = claim_total(),
        .max_mfn = frame_limit - 1,
        .capabilities = XEN_SYSCTL_PHYSCAP_gnttab_v1 | XEN_SYSCTL_PHYSCAP_gnttab_v2,
    };
    arch_physinfo(&op->u.physinfo);
    return 0;
}

static long sched_id(struct xen_sysctl *op)
{
    op->u.sched_id.sched_id = sched_default_id();
    return 0;
}

static long debug_keys(struct xen_sysctl *op)
{
    const struct xen_sysctl_debug_keys *dk = &op->u.debug_keys;
    char keys[DEBUG_KEYS_MAX];

    if (dk->nr_keys > sizeof(keys))
        return -E2BIG;
    if (guest_copy_from(keys, dk->keys.p, dk->nr_keys))
        return -EFAULT;
    for (uint32_t i = 0; i < dk->nr_keys; i++)
        console_key_run(keys[i]);
    return 0;
}

static long (*const ops[])(struct xen_sysctl *op) = {
    [XEN_SYSCTL_readconsole] = readconsole,
    [XEN_SYSCTL_physinfo] = physinfo,
    [XEN_SYSCTL_sched_id] = sched_id,
    [XEN_SYSCTL_debug_keys] = debug_keys,
};

long do_sysctl(unsigned long arg, unsigned long a2 __unused, unsigned long a3 __unused,
               unsigned long a4 __unused, unsigned long a5 __unused)
{
    struct xen_sysctl op;
    long ret;

    if (guest_copy_from(&op, (const void *)arg, sizeof(op)))
        return -EFAULT;
    if (op.interface_version != XEN_SYSCTL_INTERFACE_VERSION)
        return -EACCES;
    if (!current->domain->is_privileged)
        return -EPERM;
    if (op.cmd >= ARRAY_SIZE(ops) || !ops[op.cmd])
        return -ENOSYS;
    ret = ops[op.cmd](&op);
    if (!ret && guest_copy_to((void *)arg, &op, sizeof(op)))
        ret = -EFAULT;
    return ret;
}
