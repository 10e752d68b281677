/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * FIFO delivery. Each port has an event word in pages of the guest's: flags and the number of the
 * port that follows it in a queue. Each vcpu has a queue per priority: the control block, also the
 * guest's, holds the heads and a bit per priority that says "look there".
 *
 * We append, the guest removes. It takes the port at the head, clears LINKED and the link in one
 * atomic step, and goes on with the port that the link named; a link of 0 means that the queue is
 * empty, and the next head will be in the control block. So an append first tries to put the new
 * port into the tail's link: if the tail is still LINKED when that succeeds, the guest will find
 * it. If not, the guest has emptied the queue: the port becomes the head, and the ready bit is set.
 *
 * A port is in one queue at most (LINKED). Once the guest took it off, it may be queued elsewhere,
 * because its vcpu or priority changed; then the old queue must forget it as its tail, or an append
 * there would follow the port into the other queue. evtchn.last_queue remembers where that is.
 *
 * All of these words are the guest's to spoil. Nothing read from them is used as an index, loops on
 * them are bounded, and a guest that spoils them loses its own events and nobody else's.
 */
#include "fifo.h"

#define PENDING (1U << EVTCHN_FIFO_PENDING)
#define MASKED  (1U << EVTCHN_FIFO_MASKED)
#define LINKED  (1U << EVTCHN_FIFO_LINKED)
#define BUSY    (1U << EVTCHN_FIFO_BUSY)

#define LINK_TRIES      4   /* before the guest is asked, by BUSY, to leave the word alone */
#define LINK_TRIES_BUSY 100 /* before a guest that does not is given up */

/* The port's word, or null while the guest's array does not reach so far. */
static event_word_t *port_word(const struct domain *d, uint32_t port)
{
    const struct evtchn_fifo_domain *fifo = d->evtchn_fifo;
    unsigned int page = port / WORDS_PER_PAGE;

    if (unlikely(page >= __atomic_load_n(&fifo->nr_pages, __ATOMIC_SEQ_CST)))
        return NULL;
    return (event_word_t *)fifo->pages[page].va + port % WORDS_PER_PAGE;
}

static event_word_t *event_word(const struct domain *d, const struct evtchn *c)
{
    return port_word(d, c->port);
}

static struct evtchn_fifo_vcpu *queues_of(const struct vcpu *v)
{
    return v ? __atomic_load_n(&v->evtchn_fifo, __ATOMIC_ACQUIRE) : NULL;
}

static void lock_queues(struct evtchn_fifo_vcpu *a, struct evtchn_fifo_vcpu *b)
{
    if (!a || a == b) {
        spin_lock(&b->lock);
    } else {
        spin_lock(a < b ? &a->lock : &b->lock);
        spin_lock(a < b ? &b->lock : &a->lock);
    }
}

static void unlock_queues(struct evtchn_fifo_vcpu *a, struct evtchn_fifo_vcpu *b)
{
    if (a && a != b)
        spin_unlock(&a->lock);
    spin_unlock(&b->lock);
}

