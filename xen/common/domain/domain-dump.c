/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Console key 'q': the domains and their vcpus. Without locks, so it may be out of date. */
#include <hv/debug.h>
#include <hv/domain.h>
#include <hv/printk.h>

static const char *state_of(const struct domain *d)
{
    return d->state != DOMAIN_ALIVE ? "dying" : d->is_shut_down ? "shut down" : "alive";
}

static void dump_vcpu(const struct vcpu *v)
{
    unsigned long flags = READ_ONCE(v->pause_flags);

    printk("  v%u: CPU %u, %s%s%s, pauses %u, upcall %s%s, poll %d\n", v->id, v->cpu,
           v->is_running         ? "running"
           : vcpu_is_runnable(v) ? "waits for a CPU"
                                 : "stopped",
           flags & 1UL << VPF_BLOCKED ? ", blocked" : "", flags & 1UL << VPF_DOWN ? ", down" : "",
           v->pause_count, v->info->evtchn_upcall_pending ? "pending" : "none",
           v->info->evtchn_upcall_mask ? " (masked)" : "", v->poll_port);
}

static void dump_domain(struct domain *d)
{
    const struct vcpu *v;

    printk("d%u: %s%s, references %u, pauses %u, %zu of %zu pages\n", d->id, state_of(d),
           d->is_privileged ? ", privileged" : "", d->refs, d->pause_count, (size_t)d->tot_pages,
           (size_t)d->max_pages);
    if (d->is_shut_down)
        printk("  shutdown code %u\n", d->shutdown_code);
    for_each_vcpu (d, v)
        dump_vcpu(v);
}

static void dump_domains(void)
{
    if (!domains_try_visit(dump_domain))
        printk("the list of domains is locked\n");
}
DEFINE_CONSOLE_KEY(domains, 'q', "domains and vcpus", dump_domains);
