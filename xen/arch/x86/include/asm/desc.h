/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Segment descriptors, the task state segment, and the selectors of our part of the GDT. */
#ifndef ASM_DESC_H
#define ASM_DESC_H

#include <abi/abi.h>

/* Our page of the GDT follows the guest's 14. FLAT_* selectors (ABI) lie in it too. */
#define HV_CS   0xe008
#define HV_SS   0xe010
#define TSS_SEL 0xe040
#define LDT_SEL 0xe050

/*
 * A CPU's block of stacks, from below: a page each for double faults, NMIs and machine checks, a
 * page that is not mapped, and the stack that all else runs on. Debug exceptions have the lowest
 * kilobyte: they change stacks at once or do next to nothing.
 */
#define IST_DF           1
#define IST_NMI          2
#define IST_MC           3
#define IST_DB           4
#define STACK_DB_SIZE    1024
#define STACK_GUARD_PAGE 3

#ifndef __ASSEMBLY__
#include <hv/types.h>

struct tss {
    uint32_t reserved0;
    uint64_t rsp[3];
    uint64_t reserved1;
    uint64_t ist[7];
    uint64_t reserved2;
    uint16_t reserved3, io_bitmap;
} __packed;

struct idt_gate {
    uint16_t offset0, selector;
    uint8_t ist, type;
    uint16_t offset1;
    uint32_t offset2, reserved;
};

struct desc_pointer {
    uint16_t limit;
    uint64_t base;
} __packed;

#define GATE_INTERRUPT 0x8e
#define GATE_DPL3      0x60

/* A page of null descriptors: what lies under GDT selectors that a guest has not filled. */
extern const uint64_t null_descriptors[512];
/* The unmapped page below this CPU's stack. */
vaddr_t stack_guard(void);

/*
 * Checks a descriptor that a guest wants to use and makes it harmless (its DPL becomes 3).
 * False if it may not be used: gates, system segments.
 */
bool segment_descriptor_fix(uint64_t *desc);
#endif
#endif
