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

long do_domctl(unsigned long arg, unsigned long a2, unsigned long a3, unsigned long a4,
               unsigned long a5);

struct domain;
struct xen_domctl;

/*
 * One operation of domctl. The target is referenced and its control_lock held. 0, -Exxx, or
 * -ERESTART to be called again; with @answers the structure is copied back.
 */
struct domctl_handler {
    long (*run)(struct domain *d, struct xen_domctl *op);
    bool answers;
    int answers_on; /* an error with which it is copied back too */
    bool not_self;  /* -EINVAL for the caller's own domain */
};
/* The machine's part of them; null: there is no such operation. */
const struct domctl_handler *arch_domctl_handler(unsigned int cmd);
/* Checks what a new domain shall be: 0, -EINVAL or -EOPNOTSUPP. Then what of it the arch keeps. */
int arch_domain_config_check(const struct xen_domctl_createdomain *c);
void arch_domain_config_set(struct domain *d, const struct xen_domctl_createdomain *c);

/*
 * What CPUID and some MSRs say to @d (null: to a plain PV guest), as a list for the tools. Null
 * pointers ask for the largest numbers. 0, -EFAULT, -ENOMEM, or -ENOBUFS with the number needed.
 */
struct arch_cpu_policy {
    xen_cpuid_leaf_t *leaves; /* guest addresses */
    xen_msr_entry_t *msrs;
    uint32_t nr_leaves, nr_msrs; /* room for so many; how many there are */
};
int arch_cpu_policy_get(const struct domain *d, struct arch_cpu_policy *out);

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
