/* SPDX-License-Identifier: GPL-2.0-or-later */
/* physdev_op: the control domain's hand on interrupts and PCI; and a vcpu's right to use ports. */
#include "physdev.h"

#include <hv/ctl.h>
#include <hv/errno.h>
#include <hv/guest-access.h>
#include <hv/speculation.h>

#include <asm/current.h>
#include <asm/pv.h>

#define IOPL_MAX     3U
#define IO_PORTS_MAX 65536U

static int physdev_set_iopl(union physdev_arg *a)
{
    if (a->iopl.iopl > IOPL_MAX)
        return -EINVAL;
    current->arch.pv.iopl = a->iopl.iopl;
    return 0;
}

static int physdev_set_iobitmap(union physdev_arg *a)
{
    uint64_t bitmap = (uint64_t)a->iobitmap.bitmap.p;

    if (!pv_address_ok(bitmap) || a->iobitmap.nr_ports > IO_PORTS_MAX)
        return -EINVAL;
    current->arch.pv.io_bitmap = bitmap;
    current->arch.pv.io_bitmap_ports = a->iobitmap.nr_ports;
    return 0;
}

/* Of no consequence any more; answered with 0 as ever. */
static int physdev_nothing(union physdev_arg *a __unused)
{
    return 0;
}

enum { ANYONE = 0, CONTROL_DOMAIN = 1, COPY_OUT = 2 };

/* Without a function: there is no such sub-operation. */
static const struct physdev_call {
    int (*fn)(union physdev_arg *a);
    uint8_t size;
    uint8_t flags;
} calls[] = {
#define CALL(name, field, how) \
    [PHYSDEVOP_##name] = { physdev_##name, sizeof(((union physdev_arg *)0)->field), how }
    CALL(eoi, eoi, ANYONE),
    CALL(pirq_eoi_gmfn_v1, eoi_gmfn, ANYONE),
    CALL(pirq_eoi_gmfn_v2, eoi_gmfn, ANYONE),
    CALL(irq_status_query, status, COPY_OUT),
    CALL(set_iopl, iopl, ANYONE),
    CALL(set_iobitmap, iobitmap, ANYONE),
    CALL(apic_read, apic, CONTROL_DOMAIN | COPY_OUT),
    CALL(apic_write, apic, CONTROL_DOMAIN),
    CALL(alloc_irq_vector, irq, CONTROL_DOMAIN | COPY_OUT),
    CALL(setup_gsi, gsi, CONTROL_DOMAIN),
    CALL(map_pirq, map, CONTROL_DOMAIN | COPY_OUT),
    CALL(unmap_pirq, unmap, CONTROL_DOMAIN),
    CALL(get_free_pirq, free_pirq, COPY_OUT),
    CALL(manage_pci_add, manage, CONTROL_DOMAIN),
    CALL(manage_pci_add_ext, manage_ext, CONTROL_DOMAIN),
    CALL(manage_pci_remove, manage, CONTROL_DOMAIN),
    CALL(pci_device_add, add, CONTROL_DOMAIN),
    CALL(pci_device_remove, device, CONTROL_DOMAIN),
    CALL(restore_msi, restore, CONTROL_DOMAIN),
    CALL(restore_msi_ext, device, CONTROL_DOMAIN),
    CALL(pci_mmcfg_reserved, mmcfg, CONTROL_DOMAIN),
    CALL(prepare_msix, device, CONTROL_DOMAIN),
    CALL(release_msix, device, CONTROL_DOMAIN),
#undef CALL
    [PHYSDEVOP_IRQ_UNMASK_NOTIFY] = { physdev_nothing, 0, ANYONE },
    /* No debug port is in use here, so one may be reset at any time. */
    [PHYSDEVOP_dbgp_op] = { physdev_nothing, sizeof(struct physdev_dbgp_op), CONTROL_DOMAIN },
};

long do_physdev_op(unsigned long cmd, unsigned long arg, unsigned long a3 __unused,
                   unsigned long a4 __unused, unsigned long a5 __unused)
{
    const struct physdev_call *call;
    union physdev_arg a;
    int rc;

    cmd = (unsigned int)cmd;
    if (cmd >= ARRAY_SIZE(calls) || !calls[cmd].fn)
        return -ENOSYS;
    call = &calls[index_clamp((uint32_t)cmd, ARRAY_SIZE(calls))];
    if (call->size && guest_copy_from(&a, (const void *)arg, call->size))
        return -EFAULT;
    if ((call->flags & CONTROL_DOMAIN) && !current->domain->is_privileged)
        return -EPERM;
    rc = call->fn(&a);
    if (!rc && (call->flags & COPY_OUT) && guest_copy_to((void *)arg, &a, call->size))
        return -EFAULT;
    return rc;
}
