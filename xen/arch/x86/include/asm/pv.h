/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The PV face: what start-up, the scheduler's switch and the hypercall table call. */
#ifndef ASM_PV_H
#define ASM_PV_H

#include <hv/domain.h>

/* Brings struct pv_fast up to date after handlers, assists or the user's page table changed. */
void pv_entry_update(struct vcpu *v);

/* The assists that a domain may have (do_vm_assist). */
#define PV_VM_ASSISTS                                                                  \
    (1UL << VMASST_TYPE_4gb_segments | 1UL << VMASST_TYPE_4gb_segments_notify |        \
     1UL << VMASST_TYPE_writable_pagetables | 1UL << VMASST_TYPE_pae_extended_cr3 |    \
     1UL << VMASST_TYPE_architectural_iopl | 1UL << VMASST_TYPE_runstate_update_flag | \
     1UL << VMASST_TYPE_m2p_strict)

/* Registers the checks of page tables with the frame table; once. */
void pv_mm_init(void);

/* Makes the console key and the option of the audit work (pv/audit.c); once. */
void pv_audit_init(void);

/* The arch part of a new vcpu. 0 or -ENOMEM. */
int pv_vcpu_init(struct vcpu *v);
/* It gives back its page and descriptor tables. It never runs again; mmu_lock is held. */
void pv_vcpu_release(struct vcpu *v);
/* This CPU forgets descriptor tables of guests, and null selectors replace theirs. */
void pv_descriptors_unload(void);

/* Linear addresses that a PV guest may give us: canonical and not the hypervisor's. */
static inline bool pv_address_ok(vaddr_t va)
{
    return (int64_t)(va << 16) >> 16 == (int64_t)va &&
           (va < 0xffff800000000000 || va >= 0xffff880000000000);
}

/*
 * Unpins a frame of a domain that ends, and ends what a preempted call left of it. The caller has a
 * reference, the domain does not run. 0, or -ERESTART: call it again for the same frame.
 */
int pv_table_release(struct domain *d, struct frame *pg) __must_check;

/*
 * Makes the guest continue at a handler of its own, with the frame that the ABI wants on its
 * kernel stack. @error_code is pushed when @has_error. Crashes the domain if that cannot be done.
 */
struct pv_bounce {
    uint64_t address;
    uint32_t error_code;
    bool has_error, mask_events;
};
void pv_bounce(struct cpu_user_regs *regs, const struct pv_bounce *b);

/* Delivers exception @vector to the guest kernel's handler for it. */
void pv_inject(struct cpu_user_regs *regs, unsigned int vector, uint32_t error_code);
void pv_inject_pf(struct cpu_user_regs *regs, uint32_t error_code, vaddr_t addr);

/* Switches between the guest's kernel and user address space and segment base. */
void pv_toggle_mode(struct vcpu *v);

/* Privileged instructions of the guest kernel: true if it was done (or a fault injected). */
bool pv_emulate_privileged(struct cpu_user_regs *regs);
/* The forced-emulation prefix before CPUID. */
bool pv_emulate_forced(struct cpu_user_regs *regs);

/* Shows the vcpu's descriptor tables in this CPU's window, instead of what was there. */
void pv_gdt_load(const struct vcpu *v);
void pv_ldt_load(struct vcpu *v);
/* The vcpu's LDT lies elsewhere now: forgets what was read of it. The vcpu is current. */
void pv_ldt_change(struct vcpu *v);
/* A descriptor at @addr of the window is wanted: true if its page could be shown. */
bool pv_ldt_fault(struct vcpu *v, vaddr_t addr);
/* Takes checked frames as the vcpu's GDT. 0 or -EINVAL. The vcpu is current or does not run. */
int pv_gdt_set(struct vcpu *v, const uint64_t *frames, unsigned int entries);
/* Sets all registers from the tools' form; the vcpu does not run. 0, -EINVAL, or
 * -ERESTART: call it again. */
int pv_context_set(struct vcpu *v, const struct vcpu_guest_context *c);
/* The tools' form of all registers; the vcpu does not run. */
void pv_context_get(const struct vcpu *v, struct vcpu_guest_context *c);
/* Sets an MSR that was saved; the vcpu does not run. 0 or -EINVAL. */
int pv_restore_msr(struct vcpu *v, uint32_t index, uint64_t value);
/* Forgets what the tools said about CPUID. */
void pv_policy_free(struct domain *d);
/* Debug registers: 0, -EPERM (not for a guest), -ENODEV (no such register). */
int pv_debugreg_set(struct vcpu *v, unsigned int reg, uint64_t value);
uint64_t pv_debugreg_get(const struct vcpu *v, unsigned int reg);
/* Writes the code of the hypercall page. */
void pv_hypercall_page_fill(uint8_t *page);
/* Gives back the references that the vcpu's GDT and LDT hold. */
void pv_descriptors_release(struct vcpu *v);

/* Disconnects all of its device interrupts, before evtchn_domain_destroy(). */
void physdev_domain_destroy(struct domain *d);

#define HYPERCALL_ARGS \
    unsigned long a1, unsigned long a2, unsigned long a3, unsigned long a4, unsigned long a5
#define DECLARE_HYPERCALL(name) long name(HYPERCALL_ARGS)

DECLARE_HYPERCALL(do_set_trap_table);
DECLARE_HYPERCALL(do_mmu_update);
DECLARE_HYPERCALL(do_set_gdt);
DECLARE_HYPERCALL(do_stack_switch);
DECLARE_HYPERCALL(do_set_callbacks);
DECLARE_HYPERCALL(do_fpu_taskswitch);
DECLARE_HYPERCALL(do_set_debugreg);
DECLARE_HYPERCALL(do_get_debugreg);
DECLARE_HYPERCALL(do_update_descriptor);
DECLARE_HYPERCALL(do_update_va_mapping);
DECLARE_HYPERCALL(do_update_va_mapping_otherdomain);
DECLARE_HYPERCALL(do_vm_assist);
DECLARE_HYPERCALL(do_iret);
DECLARE_HYPERCALL(do_set_segment_base);
DECLARE_HYPERCALL(do_mmuext_op);
DECLARE_HYPERCALL(do_callback_op);

#endif
