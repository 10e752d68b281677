/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory that calls may ruin, and how this kernel keeps itself alive beside it. The builder
 * maps some pages behind the first stack: a few of those are for arguments, the others are the
 * window, where anything may be mapped. Frames to play with come from there and from behind the
 * first mapping.
 */
#include "fuzz.h"
#include "traps.h"

#define MAX_FRAMES (1U << 18)

enum {                 /* pages behind the first stack */
       PAGE_ARENA = 1, /* and nothing before it */
       ARENA_PAGES = 8,
       PAGE_READ_ONLY = 10,
       PAGE_VCPU_INFO,
       PAGE_SHARED_INFO,
       PAGE_SCRATCH,
       PAGE_GRANTS,
       PAGE_SECOND_SCRATCH = 20,
       PAGE_WINDOW = 24,
};

struct world w;
static uint8_t kinds[MAX_FRAMES];
static uint8_t *spare; /* the page behind the first stack */
static vcpu_info_t *info;
static shared_info_t *shared;

extern const char fuzz_entry[];

enum frame_kind kind_of(uint64_t mfn)
{
    return mfn < MAX_FRAMES ? (enum frame_kind)kinds[mfn] : FRAME_OTHER;
}

static uint64_t mfn_of_pfn(uint64_t pfn)
{
    return ((const uint64_t *)start_info->mfn_list)[pfn];
}

/* A first page table is mapped where the builder put it. */
static const uint64_t *table_at(uint64_t mfn)
{
    for (unsigned int i = 0; i < w.nr_tables; i++)
        if (w.tables[i] == mfn)
            return (const uint64_t *)(start_info->pt_base + i * PAGE_SIZE);
    guest_error("a page table that is not where it should be");
}

static uint64_t entry_address(unsigned long va)
{
    uint64_t mfn = w.tables[0];

    for (int shift = 39; shift > 12; shift -= 9)
        mfn = (table_at(mfn)[va >> shift & 511] & 0x000ffffffffff000) >> 12;
    return mfn * PAGE_SIZE + (va >> 12 & 511) * 8;
}

uint64_t window_entry(unsigned int page)
{
    return entry_address((unsigned long)w.window + page * PAGE_SIZE);
}

bool entry_is_free(uint64_t mfn, unsigned int index)
{
    if (mfn == w.tables[0] || mfn == w.other_l4)
        return index < 511;
    if (kind_of(mfn) == FRAME_DATA)
        return false;
    if (kind_of(mfn) != FRAME_TABLE)
        return true;
    if (mfn == w.tables[1])
        return index != 510;
    if (mfn == w.tables[2])
        return index >= 8;
    for (unsigned int i = 0; i < PLAY_PAGES; i++)
        if (window_entry(i) == mfn * PAGE_SIZE + index * 8)
            return true;
    return false;
}

static void must(long result, const char *what)
{
    if (result) {
        print("%s: %ld\n", what, result);
        guest_error("the world cannot be made");
    }
}

static void map(const void *va, uint64_t pte)
{
    must(update_va_mapping(va, pte, UVMF_INVLPG | UVMF_LOCAL), "update_va_mapping");
}

bool prepare_frame(uint64_t mfn, unsigned int level)
{
    uint64_t *scratch = w.scratch[me()];

    if (update_va_mapping(scratch, mfn << 12 | 7, UVMF_INVLPG | UVMF_LOCAL))
        return false;
    memset(scratch, 0, PAGE_SIZE);
    for (unsigned int i = level ? below(6) : 0; i; i--)
        scratch[below(512)] = pick_pte(level) & (level > 1 ? ~0x80UL : ~0UL);
    map(scratch, 0);
    return true;
}

static bool is_ours(uint64_t mfn, uint64_t pfn)
{
    struct mmu_update u = { .ptr = mfn << 12 | MMU_MACHPHYS_UPDATE, .val = pfn };

    return !mmu_update(&u, 1, NULL);
}

uint64_t pick_ours(void)
{
    for (unsigned int tries = 0; tries < 8; tries++) {
        unsigned int i = below(PLAY_FRAMES);

        if (is_ours(w.play[i], w.play_pfn[i]))
            return w.play[i];
    }
    return pick_play();
}

void free_frame(uint64_t mfn)
{
    struct mmuext_op op = { .cmd = MMUEXT_UNPIN_TABLE, .arg1.mfn = mfn };

    for (unsigned int i = 0; i < PLAY_PAGES; i++) {
        uint64_t at = window_entry(i);

        if ((table_at(at >> 12)[(at & 4095) / 8] & 0x000ffffffffff001) == (mfn << 12 | 1))
            update_va_mapping(w.window + i * PAGE_SIZE, 0, UVMF_INVLPG | UVMF_LOCAL);
    }
    mmuext_op(&op, 1, NULL);
}

