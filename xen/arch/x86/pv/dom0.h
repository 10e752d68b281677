/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Building the control domain: what its parts share. */
#ifndef PV_DOM0_H
#define PV_DOM0_H

#include <hv/boot-info.h>
#include <hv/domain.h>
#include <hv/kernel-image.h>

/* Where everything lies. Numbers of frames are pseudo-physical ones: indices of p2m. */
struct dom0_build {
    struct domain *d;
    struct vcpu *v;
    const struct boot_module *initrd; /* null: none */
    struct kernel_info kernel;

    uint64_t nr_pages;
    uint64_t *p2m; /* while building: machine frame of each pfn */

    vaddr_t v_start, v_end; /* the initial mapping; v_start is pfn 0 */
    vaddr_t v_initrd, v_p2m, v_start_info, v_tables, v_stack;
    uint64_t nr_tables;       /* page tables of the initial mapping */
    uint64_t p2m_pfn, nr_p2m; /* the frame list, and its page tables if it lies apart */
    uint64_t initrd_pfn;
};

/* dom0-memory.c: how much memory (dom0_mem=), and taking it. */
uint64_t dom0_pages(uint64_t reserve);
/* The limit for ballooning up: dom0_mem=max:, else none to speak of. */
uint64_t dom0_max_pages(uint64_t nr_pages);
int dom0_memory_alloc(struct dom0_build *b);
/* The direct-map address of a pfn's frame. */
void *dom0_frame(const struct dom0_build *b, uint64_t pfn);
/* Copies to a place in the initial mapping. */
void dom0_write(const struct dom0_build *b, vaddr_t va, const void *src, size_t size);

/* dom0-tables.c: how many page tables the mapping takes; making them. Returns the L4's pfn. */
uint64_t dom0_tables_count(vaddr_t start, vaddr_t end);
uint64_t dom0_tables_build(struct dom0_build *b);

/* dom0-start-info.c */
void dom0_start_info(struct dom0_build *b, const char *cmdline);

#endif
