/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Timers. Each CPU has a heap of armed timers, the earliest at its root, under a lock of its own.
 *
 * It is a pairing heap: the links lie in the timers, so arming needs no memory and cannot fail, and
 * arming, by far the most frequent act (a guest sets its clock event at every tick and sleep), is
 * one comparison. A node's children hang on a doubly linked list; the first child's prev is the
 * parent. Taking out a node merges its children in pairs, which keeps the heap shallow.
 *
 * The hardware is programmed only when the earliest time becomes earlier. When it becomes later,
 * the old interrupt comes, finds nothing due, and programs the next: cheaper than a write each
 * time.
 */
#include <hv/timer.h>

#include <hv/percpu.h>
#include <hv/softirq.h>
#include <hv/spinlock.h>

struct timer_heap {
    struct spinlock lock;
    struct timer *root;
    struct timer *running; /* whose handler this CPU runs now */
    nstime_t programmed;   /* when the hardware will interrupt; only by the CPU itself */
};

static DEFINE_PER_CPU(struct timer_heap, timer_heap);

/* The merge of two heaps without siblings; either may be null. */
static struct timer *merge(struct timer *a, struct timer *b)
{
    struct timer *child;

    if (!a)
        return b;
    if (!b)
        return a;
    if (b->expires < a->expires) {
        child = a;
        a = b;
    } else {
        child = b;
    }
    child->prev = a;
    child->next = a->child;
    if (a->child)
        a->child->prev = child;
    a->child = child;
    return a;
}

/* The merge of all heaps on a list of siblings: in pairs first, then the pairs from the last. */
static struct timer *merge_list(struct timer *first)
{
    struct timer *pairs = NULL, *root = NULL;

    while (first) {
        struct timer *a = first, *b = first->next, *pair;

        first = b ? b->next : NULL;
        a->next = a->prev = NULL;
        if (b)
            b->next = b->prev = NULL;
        pair = merge(a, b);
        pair->next = pairs;
        pairs = pair;
    }
    while (pairs) {
        struct timer *pair = pairs;

        pairs = pair->next;
        pair->next = NULL;
        root = merge(root, pair);
    }
    return root;
}

static void heap_insert(struct timer_heap *h, struct timer *t)
{
    t->child = t->next = t->prev = NULL;
    h->root = merge(h->root, t);
}

static void heap_remove(struct timer_heap *h, struct timer *t)
{
    struct timer *children = merge_list(t->child);

    if (t == h->root) {
        h->root = children;
    } else {
        if (t->prev->child == t)
            t->prev->child = t->next;
        else
            t->prev->next = t->next;
        if (t->next)
            t->next->prev = t->prev;
        h->root = merge(h->root, children);
    }
    t->child = t->next = t->prev = NULL;
}

/* Locks the heap that @t belongs to, which may change until it is locked. */
static struct timer_heap *timer_lock(const struct timer *t, unsigned long *flags)
{
    for (;;) {
        uint32_t cpu = READ_ONCE(t->cpu);
        struct timer_heap *h = &per_cpu(timer_heap, cpu);

        *flags = spin_lock_irqsave(&h->lock);
        if (likely(READ_ONCE(t->cpu) == cpu))
            return h;
        spin_unlock_irqrestore(&h->lock, *flags);
    }
}

/* Sees to it that CPU @cpu wakes for its earliest timer. Heap locked, interrupts off. */
static void heap_program(struct timer_heap *h, unsigned int cpu)
{
    if (!h->root)
        return;
    if (cpu != smp_cpu_id()) {
        softirq_raise_on(cpu, SOFTIRQ_TIMER);
    } else if (h->root->expires < h->programmed) {
        h->programmed = h->root->expires;
        arch_timer_program(h->programmed);
    }
}

void timer_init(struct timer *t, void (*fn)(void *), void *arg, unsigned int cpu)
{
    *t = (struct timer){ .fn = fn, .arg = arg, .cpu = cpu };
}

void timer_set(struct timer *t, nstime_t expires)
{
    unsigned long flags;
    struct timer_heap *h = timer_lock(t, &flags);

    if (t->armed)
        heap_remove(h, t);
    t->expires = expires;
    t->armed = !t->killed;
    if (likely(t->armed)) {
        heap_insert(h, t);
        if (h->root == t)
            heap_program(h, t->cpu);
    }
    spin_unlock_irqrestore(&h->lock, flags);
}

