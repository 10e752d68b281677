/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls about page tables and descriptor tables. */
#include "fuzz.h"

#define BATCH 4

static unsigned long pick_domain(void)
{
    return percent(90) ? DOMID_SELF
                       : one_of(0, 1, DOMID_IO, DOMID_XEN, DOMID_INVALID, DOMID_IDLE,
                                0x10000 | DOMID_SELF, 0x20000 | DOMID_SELF);
}

/* An entry to change, in a page table or in a frame that only looks like one. */
static uint64_t pick_entry(uint64_t *mfn, unsigned int *index)
{
    do {
        if (percent(45)) {
            uint64_t ptr = window_entry(pick_page());

            *mfn = ptr >> 12;
            *index = (unsigned int)(ptr & 4095) / 8;
        } else {
            *mfn = percent(20)   ? w.tables[below(w.nr_tables)]
                   : percent(15) ? w.other_l4
                                 : pick_frame();
            *index = (unsigned int)one_of(0, 1, 2, 8, 255, 256, 271, 272, 510, below(512));
        }
    } while (!entry_is_free(*mfn, *index));
    return *mfn * PAGE_SIZE + *index * 8;
}

/* The level that the frame's entries have if it is a table now. */
static unsigned int level_of(uint64_t mfn)
{
    if (mfn == w.tables[0] || mfn == w.other_l4)
        return 4;
    if (mfn == w.tables[1])
        return 3;
    if (mfn == w.tables[2])
        return 2;
    return kind_of(mfn) == FRAME_TABLE ? 1 : 1 + below(4);
}

bool make_mmu_update(struct call *c)
{
    struct mmu_update u[BATCH];
    unsigned int n = 1 + (percent(30) ? below(BATCH) : 0);
    uint64_t mfn;
    unsigned int index;

    c->nr = __HYPERVISOR_mmu_update;
    c->sub = (unsigned int)one_of(0, 0, 0, 1, 2, 2, 3);
    for (unsigned int i = 0; i < n; i++) {
        u[i].ptr = pick_entry(&mfn, &index) | c->sub;
        u[i].val = pick_pte(level_of(mfn));
        if (c->sub == MMU_MACHPHYS_UPDATE) {
            u[i].ptr = pick_frame() << 12 | c->sub;
            u[i].val = bend(below(16384));
        }
    }
    c->arg[0] = put_array(u, sizeof(u[0]), n, &c->arg[1]);
    c->arg[2] = percent(70) ? 0 : put("\0\0\0\0", 4);
    c->arg[3] = pick_domain();
    return true;
}

/* Only tables that map this kernel may become the address space. */
static uint64_t pick_base(void)
{
    uint64_t mfn = percent(70) ? one_of(w.other_l4, w.tables[0]) : pick_frame();

    return kind_of(mfn) < FRAME_DATA && mfn < w.frames ? w.other_l4 : mfn;
}

static struct recent pinned;

static void pin_done(const struct call *c)
{
    const struct mmuext_op *op = argument_at(c->arg[0], sizeof(*op));

    if (op && c->arg[1])
        recent_note(&pinned, (uint32_t)op->arg1.mfn);
}

