/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A guest kernel's file: unpacking it, its ELF notes and segments. Pure, over buffers. */
#ifndef HV_KERNEL_IMAGE_H
#define HV_KERNEL_IMAGE_H

#include <hv/types.h>

/* What the kernel's ELF notes and segments ask for. */
struct kernel_info {
    uint64_t entry;
    uint64_t virt_base;   /* where pseudo-physical address 0 is mapped */
    uint64_t virt_start, virt_end; /* the segments' extent */
    bool has_init_p2m;
    uint64_t init_p2m;    /* where the frame list is wanted */
    bool mod_start_pfn;   /* the initrd need not be mapped */
    bool has_hypercall_page;
    uint64_t hypercall_page;
};

struct kernel_segment {
    uint64_t virt;
    const void *data;
    uint64_t file_size, mem_size;
};

/* The size of the ELF file inside @file; 0 and a sentence in *why if it is not one we know. */
size_t kernel_unpacked_size(const void *file, size_t len, const char **why);
/* Unpacks it to @dst of that size; @arena is working memory. 0, or -EINVAL with the reason. */
int kernel_unpack(const void *file, size_t len, void *dst, size_t dst_len, void *arena,
                  size_t arena_len, const char **why);
/* Reads notes and segments. 0, or -EINVAL with the reason. */
int kernel_inspect(const void *elf, size_t len, struct kernel_info *info, const char **why);
/* The @index-th segment to load of an inspected file; false behind the last. */
bool kernel_segment(const void *elf, const struct kernel_info *info, unsigned int index,
                    struct kernel_segment *out);

#endif