bool prepare_fresh(uint64_t mfn, unsigned int level)
{
    uint64_t *scratch = w.scratch[me()], below_it = 0;

    free_frame(mfn);
    if (level > 1 && percent(40)) {
        uint64_t child = pick_ours();

        if (child != mfn && prepare_fresh(child, level - 1))
            below_it = child << 12 | 7;
    }
    if (update_va_mapping(scratch, mfn << 12 | 7, UVMF_INVLPG | UVMF_LOCAL))
        return false;
    memset(scratch, 0, PAGE_SIZE);
    if (level == 1)
        scratch[below(512)] = percent(60) ? pick_ours() << 12 | 5 : 0;
    else if (level)
        scratch[level == 4 ? below(256) : below(512)] = below_it;
    map(scratch, 0);
    return true;
}

static void make_tables_and_kinds(void)
{
    unsigned long first_spare = start_info->pt_base + (start_info->nr_pt_frames + 1) * PAGE_SIZE;
    unsigned int pfns = (unsigned int)((first_spare - GUEST_BASE) / PAGE_SIZE) + PAGE_WINDOW;

    w.nr_tables = (unsigned int)start_info->nr_pt_frames;
    spare = (uint8_t *)first_spare;
    /* The stack page, and what the builder keeps free behind it. */
    for (unsigned int pfn = 0; pfn < pfns; pfn++)
        kinds[mfn_of_pfn(pfn)] = FRAME_DATA;
    for (unsigned int i = 0; i < w.nr_tables; i++) {
        w.tables[i] = frame_of((const char *)start_info->pt_base + i * PAGE_SIZE);
        kinds[w.tables[i]] = FRAME_TABLE;
    }
}

static void make_play(void)
{
    uint64_t first = ((unsigned long)w.window - GUEST_BASE) / PAGE_SIZE;
    uint64_t behind = start_info->nr_pages - PLAY_FRAMES;

    for (unsigned int i = 0; i < PLAY_FRAMES; i++) {
        w.play_pfn[i] = i < PLAY_PAGES ? first + i : behind + i;
        w.play[i] = mfn_of_pfn(w.play_pfn[i]);
        kinds[w.play[i]] = FRAME_PLAY;
    }
}

static void make_places(void)
{
    w.arena = spare + PAGE_ARENA * PAGE_SIZE;
    w.arena_end = w.arena + ARENA_PAGES * PAGE_SIZE;
    w.read_only = spare + PAGE_READ_ONLY * PAGE_SIZE;
    w.scratch[0] = (uint64_t *)(spare + PAGE_SCRATCH * PAGE_SIZE);
    w.scratch[1] = (uint64_t *)(spare + PAGE_SECOND_SCRATCH * PAGE_SIZE);
    w.grants = (grant_entry_v1_t *)(spare + PAGE_GRANTS * PAGE_SIZE);
    w.window = spare + PAGE_WINDOW * PAGE_SIZE;
    info = (vcpu_info_t *)(spare + PAGE_VCPU_INFO * PAGE_SIZE);
    shared = (shared_info_t *)(spare + PAGE_SHARED_INFO * PAGE_SIZE);
    map(spare, 0);
    map(w.arena_end, 0);
    map(w.read_only, frame_of(w.read_only) << 12 | 5);
    map(shared, start_info->shared_info | 7);
    map(w.scratch[0], 0);
    map(w.scratch[1], 0);
}

static void make_vcpu_info(void)
{
    struct vcpu_register_vcpu_info op = { .mfn = frame_of(info) };

    shared->vcpu_info[0].evtchn_upcall_mask = shared->vcpu_info[1].evtchn_upcall_mask = 1;
    must(vcpu_op(VCPUOP_register_vcpu_info, 0, &op), "register_vcpu_info");
    info->evtchn_upcall_mask = 1;
}

static void make_grants_visible(void)
{
    struct gnttab_setup_table op = { .dom = DOMID_SELF, .nr_frames = 2 };

    op.frame_list.p = w.grant_frames;
    must(hypercall(__HYPERVISOR_grant_table_op, GNTTABOP_setup_table, (unsigned long)&op, 1, 0, 0),
         "setup_table");
    for (unsigned int i = 0; i < 2; i++)
        map((uint8_t *)w.grants + i * PAGE_SIZE, w.grant_frames[i] << 12 | 7);
    w.grant_version = 1;
}

