/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a PV vcpu takes NMIs, as nmi_op sets it; callback_op has a way of its own. */
#include <hv/ctl.h>
#include <hv/domain.h>
#include <hv/errno.h>

#include <asm/page.h>

int arch_nmi_callback_set(struct vcpu *v, unsigned long address)
{
    if (!vaddr_is_canonical(address))
        return -EINVAL;
    v->arch.pv.nmi_address = address;
    return 0;
}
