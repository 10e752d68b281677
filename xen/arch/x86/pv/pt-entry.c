/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What one page-table entry may say: the cases that are not ordinary memory, and tables. */
#include "pte.h"

#include <hv/errno.h>

#include <asm/cpuid.h>
#include <asm/mm.h>

int pte_get_l1_special(uint64_t e, struct domain *d)
{
    struct frame *pg = frame_of(pte_mfn(e));

    if (entry_is_io(pte_mfn(e))) {
        /* Address bits that the processor does not have are reserved: an entry would fault. */
        if ((e & PTE_ADDR_MASK) >> cpu_features.phys_bits)
            return -EPERM;
        return d->is_hardware || ranges_have(&d->arch.iomem, pte_mfn(e).n, pte_mfn(e).n) ? 0
                                                                                         : -EPERM;
    }
    /* Pages that the hypervisor shows to the control domain. */
    return d->is_privileged && !(e & PTE_RW) && frame_get(pg, dom_xen) ? 0 : -EINVAL;
}

int pte_get_table(uint64_t *entry, struct domain *d, unsigned int level, bool may_stop)
{
    uint64_t e = *entry;
    mfn_t m = pte_mfn(e);
    int ret;

    /* Tables may not be large pages. */
    if (e & PTE_PSE || entry_is_io(m))
        return -EINVAL;
    ret = may_stop ? frame_get_and_type_preemptible(frame_of(m), d, level - 1)
                   : frame_get_and_type(frame_of(m), d, level - 1);
    if (!ret)
        *entry = entry_adjust(e);
    return ret == -EBUSY ? -EINVAL : ret;
}

int pte_put_table(uint64_t e, bool may_stop)
{
    struct frame *pg = frame_of(pte_mfn(e));

    if (may_stop)
        return frame_put_and_type_preemptible(pg);
    frame_put_and_type(pg);
    return 0;
}
