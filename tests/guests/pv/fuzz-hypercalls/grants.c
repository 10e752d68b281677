/* SPDX-License-Identifier: GPL-2.0-or-later */
/* grant_table_op, with this domain on both sides. */
#include "fuzz.h"

#define REFS    48 /* and behind them as many for frames that may only be read */
#define HANDLES 64

/* An entry of the grant table says something new: mostly a frame to play with, for ourselves. */
static unsigned int write_grant(void)
{
    unsigned int ref = below(REFS);
    uint16_t flags = (uint16_t)one_of(GTF_permit_access, GTF_permit_access,
                                      GTF_permit_access | GTF_readonly, GTF_accept_transfer, 0,
                                      GTF_permit_access | GTF_sub_page, GTF_transitive);
    uint16_t domid = percent(95) ? 0 : 1;
    uint64_t mfn = percent(50) ? w.play[below(3)] : pick_frame();

    if (percent(40))
        return ref;
    /* While such an entry is in use, it must not become a writable one of another frame. */
    if (kind_of(mfn) >= FRAME_DATA) {
        flags |= GTF_readonly;
        ref += REFS;
    }
    if (w.grant_version == 1) {
        w.grants[ref] = (grant_entry_v1_t){ flags, domid, (uint32_t)mfn };
    } else {
        grant_entry_v2_t *e = (grant_entry_v2_t *)w.grants + ref;

        *e = (grant_entry_v2_t){ .full_page = { .hdr = { flags, domid }, .frame = mfn } };
        if (flags & GTF_sub_page) {
            e->sub_page.page_off = (uint16_t)bend(below(4096));
            e->sub_page.length = (uint16_t)bend(below(4096));
        } else if ((flags & GTF_type_mask) == GTF_transitive) {
            e->transitive.trans_domid = domid;
            e->transitive.gref = below(REFS);
        }
    }
    return ref;
}

/* The status word of an argument that is where it can be read. */
static const volatile int16_t *status_at(unsigned long arg, size_t offset)
{
    const uint8_t *p = (const uint8_t *)arg + offset;

    return p >= w.arena && p + 2 <= w.arena_end ? (const volatile int16_t *)p : NULL;
}

/* Where grants were mapped lately, so that unmapping has a chance. */
static uint64_t places[8];

static uint64_t pick_host_address(uint32_t flags)
{
    if (flags == ~0U)
        return places[below(8)];
    if (percent(5))
        return one_of(0, 0x10000, HYPERVISOR_VIRT_START, 0x800000000000, pick_play() << 12, 7);
    return flags & GNTMAP_contains_pte ? window_entry(below(PLAY_PAGES)) : pick_window();
}

static unsigned long map_call(struct call *c)
{
    gnttab_map_grant_ref_t op = {
        .flags = (uint32_t)one_of(GNTMAP_host_map, GNTMAP_host_map, GNTMAP_device_map,
                                  GNTMAP_host_map | GNTMAP_device_map,
                                  GNTMAP_host_map | GNTMAP_contains_pte, bend(0)) |
                 (percent(40) ? GNTMAP_readonly : 0),
        .ref = (uint32_t)bend(write_grant()),
        .dom = percent(95) ? DOMID_SELF : (domid_t)below(3),
    };

    if (op.dom == DOMID_SELF && percent(50))
        op.dom = 0;
    op.host_addr = pick_host_address(op.flags);
    if (op.flags & GNTMAP_host_map && !(op.flags & GNTMAP_contains_pte))
        places[below(8)] = op.host_addr;
    (void)c;
    return put(&op, sizeof(op));
}

static unsigned long unmap_call(struct call *c)
{
    gnttab_unmap_grant_ref_t op = { .host_addr = percent(80) ? pick_host_address(~0U) : 0,
                                    .dev_bus_addr = percent(20) ? pick_play() << 12 : 0,
                                    .handle = (uint32_t)bend(below(percent(60) ? 12 : HANDLES)) };
    (void)c;
    return put(&op, sizeof(op));
}

static unsigned long replace_call(struct call *c)
{
    gnttab_unmap_and_replace_t op = { .host_addr = pick_host_address(~0U),
                                      .new_addr = pick_host_address(0),
                                      .handle = (uint32_t)bend(below(percent(60) ? 12 : HANDLES)) };
    if (percent(10))
        op.new_addr = op.host_addr;
    (void)c;
    return put(&op, sizeof(op));
}

