/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two domains grant, map, unmap, copy and revoke at random; a simple model foretells each answer.
 */
/* sources: xen/common/grant/cache.c xen/common/grant/copy.c xen/common/grant/dump.c
   xen/common/grant/map.c xen/common/grant/maptrack.c xen/common/grant/op.c xen/common/grant/pin.c
   xen/common/grant/table.c xen/common/grant/transfer.c xen/common/grant/unmap.c
   xen/common/grant/version.c tests/unit/grant-machine.c */
#include <unit.h>

#include <string.h>

#include "grant-machine.h"

#define PLAYERS 2U
#define REFS    12U /* grants of each player in play */
#define FRAMES  8U  /* frames of each player in play */
#define MAPS    48U
#define STEPS   20000U

/* What a player has granted. */
struct model_grant {
    bool granted, readonly;
    unsigned int frame; /* index into frames of the player */
};

struct model_map {
    bool live, host, device, readonly;
    unsigned int by; /* who mapped; the other one granted */
    grant_ref_t ref;
    grant_handle_t handle;
    unsigned int slot;
};

static struct model_grant grants[PLAYERS][REFS];
static struct model_map maps[MAPS];
static uint64_t frames[PLAYERS][FRAMES];
static uint8_t contents[PLAYERS][FRAMES]; /* the byte that fills the frame */
static uint64_t seed;

static unsigned int random_below(unsigned int n)
{
    seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
    return (unsigned int)((seed >> 33) % n);
}

static unsigned int pins(unsigned int granter, grant_ref_t ref, bool writing)
{
    unsigned int n = 0;

    for (unsigned int i = 0; i < MAPS; i++)
        if (maps[i].live && maps[i].by != granter && maps[i].ref == ref &&
            (!writing || !maps[i].readonly))
            n += maps[i].host + maps[i].device;
    return n;
}

/* No reference leaked, none missing, and the marks say what is pinned. */
static void check_all(void)
{
    unsigned int live[PLAYERS] = { 0 };

    for (unsigned int p = 0; p < PLAYERS; p++) {
        uint64_t refs[FRAMES] = { 0 }, writers[FRAMES] = { 0 };

        for (grant_ref_t ref = 0; ref < REFS; ref++) {
            uint16_t marks = 0;

            if (pins(p, ref, false))
                marks = GTF_reading;
            if (pins(p, ref, true))
                marks |= GTF_writing;
            assert_int_equal(grant_marks(p, ref), marks);
            refs[grants[p][ref].frame] += pins(p, ref, false);
            writers[grants[p][ref].frame] += pins(p, ref, true);
        }
        for (unsigned int f = 0; f < FRAMES; f++) {
            assert_int_equal(frame_refs(frames[p][f]), refs[f]);
            assert_int_equal(frame_writers(frames[p][f]), writers[f]);
        }
    }
    for (unsigned int i = 0; i < MAPS; i++)
        live[!maps[i].by] += maps[i].live;
    for (unsigned int p = 0; p < PLAYERS; p++)
        assert_int_equal(domains[p].refs, 1 + live[p]);
}

static void do_grant(unsigned int p)
{
    grant_ref_t ref = random_below(REFS);
    struct model_grant *g = &grants[p][ref];

    if (g->granted)
        return;
    *g = (struct model_grant){ true, random_below(3) == 0, random_below(FRAMES) };
    grant_write(p, ref, GTF_permit_access | (g->readonly ? GTF_readonly : 0), (domid_t)!p,
                frames[p][g->frame]);
}

/* As Linux does it, in each version; it works if and only if nothing is pinned. */
static void do_revoke(unsigned int p)
{
    grant_ref_t ref = random_below(REFS);
    const struct grant_table *gt = domains[p].grant_table;
    uint16_t *flags = gt->version == 1 ? &grant_v1_of(gt, ref)->flags
                                       : &grant_v2_of(gt, ref)->hdr.flags;
    bool in_use = grant_marks(p, ref);

    if (!grants[p][ref].granted)
        return;
    assert_int_equal(in_use, pins(p, ref, false) != 0);
    if (in_use)
        return;
    *flags = 0;
    grants[p][ref].granted = false;
}

static bool may_use(unsigned int granter, grant_ref_t ref, bool writing)
{
    return ref < REFS && grants[granter][ref].granted &&
           !(writing && grants[granter][ref].readonly);
}

