/* SPDX-License-Identifier: GPL-2.0-or-later */
/* FIFO delivery: what the queues (fifo.c) and their setting up (fifo-setup.c) share. */
#ifndef EVENT_FIFO_H
#define EVENT_FIFO_H

#include "private.h"

#define WORDS_PER_PAGE  (PAGE_SIZE / sizeof(event_word_t))
#define MAX_ARRAY_PAGES (EVTCHN_FIFO_NR_CHANNELS / WORDS_PER_PAGE)

/* A piece of guest memory that is kept writable and mapped. */
struct guest_page {
    struct frame *frame;
    void *va;
};

struct evtchn_fifo_domain {
    uint32_t nr_pages; /* (e) to extend; published after the page */
    struct guest_page pages[MAX_ARRAY_PAGES];
};

/* A vcpu's queues. The guest takes events off at the heads; we alone know the tails. */
struct evtchn_fifo_vcpu {
    struct spinlock lock;   /* interrupts off; guards the tails and what is written behind them */
    struct guest_page page; /* (c) */
    struct evtchn_fifo_control_block *control; /* (c) in that page */
    uint32_t tail[EVTCHN_FIFO_MAX_QUEUES];     /* port queued last; 0: none that matters */
};

#endif
