/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hypercall vcpu_op, and what of it the machine's side does. */
#ifndef HV_VCPU_OP_H
#define HV_VCPU_OP_H

#include <hv/types.h>

struct vcpu;

/* What vcpus without a place of their own have: everything is masked, and nobody looks. */
extern vcpu_info_t vcpu_no_info;

long do_vcpu_op(unsigned long cmd, unsigned long vcpuid, unsigned long arg, unsigned long a4,
                unsigned long a5);

/*
 * VCPUOP_register_vcpu_info: from now on v->info lies in the guest's frame @frame at @offset. The
 * vcpu is the current one or down. -EINVAL: registered before, not a writable frame.
 */
int vcpu_info_register(struct vcpu *v, gfn_t frame, uint32_t offset);
/* Gives that frame back, if there is one; v->info is then vcpu_no_info. The vcpu is stopped. */
void vcpu_info_release(struct vcpu *v);

/*
 * The machine's side. Sets registers and address space from the guest's vcpu_guest_context and then
 * v->is_initialised; 0, -EFAULT, -EINVAL, or -ERESTART: call again.
 */
int arch_vcpu_initialise(struct vcpu *v, const void *guest_context);
/* The same for the tools, for a vcpu that does not run: it may be set again, and is up or down as
 * the context says. */
int arch_vcpu_restore(struct vcpu *v, const void *context);
/* As it was before: down, without registers or address space. It does not run. */
void arch_vcpu_reset(struct vcpu *v);
/* 0 or -Exxx. */
int arch_vcpu_send_nmi(struct vcpu *v);
/* VCPUOP_get_physid's answer for a CPU: the APIC's id below, ACPI's processor id above. */
uint64_t arch_cpu_physid(unsigned int cpu);

#endif
