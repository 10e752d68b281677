/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hypercall vcpu_op, and what of it the machine's side does. */
#ifndef HV_VCPU_OP_H
#define HV_VCPU_OP_H

#include <hv/types.h>

struct vcpu;

long do_vcpu_op(unsigned long cmd, unsigned long vcpuid, unsigned long arg, unsigned long a4,
                unsigned long a5);

/*
 * VCPUOP_register_vcpu_info: from now on v->info lies in the guest's frame @frame at @offset. The
 * vcpu is the current one or down. -EINVAL: registered before, not a writable frame.
 */
int vcpu_info_register(struct vcpu *v, gfn_t frame, uint32_t offset);
/* Gives that frame back and sets v->info to null, if there is one. The vcpu is stopped. */
void vcpu_info_release(struct vcpu *v);

/*
 * The machine's side. Sets registers and address space from the guest's vcpu_guest_context and then
 * v->is_initialised; 0, -EFAULT, -EINVAL, or -ERESTART: call again.
 */
int arch_vcpu_initialise(struct vcpu *v, const void *guest_context);
/* 0 or -Exxx. */
int arch_vcpu_send_nmi(struct vcpu *v);
/* VCPUOP_get_physid's answer for a CPU: the APIC's id below, ACPI's processor id above. */
uint64_t arch_cpu_physid(unsigned int cpu);

#endif
