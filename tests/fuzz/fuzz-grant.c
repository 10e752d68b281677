/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Grant tables under hypercalls and shared entries made of arbitrary bytes. */
/* sources: xen/common/grant/cache.c xen/common/grant/copy.c xen/common/grant/dump.c
   xen/common/grant/map.c xen/common/grant/maptrack.c xen/common/grant/op.c xen/common/grant/pin.c
   xen/common/grant/table.c xen/common/grant/transfer.c xen/common/grant/unmap.c
   xen/common/grant/version.c tests/unit/grant-machine.c */
#include <string.h>

#include "../unit/grant-machine.h"

#define GUESTS 3U
#define OPS    4U /* elements of a call */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
    const uint8_t *at;
    size_t left;
};

/* The next bytes of the input; zeros behind its end. */
static void take(struct input *in, void *out, size_t size)
{
    size_t n = MIN(size, in->left);

    memset(out, 0, size);
    memcpy(out, in->at, n);
    in->at += n;
    in->left -= n;
}

static uint8_t byte(struct input *in)
{
    uint8_t b;

    take(in, &b, 1);
    return b;
}

/* Half of the numbers near what exists, the others anything. */
static void tame(struct input *in, uint32_t *number, uint32_t limit)
{
    if (byte(in) & 1)
        *number %= limit;
}

/* A granter writes what it likes into its table, or into the status of version 2. */
static void scribble(struct input *in, unsigned int dom)
{
    const struct grant_table *gt = domains[dom].grant_table;
    uint8_t what = byte(in), raw[16];
    grant_ref_t ref = byte(in) % 16;

    if (what & 1) { /* a sensible grant */
        grant_write(dom, ref, GTF_permit_access | (what & (GTF_readonly | GTF_sub_page)),
                    byte(in) % GUESTS, byte(in) % GUEST_FRAMES);
        return;
    }
    take(in, raw, sizeof(raw));
    if (gt->version == 1)
        memcpy(grant_v1_of(gt, ref), raw, sizeof(struct grant_entry_v1));
    else if (what & 2)
        memcpy(grant_status_of(gt, ref), raw, sizeof(grant_status_t));
    else
        memcpy(grant_v2_of(gt, ref), raw, sizeof(raw));
}

static void call_map(struct input *in)
{
    gnttab_map_grant_ref_t ops[OPS];

    take(in, ops, sizeof(ops));
    for (unsigned int i = 0; i < OPS; i++) {
        tame(in, &ops[i].ref, 16);
        tame(in, &ops[i].flags, 32);
        ops[i].dom %= GUESTS + 1;
        ops[i].host_addr = slot_address(byte(in));
    }
    (void)gnttab(GNTTABOP_map_grant_ref, ops, OPS);
}

static void call_unmap(struct input *in)
{
    gnttab_unmap_grant_ref_t ops[OPS];

    take(in, ops, sizeof(ops));
    for (unsigned int i = 0; i < OPS; i++) {
        tame(in, &ops[i].handle, 16);
        ops[i].host_addr = byte(in) & 1 ? slot_address(byte(in)) : 0;
        ops[i].dev_bus_addr = (uint64_t)(byte(in) % GUEST_FRAMES) << PAGE_SHIFT;
    }
    (void)gnttab(GNTTABOP_unmap_grant_ref, ops, OPS);
}

static void call_replace(struct input *in)
{
    gnttab_unmap_and_replace_t ops[OPS];

    take(in, ops, sizeof(ops));
    for (unsigned int i = 0; i < OPS; i++) {
        tame(in, &ops[i].handle, 16);
        ops[i].host_addr = slot_address(byte(in));
        ops[i].new_addr = slot_address(byte(in));
    }
    (void)gnttab(GNTTABOP_unmap_and_replace, ops, OPS);
}

static void copy_side(struct input *in, struct gnttab_copy_ptr *ptr)
{
    ptr->domid = byte(in) & 1 ? DOMID_SELF : ptr->domid % (GUESTS + 1);
    if (byte(in) & 1)
        ptr->u.gmfn %= 16;
    if (byte(in) & 1)
        ptr->offset %= PAGE_SIZE;
}

static void call_copy(struct input *in)
{
    gnttab_copy_t ops[OPS];

    take(in, ops, sizeof(ops));
    for (unsigned int i = 0; i < OPS; i++) {
        copy_side(in, &ops[i].source);
        copy_side(in, &ops[i].dest);
        if (byte(in) & 1)
            ops[i].len %= 64;
    }
    (void)gnttab(GNTTABOP_copy, ops, OPS);
}

static void call_transfer(struct input *in)
{
    gnttab_transfer_t op;

    take(in, &op, sizeof(op));
    tame(in, &op.ref, 16);
    op.domid %= GUESTS;
    op.mfn %= ALL_FRAMES + 1;
    (void)gnttab(GNTTABOP_transfer, &op, 1);
}

/* Sub-operations without pointers in them. */
static void call_plain(struct input *in)
{
    static const uint8_t plain[] = { GNTTABOP_dump_table,     GNTTABOP_query_size,
                                     GNTTABOP_set_version,    GNTTABOP_get_version,
                                     GNTTABOP_swap_grant_ref, GNTTABOP_cache_flush };
    uint64_t raw[4];
    unsigned int cmd = plain[byte(in) % ARRAY_SIZE(plain)];

    take(in, raw, sizeof(raw));
    if (byte(in) & 1)
        raw[0] &= 0x0000000f0000000fULL;
    (void)gnttab(cmd, raw, 1);
}

/* And those that write a list to where the guest says. */
static void call_list(struct input *in)
{
    uint64_t list[MAX_GRANT_FRAMES];
    gnttab_setup_table_t setup = { .dom = DOMID_SELF, .nr_frames = byte(in) % 8 };
    gnttab_get_status_frames_t status = { .dom = DOMID_SELF, .nr_frames = byte(in) % 8 };

    set_xen_guest_handle(setup.frame_list, list);
    set_xen_guest_handle(status.frame_list, list);
    (void)gnttab(GNTTABOP_setup_table, &setup, 1);
    (void)gnttab(GNTTABOP_get_status_frames, &status, 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const calls[])(struct input *) = { call_map,     call_map,  call_unmap,
                                                     call_replace, call_copy, call_transfer,
                                                     call_plain,   call_list };
    struct input in = { data, size };

    machine_start();
    preempt_after = byte(&in) % 4;
    for (unsigned int i = 0; i < 3 * GUESTS; i++)
        (void)frame_new(i % GUESTS);
    while (in.left) {
        uint8_t what = byte(&in);
        unsigned int dom = (what >> 6) % GUESTS;

        machine_run_as(dom);
        if (what & 1)
            scribble(&in, dom);
        else
            calls[what / 2 % ARRAY_SIZE(calls)](&in);
    }
    preempt_after = 0;
    machine_stop();
    return 0;
}
