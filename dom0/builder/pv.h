/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a PV domain starts with: its kernel, where everything lies in its memory, its first page
 * tables, start_info and registers. Pure: buffers in, buffers out. Frame numbers are the guest's
 * pseudo-physical ones ("pfn") unless called machine frames.
 *
 *     pv_image_open()     a kernel's file, unpacked and checked
 *     pv_layout_plan()    where everything goes
 *     pv_image_segment()  what to copy where
 *     pv_tables_build(), pv_start_info(), pv_vcpu_context()
 *
 * What fails returns NULL or -1 with one sentence in *why, without a full stop.
 */
#ifndef DOM0_BUILDER_PV_H
#define DOM0_BUILDER_PV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifndef __XEN_TOOLS__
#define __XEN_TOOLS__ 1
#endif
#include <xen/xen.h>

#define PV_PAGE_SIZE  4096UL
#define PV_PAGE_SHIFT 12

struct pv_image;

/* Keeps pointing into the file, which must outlive it; pv_image_close() frees it. */
struct pv_image *pv_image_open(const void *file, size_t size, const char **why);
void pv_image_close(struct pv_image *image);
/* The ELF file proper, which opens faster; NULL when the file given was that already. */
const void *pv_image_unpacked(const struct pv_image *image, size_t *size);
/* Whether a hypervisor with these features (bit n is XENFEAT n) has all that it needs. */
int pv_image_check(const struct pv_image *image, uint32_t features, const char **why);
/* Whether a cancelled suspend is told to it by the hypercall's return value. */
bool pv_image_suspend_cancel(const struct pv_image *image);

/* `data_size` bytes of `data` go to pseudo-physical address `phys`, zeroes follow up to `size`. */
struct pv_segment {
    uint64_t phys;
    const uint8_t *data;
    size_t data_size, size;
};
/* Steps through what is to be loaded: *cursor is 0 before the first call; false at the end. */
bool pv_image_segment(const struct pv_image *image, unsigned *cursor, struct pv_segment *segment);

struct pv_layout {
    uint64_t nr_pages;
    uint64_t virt_base; /* pfn 0 is mapped there, and the frames up to mapped_end behind it */
    uint64_t entry;
    uint64_t ramdisk_pfn, ramdisk_bytes;
    bool ramdisk_by_pfn; /* start_info names its frame, not its address */
    uint64_t p2m_pfn, p2m_pages, p2m_virt;
    uint64_t start_info_pfn, store_pfn, console_pfn, stack_pfn;
    uint64_t tables_pfn, n_tables;
    uint64_t mapped_end; /* the first frame that is not mapped at the start */
    uint64_t needed;     /* frames from 0 on that hold something */
    bool has_hypercall_page;
    uint64_t hypercall_pfn;
};

/* Fails when the kernel and its ramdisk do not fit: layout->needed then says how many frames. */
int pv_layout_plan(struct pv_layout *layout, const struct pv_image *image, uint64_t nr_pages,
                   uint64_t ramdisk_bytes, const char **why);

/*
 * Fills the n_tables pages at `tables`, which must be zero, for a domain whose frame i is machine
 * frame p2m[i]. The first page is the top-level table.
 */
void pv_tables_build(const struct pv_layout *layout, const xen_pfn_t *p2m, void *tables);

/* The two rings and what leads to them; frames are machine frames. */
struct pv_channels {
    uint64_t shared_info_frame;
    uint64_t store_frame, console_frame;
    uint32_t store_port, console_port;
};

/* Fills the page of start_info. Fails when the command line is too long for it. */
int pv_start_info(const struct pv_layout *layout, const struct pv_channels *channels,
                  const char *cmdline, void *page, const char **why);

/* The registers of vcpu 0; `cr3_frame` is the machine frame of the top-level table. */
void pv_vcpu_context(const struct pv_layout *layout, uint64_t cr3_frame,
                     vcpu_guest_context_t *context);

#endif
