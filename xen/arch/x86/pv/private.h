/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the PV face share. */
#ifndef PV_PRIVATE_H
#define PV_PRIVATE_H

#include <hv/domain.h>

#include <asm/insn.h>

/* A write of the guest kernel to one of its page tables: true if it was done. */
bool pv_emulate_pt_write(struct cpu_user_regs *regs, vaddr_t addr);

/*
 * Takes @next as the kernel's level-4 table. The vcpu is current, its old_table released. 0,
 * -EINVAL, or -ERESTART: to be called again, or if there is an old_table, to be released.
 */
int pv_new_baseptr(struct vcpu *v, mfn_t next);

/* Reads the instruction at rip into c->insn; false if it cannot be read or decoded. */
bool pv_fetch_insn(struct insn_ctxt *c, struct cpu_user_regs *regs);

/* CR4 as the guest reads it. */
uint64_t pv_guest_cr4(const struct vcpu *v);

/* What CPUID says to the guest. */
void pv_cpuid(const struct vcpu *v, uint32_t leaf, uint32_t subleaf, uint32_t out[4]);

/* The same as far as it is not a vcpu's own: what the tools set (false if nothing), and the usual.
 */
bool pv_policy_find(const struct domain *d, uint32_t leaf, uint32_t subleaf, uint32_t out[4]);
void pv_cpuid_usual(const struct domain *d, uint32_t leaf, uint32_t subleaf, uint32_t out[4]);

/* A guest sees SPEC_CTRL: on Intel's CPUs; AMD's bits are not shown to PV guests, nor by Xen. */
bool pv_spec_ctrl_shown(void);

/* RDMSR and WRMSR of the guest: 0, or -EINVAL for #GP. */
int pv_read_msr(struct vcpu *v, uint32_t index, uint64_t *value);
int pv_write_msr(struct vcpu *v, uint32_t index, uint64_t value);

/* What guests see of ARCH_CAPABILITIES: 0, or -EINVAL if there is none. */
int pv_arch_capabilities(uint64_t *value);

/* Port I/O of the guest kernel; ports it may not use read as ones. */
uint32_t pv_io_read(struct domain *d, unsigned int port, unsigned int bytes);
void pv_io_write(struct domain *d, unsigned int port, unsigned int bytes, uint32_t value);

/* Whether it may use all of these ports, or device frames. */
bool pv_may_use_ports(struct domain *d, unsigned int first, unsigned int last);
bool pv_may_use_iomem(struct domain *d, uint64_t first, uint64_t last);

/* An entry of a memory map, as INT 0x15, EAX=0xe820 returns it. */
struct e820_entry {
    uint64_t start, size;
    uint32_t type;
} __packed;

/* XENMEM_machine_memory_map. 0, -EPERM, -EFAULT, or -EINVAL if the buffer is too small. */
long pv_machine_memory_map(void *arg);

#endif
