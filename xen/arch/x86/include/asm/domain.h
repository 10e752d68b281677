/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a domain and a vcpu are on x86. Legend as in <hv/domain.h>. */
#ifndef ASM_DOMAIN_H
#define ASM_DOMAIN_H

#include <hv/ranges.h>
#include <hv/spinlock.h>
#include <hv/types.h>

#include <asm/current.h>

struct cpu_policy;
struct e820_map;
struct frame;

#define PV_GDT_FRAMES FIRST_RESERVED_GDT_PAGE

/* An address in the guest kernel, as set_trap_table gives it. */
struct pv_trap {
    uint64_t address;
    uint16_t cs;
    uint8_t dpl;
    bool disables_events;
};

/* bits of pv_vcpu.mode */
#define PV_MODE_KERNEL 1U /* in the guest kernel's address space */

struct pv_vcpu {
    struct pv_trap traps[256];     /* (v) */
    uint64_t kernel_ss, kernel_sp; /* (v) stack_switch */
    uint64_t event_address;        /* (v) callbacks */
    uint64_t failsafe_address;
    uint64_t syscall_address;
    uint64_t syscall32_address;
    uint64_t sysenter_address;
    uint64_t nmi_address;
    uint16_t syscall32_cs, sysenter_cs;
    bool syscall_disables_events, syscall32_disables_events, sysenter_disables_events;
    bool failsafe_disables_events;
    uint32_t iopl; /* (v) */
    uint32_t io_bitmap_ports;
    uint64_t io_bitmap; /* guest address */
    uint64_t cr0_ts;    /* guest's view: CR0.TS set */
    uint64_t cr4;       /* guest's view */
    uint64_t spec_ctrl; /* (v) the guest's SPEC_CTRL */
    uint64_t dr6, dr7;
    uint64_t dr[4];
    mfn_t kernel_l4, user_l4; /* (v) CR3 in each mode; user_l4 may be invalid */
    struct frame *old_table;  /* (v) replaced, but not released to the end; or null */
    uint64_t fs_base, gs_base_kernel, gs_base_user; /* (v) while not running */
    mfn_t gdt_frames[PV_GDT_FRAMES];                /* (v) */
    uint32_t gdt_entries;                           /* (v) */
    uint64_t ldt_base;                              /* (v) guest linear address */
    uint32_t ldt_entries;                           /* (v) */
    uint32_t ldt_mapped;                            /* pages of the window in use */
    struct frame *ldt_frames[16];
};

/*
 * What the shortest ways through the entry code need; 0 sends them the long way through C. Kept by
 * pv_entry_update().
 */
struct pv_fast {
    uint64_t syscall;              /* handler of system calls from user mode */
    uint64_t pf;                   /* handler of page faults from user mode */
    uint64_t event;                /* handler of events in kernel mode */
    uint64_t cr3_user;             /* for IRET to user mode */
    uint8_t syscall_mask, pf_mask; /* whether the handler starts with events masked */
};

/* bits of arch_vcpu.work */
#define ARCH_WORK_NMI        1U /* an NMI for the guest */
#define ARCH_WORK_NMI_MASKED 2U /* it handles one: the next has to wait for its IRET */

struct arch_vcpu {
    struct cpu_user_regs regs;     /* (v) */
    uint32_t mode;                 /* (v) PV_MODE_* ; entry code uses it */
    uint32_t work;                 /* (a) ARCH_WORK_*: to be done before entering the guest */
    uint64_t cr3_kernel, cr3_user; /* (v) values for CR3; entry code uses them */
    struct pv_fast fast;           /* (v) */
    void *xsave_area;
    uint64_t xcr0;
    uint32_t loaded_cpu; /* (v) where its state was loaded last */
    struct pv_vcpu pv;
};

struct arch_domain {
    struct spinlock memory_map_lock;
    struct e820_map *memory_map;        /* under memory_map_lock: as the tools set it, or null */
    struct spinlock mmu_lock;           /* guards the domain's page tables and their types */
    unsigned long vm_assist;            /* VMASST_TYPE_* bits */
    uint32_t misc_flags;                /* (c) XEN_X86_MSR_RELAXED */
    struct ranges iomem, ioports, irqs; /* what it may use of the machine, if not all */
    struct cpu_policy *policy; /* what CPUID says, as the tools set it; null: all there is */
    uint32_t tsc_mode, tsc_incarnation; /* as the tools set them; the TSC is always the machine's */
    int64_t tsc_start;                  /* system time minus the time it has been there for, ns */
    uint32_t pci_cf8;                   /* the hardware domain's PCI configuration address */
};

#endif
