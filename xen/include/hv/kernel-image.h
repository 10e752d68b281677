/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Kernel files: from what the boot loader gave us (bzImage, ELF, ELF in gzip) to segments to load
 * and what the kernel says about itself in its Xen notes. Pure: buffers in, buffers out, no locks.
 *
 *     kernel_locate()   what is in the file, how much memory unpacking takes
 *     kernel_unpack()   the payload to an ELF file
 *     kernel_inspect()  the ELF file to struct kernel_info
 *     kernel_load()     the ELF file to its place in memory
 *
 * Each returns 0, or -EINVAL or -ENOMEM with *why set to one sentence without a full stop, fit to
 * stand behind "kernel: ". Nothing here trusts the file.
 */
#ifndef HV_KERNEL_IMAGE_H
#define HV_KERNEL_IMAGE_H

#include <hv/elf.h>
#include <hv/types.h>

enum kernel_format {
    KERNEL_ELF, /* not compressed */
    KERNEL_GZIP,
    KERNEL_XZ,
    KERNEL_ZSTD,
    KERNEL_LZ4,
};

struct kernel_payload {
    enum kernel_format format;
    const uint8_t *data; /* inside the caller's file */
    size_t size;
    size_t unpacked_size; /* bytes of the ELF file */
    size_t arena_size;    /* working memory that unpacking takes, may be 0 */
};

/*
 * Finds the payload of @file, which *out keeps pointing into. Like kernel_unpack(), it runs the
 * libraries' code: interrupts are off and SSE is on.
 */
int __must_check kernel_locate(const void *file, size_t size, struct kernel_payload *out,
                               const char **why);

/*
 * Unpacks into @dst (unpacked_size bytes) with the help of @arena (arena_size bytes, aligned to
 * 16; free again afterwards). Interrupts are off and SSE is on; see <hv/decompress.h>. A payload
 * of KERNEL_ELF is only copied: the caller may as well use payload->data where it is.
 */
int __must_check kernel_unpack(const struct kernel_payload *payload, void *dst, void *arena,
                               const char **why);

#define KERNEL_STRING_MAX 32
#define KERNEL_L1_PAIRS   4

/* What the kernel's ELF file and notes say. Addresses are the guest's unless "pseudo-physical". */
struct kernel_info {
    bool is_64bit;

    /* Where it goes. Pseudo-physical p is at virt_base + p; the image starts at phys_start. */
    uint64_t virt_base;
    uint64_t phys_start, phys_end; /* pseudo-physical, end exclusive, not rounded */
    uint64_t virt_start, virt_end; /* virt_base + the above */
    uint64_t entry;
    uint64_t paddr_offset; /* the ELF file's physical addresses less this are pseudo-physical */

    bool has_hypercall_page, has_init_p2m, has_hv_start_low, has_phys32_entry;
    uint64_t hypercall_page;
    uint64_t init_p2m;
    uint64_t hv_start_low;
    uint64_t phys32_entry; /* pseudo-physical; for PVH */

    bool mod_start_pfn;  /* the ramdisk may stay unmapped: start_info gets its frame number */
    bool suspend_cancel; /* a suspend may be cancelled */
    bool bsd_symtab;     /* wants its symbol table loaded */
    bool pae_bimodal;    /* PAE_MODE says so; 32-bit kernels only */

    /* Bit n is XENFEAT n. Supported is the union of both notes and of what is required. */
    bool has_supported_features;
    uint32_t features_required, features_supported;

    unsigned int nr_l1_pairs; /* L1_MFN_VALID: (entry & mask) == value means it holds a frame */
    struct {
        uint64_t mask, value;
    } l1_pairs[KERNEL_L1_PAIRS];

    char guest_os[KERNEL_STRING_MAX], guest_version[KERNEL_STRING_MAX];
    char xen_version[KERNEL_STRING_MAX], loader[KERNEL_STRING_MAX];
};

/*
 * Reads an unpacked kernel. Everything in @info is then consistent: entry and hypercall page lie in
 * the image, no address wraps or touches the hypervisor's range, all segments' data is in the file.
 */
int __must_check kernel_inspect(const void *image, size_t size, struct kernel_info *info,
                                const char **why);

/*
 * Whether a hypervisor that offers the features in @offered (bit n is XENFEAT n) can run it, as the
 * control domain if @dom0. 0 or -EINVAL.
 */
int __must_check kernel_check_features(const struct kernel_info *info, uint32_t offered, bool dom0,
                                       const char **why);

/* A part of the image: @data_size bytes of @data, then zeroes up to @size. */
struct kernel_segment {
    uint64_t phys; /* pseudo-physical address */
    const uint8_t *data;
    size_t data_size, size;
};

/*
 * Steps through the segments of an image that kernel_inspect() accepted: set *cursor to 0 before
 * the first call; false when there are no more. @elf is from elf_open() on the same buffer.
 */
bool kernel_next_segment(const struct elf_file *elf, const struct kernel_info *info,
                         unsigned int *cursor, struct kernel_segment *segment);

/*
 * Puts the whole image at @dst, which is where pseudo-physical phys_start is mapped, contiguous for
 * phys_end - phys_start bytes; gaps are zeroed. The image must be one kernel_inspect() accepted.
 */
void kernel_load(const void *image, size_t size, const struct kernel_info *info, void *dst);

#endif
