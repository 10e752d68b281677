/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How often each hypercall and sub-operation was made, and how often it was not refused outright.
 */
#include "fuzz.h"

#include <xen/memory.h>
#include <xen/physdev.h>
#include <xen/platform.h>

#define NUMBERS 64
#define SUBS    66

#define ERRORS 48 /* error numbers told apart; 0 is for others */

static struct kind {
    unsigned int made, passed, absent;
    unsigned short errors[ERRORS];
} counts[NUMBERS][SUBS];

/* Sub-operations from these numbers on are all alike: there are none. */
static const unsigned char limits[NUMBERS] = {
    [__HYPERVISOR_platform_op] = 64,
    [__HYPERVISOR_memory_op] = 30,
    [__HYPERVISOR_xen_version] = 13,
    [__HYPERVISOR_grant_table_op] = 13,
    [__HYPERVISOR_vcpu_op] = 14,
    [__HYPERVISOR_sched_op] = 8,
    [__HYPERVISOR_event_channel_op] = 15,
    [__HYPERVISOR_physdev_op] = 32,
    [__HYPERVISOR_nmi_op] = 2,
    [__HYPERVISOR_console_io] = 2,
};

static const char *const names[NUMBERS] = {
    "set_trap_table",
    "mmu_update",
    "set_gdt",
    "stack_switch",
    "set_callbacks",
    "fpu_taskswitch",
    "sched_op_compat",
    "platform_op",
    "set_debugreg",
    "get_debugreg",
    "update_descriptor",
    "11",
    "memory_op",
    "multicall",
    "update_va_mapping",
    "set_timer_op",
    "event_channel_op_compat",
    "xen_version",
    "console_io",
    "physdev_op_compat",
    "grant_table_op",
    "vm_assist",
    "update_va_mapping_otherdomain",
    "iret",
    "vcpu_op",
    "set_segment_base",
    "mmuext_op",
    "xsm_op",
    "nmi_op",
    "sched_op",
    "callback_op",
    "xenoprof_op",
    "event_channel_op",
    "physdev_op",
    "hvm_op",
    "sysctl",
    "domctl",
    "kexec_op",
    "tmem_op",
    "argo_op",
    "xenpmu_op",
    "dm_op",
    "hypfs_op",
};

/* It came behind the checks of its arguments. */
static bool passed(const struct call *c, long result)
{
    switch (result) {
    case -XEN_ENOSYS:
    case -XEN_EFAULT:
    case -XEN_EINVAL:
    case -XEN_EPERM:
    case -XEN_ESRCH:
    case -XEN_ENOENT:
    case -XEN_EACCES:
    case -XEN_EOPNOTSUPP:
    case -XEN_ENODEV:
    case -XEN_E2BIG: return false;
    default: break;
    }
    if (c->counts)
        return result > 0;
    return !c->status || *c->status >= 0;
}

void record(const struct call *c, long result)
{
    unsigned int nr = c->nr % NUMBERS, limit = limits[nr] ? limits[nr] : SUBS - 1;
    struct kind *k = &counts[nr][c->sub < limit ? c->sub : limit];
    long error = -result;

    if (c->status && !result)
        error = -*c->status;
    k->made++;
    k->passed += passed(c, result);
    if (c->done && !error)
        c->done(c);
    k->absent += result == -XEN_ENOSYS || result == -XEN_EOPNOTSUPP;
    if (error)
        k->errors[error > 0 && error < ERRORS ? error : 0]++;
}

static void print_kind(unsigned int nr, unsigned int sub, const struct kind *k, bool errors)
{
    print("fuzz: %s/%u: %u of %u behind the checks (%u%%)\n", names[nr] ? names[nr] : "?", sub,
          k->passed, k->made, (unsigned int)(k->passed * 100UL / k->made));
    for (unsigned int e = 0; errors && e < ERRORS; e++)
        if (k->errors[e])
            print("fuzz:     error %u: %u\n", e, k->errors[e]);
}

/* What this kernel, or any PV kernel, is never granted; the errors are Xen's, too. */
static bool is_refused(unsigned int nr, unsigned int sub)
{
    static const uint8_t list[][2] = {
        /* physmaps and populate-on-demand are for HVM; hardware this machine does not have */
        { __HYPERVISOR_memory_op, XENMEM_add_to_physmap },
        { __HYPERVISOR_memory_op, XENMEM_remove_from_physmap },
        { __HYPERVISOR_memory_op, XENMEM_add_to_physmap_batch },
        { __HYPERVISOR_memory_op, 16 },
        { __HYPERVISOR_memory_op, 17 },
        { __HYPERVISOR_memory_op, 21 },
        { __HYPERVISOR_physdev_op, PHYSDEVOP_prepare_msix },
        { __HYPERVISOR_physdev_op, PHYSDEVOP_release_msix },
        { __HYPERVISOR_platform_op, XENPF_microcode_update },
        { __HYPERVISOR_platform_op, XENPF_change_freq },
    };

    for (unsigned int i = 0; i < sizeof(list) / sizeof(list[0]); i++)
        if (list[i][0] == nr && list[i][1] == sub)
            return true;
    return false;
}

void record_print(bool errors)
{
    unsigned long made = 0, got = 0, kinds = 0, good = 0, absent = 0;

    for (unsigned int nr = 0; nr < NUMBERS; nr++)
        for (unsigned int sub = 0; sub < SUBS; sub++) {
            const struct kind *k = &counts[nr][sub];

            if (!k->made)
                continue;
            made += k->made;
            got += k->passed;
            if (!k->passed && (k->absent > k->made / 2 || is_refused(nr, sub))) {
                absent++;
                continue;
            }
            print_kind(nr, sub, k, errors);
            kinds++;
            good += k->passed * 10UL >= k->made * 3UL;
        }
    print("fuzz: %lu calls, %lu behind the checks (%lu%%); %lu of %lu kinds of call at 30%% or "
          "more, %lu kinds are not there or never granted\n",
          made, got, got * 100 / made, good, kinds, absent);
}
