/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The hypervisor's address space: L4 slots 256-271, the same in every page table.
 *   256  machine-to-physical table, as guests see it (fixed by the ABI; read-only, user)
 *   257  the same table, writable
 *   258  frame table
 *   259  device mappings
 *   260  hypervisor image; 1 GiB above, per-CPU windows (descriptor tables, entry stubs)
 *   262- direct map of all memory
 */
#ifndef ASM_LAYOUT_H
#define ASM_LAYOUT_H

#define HV_SLOT_FIRST 256
#define HV_SLOT_LAST  271

#define M2P_RO_BASE      0xffff800000000000
#define M2P_RW_BASE      0xffff808000000000
#define FRAME_TABLE_BASE 0xffff810000000000
#define IOREMAP_BASE     0xffff818000000000
#define IOREMAP_SIZE     0x0000000100000000
#define CPU_WINDOW_BASE  0xffff820040000000
#define IMAGE_BASE       0xffff820000000000
#define DIRECT_MAP_BASE  0xffff830000000000
#define DIRECT_MAP_END   0xffff880000000000

/* Where the image is linked to lie behind IMAGE_BASE, and where multiboot 1 loads it. */
#define IMAGE_OFFSET 0x200000

/*
 * A CPU's window: 16 pages of GDT (14 are the guest's), 16 pages of LDT, then a page of code and a
 * page of data for the SYSCALL entry.
 */
#define CPU_WINDOW_PAGES 64
#define CPU_WINDOW_SIZE  (CPU_WINDOW_PAGES * 4096)
#define CPU_WINDOW_GDT   0
#define CPU_WINDOW_LDT   16
#define CPU_WINDOW_STUB  32
#define CPU_WINDOW_DATA  33

#endif
