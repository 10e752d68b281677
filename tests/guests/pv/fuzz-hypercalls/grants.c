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

/* One that nothing is wrong with; in entries of its own. */
static unsigned int write_entry(uint16_t flags, uint64_t mfn)
{
    unsigned int ref = 2 * REFS + below(REFS);

    if (w.grant_version == 1)
        w.grants[ref] = (grant_entry_v1_t){ flags, 0, (uint32_t)mfn };
    else
        ((grant_entry_v2_t *)w.grants)[ref] =
            (grant_entry_v2_t){ .full_page = { .hdr = { flags, 0 }, .frame = mfn } };
    return ref;
}

static unsigned int write_plain_grant(void)
{
    return write_entry(GTF_permit_access, pick_ours());
}

/* The status word of an argument that is where it can be read. */
static const volatile int16_t *status_at(unsigned long arg, size_t offset)
{
    const uint8_t *p = (const uint8_t *)arg + offset;

    return p >= w.arena && p <= w.arena_end - 2 ? (const volatile int16_t *)p : NULL;
}

/* Where grants were mapped lately, so that unmapping has a chance. */
static uint64_t places[8];

/* What is mapped: by which handle, and where. */
static struct mapped {
    uint64_t host, bus;
    uint32_t handle;
} mapped[GRANT_PAGES];

static void map_done(const struct call *c)
{
    const gnttab_map_grant_ref_t *op = argument_at(c->arg[1], sizeof(*op));

    /* The page may have been another's: that one's entry is lost, and can never be unmapped. */
    if (op && !op->status && c->arg[2])
        mapped[below(GRANT_PAGES)] =
            (struct mapped){ op->flags & GNTMAP_host_map ? op->host_addr : 0,
                             op->flags & GNTMAP_device_map ? op->dev_bus_addr : 0, op->handle };
}

static uint64_t pick_host_address(uint32_t flags)
{
    if (flags == ~0U)
        return places[below(8)];
    if (percent(5))
        return one_of(0, 0x10000, HYPERVISOR_VIRT_START, 0x800000000000, pick_play() << 12, 7);
    return flags & GNTMAP_contains_pte ? window_entry(pick_grant_page())
                                       : (unsigned long)w.window + pick_grant_page() * PAGE_SIZE;
}

static unsigned long map_call(struct call *c)
{
    gnttab_map_grant_ref_t op = {
        .flags = (uint32_t)one_of(GNTMAP_host_map, GNTMAP_host_map, GNTMAP_device_map,
                                  GNTMAP_host_map | GNTMAP_device_map,
                                  GNTMAP_host_map | GNTMAP_contains_pte, bend(0)) |
                 (percent(40) ? GNTMAP_readonly : 0),
        .ref = (uint32_t)bend(percent(60) ? write_plain_grant() : write_grant()),
        .dom = percent(95) ? DOMID_SELF : (domid_t)below(3),
    };

    if (op.dom == DOMID_SELF && percent(50))
        op.dom = 0;
    op.host_addr = pick_host_address(op.flags);
    if (percent(70)) { /* in place of one that is unmapped first */
        struct mapped *m = &mapped[below(GRANT_PAGES)];
        gnttab_unmap_grant_ref_t u = { m->host, m->bus, m->handle, 0 };

        hypercall(__HYPERVISOR_grant_table_op, GNTTABOP_unmap_grant_ref, (unsigned long)&u, 1, 0,
                  0);
        if (!u.status && m->host && !(op.flags & GNTMAP_contains_pte))
            op.host_addr = m->host;
    }
    if (op.flags & GNTMAP_host_map && !(op.flags & GNTMAP_contains_pte))
        places[below(8)] = op.host_addr;
    c->done = map_done;
    return put(&op, sizeof(op));
}

static unsigned long unmap_call(struct call *c)
{
    gnttab_unmap_grant_ref_t op = { .host_addr = percent(80) ? pick_host_address(~0U) : 0,
                                    .dev_bus_addr = percent(20) ? pick_play() << 12 : 0,
                                    .handle = (uint32_t)bend(below(percent(60) ? 12 : HANDLES)) };
    struct mapped *m = &mapped[below(GRANT_PAGES)];

    if (percent(75)) {
        op = (gnttab_unmap_grant_ref_t){ m->host, m->bus, m->handle, 0 };
        *m = mapped[below(GRANT_PAGES)];
    }
    (void)c;
    return put(&op, sizeof(op));
}

static unsigned long replace_call(struct call *c)
{
    gnttab_unmap_and_replace_t op = { .host_addr = pick_host_address(~0U),
                                      .new_addr = pick_host_address(0),
                                      .handle = (uint32_t)bend(below(percent(60) ? 12 : HANDLES)) };
    struct mapped *m = &mapped[below(GRANT_PAGES)];

    if (percent(75)) {
        op.host_addr = m->host;
        op.handle = m->handle;
        *m = mapped[below(GRANT_PAGES)];
    }
    if (percent(10))
        op.new_addr = op.host_addr;
    (void)c;
    return put(&op, sizeof(op));
}

static unsigned long copy_call(struct call *c)
{
    gnttab_copy_t op = { .flags = (uint16_t)(percent(95) ? below(4) : bend(below(4))),
                         .len = (uint16_t)bend(below(percent(90) ? 1024 : 4096)) };
    uint64_t to = percent(70) ? pick_play() : pick_frame();

    op.source.domid = op.dest.domid = percent(95) ? DOMID_SELF : (domid_t)below(3);
    op.source.offset = (uint16_t)bend(below(1024));
    op.dest.offset = (uint16_t)bend(below(1024));
    if (op.flags & GNTCOPY_source_gref)
        op.source.u.ref = percent(60) ? write_plain_grant() : write_grant();
    else
        op.source.u.gmfn = percent(70) ? pick_play() : pick_frame();
    if (op.flags & GNTCOPY_dest_gref)
        op.dest.u.ref = percent(60) ? write_plain_grant() : write_grant();
    else
        op.dest.u.gmfn = kind_of(to) >= FRAME_DATA ? pick_play() : to;
    (void)c;
    return put(&op, sizeof(op));
}

static unsigned long transfer_call(struct call *c)
{
    gnttab_transfer_t op = { .domid = (domid_t)(percent(80) ? 0 : below(2)) };

    op.ref = percent(70) ? write_entry(GTF_accept_transfer, w.play_pfn[below(PLAY_FRAMES)])
                         : write_grant();
    op.mfn = percent(80) ? pick_ours() : pick_frame();
    if (kind_of(op.mfn) == FRAME_PLAY && percent(80))
        free_frame(op.mfn);
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
    /* There are none in version 1. */
    if (c->sub == GNTTABOP_get_status_frames && w.grant_version == 1 && percent(80)) {
        struct gnttab_set_version version = { .version = 2 };

        if (!hypercall(__HYPERVISOR_grant_table_op, GNTTABOP_set_version, (unsigned long)&version,
                       1, 0, 0))
            w.grant_version = 2;
    }
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
        op[0] = (percent(70) ? 200 : 0) + below(REFS),
        op[1] = (percent(70) ? 200 : 0) + (uint32_t)bend(below(REFS));
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