/* Puts @port behind the tail's word. False if the guest has taken the tail off. */
static __attribute__((noinline)) bool link_after(event_word_t *tail, uint32_t port)
{
    event_word_t w = READ_ONCE(*tail);

    for (unsigned int i = 0; i < LINK_TRIES + LINK_TRIES_BUSY; i++) {
        if (!(w & LINKED))
            break;
        if (i == LINK_TRIES)
            w = __atomic_or_fetch(tail, BUSY, __ATOMIC_SEQ_CST);
        if (__atomic_compare_exchange_n(tail, &w, (w & ~(BUSY | EVTCHN_FIFO_LINK_MASK)) | port,
                                        false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
            return true;
    }
    if (w & BUSY)
        __atomic_fetch_and(tail, ~BUSY, __ATOMIC_SEQ_CST);
    return false;
}

/* Appends @c, just LINKED, to @q, which is locked. True if the vcpu must be told. */
static inline bool append(struct domain *d, struct evtchn *c, struct evtchn_fifo_vcpu *q,
                          unsigned int priority)
{
    uint32_t *tail = &q->tail[priority], ready = 1U << priority, last = *tail;
    event_word_t *word;

    *tail = c->port;
    /* Was it the tail itself? Then the guest took it off, and nothing can have come after. */
    if (last && last != c->port) {
        word = port_word(d, last);
        if ((READ_ONCE(*word) & LINKED) && link_after(word, c->port))
            return false;
    }
    WRITE_ONCE(q->control->head[priority], c->port);
    return !(__atomic_fetch_or(&q->control->ready, ready, __ATOMIC_SEQ_CST) & ready);
}

static bool link_and_append(struct domain *d, struct evtchn *c, event_word_t *word,
                            struct evtchn_fifo_vcpu *q, unsigned int priority)
{
    return !(__atomic_fetch_or(word, LINKED, __ATOMIC_SEQ_CST) & LINKED) &&
           append(d, c, q, priority);
}

/* Locks the queues where @c was last, null if there is none, and where it goes. Returns the first.
 */
static struct evtchn_fifo_vcpu *lock_move(struct domain *d, struct evtchn *c,
                                          struct evtchn_fifo_vcpu *to)
{
    for (;;) {
        uint16_t last = READ_ONCE(c->last_queue);
        struct evtchn_fifo_vcpu *from = queues_of(domain_vcpu(d, last >> 4));

        lock_queues(from, to);
        if (READ_ONCE(c->last_queue) == last)
            return from;
        unlock_queues(from, to); /* another CPU queued it elsewhere just now */
    }
}

/* Its vcpu or priority changed: the queue where it was last must forget it. */
static __attribute__((noinline)) bool enqueue_elsewhere(struct domain *d, struct evtchn *c,
                                                        event_word_t *word,
                                                        struct evtchn_fifo_vcpu *to, uint16_t queue)
{
    struct evtchn_fifo_vcpu *from = lock_move(d, c, to);
    uint16_t last = c->last_queue;
    bool tell = false;

    if (!(__atomic_fetch_or(word, LINKED, __ATOMIC_SEQ_CST) & LINKED)) {
        if (last != queue) {
            if (from && from->tail[last & 15] == c->port)
                from->tail[last & 15] = 0;
            WRITE_ONCE(c->last_queue, queue);
        }
        tell = append(d, c, to, queue & 15);
    }
    unlock_queues(from, to);
    return tell;
}

/* Queues @c if it is pending, not masked, and in no queue. */
static void enqueue(struct domain *d, struct evtchn *c, event_word_t *word)
{
    unsigned int vcpu = READ_ONCE(c->notify_vcpu), priority = READ_ONCE(c->priority);
    uint16_t queue = (uint16_t)(vcpu << 4 | priority);
    struct evtchn_fifo_vcpu *to;
    struct vcpu *v;
    bool tell;

    if ((READ_ONCE(*word) & (PENDING | MASKED | LINKED)) != PENDING)
        return;
    v = domain_vcpu(d, vcpu);
    to = queues_of(v);
    if (!to)
        return; /* no control block yet */
    spin_lock(&to->lock);
    if (likely(READ_ONCE(c->last_queue) == queue)) {
        tell = link_and_append(d, c, word, to, priority);
        spin_unlock(&to->lock);
    } else {
        spin_unlock(&to->lock);
        tell = enqueue_elsewhere(d, c, word, to, queue);
    }
    if (tell)
        vcpu_mark_events_pending(v);
}

static void fifo_set_pending(struct domain *d, struct evtchn *c)
{
    event_word_t *word = event_word(d, c);
    bool was_pending;

    if (unlikely(!word)) {
        /* Either we see the page, or who adds it sees this. */
        __atomic_store_n(&c->pending, true, __ATOMIC_SEQ_CST);
        word = event_word(d, c);
        if (!word) {
            evtchn_wake_pollers(d, c->port);
            return;
        }
    }
    was_pending = __atomic_fetch_or(word, PENDING, __ATOMIC_SEQ_CST) & PENDING;
    enqueue(d, c, word);
    if (!was_pending)
        evtchn_wake_pollers(d, c->port);
}

/* It may stay LINKED: the guest takes it off its queue and finds nothing to do. */
static void fifo_clear_pending(struct domain *d, struct evtchn *c)
{
    event_word_t *word = event_word(d, c);

    __atomic_store_n(&c->pending, false, __ATOMIC_SEQ_CST);
    if (word)
        __atomic_fetch_and(word, ~PENDING, __ATOMIC_SEQ_CST);
}

static void fifo_unmask(struct domain *d, struct evtchn *c)
{
    event_word_t *word = event_word(d, c);

    if (word && __atomic_and_fetch(word, ~MASKED, __ATOMIC_SEQ_CST) & PENDING)
        enqueue(d, c, word);
}

static bool fifo_has_flag(const struct domain *d, const struct evtchn *c, event_word_t flag)
{
    const event_word_t *word = event_word(d, c);

    return word && READ_ONCE(*word) & flag;
}

static bool fifo_is_pending(const struct domain *d, const struct evtchn *c)
{
    return READ_ONCE(c->pending) || fifo_has_flag(d, c, PENDING);
}

static bool fifo_is_masked(const struct domain *d, const struct evtchn *c)
{
    return !event_word(d, c) || fifo_has_flag(d, c, MASKED);
}

static bool fifo_is_busy(const struct domain *d, const struct evtchn *c)
{
    return fifo_has_flag(d, c, LINKED);
}

/* Takes effect when it is queued the next time. */
static void fifo_set_priority(struct evtchn *c, unsigned int priority)
{
    WRITE_ONCE(c->priority, (uint8_t)priority);
}

void evtchn_fifo_resend_locked(struct domain *d, uint32_t first, uint32_t end)
{
    for (uint32_t port = first; port < MIN(end, d->evtchn_valid); port++) {
        struct evtchn *c = evtchn_of(d, port);
        unsigned long flags;

        if (!evtchn_in_use(c) || !fifo_is_pending(d, c) || !event_word(d, c))
            continue;
        flags = spin_lock_irqsave(&c->lock);
        __atomic_store_n(&c->pending, false, __ATOMIC_SEQ_CST);
        fifo_set_pending(d, c);
        spin_unlock_irqrestore(&c->lock, flags);
    }
}

const struct evtchn_port_ops evtchn_fifo_ops = {
    .nr_ports = EVTCHN_FIFO_NR_CHANNELS,
    .set_pending = fifo_set_pending,
    .clear_pending = fifo_clear_pending,
    .unmask = fifo_unmask,
    .is_pending = fifo_is_pending,
    .is_masked = fifo_is_masked,
    .is_busy = fifo_is_busy,
    .set_priority = fifo_set_priority,
};
