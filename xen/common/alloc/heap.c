/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Small objects: powers of two from 32 bytes to 2 KiB are cut from pages; what is larger takes
 * whole pages. A page's first words say what it holds, so that heap_free() finds the size. A page
 * without objects in use goes back, so that nothing is left of what came and went.
 */
#include <hv/alloc.h>
#include <hv/list.h>
#include <hv/printk.h>
#include <hv/spinlock.h>
#include <hv/string.h>

#define MIN_SHIFT  5
#define CLASSES    7 /* 32 ... 2048 */
#define PAGE_LARGE 0x80000000U

struct free_object {
    struct free_object *next;
};

/* At the start of each page (or run of pages) of the heap. Small objects: under heap_lock. */
struct page_header {
    uint32_t kind; /* size class, or PAGE_LARGE | order */
    uint32_t used; /* objects given out */
    struct free_object *free;
    struct list link; /* with the others of its class that have free objects */
};

/* What is large keeps to the alignment of an SSE register, and wastes little of its page. */
#define LARGE_OFFSET 16U

static struct spinlock heap_lock = SPINLOCK_INIT;
static struct list partial[CLASSES]; /* pages with free objects */

static struct page_header *page_new(unsigned int class)
{
    size_t size = 1UL << (MIN_SHIFT + class);
    struct page_header *page = page_alloc(0);

    if (!page)
        return NULL;
    page->kind = class;
    for (size_t off = ROUND_UP(sizeof(*page), MIN(size, 64UL)); off + size <= PAGE_SIZE;
         off += size) {
        struct free_object *o = (struct free_object *)((char *)page + off);

        o->next = page->free;
        page->free = o;
    }
    list_push(&partial[class], &page->link);
    return page;
}

static void *alloc_large(size_t size)
{
    unsigned int order = 0;
    struct page_header *page;

    if (size > (PAGE_SIZE << FRAME_MAX_ORDER))
        return NULL;
    while ((PAGE_SIZE << order) < size + LARGE_OFFSET)
        order++;
    page = page_alloc(order);
    if (!page)
        return NULL;
    page->kind = PAGE_LARGE | order;
    return (char *)page + LARGE_OFFSET;
}

static void *alloc_small_locked(unsigned int class)
{
    struct page_header *page;
    struct free_object *o;

    if (!partial[class].next)
        list_init(&partial[class]);
    if (!list_is_empty(&partial[class]))
        page = list_first(&partial[class], struct page_header, link);
    else
        page = page_new(class);
    if (!page)
        return NULL;
    o = page->free;
    page->free = o->next;
    page->used++;
    if (!page->free)
        list_remove(&page->link);
    return o;
}

void *heap_alloc(size_t size)
{
    unsigned int class = 0;
    unsigned long flags;
    void *p;

    while (class < CLASSES && (1UL << (MIN_SHIFT + class)) < size)
        class ++;
    if (class == CLASSES)
        return alloc_large(size);
    flags = spin_lock_irqsave(&heap_lock);
    p = alloc_small_locked(class);
    spin_unlock_irqrestore(&heap_lock, flags);
    return p;
}

void *heap_zalloc(size_t size)
{
    void *p = heap_alloc(size);

    return p ? memset(p, 0, size) : NULL;
}

/* True if the page has no more objects in use: it is out of all lists. */
static bool free_small_locked(struct page_header *page, struct free_object *o)
{
    if (!page->free)
        list_push(&partial[page->kind], &page->link);
    o->next = page->free;
    page->free = o;
    if (--page->used)
        return false;
    list_remove(&page->link);
    return true;
}

void heap_free(void *p)
{
    struct page_header *page = (struct page_header *)ROUND_DOWN((uintptr_t)p, PAGE_SIZE);
    unsigned long flags;
    bool is_empty;

    if (!p)
        return;
    if (page->kind & PAGE_LARGE) {
        page_free(page, page->kind & ~PAGE_LARGE);
        return;
    }
    flags = spin_lock_irqsave(&heap_lock);
    is_empty = free_small_locked(page, p);
    spin_unlock_irqrestore(&heap_lock, flags);
    if (is_empty)
        page_free(page, 0);
}
