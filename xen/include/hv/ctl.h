/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hypercalls about the machine and about ourselves. Arguments are as the ABI's registers. */
#ifndef HV_CTL_H
#define HV_CTL_H

long do_xen_version(unsigned long cmd, unsigned long arg, unsigned long a3, unsigned long a4,
                    unsigned long a5);
long do_platform_op(unsigned long arg, unsigned long a2, unsigned long a3, unsigned long a4,
                    unsigned long a5);
long do_physdev_op(unsigned long cmd, unsigned long arg, unsigned long a3, unsigned long a4,
                   unsigned long a5);
long do_nmi_op(unsigned long cmd, unsigned long arg, unsigned long a3, unsigned long a4,
               unsigned long a5);
long do_sysctl(unsigned long arg, unsigned long a2, unsigned long a3, unsigned long a4,
               unsigned long a5);

struct xen_sysctl_physinfo;
/* What the arch knows: threads, cores, clock, features, kinds of domains. */
void arch_physinfo(struct xen_sysctl_physinfo *info);

struct vcpu;
/* Where @v takes NMIs (arch); 0: nowhere. 0 or -EINVAL for an address it may not have. */
int arch_nmi_callback_set(struct vcpu *v, unsigned long address);

#endif
