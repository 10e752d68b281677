/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The buddy allocator for machine frames. A free block of 2^order frames is linked by its first
 * frame; its partner in the block one order up is found by flipping one bit of the number.
 */
#include <hv/alloc.h>
#include <hv/frame.h>
#include <hv/printk.h>
#include <hv/spinlock.h>
#include <hv/string.h>

#include <asm/mm.h>

/* refs of the first frame of a free block; no other frame has this value. */
#define FRAME_IS_FREE (1ULL << 61)

static struct spinlock frames_lock = SPINLOCK_INIT;
static uint32_t free_lists[FRAME_MAX_ORDER + 1];
static uint64_t free_count;
static bool initialised;

static void init_lists(void)
{
    for (unsigned int i = 0; i <= FRAME_MAX_ORDER; i++)
        free_lists[i] = FRAME_NONE;
    initialised = true;
}

static void block_link(uint32_t n, unsigned int order)
{
    struct frame *pg = &frame_table[n];

    pg->refs = FRAME_IS_FREE;
    pg->order = order;
    pg->owner = NULL;
    pg->prev = FRAME_NONE;
    pg->next = free_lists[order];
    if (pg->next != FRAME_NONE)
        frame_table[pg->next].prev = n;
    free_lists[order] = n;
}

static void block_unlink(uint32_t n, unsigned int order)
{
    struct frame *pg = &frame_table[n];

    if (pg->prev != FRAME_NONE)
        frame_table[pg->prev].next = pg->next;
    else
        free_lists[order] = pg->next;
    if (pg->next != FRAME_NONE)
        frame_table[pg->next].prev = pg->prev;
    pg->refs = 0;
    pg->type = TYPE_NONE;
}

static bool block_is_free(uint32_t n, unsigned int order)
{
    return n < frame_limit && frame_table[n].refs == FRAME_IS_FREE && frame_table[n].order == order;
}

static void free_locked(uint32_t n, unsigned int order)
{
    free_count += 1ULL << order;
    while (order < FRAME_MAX_ORDER && block_is_free(n ^ (1U << order), order)) {
        block_unlink(n ^ (1U << order), order);
        n &= ~(1U << order);
        order++;
    }
    block_link(n, order);
}

/* The first block of the order that lies below the limit (in frames; 0: no limit). */
static uint32_t find_block(unsigned int order, uint64_t limit)
{
    uint32_t n = free_lists[order];

    while (limit && n != FRAME_NONE && n + (1ULL << order) > limit)
        n = frame_table[n].next;
    return n;
}

struct frame *frame_alloc(unsigned int order, unsigned int address_bits)
{
    uint64_t limit = address_bits && address_bits < 52 ? 1ULL << (address_bits - PAGE_SHIFT) : 0;
    unsigned long flags = spin_lock_irqsave(&frames_lock);
    uint32_t n = FRAME_NONE;
    unsigned int o;

    for (o = order; o <= FRAME_MAX_ORDER; o++) {
        n = find_block(o, limit);
        if (n != FRAME_NONE)
            break;
    }
    if (n != FRAME_NONE) {
        block_unlink(n, o);
        while (o > order) { /* give the upper halves back */
            o--;
            block_link(n + (1U << o), o);
        }
        free_count -= 1ULL << order;
    }
    spin_unlock_irqrestore(&frames_lock, flags);
    return n == FRAME_NONE ? NULL : &frame_table[n];
}

void frame_free(struct frame *pg, unsigned int order)
{
    unsigned long flags = spin_lock_irqsave(&frames_lock);
    uint32_t n = (uint32_t)frame_mfn(pg).n;

    for (uint32_t i = 0; i < 1U << order; i++) {
        pg[i].refs = 0;
        pg[i].type = TYPE_NONE;
        pg[i].owner = NULL;
    }
    free_locked(n, order);
    spin_unlock_irqrestore(&frames_lock, flags);
}

void frame_alloc_add(mfn_t start, uint64_t count)
{
    uint64_t n = start.n, end = start.n + count;
    unsigned long flags = spin_lock_irqsave(&frames_lock);

    if (!initialised)
        init_lists();
    while (n < end) {
        unsigned int order = 0;

        while (order < FRAME_MAX_ORDER && !(n & (1ULL << order)) && n + (2ULL << order) <= end)
            order++;
        free_locked((uint32_t)n, order);
        n += 1ULL << order;
    }
    spin_unlock_irqrestore(&frames_lock, flags);
}

uint64_t frame_free_count(void)
{
    return READ_ONCE(free_count);
}

uint64_t frame_free_between(uint64_t from, uint64_t to)
{
    unsigned long flags = spin_lock_irqsave(&frames_lock);
    uint64_t count = 0;

    for (unsigned int order = 0; order <= FRAME_MAX_ORDER; order++) {
        for (uint32_t n = free_lists[order]; n != FRAME_NONE; n = frame_table[n].next) {
            uint64_t first = MAX(n, from), end = MIN(n + (1ULL << order), to);

            count += end > first ? end - first : 0;
        }
    }
    spin_unlock_irqrestore(&frames_lock, flags);
    return count;
}

void *page_alloc(unsigned int order)
{
    struct frame *pg = frame_alloc(order, 0);
    void *va;

    if (!pg)
        return NULL;
    va = map_frame(frame_mfn(pg));
    memset(va, 0, PAGE_SIZE << order);
    return va;
}

void page_free(void *va, unsigned int order)
{
    if (va)
        frame_free(frame_of(virt_to_mfn(va)), order);
}
