/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Softirqs: a word of pending bits per CPU, in its cpu_info where the exit path looks at it. */
#include <hv/softirq.h>

#include <hv/percpu.h>
#include <hv/printk.h>
#include <hv/smp.h>

static void (*handlers[SOFTIRQ_MAX])(void);

void softirq_register(enum softirq nr, void (*handler)(void))
{
    BUG_ON(handlers[nr]);
    handlers[nr] = handler;
}

/* Returns whether the bit was clear before. */
static bool mark(struct cpu_info *ci, enum softirq nr)
{
    uint32_t bit = 1U << nr;

    return !(__atomic_fetch_or(&ci->softirq_pending, bit, __ATOMIC_SEQ_CST) & bit);
}

void softirq_raise(enum softirq nr)
{
    mark(cpu_info(), nr);
}

void softirq_raise_on(unsigned int cpu, enum softirq nr)
{
    /* Whoever set the bit first has sent the interrupt, and the CPU has not looked since. */
    if (mark(cpu_infos[cpu], nr) && cpu != smp_cpu_id())
        smp_kick(cpu);
}

void softirq_process(void)
{
    struct cpu_info *ci = cpu_info();
    uint32_t pending;

    while ((pending = READ_ONCE(ci->softirq_pending)) != 0) {
        unsigned int nr = (unsigned int)__builtin_ctz(pending);

        /* Cleared first: work that comes while the handler runs makes it run again. */
        __atomic_fetch_and(&ci->softirq_pending, ~(1U << nr), __ATOMIC_SEQ_CST);
        handlers[nr]();
    }
}
