/* SPDX-License-Identifier: GPL-2.0-or-later */
/* platform_op: what the control domain asks of the machine as a whole. */
#include "platform.h"

#include <hv/ctl.h>
#include <hv/debug.h>
#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/guest-access.h>
#include <hv/speculation.h>
#include <hv/string.h>
#include <hv/time.h>

#include <asm/current.h>

#define MICROCODE_MIN   48U /* bytes: Intel's header alone */
#define MICROCODE_INTEL 0x00000001U
#define MICROCODE_AMD   0x00414d44U

static long set_time(uint64_t sec, uint32_t nsec, uint64_t system_time)
{
    if (system_time > INT64_MAX)
        return -EINVAL;
    wallclock_set(sec + nsec / NS_PER_S, nsec % NS_PER_S, (nstime_t)system_time);
    domains_visit(domain_wallclock_update);
    return 0;
}

long platform_settime32(struct xen_platform_op *op)
{
    const struct xenpf_settime32 *t = &op->u.settime32;

    return set_time(t->secs, t->nsecs, t->system_time);
}

long platform_settime64(struct xen_platform_op *op)
{
    const struct xenpf_settime64 *t = &op->u.settime64;

    return t->mbz ? -EINVAL : set_time(t->secs, t->nsecs, t->system_time);
}

/* They are about chip sets without a constant I/O APIC register; ours are always written anew. */
long platform_quirk(struct xen_platform_op *op)
{
    switch (op->u.platform_quirk.quirk_id) {
    case QUIRK_NOIRQBALANCING:
    case QUIRK_IOAPIC_BAD_REGSEL:
    case QUIRK_IOAPIC_GOOD_REGSEL: return 0;
    default: return -EINVAL;
    }
}

long platform_get_symbol(struct xen_platform_op *op)
{
    struct xenpf_symdata *s = &op->u.symdata;
    vaddr_t address;
    const char *name = symbol_get(s->symnum, &address);
    uint32_t size;

    if (!name) /* the number stays: the end, if it was just behind the last */
        return s->symnum && symbol_get(s->symnum - 1, &address) ? 0 : -ERANGE;
    size = (uint32_t)strlen(name) + 1;
    if (guest_copy_to(s->name.p, name, MIN(size, s->namelen)))
        return -EFAULT;
    s->namelen = size;
    s->symnum++;
    s->address = address;
    s->type = 't';
    return 0;
}

/* Both vendors' files begin with a number by which to know them. */
static long platform_microcode_update(struct xen_platform_op *op)
{
    uint32_t magic;

    if (!op->u.microcode.length)
        return -ENOENT;
    if (op->u.microcode.length < MICROCODE_MIN)
        return -EINVAL;
    if (guest_copy_from(&magic, op->u.microcode.data.p, sizeof(magic)))
        return -EFAULT;
    return magic == MICROCODE_INTEL || magic == MICROCODE_AMD ? -EOPNOTSUPP : -EINVAL;
}

static long platform_unsupported(struct xen_platform_op *op __unused)
{
    return -EOPNOTSUPP;
}

static const struct platform_call {
    long (*fn)(struct xen_platform_op *op);
    bool copy_out;
} calls[] = {
    [XENPF_settime32] = { platform_settime32, false },
    [XENPF_settime64] = { platform_settime64, false },
    [XENPF_add_memtype] = { platform_add_memtype, true },
    [XENPF_del_memtype] = { platform_del_memtype, false },
    [XENPF_read_memtype] = { platform_read_memtype, true },
    [XENPF_microcode_update] = { platform_microcode_update, false },
    [XENPF_platform_quirk] = { platform_quirk, false },
    [XENPF_efi_runtime_call] = { platform_efi_runtime_call, true },
    [XENPF_firmware_info] = { platform_firmware_info, true },
    [XENPF_enter_acpi_sleep] = { platform_enter_acpi_sleep, false },
    [XENPF_change_freq] = { platform_change_freq, false },
    [XENPF_getidletime] = { platform_getidletime, true },
    [XENPF_set_processor_pminfo] = { platform_set_processor_pminfo, false },
    [XENPF_get_cpuinfo] = { platform_get_cpuinfo, true },
    [XENPF_get_cpu_version] = { platform_get_cpu_version, true },
    [XENPF_cpu_online] = { platform_cpu_online, false },
    [XENPF_cpu_offline] = { platform_cpu_offline, false },
    [XENPF_cpu_hotadd] = { platform_unsupported, false },
    [XENPF_mem_hotadd] = { platform_unsupported, false },
    [XENPF_core_parking] = { platform_core_parking, true },
    [XENPF_resource_op] = { platform_resource_op, false },
    [XENPF_get_symbol] = { platform_get_symbol, true },
};

long do_platform_op(unsigned long arg, unsigned long a2 __unused, unsigned long a3 __unused,
                    unsigned long a4 __unused, unsigned long a5 __unused)
{
    struct xen_platform_op op;
    unsigned int cmd;
    long rc;

    if (guest_copy_from(&op, (const void *)arg, sizeof(op)))
        return -EFAULT;
    if (op.interface_version != XENPF_INTERFACE_VERSION)
        return -EACCES;
    if (!current->domain->is_privileged)
        return -EPERM;
    cmd = index_clamp(op.cmd, ARRAY_SIZE(calls));
    if (op.cmd >= ARRAY_SIZE(calls) || !calls[cmd].fn)
        return -ENOSYS;
    rc = calls[cmd].fn(&op);
    if (!rc && calls[cmd].copy_out && guest_copy_to((void *)arg, &op, sizeof(op)))
        return -EFAULT;
    return rc;
}
