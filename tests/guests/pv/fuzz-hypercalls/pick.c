/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arguments: frames of all kinds, page-table entries, pointers good and bad. */
#include "fuzz.h"

uint64_t pick_play(void)
{
    return w.play[below(PLAY_FRAMES)];
}

uint64_t pick_frame(void)
{
    switch (below(20)) {
    case 0: return w.tables[below(w.nr_tables)];
    case 1: return frame_of((const void *)start_info); /* in use as data */
    case 2: return (uint64_t)any64() % w.frames;
    case 3: return one_of(0, 0xa0, 0xb8, 0xf0, 0xfee00, 0xfed00, 0xfd000);
    case 4: return one_of(w.frames, w.frames - 1, w.frames + 1, 1UL << 40, 1UL << 51, ~0UL);
    case 5: return start_info->shared_info / PAGE_SIZE;
    case 6: return w.grant_frames[below(2)];
    case 7: return w.never_ours[below(w.nr_never_ours)];
    default: return pick_play();
    }
}

uint64_t pick_expendable(void)
{
    uint64_t mfn = pick_frame();

    return kind_of(mfn) >= FRAME_DATA ? pick_play() : mfn;
}

uint64_t pick_pte(unsigned int level)
{
    uint64_t mfn = level > 1 || percent(70) ? pick_play() : pick_frame();
    uint64_t e = mfn << 12 | PTE_PRESENT | PTE_USER;

    if (level > 1 && percent(10))
        mfn = pick_frame();
    if (percent(50))
        e |= PTE_WRITABLE;
    if (percent(30))
        e |= one_of(PTE_ACCESSED, PTE_DIRTY, PTE_NX, 0x8, 0x10, 0x80, 0x100, 0x200);
    if (percent(15))
        e &= ~PTE_PRESENT;
    if (percent(5))
        e = 0;
    if (percent(3))
        e ^= 1UL << below(64);
    /* Our own data may only be seen. */
    if (kind_of((e & 0x000ffffffffff000) >> 12) == FRAME_DATA)
        e &= ~PTE_WRITABLE;
    return e;
}

unsigned int pick_page(void)
{
    return below(percent(97) ? PLAY_PAGES - GRANT_PAGES : PLAY_PAGES);
}

unsigned int pick_grant_page(void)
{
    return PLAY_PAGES - 1 - below(percent(97) ? GRANT_PAGES : PLAY_PAGES);
}

unsigned long pick_window(void)
{
    return (unsigned long)w.window + pick_page() * PAGE_SIZE;
}

unsigned long pick_bad_pointer(void)
{
    switch (below(12)) {
    case 0: return 0;
    case 1: return 0x10000;
    case 2: return (unsigned long)w.read_only + below(4096);
    case 3: return HYPERVISOR_VIRT_START + (any64() & 0xffffff8);
    case 4: return 0xffff810000000000 + (any64() & 0xfffff8);
    case 5: return 0xffff830000000000 + (any64() & 0xffffff8);
    case 6: return 0xffff820000200000 + (any64() & 0xffff8);
    case 7: return start_info->pt_base + below(4096);
    case 8: return 0x800000000000 - below(64);
    case 9: return (unsigned long)w.arena_end - below(8);
    case 10: return ~0UL - below(16);
    default: return pick_window() + one_of(0, 8, 4090, 4095);
    }
}

#define PLACES 64U /* of 256 bytes, in each half of the arena; the other vcpu uses fewer */

/* One behind the other, so that what belongs to one call does not lie over itself. */
static unsigned long place(const void *bytes, size_t size, bool at_end)
{
    static unsigned int nexts[2];
    unsigned int vcpu = me(), *next = &nexts[vcpu];
    uint8_t *p = at_end ? w.arena_end - size : w.arena + (vcpu * PLACES + *next) * 256;

    if (!at_end)
        *next = (*next + (unsigned int)(size + 8 + 255) / 256) % (PLACES - vcpu * 24);
    if (!at_end && percent(10))
        p += one_of(1, 4, 8);
    memcpy(p, bytes, size);
    return (unsigned long)p;
}

const void *argument_at(unsigned long arg, size_t size)
{
    const uint8_t *p = (const uint8_t *)arg;

    return p >= w.arena && p <= w.arena_end - size ? p : NULL;
}

unsigned long put(const void *bytes, size_t size)
{
    if (percent(6))
        return pick_bad_pointer();
    return place(bytes, size, percent(10));
}

unsigned long put_whole(const void *bytes, size_t size)
{
    if (percent(6))
        /* Nothing can be mapped at these. */
        return one_of(HYPERVISOR_VIRT_START + (1UL << 36), 0xffff830000001000, 0x800000000000,
                      (unsigned long)w.arena_end);
    return place(bytes, size, false);
}

unsigned long put_array(const void *bytes, size_t size, unsigned int count,
                        unsigned long *count_to_pass)
{
    *count_to_pass = count;
    if (!percent(4))
        return put(bytes, size * count);
    *count_to_pass = percent(50) ? count + 1 + below(8) : bend(count);
    return place(bytes, size * count, true);
}
