/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sets of physical CPUs. */
#ifndef HV_CPUMASK_H
#define HV_CPUMASK_H

#include <hv/bitmap.h>

#define NR_CPUS 256U

struct cpumask {
    unsigned long bits[BITMAP_LONGS(NR_CPUS)];
};

extern unsigned int nr_cpu_ids;       /* CPUs that were found; ids run from 0 to this - 1 */
extern struct cpumask cpu_online_map; /* CPUs that run */

static inline bool cpumask_has(const struct cpumask *m, unsigned int cpu)
{
    return bit_is_set(m->bits, cpu);
}

/* Adding and removing are atomic: masks are shared between CPUs. */
static inline void cpumask_add(struct cpumask *m, unsigned int cpu)
{
    __atomic_fetch_or(&m->bits[cpu / BITS_PER_LONG], 1UL << (cpu % BITS_PER_LONG),
                      __ATOMIC_SEQ_CST);
}

static inline void cpumask_remove(struct cpumask *m, unsigned int cpu)
{
    __atomic_fetch_and(&m->bits[cpu / BITS_PER_LONG], ~(1UL << (cpu % BITS_PER_LONG)),
                       __ATOMIC_SEQ_CST);
}

static inline void cpumask_clear(struct cpumask *m)
{
    *m = (struct cpumask){ { 0 } };
}

static inline void cpumask_fill(struct cpumask *m)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(m->bits); i++)
        m->bits[i] = ~0UL;
}

static inline void cpumask_and(struct cpumask *dst, const struct cpumask *a,
                               const struct cpumask *b)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(dst->bits); i++)
        dst->bits[i] = a->bits[i] & b->bits[i];
}

static inline void cpumask_or(struct cpumask *dst, const struct cpumask *a, const struct cpumask *b)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(dst->bits); i++)
        dst->bits[i] = a->bits[i] | b->bits[i];
}

static inline bool cpumask_is_empty(const struct cpumask *m)
{
    return bitmap_find_set(m->bits, NR_CPUS, 0) == NR_CPUS;
}

static inline bool cpumask_intersects(const struct cpumask *a, const struct cpumask *b)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(a->bits); i++)
        if (a->bits[i] & b->bits[i])
            return true;
    return false;
}

static inline unsigned int cpumask_weight(const struct cpumask *m)
{
    return bitmap_weight(m->bits, NR_CPUS);
}

/* The first CPU, or the next one above @cpu; NR_CPUS if there is none. */
static inline unsigned int cpumask_first(const struct cpumask *m)
{
    return bitmap_find_set(m->bits, NR_CPUS, 0);
}

static inline unsigned int cpumask_next(const struct cpumask *m, unsigned int cpu)
{
    return bitmap_find_set(m->bits, NR_CPUS, cpu + 1);
}

#define for_each_cpu(cpu, mask) \
    for (cpu = cpumask_first(mask); cpu < NR_CPUS; cpu = cpumask_next(mask, cpu))

#endif
