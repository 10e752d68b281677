/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the hypercall fuzzer share: chance, memory to play with, calls, their record.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include "guest.h"

#include <xen/grant_table.h>

#define STACK_SIZE  16384U
#define PLAY_FRAMES 64U
#define GRANT_PAGES 16U  /* the last of these, where mostly grants are mapped */
#define PROBE_GRANT 500U /* an entry that no call uses */
#define PLAY_PAGES  48U  /* linear pages of the window that calls may map anything at */

/* second.c: the other vcpu, which makes calls of its own meanwhile */
extern uint8_t second_stack[STACK_SIZE];
/* Which of the two this is. */
static inline unsigned int me(void)
{
    return (unsigned long)__builtin_frame_address(0) - (unsigned long)second_stack < STACK_SIZE;
}
void second_start(uint64_t seed);
/* Between these it makes none, and changes nothing. */
void second_hold(void);
void second_release(void);
/* A call may have taken it down. */
void second_wake(void);

/* chance.c: the same numbers from the same seed */
extern uint64_t seeds[2];
uint64_t any64(void);
static inline unsigned int below(unsigned int n)
{
    return (unsigned int)(any64() >> 20) % n;
}
static inline bool percent(unsigned int p)
{
    return below(100) < p;
}
/* The value, or now and then one near it or of a kind that is often forgotten. */
uint64_t bend(uint64_t value);
/* One of the arguments. */
#define one_of(...)                                                     \
    ({                                                                  \
        const uint64_t list_[] = { __VA_ARGS__ };                       \
        list_[below((unsigned int)(sizeof(list_) / sizeof(list_[0])))]; \
    })

/* world.c */
enum frame_kind { FRAME_OTHER, FRAME_PLAY, FRAME_DATA, FRAME_TABLE };

struct world {
    uint64_t frames;            /* machine frames below this exist */
    uint64_t play[PLAY_FRAMES]; /* machine frames to do anything with */
    uint64_t play_pfn[PLAY_FRAMES];
    uint64_t tables[8]; /* the first page tables: L4, L3, L2, L1... */
    unsigned int nr_tables;
    uint64_t other_l4; /* a second level-4 table that maps this kernel too */
    uint64_t grant_frames[2];
    uint64_t never_ours[64]; /* frames that cannot become ours, and have no number of ours */
    unsigned int nr_never_ours;
    uint8_t *arena, *arena_end; /* arguments; unmapped before and behind */
    uint64_t *scratch[2];       /* for each vcpu a page's place for preparing frames */
    uint8_t *read_only;
    uint8_t *window;          /* PLAY_PAGES */
    grant_entry_v1_t *grants; /* two pages */
    unsigned int grant_version;
};
extern struct world w;

void world_make(void);
/* What a call may have taken away: handlers, masked events, the frames to play with. */
void world_repair(void);
/* The part of it that each vcpu does for itself. */
void world_repair_vcpu(void);
void world_repair_all(void);
enum frame_kind kind_of(uint64_t mfn);
/* The machine address of the level-1 entry for a page of the window. */
uint64_t window_entry(unsigned int page);
/* May this entry of a page table change without this kernel losing itself? */
bool entry_is_free(uint64_t mfn, unsigned int index);
/* Fills a frame, if it can be had writable, as a table of the level (0: zeroes). */
bool prepare_frame(uint64_t mfn, unsigned int level);
/* The same, after its other uses that can be seen were ended; with a tree below it at times. */
bool prepare_fresh(uint64_t mfn, unsigned int level);
/* Ends what can be seen of its uses: mappings in the window, a pin. */
void free_frame(uint64_t mfn);
/* Looks whether promises still hold; failures are noted. */
void probe(void);

/* pick.c: arguments */
uint64_t pick_play(void);
/* One that no call has given away. */
uint64_t pick_ours(void);
uint64_t pick_frame(void);
/* One to be written to or given away: none that this kernel stands on. */
uint64_t pick_expendable(void);
uint64_t pick_pte(unsigned int level);
unsigned long pick_bad_pointer(void);
unsigned long pick_window(void);
/* A page of it; mostly of the first, or of the last part. */
unsigned int pick_page(void);
unsigned int pick_grant_page(void);
/* Puts the bytes where a call finds them; now and then they are not (all) there. */
unsigned long put(const void *bytes, size_t size);
/* The same, but what is there, if anything, is this: for what would hurt if it were anything else.
 */
unsigned long put_whole(const void *bytes, size_t size);
/* For arrays: the count to pass, more than there is now and then; then nothing lies behind. */
unsigned long put_array(const void *bytes, size_t size, unsigned int count,
                        unsigned long *count_to_pass);

/* One call, ready to be made. */
struct call {
    unsigned int nr, sub; /* sub: for the record */
    unsigned long arg[5];
    /* Where the answer is in the argument: a status word of 16 bits, or null. */
    const volatile int16_t *status;
    bool counts; /* the answer is a number of things done: none is a refusal */
    /* Notes what the call made, for later calls to use; after an answer of success. */
    void (*done)(const struct call *c);
};

/* The generators; false: nothing this time. */
bool make_mmu_update(struct call *c);
bool make_mmuext(struct call *c);
bool make_va_mapping(struct call *c);
bool make_descriptors(struct call *c);
bool make_memory(struct call *c);
bool make_events(struct call *c);
bool make_grants(struct call *c);
bool make_vcpu(struct call *c);
bool make_sched(struct call *c);
bool make_callbacks(struct call *c);
bool make_small(struct call *c);
bool make_physdev(struct call *c);
bool make_platform(struct call *c);

/* Numbers that calls have given out lately: ports, pirqs. */
#define RECENT 16U
struct recent {
    uint32_t values[RECENT];
    unsigned int next;
};
static inline void recent_note(struct recent *r, uint32_t value)
{
    r->values[r->next++ % RECENT] = value;
}
static inline uint32_t recent_pick(const struct recent *r)
{
    return r->values[below(RECENT)];
}
/* The argument of a call, if it lies where arguments lie and so can be read; or null. */
const void *argument_at(unsigned long arg, size_t size);

/* record.c; also calls c->done */
void record(const struct call *c, long result);
/* With how often each error was answered, if wanted. */
void record_print(bool errors);

#endif
