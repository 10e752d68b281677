/* SPDX-License-Identifier: GPL-2.0-or-later */
/* System time: the TSC, its rate measured once, its origin known on every CPU. */
#include <asm/time.h>

#include <hv/errno.h>
#include <hv/init.h>
#include <hv/printk.h>
#include <hv/string.h>

#include <asm/cpuid.h>
#include <asm/irqflags.h>
#include <asm/msr.h>

#include "private.h"

#define CALIBRATION_FINE_MS   5U /* against a clock of 10 MHz and more */
#define CALIBRATION_COARSE_MS 20U
#define FINE_HZ               10000000U

#define CPUID_TSC_RATIO 0x15 /* SDM vol. 2: TSC to crystal clock */

uint64_t tsc_hz;
bool tsc_is_stable;
struct clock_scale tsc_to_ns, ns_to_tsc;
DEFINE_PER_CPU(uint64_t, tsc_origin);

static enum { STABLE_ASK_CPU, STABLE_YES, STABLE_NO } stable_param;

static int tsc_param(const char *value)
{
    if (strcmp(value, "unstable") == 0)
        stable_param = STABLE_NO;
    else if (strncmp(value, "stable", 6) == 0)
        stable_param = STABLE_YES;
    else if (strcmp(value, "skewed") != 0)
        return -EINVAL;
    return 0;
}
DEFINE_PARAM("tsc", tsc_param);

nstime_t time_now(void)
{
    return (nstime_t)clock_scale(tsc_to_ns, rdtsc_ordered() - this_cpu(tsc_origin));
}

void delay_us(unsigned int us)
{
    uint64_t start = rdtsc_ordered(), ticks = clock_scale(ns_to_tsc, us * (uint64_t)NS_PER_US);

    while (rdtsc_ordered() - start < ticks)
        cpu_relax();
}

/* One reading of all clocks at the same moment, or nearly so. */
struct sample {
    uint64_t tsc;
    uint32_t ref, apic;
};

/*
 * The reading is taken where the reference clock ticks. Of several the one that took the shortest
 * time is kept, because the emulator's host or an SMI may have come between two reads.
 */
static struct sample sample_take(const struct refclock *r)
{
    struct sample best = { 0 };
    uint64_t best_width = UINT64_MAX;

    for (unsigned int i = 0; i < 4; i++) {
        uint32_t now, before = r->read() & r->mask, apic;
        uint64_t start, end;

        do {
            start = rdtsc_ordered();
            now = r->read() & r->mask;
            end = rdtsc_ordered();
        } while (now == before);
        apic = apic_timer_measure_read();
        if (end - start < best_width) {
            best_width = end - start;
            best = (struct sample){ start + (end - start) / 2, now, apic };
        }
    }
    return best;
}

/* The rate that the processor itself states, if it does. */
static uint64_t tsc_hz_stated(void)
{
    struct cpuid_leaf l;

    if (cpu_features.max_leaf < CPUID_TSC_RATIO)
        return 0;
    l = cpuid(CPUID_TSC_RATIO, 0);
    return l.a && l.b && l.c ? (uint64_t)l.c * l.b / l.a : 0;
}

static void calibrate(const struct refclock *r)
{
    unsigned int ms = r->hz >= FINE_HZ ? CALIBRATION_FINE_MS : CALIBRATION_COARSE_MS;
    uint64_t stated, window = r->hz * ms / 1000;
    struct sample first, last;
    uint32_t ticks;

    apic_timer_measure_start();
    first = sample_take(r);
    while (((r->read() - first.ref) & r->mask) < window)
        cpu_relax();
    last = sample_take(r);
    ticks = (last.ref - first.ref) & r->mask;
    tsc_hz = (last.tsc - first.tsc) * r->hz / ticks;
    apic_timer_set_rate((uint64_t)(last.apic - first.apic) * r->hz / ticks);
    /* A stated rate is exact; one that is far off is an emulator's invention. */
    stated = tsc_hz_stated();
    if (stated > tsc_hz - tsc_hz / 512 && stated < tsc_hz + tsc_hz / 512)
        tsc_hz = stated;
}

void time_init(void)
{
    struct refclock r = refclock_find();
    unsigned long flags = irq_save();

    calibrate(&r);
    irq_restore(flags);
    if (!tsc_hz)
        panic("the TSC does not count");
    tsc_to_ns = clock_scale_make(tsc_hz, (uint64_t)NS_PER_S);
    ns_to_tsc = clock_scale_make((uint64_t)NS_PER_S, tsc_hz);
    this_cpu(tsc_origin) = rdtsc_ordered();
    tsc_is_stable = stable_param == STABLE_YES ||
                    (stable_param == STABLE_ASK_CPU && cpu_features.invariant_tsc);
    wallclock_init();
    apic_timer_init_cpu();
    printk(LOG_INFO "time: TSC runs at %lu.%03lu MHz, measured with %s%s\n", tsc_hz / 1000000,
           tsc_hz / 1000 % 1000, r.name, tsc_is_stable ? ", stable" : "");
}
