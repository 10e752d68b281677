/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The idle vcpus: one for each CPU, always runnable, never queued; what a CPU runs without work. */
#include "private.h"

#include <hv/alloc.h>
#include <hv/errno.h>

struct vcpu *idle_vcpu[NR_CPUS];

int idle_vcpu_create(unsigned int cpu)
{
    struct vcpu *v = idle_vcpu[cpu];

    if (!v) {
        v = heap_new(struct vcpu);
        if (!v)
            return -ENOMEM;
    }
    v->domain = dom_idle;
    v->id = cpu;
    v->cpu = cpu;
    v->is_idle = true;
    v->is_running = true;
    v->is_initialised = true;
    cpumask_add(&v->hard_affinity, cpu);
    v->soft_affinity = v->hard_affinity;
    v->runstate.state = RUNSTATE_running;
    v->runstate.state_entry_time = (uint64_t)time_now();
    idle_vcpu[cpu] = v;
    return 0;
}

void idle_loop(void)
{
    const struct cpu_info *ci = cpu_info();

    for (;;) {
        softirq_process();
        irq_disable();
        /* A softirq raised from here on comes with an interrupt, which ends the wait. */
        if (!READ_ONCE(ci->softirq_pending))
            arch_idle();
        else
            irq_enable();
    }
}
