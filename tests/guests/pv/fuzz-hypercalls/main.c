/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hypercall fuzzer: random and spoilt calls from a fixed seed; this kernel must outlive them.
 */
/* smp: 2 */
/* options: audit dom0_mem=64M dom0_max_vcpus=3 loglvl=error guest_loglvl=none */
/* guest-options: calls=20000 seed=1 */
/* expect: ^\(XEN\) audit: \d+ frames, no errors$ */
/* timeout: 100 */
#include "fuzz.h"
#include "traps.h"

#define REPAIR_EVERY 512
#define CALLS_IN_ONE 4

static bool (*const makers[])(struct call *) = {
    make_mmu_update, make_mmu_update, make_mmuext, make_mmuext,  make_va_mapping, make_descriptors,
    make_memory,     make_memory,     make_events, make_events,  make_grants,     make_grants,
    make_vcpu,       make_sched,      make_small,  make_physdev, make_platform,   make_callbacks,
};

/*
 * Where the machine that emulates this is busy, CPUs wait long for each other: so only now and then
 * both run. second=N: in one of N spans between repairs.
 */
static unsigned long second_share;

static void second_in_span(unsigned long span)
{
    if (second_share && span % second_share == 0)
        second_release();
}

static bool tracing; /* trace=N: says each call from the N-th on */

static bool make(struct call *c)
{
    *c = (struct call){ .nr = 0 };
    if (!makers[below(sizeof(makers) / sizeof(makers[0]))](c))
        return false;
    if (tracing)
        print("  %u/%u %lx %lx %lx %lx\n", c->nr, c->sub, c->arg[0], c->arg[1], c->arg[2],
              c->arg[3]);
    return true;
}

static long run(const struct call *c)
{
    return hypercall(c->nr, c->arg[0], c->arg[1], c->arg[2], c->arg[3], c->arg[4]);
}

/* Some calls in a multicall; what each answered is in its entry. */
static void run_together(void)
{
    struct multicall_entry list[CALLS_IN_ONE];
    struct call calls[CALLS_IN_ONE], all = { .nr = __HYPERVISOR_multicall };
    unsigned int n = 0;
    unsigned long at;
    long ret;

    while (n < CALLS_IN_ONE)
        if (make(&calls[n]) && ++n < CALLS_IN_ONE && percent(30))
            break;
    for (unsigned int i = 0; i < n; i++) {
        list[i] = (struct multicall_entry){ .op = calls[i].nr, .result = ~0UL };
        for (unsigned int k = 0; k < 5; k++)
            list[i].args[k] = calls[i].arg[k];
    }
    at = put_whole(list, n * sizeof(list[0]));
    ret = hypercall3(__HYPERVISOR_multicall, at, n, 0);
    record(&all, ret);
}

static unsigned long option(const char *name, unsigned long otherwise)
{
    const char *text = (const char *)start_info->cmd_line;
    size_t length = strlen(name);

    for (; *text; text++)
        if (!strncmp(text, name, length)) {
            unsigned long value = 0;

            for (text += length; *text >= '0' && *text <= '9'; text++)
                value = value * 10 + (unsigned long)(*text - '0');
            return value;
        }
    return otherwise;
}

/* Breakpoints that a call has set. */
static bool on_trap(struct trap_frame *frame)
{
    if (frame->vector != TRAP_DB)
        return false;
    hypercall3(__HYPERVISOR_set_debugreg, 7, 0, 0);
    return true;
}

void guest_main(void)
{
    unsigned long calls = option("calls=", 20000), trace = option("trace=", ~0UL);

    seeds[0] = option("seed=", 1);
    trap_hook = on_trap;
    world_make();
    second_share = option("second=", 4);
    if (second_share)
        second_start(seeds[0] + 1);
    for (unsigned long i = 0; i < calls; i++) {
        struct call c;

        if (i % REPAIR_EVERY == REPAIR_EVERY - 1) {
            second_hold();
            world_repair_all();
            probe();
            second_in_span(i / REPAIR_EVERY);
        }
        tracing = i >= trace;
        if (tracing)
            print("call %lu\n", i);
        if (percent(3)) {
            run_together();
        } else if (make(&c)) {
            record(&c, run(&c));
        }
        world_repair();
    }
    second_hold();
    world_repair_all();
    record_print(option("errors=", 0));
}
