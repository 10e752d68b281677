/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory as the hypervisor tells it: RAM of the machine, pages of the control domain, free pages.
 */
#define __XEN_TOOLS__ 1
#include "memory.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "privcmd.h"

#include <xen/memory.h>
#include <xen/sysctl.h>

#define ENTRIES  128
#define RAM_TYPE 1 /* of the firmware's memory map */

/* An entry of XENMEM_machine_memory_map: the BIOS's own layout (function E820h). */
struct entry {
    uint64_t base, size;
    uint32_t type;
} __attribute__((packed));

static void print_ram(void)
{
    static struct entry entries[ENTRIES];
    struct xen_memory_map map = { .nr_entries = ENTRIES };
    uint64_t bytes = 0;

    set_xen_guest_handle(map.buffer, (void *)entries);
    if (privcmd_call(__HYPERVISOR_memory_op, XENMEM_machine_memory_map, &map) < 0)
        return;
    for (unsigned int i = 0; i < map.nr_entries; i++)
        if (entries[i].type == RAM_TYPE)
            bytes += entries[i].size;
    printf("MEMORY ram %llu KiB\n", (unsigned long long)bytes >> 10);
}

void memory_print(void)
{
    struct xen_sysctl sysctl = { .cmd = XEN_SYSCTL_physinfo,
                                 .interface_version = XEN_SYSCTL_INTERFACE_VERSION };
    domid_t self = DOMID_SELF;
    long pages;

    print_ram();
    pages = privcmd_call(__HYPERVISOR_memory_op, XENMEM_current_reservation, &self);
    if (pages > 0)
        printf("MEMORY dom0 %ld KiB\n", pages * 4);
    if (privcmd_call(__HYPERVISOR_sysctl, (uintptr_t)&sysctl, NULL) >= 0)
        printf("MEMORY free %llu KiB\n", (unsigned long long)sysctl.u.physinfo.free_pages * 4);
}