static void do_map(unsigned int by)
{
    unsigned int i = random_below(MAPS), slot = random_below(NR_SLOTS);
    grant_ref_t ref = random_below(8) ? random_below(REFS) : random_below(2 * V1_PER_PAGE);
    uint32_t how = 1 + random_below(3) + (random_below(2) ? GNTMAP_readonly : 0);
    gnttab_map_grant_ref_t op = {
        .host_addr = slot_address(slot), .flags = how, .ref = ref, .dom = (domid_t)!by
    };
    bool fits = !(how & GNTMAP_host_map) || !slots[by][slot].present;

    if (maps[i].live)
        return;
    assert_int_equal(gnttab(GNTTABOP_map_grant_ref, &op, 1), 0);
    assert_int_equal(op.status == GNTST_okay, may_use(!by, ref, !(how & GNTMAP_readonly)) && fits);
    if (op.status)
        return;
    for (unsigned int k = 0; k < MAPS; k++)
        assert_false(maps[k].live && maps[k].by == by && maps[k].handle == op.handle);
    assert_int_equal(op.dev_bus_addr, frames[!by][grants[!by][ref].frame] << PAGE_SHIFT);
    maps[i] = (struct model_map){ true,
                                  how & GNTMAP_host_map,
                                  how & GNTMAP_device_map,
                                  how & GNTMAP_readonly,
                                  by,
                                  ref,
                                  op.handle,
                                  slot };
}

static void do_unmap(unsigned int by)
{
    struct model_map *m = &maps[random_below(MAPS)];
    gnttab_unmap_grant_ref_t op = { .handle = random_below(8) ? m->handle : random_below(600) };
    bool host = random_below(4), device = random_below(4);

    for (m = maps; m < maps + MAPS; m++)
        if (m->live && m->by == by && m->handle == op.handle)
            break;
    if (m == maps + MAPS) {
        assert_int_equal(gnttab(GNTTABOP_unmap_grant_ref, &op, 1), 0);
        assert_int_equal(op.status, GNTST_bad_handle);
        return;
    }
    op.host_addr = host ? slot_address(m->slot) : 0;
    op.dev_bus_addr = device ? frames[!by][grants[!by][m->ref].frame] << PAGE_SHIFT : 0;
    assert_int_equal(gnttab(GNTTABOP_unmap_grant_ref, &op, 1), 0);
    assert_int_equal(op.status, GNTST_okay);
    m->host &= !host;
    m->device &= !device;
    m->live = m->host || m->device;
}

static void do_copy(unsigned int by)
{
    bool from = random_below(2), to = random_below(2);
    grant_ref_t from_ref = random_below(REFS + 1), to_ref = random_below(REFS + 1);
    unsigned int a = random_below(FRAMES), b = random_below(FRAMES);
    gnttab_copy_t op = {
        .source = { .domid = from ? (domid_t)!by : DOMID_SELF, .u.gmfn = frames[by][a] },
        .dest = { .domid = to ? (domid_t)!by : DOMID_SELF, .u.gmfn = frames[by][b] },
        .len = PAGE_SIZE,
        .flags = (from ? GNTCOPY_source_gref : 0) | (to ? GNTCOPY_dest_gref : 0),
    };
    bool allowed = (!from || may_use(!by, from_ref, false)) && (!to || may_use(!by, to_ref, true));

    if (from)
        op.source.u.ref = from_ref;
    if (to)
        op.dest.u.ref = to_ref;
    assert_int_equal(gnttab(GNTTABOP_copy, &op, 1), 0);
    assert_int_equal(op.status == GNTST_okay, allowed);
    if (!allowed)
        return;
    if (from)
        a = grants[!by][from_ref].frame;
    if (to)
        b = grants[!by][to_ref].frame;
    contents[to ? !by : by][b] = contents[from ? !by : by][a];
    for (unsigned int k = 0; k < PAGE_SIZE; k += 4095)
        assert_int_equal(((uint8_t *)frame_bytes(frames[to ? !by : by][b]))[k],
                         contents[to ? !by : by][b]);
}

static void start_round(unsigned int round)
{
    machine_start();
    memset(grants, 0, sizeof(grants));
    memset(maps, 0, sizeof(maps));
    seed = 0x5eed + round;
    preempt_after = round;
    for (unsigned int p = 0; p < PLAYERS; p++) {
        gnttab_set_version_t v = { .version = 1 + (round >> p & 1) };

        machine_run_as(p);
        assert_int_equal(gnttab(GNTTABOP_set_version, &v, 1), 0);
        for (unsigned int f = 0; f < FRAMES; f++) {
            frames[p][f] = frame_new(p);
            contents[p][f] = (uint8_t)(p * FRAMES + f + 1);
            memset(frame_bytes(frames[p][f]), contents[p][f], PAGE_SIZE);
        }
    }
}

static void test_random(void **state __unused)
{
    static void (*const acts[])(unsigned int) = { do_grant, do_revoke, do_map,
                                                  do_map,   do_unmap,  do_copy };

    for (unsigned int round = 0; round < 4; round++) {
        start_round(round);
        for (unsigned int step = 0; step < STEPS; step++) {
            unsigned int by = random_below(PLAYERS);

            machine_run_as(by);
            acts[random_below(ARRAY_SIZE(acts))](by);
            check_all();
        }
        machine_stop();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_random) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
