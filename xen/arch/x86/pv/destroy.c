/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The end of a PV domain: what CPUs have loaded of it, and its page tables. */
#include <hv/errno.h>
#include <hv/frame.h>
#include <hv/hypercall.h>
#include <hv/memory.h>

#include <asm/mm.h>
#include <asm/pv.h>
#include <asm/xstate.h>

#include "mm.h"
#include "private.h"

#define PREEMPT_EVERY 64U /* frames looked at between looks at the clock; a power of two */

void arch_vcpu_destroy(struct vcpu *v)
{
    xstate_vcpu_destroy(v);
}

void arch_vcpu_release(struct vcpu *v)
{
    spin_lock(&v->domain->arch.mmu_lock);
    pv_vcpu_release(v);
    spin_unlock(&v->domain->arch.mmu_lock);
}

void arch_domain_destroy(struct domain *d)
{
    physdev_domain_destroy(d);
    arch_memory_map_free(d);
    ranges_free(&d->arch.iomem);
    ranges_free(&d->arch.ioports);
    ranges_free(&d->arch.irqs);
    pv_policy_free(d);
}

int arch_domain_release_tables(struct domain *d)
{
    struct frame *pg;
    int ret = 0;

    for (unsigned int i = 1; !ret && (pg = domain_frames_next(d)) != NULL; i++) {
        bool held = READ_ONCE(pg->type) & (TYPE_PINNED | TYPE_PARTIAL);

        if (held)
            ret = pv_table_release(d, pg);
        if (ret)
            domain_frames_again(d, pg);
        else if ((held || i % PREEMPT_EVERY == 0) && hypercall_preempt_check())
            ret = -ERESTART;
        frame_put(pg);
    }
    return ret;
}
