/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memory_op on x86: memory maps in the form of the firmware's E820, and where the machine-to-
 * physical table lies.
 */
#include <hv/alloc.h>
#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/frame.h>
#include <hv/guest-access.h>
#include <hv/memory.h>
#include <hv/string.h>

#include <asm/current.h>
#include <asm/mm.h>
#include <asm/page.h>

#include "private.h"

#define SIZE_2M      0x200000ULL
#define E820_MAX_SET 1024U /* entries in a domain's map */

struct e820_map {
    unsigned int count;
    struct e820_entry entries[];
};

void arch_set_gpfn(mfn_t m, gfn_t pfn)
{
    m2p_set(m, pfn.n);
}

static long machphys_mapping(void *arg)
{
    struct xen_machphys_mapping map = {
        .v_start = MACH2PHYS_VIRT_START,
        .v_end = MACH2PHYS_VIRT_END,
        .max_mfn = frame_limit - 1,
    };

    return guest_copy_to(arg, &map, sizeof(map));
}

/* The entry that maps the table's piece at @va, a large page. */
static uint64_t m2p_entry(vaddr_t va)
{
    const uint64_t *table = phys_to_virt(idle_cr3 & PTE_ADDR_MASK);
    uint64_t e = 0;

    for (unsigned int level = 4; level >= 2; level--) {
        e = table[pt_index(va, level)];
        if (!(e & PTE_PRESENT))
            return 0;
        table = phys_to_virt(e & PTE_ADDR_MASK);
    }
    return e;
}

/* Tools map the table's frames as the hypervisor's: each must have that owner once. */
static void m2p_share(mfn_t first)
{
    static struct spinlock lock = SPINLOCK_INIT;

    spin_lock(&lock);
    for (uint64_t i = 0; frame_of(first)->owner != dom_xen && i < SIZE_2M / PAGE_SIZE; i++) {
        mfn_t m = mfn_add(first, SIZE_2M / PAGE_SIZE - 1 - i); /* the first one last */

        domain_share_page(dom_xen, mfn_to_virt(m), false);
    }
    spin_unlock(&lock);
}

static long machphys_mfn_list(void *arg)
{
    struct xen_machphys_mfn_list list;
    uint64_t pieces = ROUND_UP(frame_limit * sizeof(uint64_t), SIZE_2M) / SIZE_2M, n = 0;

    if (guest_copy_from(&list, arg, sizeof(list)))
        return -EFAULT;
    list.nr_extents = (unsigned int)MIN(pieces, list.max_extents);
    for (unsigned int i = 0; i < list.nr_extents; i++) {
        uint64_t e = m2p_entry(M2P_RW_BASE + i * SIZE_2M);

        if (e & PTE_RW) { /* a hole repeats what was before it */
            n = (e & PTE_ADDR_MASK) >> PAGE_SHIFT;
            m2p_share(mfn(n));
        }
        if (guest_write(list.extent_start, i, &n))
            return -EFAULT;
    }
    return guest_copy_to(arg, &list, sizeof(list));
}

uint64_t arch_maximum_gpfn(const struct domain *d)
{
    uint64_t max = READ_ONCE(((const struct arch_shared_info *)&d->shared_info->arch)->max_pfn);

    return max ? max - 1 : 0;
}

/* Copies the map out of the lock's reach; null: none was set, or no memory. */
static struct e820_map *map_copy(struct domain *d)
{
    struct e820_map *copy = heap_alloc(sizeof(*copy) + E820_MAX_SET * sizeof(copy->entries[0]));

    if (!copy)
        return NULL;
    spin_lock(&d->arch.memory_map_lock);
    if (d->arch.memory_map) {
        memcpy(copy, d->arch.memory_map,
               sizeof(*copy) + d->arch.memory_map->count * sizeof(copy->entries[0]));
    } else {
        copy->count = 0;
    }
    spin_unlock(&d->arch.memory_map_lock);
    return copy;
}

static long memory_map(void *arg)
{
    struct xen_memory_map map;
    struct e820_map *copy;
    long ret;

    if (guest_copy_from(&map, arg, sizeof(map)))
        return -EFAULT;
    if (!READ_ONCE(current->domain->arch.memory_map))
        return -ENOSYS;
    copy = map_copy(current->domain);
    if (!copy)
        return -ENOMEM;
    map.nr_entries = MIN(map.nr_entries, copy->count);
    ret = guest_copy_to(map.buffer.p, copy->entries, map.nr_entries * sizeof(copy->entries[0]));
    if (!ret)
        ret = guest_copy_to(arg, &map, sizeof(map));
    heap_free(copy);
    return ret;
}

static struct e820_map *map_replace(struct domain *d, struct e820_map *map)
{
    struct e820_map *old;

    spin_lock(&d->arch.memory_map_lock);
    old = d->arch.memory_map;
    d->arch.memory_map = map;
    spin_unlock(&d->arch.memory_map_lock);
    return old;
}

void arch_memory_map_free(struct domain *d)
{
    heap_free(map_replace(d, NULL));
}

static long set_memory_map(void *arg)
{
    struct xen_foreign_memory_map f;
    struct e820_map *map;
    struct domain *d;
    size_t size;
    int ret;

    if (guest_copy_from(&f, arg, sizeof(f)))
        return -EFAULT;
    if (f.map.nr_entries > E820_MAX_SET)
        return -EINVAL;
    ret = domain_target_get(f.domid, &d);
    if (ret)
        return ret;
    if (!f.map.nr_entries) {
        arch_memory_map_free(d);
        domain_put(d);
        return 0;
    }
    size = f.map.nr_entries * sizeof(map->entries[0]);
    map = heap_alloc(sizeof(*map) + size);
    if (!map) {
        domain_put(d);
        return -ENOMEM;
    }
    map->count = f.map.nr_entries;
    if (guest_copy_from(map->entries, f.map.buffer.p, size)) {
        heap_free(map);
        domain_put(d);
        return -EFAULT;
    }
    heap_free(map_replace(d, map));
    domain_put(d);
    return 0;
}

long arch_memory_op(unsigned int cmd, void *arg)
{
    switch (cmd) {
    case XENMEM_machphys_mapping: return machphys_mapping(arg);
    case XENMEM_machphys_mfn_list: return machphys_mfn_list(arg);
    case XENMEM_machine_memory_map: return pv_machine_memory_map(arg);
    case XENMEM_memory_map: return memory_map(arg);
    case XENMEM_set_memory_map: return set_memory_map(arg);
    /* 32-bit guests have no table of their own. */
    case XENMEM_machphys_compat_mfn_list: return -EOPNOTSUPP;
    default: return -ENOSYS;
    }
}
