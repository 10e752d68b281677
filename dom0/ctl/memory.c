/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A domain's memory as its builder sees it, and the event channels it starts with. */
#include "private.h"

#include <errno.h>
#include <string.h>

#define E820_RAM 1

long ctl_memory_populate(struct ctl *ctl, uint32_t domid, xen_pfn_t *frames, size_t count,
                         unsigned order)
{
    struct xen_memory_reservation arg = {
        .nr_extents = count,
        .extent_order = order,
        .domid = domid,
    };
    struct bounce b;
    long ret;

    if (bounce_take(ctl, &b, frames, count * sizeof(*frames), true))
        return -1;
    set_xen_guest_handle(arg.extent_start, b.buffer);
    ret = memory_op(ctl, XENMEM_populate_physmap, &arg, sizeof(arg));
    bounce_drop(ctl, &b, ret > 0);
    return ret;
}

int ctl_memory_claim(struct ctl *ctl, uint32_t domid, uint64_t pages)
{
    struct xen_memory_reservation arg = { .nr_extents = pages, .domid = domid };

    return memory_op(ctl, XENMEM_claim_pages, &arg, sizeof(arg)) ? -1 : 0;
}

int64_t ctl_memory_maximum(struct ctl *ctl, uint32_t domid)
{
    struct xen_memory_domain arg = { .domid = domid };

    return memory_op(ctl, XENMEM_maximum_reservation, &arg, sizeof(arg));
}

int ctl_memory_set_map(struct ctl *ctl, uint32_t domid, uint64_t bytes)
{
    struct {
        uint64_t addr, size;
        uint32_t type;
    } __attribute__((packed)) e820 = { .size = bytes, .type = E820_RAM };
    struct xen_foreign_memory_map arg = { .domid = domid, .map = { .nr_entries = 1 } };
    struct bounce b;
    long ret;

    if (bounce_take(ctl, &b, &e820, sizeof(e820), true))
        return -1;
    set_xen_guest_handle(arg.map.buffer, b.buffer);
    ret = memory_op(ctl, XENMEM_set_memory_map, &arg, sizeof(arg));
    bounce_drop(ctl, &b, false);
    return ret ? -1 : 0;
}

int ctl_hypercall_page(struct ctl *ctl, uint32_t domid, uint64_t frame)
{
    struct xen_domctl op = { .cmd = XEN_DOMCTL_hypercall_init, .domain = domid };

    op.u.hypercall_init.gmfn = frame;
    return domctl(ctl, &op);
}

int ctl_table_pin(struct ctl *ctl, uint32_t domid, unsigned command, const uint64_t *frames,
                  unsigned count)
{
    struct bounce b;
    struct mmuext_op *ops;
    int ret;

    if (bounce_take(ctl, &b, NULL, count * sizeof(*ops), false))
        return -1;
    ops = b.buffer;
    for (unsigned i = 0; i < count; i++)
        ops[i] = (struct mmuext_op){ .cmd = command, .arg1.mfn = frames[i] };
    ret = xencall4(ctl->call, __HYPERVISOR_mmuext_op, (uintptr_t)ops, count, 0, domid);
    bounce_drop(ctl, &b, false);
    return ret;
}

int ctl_m2p_update(struct ctl *ctl, uint32_t domid, const xen_pfn_t *mfns, const xen_pfn_t *pfns,
                   unsigned count)
{
    struct bounce b;
    mmu_update_t *updates;
    int ret;

    if (bounce_take(ctl, &b, NULL, count * sizeof(*updates), false))
        return -1;
    updates = b.buffer;
    for (unsigned i = 0; i < count; i++)
        updates[i] = (mmu_update_t){
            .ptr = mfns[i] << CTL_PAGE_SHIFT | MMU_MACHPHYS_UPDATE,
            .val = pfns[i],
        };
    ret = xencall4(ctl->call, __HYPERVISOR_mmu_update, (uintptr_t)updates, count, 0, domid);
    bounce_drop(ctl, &b, false);
    return ret;
}

int ctl_m2p_frames(struct ctl *ctl, xen_pfn_t *frames, unsigned max)
{
    struct xen_machphys_mfn_list arg = { .max_extents = max };
    struct bounce b;
    long ret;

    if (bounce_take(ctl, &b, frames, max * sizeof(*frames), false))
        return -1;
    set_xen_guest_handle(arg.extent_start, b.buffer);
    ret = memory_op(ctl, XENMEM_machphys_mfn_list, &arg, sizeof(arg));
    bounce_drop(ctl, &b, !ret);
    return ret ? -1 : (int)arg.nr_extents;
}

int64_t ctl_memory_highest(struct ctl *ctl)
{
    return memory_op(ctl, XENMEM_maximum_ram_page, NULL, 0);
}

int ctl_event_alloc(struct ctl *ctl, uint32_t domid, uint32_t remote)
{
    struct evtchn_alloc_unbound arg = { .dom = domid, .remote_dom = remote };
    struct bounce b;
    int ret;

    if (bounce_take(ctl, &b, &arg, sizeof(arg), true))
        return -1;
    ret = xencall2(ctl->call, __HYPERVISOR_event_channel_op, EVTCHNOP_alloc_unbound,
                   (uintptr_t)b.buffer);
    bounce_drop(ctl, &b, true);
    return ret ? -1 : (int)arg.port;
}