static unsigned long copy_call(struct call *c)
{
    gnttab_copy_t op = { .flags = (uint16_t)(percent(95) ? below(4) : bend(below(4))),
                         .len = (uint16_t)bend(below(4096)) };
    uint64_t to = pick_frame();

    op.source.domid = op.dest.domid = percent(95) ? DOMID_SELF : (domid_t)below(3);
    op.source.offset = (uint16_t)bend(below(1024));
    op.dest.offset = (uint16_t)bend(below(1024));
    if (op.flags & GNTCOPY_source_gref)
        op.source.u.ref = write_grant();
    else
        op.source.u.gmfn = pick_frame();
    if (op.flags & GNTCOPY_dest_gref)
        op.dest.u.ref = write_grant();
    else
        op.dest.u.gmfn = kind_of(to) >= FRAME_DATA ? pick_play() : to;
    (void)c;
    return put(&op, sizeof(op));
}

static unsigned long transfer_call(struct call *c)
{
    gnttab_transfer_t op = { .domid = (domid_t)below(2), .ref = write_grant() };

    op.mfn = pick_frame();
    if (kind_of(op.mfn) >= FRAME_DATA)
        op.mfn = pick_play();
    (void)c;
    return put(&op, sizeof(op));
}

static unsigned long list_call(struct call *c)
{
    uint64_t frames[8] = { 0 };
    gnttab_setup_table_t setup = { .dom = DOMID_SELF };
    gnttab_get_status_frames_t status = { .dom = DOMID_SELF };
    unsigned long n, list = put_array(frames, 8, 8, &n);

    n = percent(50) ? below(9) : n;
    setup.nr_frames = status.nr_frames = (uint32_t)n;
    setup.frame_list.p = (void *)list;
    status.frame_list.p = (void *)list;
    return c->sub == GNTTABOP_setup_table ? put(&setup, sizeof(setup))
                                          : put(&status, sizeof(status));
}

static unsigned long cache_call(struct call *c)
{
    gnttab_cache_flush_t op;

    memset(&op, 0, sizeof(op));
    op.offset = (uint16_t)bend(below(1024));
    op.length = (uint16_t)bend(below(1024));
    op.op = (uint32_t)one_of(1, 2, 3, 0x80000001, 0x80000003, 0);
    if (op.op & GNTTAB_CACHE_SOURCE_GREF)
        op.a.ref = write_grant();
    else
        op.a.dev_bus_addr = pick_frame() << 12;
    (void)c;
    return put(&op, sizeof(op));
}

/* Those of two words: a domain, a version, a pair of entries. */
static unsigned long small_call(struct call *c)
{
    uint32_t op[8] = { DOMID_SELF };

    if (c->sub == GNTTABOP_set_version)
        op[0] = (uint32_t)(percent(5) ? bend(0) : percent(10) ? 2 : 1);
    else if (c->sub == GNTTABOP_swap_grant_ref)
        op[0] = below(REFS), op[1] = (uint32_t)bend(below(REFS));
    return put(op, sizeof(op));
}

bool make_grants(struct call *c)
{
    static unsigned long (*const fill[])(struct call *) = {
        map_call,     unmap_call, list_call, small_call, transfer_call, copy_call,  small_call,
        replace_call, small_call, list_call, small_call, small_call,    cache_call,
    };

    static const size_t status_offset[13] = {
        [GNTTABOP_map_grant_ref] = offsetof(gnttab_map_grant_ref_t, status),
        [GNTTABOP_unmap_grant_ref] = offsetof(gnttab_unmap_grant_ref_t, status),
        [GNTTABOP_setup_table] = offsetof(gnttab_setup_table_t, status),
        [GNTTABOP_transfer] = offsetof(gnttab_transfer_t, status),
        [GNTTABOP_copy] = offsetof(gnttab_copy_t, status),
        [GNTTABOP_unmap_and_replace] = offsetof(gnttab_unmap_and_replace_t, status),
        [GNTTABOP_get_status_frames] = offsetof(gnttab_get_status_frames_t, status),
        [GNTTABOP_swap_grant_ref] = offsetof(gnttab_swap_grant_ref_t, status),
    };

    c->nr = __HYPERVISOR_grant_table_op;
    c->sub = percent(70) ? (unsigned int)one_of(0, 0, 1, 5, 7) : below(13);
    if (c->sub == GNTTABOP_dump_table && !percent(1))
        return false;
    c->arg[0] = c->sub;
    c->arg[1] = fill[c->sub](c);
    c->arg[2] = percent(97) ? 1 : 0;
    if (status_offset[c->sub])
        c->status = status_at(c->arg[1], status_offset[c->sub]);
    return true;
}