void timer_stop(struct timer *t)
{
    unsigned long flags;
    struct timer_heap *h;

    if (!READ_ONCE(t->armed))
        return;
    h = timer_lock(t, &flags);
    if (t->armed)
        heap_remove(h, t);
    t->armed = false;
    spin_unlock_irqrestore(&h->lock, flags);
}

void timer_kill(struct timer *t)
{
    unsigned long flags;
    struct timer_heap *h;
    bool own;

    if (!t->fn)
        return; /* never initialised: nothing can be running */
    h = timer_lock(t, &flags);
    if (t->armed)
        heap_remove(h, t);
    t->armed = false;
    t->killed = true;
    spin_unlock_irqrestore(&h->lock, flags);

    own = this_cpu(timer_heap).running == t;
    while (__atomic_load_n(&t->handlers, __ATOMIC_ACQUIRE) > (own ? 1 : 0))
        cpu_relax();
}

/* Both locks at once, so that no one sees the timer in neither heap; the lower CPU's first. */
void timer_migrate(struct timer *t, unsigned int cpu)
{
    uint32_t old = READ_ONCE(t->cpu);
    struct timer_heap *from, *to = &per_cpu(timer_heap, cpu);
    unsigned long flags;

    if (old == cpu)
        return;
    from = &per_cpu(timer_heap, old);
    flags = spin_lock_irqsave(old < cpu ? &from->lock : &to->lock);
    spin_lock(old < cpu ? &to->lock : &from->lock);
    if (likely(t->cpu == old)) {
        if (t->armed)
            heap_remove(from, t);
        WRITE_ONCE(t->cpu, cpu);
        if (t->armed) {
            heap_insert(to, t);
            if (to->root == t)
                heap_program(to, cpu);
        }
    }
    spin_unlock(&from->lock);
    spin_unlock_irqrestore(&to->lock, flags);
}

bool timer_is_armed(const struct timer *t)
{
    return READ_ONCE(t->armed);
}

/* Runs the handler of the root, which is due. Heap locked on entry and on return. */
static void run_root_locked(struct timer_heap *h)
{
    struct timer *t = h->root;
    struct timer_heap *now_in;
    unsigned long flags;

    heap_remove(h, t);
    t->armed = false;
    t->handlers++;
    h->running = t;
    spin_unlock_irq(&h->lock);
    t->fn(t->arg);
    now_in = timer_lock(t, &flags);
    /* The last touch: timer_kill() may wait for it, and then the timer may be gone. */
    __atomic_store_n(&t->handlers, (uint16_t)(t->handlers - 1), __ATOMIC_RELEASE);
    spin_unlock_irqrestore(&now_in->lock, flags);
    spin_lock_irq(&h->lock);
    h->running = NULL;
}

static void timer_softirq(void)
{
    struct timer_heap *h = &this_cpu(timer_heap);
    nstime_t next;

    spin_lock_irq(&h->lock);
    while (h->root && h->root->expires <= time_now())
        run_root_locked(h);
    next = h->root ? h->root->expires : TIME_NEVER;
    /* What was programmed may have come and gone, so this is no place to save a write. */
    if (next != h->programmed || next != TIME_NEVER) {
        h->programmed = next;
        arch_timer_program(next);
    }
    spin_unlock_irq(&h->lock);
}

int timer_cpu_up(unsigned int cpu)
{
    struct timer_heap *h = &per_cpu(timer_heap, cpu);

    spin_lock_init(&h->lock);
    h->root = h->running = NULL;
    h->programmed = TIME_NEVER;
    return 0;
}

void timer_cpu_down(unsigned int cpu)
{
    struct timer_heap *h = &per_cpu(timer_heap, cpu);

    for (;;) {
        unsigned long flags = spin_lock_irqsave(&h->lock);
        struct timer *t = h->root;

        spin_unlock_irqrestore(&h->lock, flags);
        if (!t)
            return;
        timer_migrate(t, 0);
    }
}

void timer_subsystem_init(void)
{
    timer_cpu_up(0);
    softirq_register(SOFTIRQ_TIMER, timer_softirq);
}
