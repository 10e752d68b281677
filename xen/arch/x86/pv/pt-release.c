/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Letting go of whole page tables, step by step: what is pinned, and what calls have replaced. */
#include "mm.h"

#include <hv/errno.h>

#include <asm/pv.h>

int pv_table_unpin(struct frame *pg)
{
    int ret;

    if (!(READ_ONCE(pg->type) & TYPE_PINNED))
        return -EINVAL;
    /* The mark goes with the reference that it stands for. The caller has another. */
    ret = frame_put_and_type_preemptible(pg);
    if (!ret)
        __atomic_fetch_and(&pg->type, ~TYPE_PINNED, __ATOMIC_RELAXED);
    return ret;
}

int pv_table_release(struct domain *d, struct frame *pg)
{
    int ret;

    spin_lock(&d->arch.mmu_lock);
    ret = pv_table_unpin(pg);
    if (ret != -ERESTART)
        ret = frame_type_abandon(pg);
    spin_unlock(&d->arch.mmu_lock);
    return ret;
}

int pv_old_table_put(struct frame *pg)
{
    int ret = frame_put_and_type_preemptible(pg);

    if (ret)
        current->arch.pv.old_table = pg;
    return ret;
}

int pv_old_table_release(struct vcpu *v)
{
    struct frame *pg = v->arch.pv.old_table;
    struct domain *owner;
    int ret;

    if (likely(!pg))
        return 0;
    owner = pg->owner; /* kept by the frame's reference */
    spin_lock(&owner->arch.mmu_lock);
    ret = frame_put_and_type_preemptible(pg);
    spin_unlock(&owner->arch.mmu_lock);
    if (!ret)
        v->arch.pv.old_table = NULL;
    return ret;
}
