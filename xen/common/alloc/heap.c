/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Small objects: powers of two from 32 bytes to 2 KiB are cut from pages; what is larger takes
 * whole pages. A page's first word says what it holds, so that heap_free() finds the size.
 */
#include <hv/alloc.h>
#include <hv/printk.h>
#include <hv/spinlock.h>
#include <hv/string.h>

#define MIN_SHIFT  5
#define CLASSES    7 /* 32 ... 2048 */
#define PAGE_LARGE 0x80000000U

/* At the start of each page (or run of pages) of the heap. */
struct page_header {
    uint32_t kind; /* size class, or PAGE_LARGE | order */
    uint32_t pad[3];
};

struct free_object {
    struct free_object *next;
};

static struct spinlock heap_lock = SPINLOCK_INIT;
static struct free_object *free_objects[CLASSES];

static bool refill_locked(unsigned int class)
{
    size_t size = 1UL << (MIN_SHIFT + class);
    struct page_header *page = page_alloc(0);

    if (!page)
        return false;
    page->kind = class;
    for (size_t off = ROUND_UP(sizeof(*page), MIN(size, 64UL)); off + size <= PAGE_SIZE;
         off += size) {
        struct free_object *o = (struct free_object *)((char *)page + off);

        o->next = free_objects[class];
        free_objects[class] = o;
    }
    return true;
}

static void *alloc_large(size_t size)
{
    unsigned int order = 0;
    struct page_header *page;

    if (size > (PAGE_SIZE << FRAME_MAX_ORDER))
        return NULL;
    while ((PAGE_SIZE << order) < size + sizeof(*page))
        order++;
    page = page_alloc(order);
    if (!page)
        return NULL;
    page->kind = PAGE_LARGE | order;
    return page + 1;
}

void *heap_alloc(size_t size)
{
    unsigned int class = 0;
    struct free_object *o;
    unsigned long flags;

    while (class < CLASSES && (1UL << (MIN_SHIFT + class)) < size)
        class ++;
    if (class == CLASSES)
        return alloc_large(size);
    flags = spin_lock_irqsave(&heap_lock);
    if (!free_objects[class] && !refill_locked(class)) {
        spin_unlock_irqrestore(&heap_lock, flags);
        return NULL;
    }
    o = free_objects[class];
    free_objects[class] = o->next;
    spin_unlock_irqrestore(&heap_lock, flags);
    return o;
}

void *heap_zalloc(size_t size)
{
    void *p = heap_alloc(size);

    return p ? memset(p, 0, size) : NULL;
}

void heap_free(void *p)
{
    struct page_header *page = (struct page_header *)ROUND_DOWN((uintptr_t)p, PAGE_SIZE);
    struct free_object *o = p;
    unsigned long flags;

    if (!p)
        return;
    if (page->kind & PAGE_LARGE) {
        page_free(page, page->kind & ~PAGE_LARGE);
        return;
    }
    flags = spin_lock_irqsave(&heap_lock);
    o->next = free_objects[page->kind];
    free_objects[page->kind] = o;
    spin_unlock_irqrestore(&heap_lock, flags);
}
