/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Promises that only the guest can see broken: what its TLB still lets it do, what its tables say.
 */
#include "fuzz.h"
#include "traps.h"

static long pin_l1(uint64_t mfn)
{
    struct mmuext_op op = { .cmd = MMUEXT_PIN_L1_TABLE, .arg1.mfn = mfn };

    return mmuext_op(&op, 1, NULL);
}

static void unpin(uint64_t mfn)
{
    struct mmuext_op op = { .cmd = MMUEXT_UNPIN_TABLE, .arg1.mfn = mfn };

    mmuext_op(&op, 1, NULL);
}

/* A frame was written through a mapping that is gone; as a page table it may not be any more. */
static void stale_translation(void)
{
    uint64_t mfn = pick_play();

    if (!prepare_frame(mfn, 0) || update_va_mapping(w.scratch[0], mfn << 12 | 7, UVMF_INVLPG))
        return;
    *(volatile uint64_t *)w.scratch[0] = 0;
    if (update_va_mapping(w.scratch[0], 0, UVMF_NONE) || pin_l1(mfn))
        return;
    if (try_write(w.scratch[0], 0))
        guest_fail(__FILE__, __LINE__, "a page table written through a stale translation", 1, 0);
    unpin(mfn);
}

/* A table in use, mapped writable in any way, must be refused. */
static void writable_table(void)
{
    uint64_t table = w.tables[3 + below(w.nr_tables - 3)];
    struct mmu_update u = { .ptr = window_entry(0), .val = table << 12 | 5 };

    if (mmu_update(&u, 1, NULL))
        return;
    u.val = table << 12 | 7;
    u.ptr |= one_of(MMU_NORMAL_PT_UPDATE, MMU_PT_UPDATE_PRESERVE_AD);
    if (!mmu_update(&u, 1, NULL) || !update_va_mapping(w.window, table << 12 | 7, UVMF_INVLPG))
        guest_fail(__FILE__, __LINE__, "a page table mapped writable", 1, 0);
    u.val = 0;
    mmu_update(&u, 1, NULL);
}

/* Numbers of frames that are not ours stay as they are. */
static void foreign_numbers(void)
{
    const volatile uint64_t *m2p = (const volatile uint64_t *)MACH2PHYS_VIRT_START;

    for (unsigned int i = 0; i < w.nr_never_ours; i++)
        if (m2p[w.never_ours[i]] != ~0UL) {
            guest_fail(__FILE__, __LINE__, "the number of a frame that is not ours",
                       (long)m2p[w.never_ours[i]], ~0L);
            w.never_ours[i] = w.never_ours[--w.nr_never_ours];
        }
}

static long grant_op(unsigned int cmd, void *op)
{
    return hypercall(__HYPERVISOR_grant_table_op, cmd, (unsigned long)op, 1, 0, 0);
}

/* A grant mapped twice, for reading and for writing: neither ends where the other was made. */
static void unmap_by_rights(void)
{
    gnttab_map_grant_ref_t m[2] = {
        { .flags = GNTMAP_host_map | GNTMAP_readonly, .ref = PROBE_GRANT, .dom = DOMID_SELF },
        { .flags = GNTMAP_host_map, .ref = PROBE_GRANT, .dom = DOMID_SELF },
    };
    bool both = true;

    if (w.grant_version != 1)
        return;
    w.grants[PROBE_GRANT] = (grant_entry_v1_t){ GTF_permit_access, 0, (uint32_t)pick_play() };
    for (unsigned int i = 0; i < 2; i++) {
        m[i].host_addr = (unsigned long)w.window + i * PAGE_SIZE;
        both &= !grant_op(GNTTABOP_map_grant_ref, &m[i]) && !m[i].status;
    }
    for (unsigned int i = both ? 0 : 2; i < 4; i++) {
        const gnttab_map_grant_ref_t *at = &m[i % 2], *of = i < 2 ? &m[1 - i] : at;
        gnttab_unmap_grant_ref_t u = { .host_addr = at->host_addr, .handle = of->handle };

        if (of->status)
            continue;
        grant_op(GNTTABOP_unmap_grant_ref, &u);
        if (i < 2 && !u.status)
            guest_fail(__FILE__, __LINE__, "a grant unmapped where another is mapped", 0, -1);
    }
    w.grants[PROBE_GRANT].flags = 0;
}

void probe(void)
{
    unmap_by_rights();
    stale_translation();
    writable_table();
    foreign_numbers();
}
