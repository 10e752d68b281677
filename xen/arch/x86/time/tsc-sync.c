/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether a new CPU's TSC is in step with the boot CPU's, and by how much it is off if not.
 * The two pass a baton to and fro: the boot CPU reads its TSC, asks, gets the other's, reads again.
 * If the answer lies between its own two readings every time, they are in step.
 */
#include <hv/printk.h>

#include <asm/irqflags.h>
#include <asm/msr.h>

#include "private.h"

#define ROUNDS  16U
#define WAIT_US 1000000U

static uint32_t baton; /* odd: the boot CPU asks, even: the new CPU has answered */
static uint64_t answer;

void tsc_sync_ap(void)
{
    for (uint32_t round = 0; round < ROUNDS; round++) {
        while (__atomic_load_n(&baton, __ATOMIC_ACQUIRE) != 2 * round + 1)
            cpu_relax();
        answer = rdtsc_ordered();
        __atomic_store_n(&baton, 2 * round + 2, __ATOMIC_RELEASE);
    }
    /* The origin of this CPU is being written. */
    while (__atomic_load_n(&baton, __ATOMIC_ACQUIRE) != 0)
        cpu_relax();
}

/* False if the other CPU does not answer. */
static bool ask(uint32_t round, uint64_t *before, uint64_t *after)
{
    uint64_t limit = clock_scale(ns_to_tsc, WAIT_US * (uint64_t)NS_PER_US);

    *before = rdtsc_ordered();
    __atomic_store_n(&baton, 2 * round + 1, __ATOMIC_RELEASE);
    while (__atomic_load_n(&baton, __ATOMIC_ACQUIRE) != 2 * round + 2) {
        if (rdtsc_ordered() - *before > limit)
            return false;
        cpu_relax();
    }
    *after = rdtsc_ordered();
    return true;
}

void tsc_sync_bsp(unsigned int cpu)
{
    uint64_t before, after, best_width = UINT64_MAX, skew = 0;
    bool in_step = true;

    for (uint32_t round = 0; round < ROUNDS; round++) {
        if (!ask(round, &before, &after))
            break;
        if (answer - before > after - before)
            in_step = false;
        if (after - before < best_width) {
            best_width = after - before;
            skew = answer - (before + (after - before) / 2);
        }
    }
    if (in_step)
        skew = 0;
    else
        tsc_is_stable = false;
    per_cpu(tsc_origin, cpu) = per_cpu(tsc_origin, 0) + skew;
    if (!in_step)
        printk(LOG_WARN "time: TSC of CPU %u is %ld ticks off\n", cpu, (int64_t)skew);
    __atomic_store_n(&baton, 0, __ATOMIC_RELEASE);
}
