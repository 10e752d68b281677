/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memory_op. */
#include "fuzz.h"

#define BATCH 4
#ifndef XENMEM_claim_pages /* the header shows it to tools only */
#define XENMEM_claim_pages 24
#endif

static uint16_t pick_domid(void)
{
    return percent(90) ? DOMID_SELF : (uint16_t)one_of(0, 1, DOMID_IO, DOMID_XEN, DOMID_INVALID);
}

static void reservation(struct call *c)
{
    struct xen_memory_reservation r = { .extent_order = percent(90) ? 0 : below(12),
                                        .domid = pick_domid() };
    uint64_t list[BATCH];
    unsigned int n = 1 + below(BATCH);

    for (unsigned int i = 0; i < n; i++)
        list[i] = c->sub == XENMEM_decrease_reservation ? pick_expendable() : bend(below(16384));
    /* Whole blocks of ours are not given away. */
    if (c->sub == XENMEM_decrease_reservation)
        r.extent_order = percent(95) ? 0 : 40;
    r.extent_start.p = (void *)put_array(list, 8, n, &r.nr_extents);
    r.mem_flags = percent(90) ? 0 : (unsigned int)bend(below(64));
    c->arg[1] = put(&r, sizeof(r));
    c->counts = true;
}

static void exchange(struct call *c)
{
    struct xen_memory_exchange x = { .in.domid = pick_domid() };
    uint64_t in[BATCH], out[BATCH] = { 1, 2, 3, 4 };
    unsigned int n = 1 + below(BATCH);

    for (unsigned int i = 0; i < n; i++)
        if (percent(90))
            free_frame(in[i] = pick_ours());
        else
            in[i] = pick_expendable();
    x.out.domid = percent(95) ? x.in.domid : pick_domid();
    x.in.extent_start.p = (void *)put_array(in, 8, n, &x.in.nr_extents);
    x.out.nr_extents = bend(x.in.nr_extents);
    if (percent(60)) /* more of them rarely come in good order */
        x.in.nr_extents = x.out.nr_extents = 1;
    x.out.extent_start.p = (void *)put(out, 8 * n);
    x.nr_exchanged = bend(0);
    c->arg[1] = put(&x, sizeof(x));
}

static void maps(struct call *c)
{
    struct xen_memory_map map = { .nr_entries = (unsigned int)bend(below(16)) };
    struct xen_foreign_memory_map f = { .domid = pick_domid() };
    uint8_t entries[20 * 8] = { 0 };

    map.buffer.p = (void *)put(entries, sizeof(entries));
    if (c->sub == XENMEM_set_memory_map) {
        f.map = map;
        c->arg[1] = put(&f, sizeof(f));
    } else {
        c->arg[1] = put(&map, sizeof(map));
    }
}

static void physmap(struct call *c)
{
    struct xen_add_to_physmap x = {
        .domid = pick_domid(), .space = below(6), .idx = below(4), .gpfn = below(16384)
    };

    c->arg[1] = put(&x, sizeof(x));
}

static void resource(struct call *c)
{
    struct xen_mem_acquire_resource x = { .domid = percent(80) ? 0 : pick_domid(),
                                          .type = (uint16_t)(percent(80) ? 1 : below(3)),
                                          .id = percent(80) ? 0 : below(3),
                                          .frame = bend(below(2)) };
    uint64_t frames[8] = { 0 };
    unsigned long n;

    x.frame_list.p = (void *)put_array(frames, 8, 8, &n);
    x.nr_frames = (unsigned int)n;
    c->arg[1] = put(&x, sizeof(x));
}

static void mfn_list(struct call *c)
{
    struct xen_machphys_mfn_list x = { 0 };
    uint64_t list[8] = { 0 };
    unsigned long n;

    x.extent_start.p = (void *)put_array(list, 8, 8, &n);
    x.max_extents = (unsigned int)n;
    c->arg[1] = put(&x, sizeof(x));
}

bool make_memory(struct call *c)
{
    struct xen_memory_reservation claim = { .domid = percent(90) ? 0 : pick_domid() };
    uint64_t zeroes[16] = { 0 };

    c->nr = __HYPERVISOR_memory_op;
    c->sub = percent(60) ? (unsigned int)one_of(0, 1, 6, 11) : below(30);
    c->arg[0] = c->sub | (percent(2) ? 1UL << (6 + below(40)) : 0);
    switch (c->sub) {
    case XENMEM_increase_reservation:
    case XENMEM_decrease_reservation:
    case XENMEM_populate_physmap: reservation(c); break;
    case XENMEM_exchange: exchange(c); break;
    case XENMEM_memory_map:
    case XENMEM_machine_memory_map:
    case XENMEM_set_memory_map: maps(c); break;
    case XENMEM_add_to_physmap:
    case XENMEM_remove_from_physmap:
    case XENMEM_add_to_physmap_batch: physmap(c); break;
    case XENMEM_acquire_resource: resource(c); break;
    case XENMEM_machphys_mfn_list: mfn_list(c); break;
    case XENMEM_claim_pages:
        claim.nr_extents = percent(50) ? 0 : below(20000);
        c->arg[1] = put(&claim, sizeof(claim));
        break;
    default:
        *(uint16_t *)zeroes = pick_domid();
        c->arg[1] = put(zeroes, sizeof(zeroes));
        break;
    }
    return true;
}