/* Maps this kernel as the first one does, and nothing else. */
static void make_other_l4(void)
{
    uint64_t mfn = mfn_of_pfn(start_info->nr_pages - PLAY_FRAMES - 1);

    kinds[mfn] = FRAME_TABLE;
    map(w.scratch[0], mfn << 12 | 7);
    memset(w.scratch[0], 0, PAGE_SIZE);
    w.scratch[0][511] = w.tables[1] << 12 | 7;
    map(w.scratch[0], 0);
    w.other_l4 = mfn;
}

static void note_frames_of_others(void)
{
    const uint64_t *m2p = (const uint64_t *)MACH2PHYS_VIRT_START;
    uint64_t numbers[] = { 0, 1, 0x10, 0x80, 0xa0, 0xb8, 0xf0, 0xff };

    for (unsigned int i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        if (numbers[i] < w.frames && m2p[numbers[i]] == ~0UL)
            w.never_ours[w.nr_never_ours++] = numbers[i];
}

void world_make(void)
{
    struct xen_machphys_mapping m;

    must(memory_op(XENMEM_machphys_mapping, &m), "machphys_mapping");
    w.frames = m.max_mfn + 1;
    if (w.frames > MAX_FRAMES)
        guest_error("a machine too large for this test");
    make_tables_and_kinds();
    make_places();
    make_play();
    make_vcpu_info();
    make_grants_visible();
    make_other_l4();
    note_frames_of_others();
    world_repair_all();
}

void world_repair(void)
{
    second_wake();
    world_repair_vcpu();
}

void world_repair_vcpu(void)
{
    struct callback_register {
        uint16_t type, flags;
        uint64_t address;
    } cb = { .type = 4, .address = (unsigned long)fuzz_entry };

    info->evtchn_upcall_mask = 1;
    shared->vcpu_info[0].evtchn_upcall_mask = shared->vcpu_info[1].evtchn_upcall_mask = 1;
    hypercall3(__HYPERVISOR_set_callbacks, (unsigned long)fuzz_entry, (unsigned long)fuzz_entry,
               (unsigned long)fuzz_entry);
    hypercall2(__HYPERVISOR_callback_op, 0, &cb);
    hypercall3(__HYPERVISOR_set_debugreg, 7, 0, 0);
}

static void replace_frame(unsigned int i)
{
    struct xen_memory_reservation r = { .nr_extents = 1, .domid = DOMID_SELF };
    uint64_t mfn = w.play_pfn[i];

    r.extent_start.p = &mfn;
    if (memory_op(XENMEM_populate_physmap, &r) != 1 || mfn >= MAX_FRAMES)
        return;
    if (kinds[w.play[i]] == FRAME_PLAY)
        kinds[w.play[i]] = FRAME_OTHER;
    w.play[i] = mfn;
    kinds[mfn] = FRAME_PLAY;
}

/* Undoes a part of what was pinned, so that frames change their use. */
static void loosen(void)
{
    struct mmuext_op op = { .cmd = MMUEXT_UNPIN_TABLE };

    for (unsigned int i = 0; i < PLAY_FRAMES; i++)
        if (percent(30)) {
            op.arg1.mfn = w.play[i];
            mmuext_op(&op, 1, NULL);
        }
    for (unsigned int i = 0; i < PLAY_PAGES - GRANT_PAGES; i++)
        if (percent(50)) {
            uint64_t mfn = pick_play();

            update_va_mapping(w.window + i * PAGE_SIZE, mfn << 12 | one_of(5, 7), UVMF_INVLPG);
        }
}

void world_repair_all(void)
{
    struct gnttab_get_version version = { .dom = DOMID_SELF };
    struct mmuext_op ops[] = {
        { .cmd = MMUEXT_NEW_BASEPTR, .arg1.mfn = w.tables[0] },
        { .cmd = MMUEXT_SET_LDT },
    };

    world_repair();
    traps_init();
    mmuext_op(ops, 2, NULL);
    if (percent(30))
        hypercall2(__HYPERVISOR_set_gdt, 0, NULL);
    for (unsigned int i = 0; i < PLAY_FRAMES; i++)
        if (!is_ours(w.play[i], w.play_pfn[i]))
            replace_frame(i);
    /* Some are held for good, by grants whose entries were overwritten. */
    for (unsigned int i = 0; i < 8; i++) {
        unsigned int k = below(PLAY_FRAMES);

        if (!prepare_fresh(w.play[k], 0))
            replace_frame(k);
    }
    loosen();
    if (!hypercall(__HYPERVISOR_grant_table_op, GNTTABOP_get_version, (unsigned long)&version, 1, 0,
                   0))
        w.grant_version = version.version;
}
