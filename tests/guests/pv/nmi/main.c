/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * NMIs: delivered to the handler, one at a time; with "inject" on the command line also those of
 * the machine, which come while hypercalls and exceptions run (tests/boot/last-resort).
 */
#include "guest.h"
#include "traps.h"

#include <xen/nmi.h>
#include <xen/vcpu.h>

#define TRAP_NMI      2
#define INJECTED      40
#define ROUNDS_AT_END 20000000UL

extern const unsigned long trap_entries[];

static volatile unsigned long seen, nested, depth;
static volatile bool again;

static long send_nmi(void)
{
    return hypercall(__HYPERVISOR_vcpu_op, VCPUOP_send_nmi, 0, 0, 0, 0);
}

static bool hook(struct trap_frame *frame)
{
    if (frame->vector != TRAP_NMI)
        return false;
    nested += depth != 0;
    depth++;
    seen++;
    if (again) { /* the next must wait until this one returned */
        again = false;
        send_nmi();
        check_equal(seen, 2);
    }
    depth--;
    return true;
}

static void own(void)
{
    struct xennmi_callback cb = { .handler_address = trap_entries[TRAP_NMI] };

    check_equal(hypercall2(__HYPERVISOR_nmi_op, XENNMI_register_callback, &cb), 0);
    check_equal(send_nmi(), 0);
    check_equal(seen, 1);
    again = true;
    check_equal(send_nmi(), 0);
    check_equal(seen, 3);
    check_equal(nested, 0);
}

/* All that enters and leaves the hypervisor, while NMIs come from outside. */
static void injected(volatile shared_info_t *shared)
{
    unsigned long before = seen;
    uint64_t value;

    print("nmi: ready\n");
    for (unsigned long i = 0; i < ROUNDS_AT_END && seen - before < INJECTED; i++) {
        hypercall2(__HYPERVISOR_xen_version, 0, 0);
        try_read((void *)8, &value);
    }
    print("nmi: %lu came, reason %lx\n", seen - before, shared->arch.nmi_reason);
    check(seen - before >= INJECTED);
    check(shared->arch.nmi_reason & XEN_NMIREASON_unknown);
    check_equal(nested, 0);
}

void guest_main(void)
{
    static char page[2 * PAGE_SIZE];
    char *at = (char *)(((unsigned long)page + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1));

    trap_hook = hook;
    own();
    if (strncmp((const char *)start_info->cmd_line, "inject", 6))
        return;
    check_equal(hypercall(__HYPERVISOR_update_va_mapping, (unsigned long)at,
                          start_info->shared_info | PTE_PRESENT | PTE_WRITABLE | PTE_USER |
                              PTE_ACCESSED | PTE_DIRTY,
                          UVMF_INVLPG, 0, 0),
                0);
    injected((volatile shared_info_t *)at);
}
