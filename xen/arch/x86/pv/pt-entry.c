/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What one page-table entry may say, and the references that it holds while it stands. */
#include "mm.h"

#include <hv/errno.h>
#include <hv/printk.h>

#include <asm/cpuid.h>
#include <asm/mm.h>


static bool entry_is_io(mfn_t m)
{
    return !mfn_is_valid(m) || (READ_ONCE(frame_of(m)->refs) & FRAME_IO);
}

/* Guest kernel and user both run in ring 3: every mapping is a user one to the processor. */
static uint64_t entry_adjust(uint64_t e)
{
    return (e | PTE_USER) & ~PTE_GLOBAL;
}

int pte_get_l1(uint64_t *entry, struct domain *d, struct domain *owner)
{
    uint64_t e = *entry;
    mfn_t m = pte_mfn(e);
    struct frame *pg;

    if (unlikely(entry_is_io(m))) {
        /* Address bits that the processor does not have are reserved: an entry would fault. */
        if (!d->is_hardware || mfn_to_paddr(m) >> cpu_features.phys_bits)
            return -EPERM;
        *entry = entry_adjust(e);
        return 0;
    }
    pg = frame_of(m);
    if (unlikely(!frame_get(pg, owner))) {
        /* Pages that the hypervisor shows to the control domain. */
        if (!d->is_privileged || (e & PTE_RW) || !frame_get(pg, dom_xen))
            return -EINVAL;
    }
    if (e & PTE_RW) {
        int ret = frame_get_type(pg, TYPE_WRITABLE);

        if (unlikely(ret)) {
            frame_put(pg);
            return ret;
        }
    }
    *entry = entry_adjust(e);
    return 0;
}

void pte_put_l1(uint64_t e, struct domain *d __unused)
{
    mfn_t m = pte_mfn(e);
    struct frame *pg;

    if ((e & (PTE_PRESENT | PTE_GRANT)) != PTE_PRESENT || entry_is_io(m))
        return;
    pg = frame_of(m);
    if (e & PTE_RW)
        frame_put_and_type(pg);
    else
        frame_put(pg);
}

int pte_get_table(uint64_t *entry, struct domain *d, unsigned int level)
{
    uint64_t e = *entry;
    mfn_t m = pte_mfn(e);
    int ret;

    /* Tables may not be large pages. */
    if (e & PTE_PSE || entry_is_io(m))
        return -EINVAL;
    ret = frame_get_and_type(frame_of(m), d, level - 1);
    if (!ret)
        *entry = entry_adjust(e);
    return ret == -EBUSY ? -EINVAL : ret;
}

void pte_put_table(uint64_t e)
{
    if (e & PTE_PRESENT)
        frame_put_and_type(frame_of(pte_mfn(e)));
}