static void fill_mmuext(struct mmuext_op *op)
{
    op->cmd = percent(50) ? (unsigned int)one_of(0, 1, 2, 3, 4, 4) : below(21);
    op->arg1.mfn = pick_frame();
    op->arg2.nr_ents = 0;
    switch (op->cmd) {
    case MMUEXT_PIN_L1_TABLE:
    case MMUEXT_PIN_L2_TABLE:
    case MMUEXT_PIN_L3_TABLE:
    case MMUEXT_PIN_L4_TABLE:
        if (percent(80)) {
            op->arg1.mfn = pick_ours();
            if (percent(75))
                prepare_fresh(op->arg1.mfn, op->cmd + 1);
            else
                prepare_frame(op->arg1.mfn, op->cmd + 1);
        } else if (percent(30)) {
            op->arg1.mfn = w.other_l4;
        }
        break;
    case MMUEXT_UNPIN_TABLE:
        if (percent(60))
            op->arg1.mfn = recent_pick(&pinned);
        break;
    case MMUEXT_NEW_BASEPTR: op->arg1.mfn = pick_base(); break;
    case MMUEXT_NEW_USER_BASEPTR:
        op->arg1.mfn = percent(50) ? one_of(0, w.other_l4, w.tables[0]) : pick_frame();
        break;
    case MMUEXT_SET_LDT:
        op->arg1.linear_addr = percent(80) ? pick_window() : pick_bad_pointer();
        op->arg2.nr_ents = (unsigned int)bend(below(1024));
        break;
    case MMUEXT_COPY_PAGE: op->arg2.src_mfn = pick_frame(); /* fallthrough */
    case MMUEXT_CLEAR_PAGE:
        if (!entry_is_free(op->arg1.mfn, 511))
            op->arg1.mfn = pick_play();
        break;
    case MMUEXT_TLB_FLUSH_MULTI:
    case MMUEXT_INVLPG_MULTI:
        op->arg2.vcpumask.p = (void *)put("\xff\xff\xff\xff", 4); /* fallthrough */
    case MMUEXT_INVLPG_LOCAL:
    case MMUEXT_INVLPG_ALL:
        op->arg1.linear_addr = percent(80) ? pick_window() : pick_bad_pointer();
        break;
    default: break;
    }
}

bool make_mmuext(struct call *c)
{
    struct mmuext_op ops[BATCH];
    unsigned int n = 1 + (percent(20) ? below(BATCH) : 0);

    c->nr = __HYPERVISOR_mmuext_op;
    for (unsigned int i = 0; i < n; i++)
        fill_mmuext(&ops[i]);
    c->sub = ops[0].cmd;
    c->done = c->sub <= MMUEXT_PIN_L4_TABLE ? pin_done : NULL;
    c->arg[0] = put_array(ops, sizeof(ops[0]), n, &c->arg[1]);
    c->arg[2] = percent(70) ? 0 : put("\0\0\0\0", 4);
    c->arg[3] = pick_domain();
    return true;
}

bool make_va_mapping(struct call *c)
{
    unsigned long mask[1] = { any64() };

    c->nr = percent(75) ? __HYPERVISOR_update_va_mapping
                        : __HYPERVISOR_update_va_mapping_otherdomain;
    c->sub = below(3);
    c->arg[0] = pick_window() + (percent(10) ? below(4096) : 0);
    if (percent(8))
        c->arg[0] = one_of(0, 0x10000, HYPERVISOR_VIRT_START, HYPERVISOR_VIRT_START + 0x30000000000,
                           0x800000000000, 0x7ffffffff000, 0xffff880000000000);
    c->arg[1] = pick_pte(1);
    c->arg[2] = c->sub | one_of(UVMF_LOCAL, UVMF_ALL, put(mask, 8) & ~7UL);
    c->arg[3] = c->nr == __HYPERVISOR_update_va_mapping ? 0 : pick_domain();
    return true;
}

bool make_descriptors(struct call *c)
{
    uint64_t frames[14];
    unsigned int n = 1 + below(3);

    c->sub = 0;
    if (percent(50)) {
        c->nr = __HYPERVISOR_update_descriptor;
        c->arg[0] = pick_play() << 12 | below(512) * 8 | (percent(5) ? below(8) : 0);
        if (percent(10)) {
            uint64_t mfn = pick_frame();

            c->arg[0] = kind_of(mfn) >= FRAME_DATA ? window_entry(0) : mfn << 12;
        }
        c->arg[1] = one_of(0, 0x00cffa000000ffff, 0x00cff2000000ffff, 0x00affa000000ffff, any64(),
                           0x0000820000000000, 0x00cf9a000000ffff);
        return true;
    }
    c->nr = __HYPERVISOR_set_gdt;
    for (unsigned int i = 0; i < n; i++) {
        frames[i] = pick_ours();
        if (percent(80))
            prepare_fresh(frames[i], 0);
        if (percent(7))
            frames[i] = pick_frame();
    }
    c->arg[0] = put(frames, n * 8);
    c->arg[1] = bend(n * 512 - below(512));
    return true;
}
