/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A vcpu's vcpu_info in a place of the guest's choice (VCPUOP_register_vcpu_info). */
#include <hv/vcpu-op.h>

#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/event.h>
#include <hv/frame.h>
#include <hv/grant.h>
#include <hv/string.h>

vcpu_info_t vcpu_no_info = { .evtchn_upcall_mask = 1 };

/*
 * Moves the contents. Events that another CPU marks in the old place meanwhile would be lost, so
 * everything is marked pending once more: the guest looks through all its ports and copes.
 */
static void info_move(struct vcpu *v, vcpu_info_t *to)
{
    if (v->info)
        memcpy(to, v->info, sizeof(*to));
    else
        memset(to, 0, sizeof(*to));
    __atomic_store_n(&v->info, to, __ATOMIC_SEQ_CST);
    vcpu_events_resync(v);
}

int vcpu_info_register(struct vcpu *v, gfn_t frame, uint32_t offset)
{
    struct domain *d = v->domain;
    struct frame *none = NULL, *pg;
    mfn_t m;

    if (v->info_frame)
        return -EINVAL;
    m = arch_gfn_to_mfn(d, frame);
    if (!mfn_is_valid(m))
        return -EINVAL;
    pg = frame_of(m);
    if (frame_get_and_type(pg, d, TYPE_WRITABLE))
        return -EINVAL;
    /* Two vcpus may register for a third at once: the first wins. */
    if (!__atomic_compare_exchange_n(&v->info_frame, &none, pg, false, __ATOMIC_SEQ_CST,
                                     __ATOMIC_RELAXED)) {
        frame_put_and_type(pg);
        return -EINVAL;
    }
    info_move(v, (vcpu_info_t *)((char *)map_frame(m) + offset));
    return 0;
}

void vcpu_info_release(struct vcpu *v)
{
    struct frame *pg = v->info_frame;

    if (!pg)
        return;
    unmap_frame((void *)((vaddr_t)v->info & PAGE_MASK));
    v->info = &vcpu_no_info;
    v->info_frame = NULL;
    frame_put_and_type(pg);
}
