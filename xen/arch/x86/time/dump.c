/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Console key 't': the clock, and how far apart the CPUs read it. */
#include <hv/debug.h>
#include <hv/printk.h>

#include <asm/time.h>

static void dump(void)
{
    nstime_t now = time_now();
    unsigned int cpu;
    uint64_t sec;
    uint32_t nsec;

    wallclock_get(&sec, &nsec);
    printk("system time %ld ns, started %lu.%09u s after 1970\n", (long)now, (unsigned long)sec,
           nsec);
    printk("TSC %lu Hz%s\n", (unsigned long)tsc_hz, tsc_is_stable ? ", stable" : "");
    for_each_cpu (cpu, &cpu_online_map)
        printk("  CPU %u: TSC was %ld at system time 0\n", cpu, (long)per_cpu(tsc_origin, cpu));
}
DEFINE_CONSOLE_KEY(time, 't', "time", dump);
