/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machine's memory map for the control domain: the firmware's, and as reserved what the
 * hypervisor keeps for itself of the rest, the interrupt controllers.
 */
#include <hv/acpi.h>
#include <hv/boot-info.h>
#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/guest-access.h>

#include <asm/current.h>

#include "private.h"

#define MSI_WINDOW      0xfee00000 /* writes there are interrupts; the local APIC is in it */
#define MSI_WINDOW_SIZE 0x100000

static struct spinlock lock = SPINLOCK_INIT;
static struct e820_entry map[BOOT_MAX_REGIONS + ACPI_MAX_IOAPICS + 1]; /* sorted */
static unsigned int nr_map;                                            /* 0: not made yet */

static bool overlaps(const struct e820_entry *e, uint64_t start, uint64_t size)
{
    return start < e->start + e->size && e->start < start + size;
}

/* Inserts a reserved range unless the firmware says something about it. */
static void reserve(uint64_t start, uint64_t size)
{
    unsigned int i;

    for (i = 0; i < nr_map; i++)
        if (overlaps(&map[i], start, size))
            return;
    for (i = nr_map++; i && map[i - 1].start > start; i--)
        map[i] = map[i - 1];
    map[i] = (struct e820_entry){ .start = start, .size = size, .type = REGION_RESERVED };
}

static void make_map(void)
{
    for (unsigned int i = 0; i < boot_info.nr_regions; i++) {
        const struct boot_region *r = &boot_info.regions[i];

        map[nr_map++] = (struct e820_entry){ .start = r->start, .size = r->size, .type = r->type };
    }
    reserve(MSI_WINDOW, MSI_WINDOW_SIZE);
    for (unsigned int i = 0; i < acpi_info.nr_ioapics; i++)
        reserve(acpi_info.ioapics[i].address & PAGE_MASK, PAGE_SIZE);
}

/* Not what the hypervisor drives itself: the interrupt controllers. */
bool pv_may_use_iomem(struct domain *d, uint64_t first, uint64_t last)
{
    if (!d->is_hardware)
        return ranges_have(&d->arch.iomem, first, last);
    if (first <= MSI_WINDOW >> PAGE_SHIFT && last >= MSI_WINDOW >> PAGE_SHIFT)
        return false;
    for (unsigned int i = 0; i < acpi_info.nr_ioapics; i++)
        if (first <= acpi_info.ioapics[i].address >> PAGE_SHIFT &&
            last >= acpi_info.ioapics[i].address >> PAGE_SHIFT)
            return false;
    return true;
}

long pv_machine_memory_map(void *arg)
{
    struct xen_memory_map m;

    if (!current->domain->is_privileged)
        return -EPERM;
    if (guest_copy_from(&m, arg, sizeof(m)))
        return -EFAULT;
    spin_lock(&lock);
    if (!nr_map)
        make_map();
    spin_unlock(&lock);
    if (m.buffer.p) { /* without one, the answer is how large it has to be */
        if (m.nr_entries < nr_map)
            return -EINVAL;
        if (guest_copy_to(m.buffer.p, map, nr_map * sizeof(map[0])))
            return -EFAULT;
    }
    m.nr_entries = nr_map;
    return guest_copy_to(arg, &m, sizeof(m));
}
