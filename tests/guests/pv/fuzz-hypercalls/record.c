/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How often each hypercall and sub-operation was made, and how often it was not refused outright.
 */
#include "fuzz.h"

#define NUMBERS 64
#define SUBS    48

static struct {
    unsigned int made, passed;
} counts[NUMBERS][SUBS];

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
    unsigned int nr = c->nr % NUMBERS, sub = c->sub < SUBS ? c->sub : SUBS - 1;

    counts[nr][sub].made++;
    counts[nr][sub].passed += passed(c, result);
}

void record_print(void)
{
    unsigned long made = 0, got = 0, kinds = 0, good = 0;

    for (unsigned int nr = 0; nr < NUMBERS; nr++)
        for (unsigned int sub = 0; sub < SUBS; sub++) {
            unsigned int n = counts[nr][sub].made, p = counts[nr][sub].passed;

            if (!n)
                continue;
            print("fuzz: %s/%u: %u of %u behind the checks (%u%%)\n", names[nr] ? names[nr] : "?",
                  sub, p, n, (unsigned int)(p * 100UL / n));
            made += n;
            got += p;
            kinds++;
            good += p * 10UL >= n * 3UL;
        }
    print("fuzz: %lu calls, %lu behind the checks (%lu%%); %lu of %lu kinds of call at 30%% or "
          "more\n",
          made, got, got * 100 / made, good, kinds);
}
