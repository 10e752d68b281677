/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nmi_op: who hears of the machine's NMIs; the control domain's first vcpu, if it wants to. */
#include <hv/ctl.h>
#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/guest-access.h>

#include <asm/current.h>

static long register_callback(void *arg)
{
    struct xennmi_callback cb;

    if (guest_copy_from(&cb, arg, sizeof(cb)))
        return -EFAULT;
    if (!current->domain->is_hardware || current->id)
        return -EINVAL;
    return arch_nmi_callback_set(current, cb.handler_address);
}

long do_nmi_op(unsigned long cmd, unsigned long arg, unsigned long a3 __unused,
               unsigned long a4 __unused, unsigned long a5 __unused)
{
    switch ((unsigned int)cmd) {
    case XENNMI_register_callback: return register_callback((void *)arg);
    case XENNMI_unregister_callback: return arch_nmi_callback_set(current, 0);
    default: return -ENOSYS;
    }
}
