/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hypercalls about the machine and about ourselves. Arguments are as the ABI's registers. */
#ifndef HV_CTL_H
#define HV_CTL_H

#include <hv/types.h>

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

/* Sets as the tools pass them: @nr bits; what is beyond either end is 0. 0 or -EFAULT. */
int ctl_bitmap_read(unsigned long *bits, unsigned int nr, const struct xenctl_bitmap *map);
int ctl_bitmap_write(const struct xenctl_bitmap *map, const unsigned long *bits, unsigned int nr);

struct xen_sysctl;
struct xen_sysctl_physinfo;
/* What the arch knows: clock, features, kinds of domains. */
void arch_physinfo(struct xen_sysctl_physinfo *info);
/* The operations of sysctl that are the arch's; as those of ctl/sysctl.h. */
long arch_sysctl_get_cpu_levelling_caps(struct xen_sysctl *op);
long arch_sysctl_get_cpu_featureset(struct xen_sysctl *op);
long arch_sysctl_get_cpu_policy(struct xen_sysctl *op);
/* Whether there is such a PCI function. */
bool arch_pci_is_known(uint16_t segment, uint8_t bus, uint8_t devfn);

struct vcpu;
/* Where @v takes NMIs (arch); 0: nowhere. 0 or -EINVAL for an address it may not have. */
int arch_nmi_callback_set(struct vcpu *v, unsigned long address);

#endif
