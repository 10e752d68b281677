/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a kernel's ELF file to an image in memory: what it needs, whether it fits, and loading it.
 */
#include <hv/errno.h>
#include <hv/string.h>

#include "private.h"

#define IMAGE_MAX (1ULL << 30)
/* The range that the ABI keeps for the hypervisor in 64-bit guests: L4 slots 256 to 271. */
#define HOLE_START 0xffff800000000000ULL
#define HOLE_END   0xffff880000000000ULL

static bool in_guest_range(uint64_t start, uint64_t end)
{
    if (end < start)
        return false;
    return end <= 1ULL << 47 || start >= HOLE_END;
}

/* Pseudo-physical addresses are those of the program headers less PADDR_OFFSET. */
static const char *find_extent(const struct elf_file *elf, struct notes_result *r)
{
    struct kernel_info *info = r->info;
    bool any = false;

    for (unsigned int i = 0; i < elf->phnum; i++) {
        struct elf64_phdr p = elf_phdr(elf, i);
        uint64_t start = p.paddr - r->paddr_offset, end = start + p.memsz;

        if (p.type != ELF_PT_LOAD || !p.memsz)
            continue;
        if (p.filesz > p.memsz)
            return "a segment has more data in the file than in memory";
        if (!elf_has(elf, p.offset, p.filesz))
            return "the ELF file is truncated: a segment's data lies beyond its end";
        if (p.paddr < r->paddr_offset || end < start)
            return "a segment's physical address is out of range";
        info->phys_start = any ? MIN(info->phys_start, start) : start;
        info->phys_end = any ? MAX(info->phys_end, end) : end;
        any = true;
    }
    if (!any)
        return "the ELF file has nothing to load";
    if (info->phys_end - info->phys_start > IMAGE_MAX)
        return "its segments span more than 1 GiB";
    return NULL;
}

static const char *check_addresses(struct kernel_info *info)
{
    info->virt_start = info->virt_base + info->phys_start;
    info->virt_end = info->virt_base + info->phys_end;
    if (info->virt_start < info->virt_base || info->virt_end < info->virt_start)
        return "its virtual addresses overflow: VIRT_BASE and segments do not fit together";
    if (info->is_64bit && !in_guest_range(info->virt_base, info->virt_end))
        return "its virtual addresses lie in the hypervisor's range";
    if (!info->is_64bit && info->virt_end > 1ULL << 32)
        return "its virtual addresses lie beyond 4 GiB";
    if (info->entry < info->virt_start || info->entry >= info->virt_end)
        return "its entry point lies outside the image";
    return NULL;
}

static const char *check_notes(const struct kernel_info *info)
{
    uint64_t page = info->hypercall_page;

    if (info->has_hypercall_page && (page % PAGE_SIZE || page < info->virt_start ||
                                     page >= info->virt_end || info->virt_end - page < PAGE_SIZE))
        return "its hypercall page lies outside the image";
    if (info->has_init_p2m && (info->init_p2m % PAGE_SIZE || !info->is_64bit ||
                               !in_guest_range(info->init_p2m, info->init_p2m + PAGE_SIZE)))
        return "its INIT_P2M address is not usable";
    if (info->is_64bit && info->has_hv_start_low && info->hv_start_low > HOLE_START)
        return "it wants the hypervisor's range to start higher than it does";
    if (info->xen_version[0] && strcmp(info->xen_version, "xen-3.0"))
        return "it is for another version of the interface than xen-3.0";
    if (info->loader[0] && strcmp(info->loader, "generic"))
        return "it wants another loader than the generic one";
    return NULL;
}

int kernel_inspect(const void *image, size_t size, struct kernel_info *info, const char **why)
{
    struct notes_result r = { .info = info };
    struct elf_file elf;
    int ret = elf_open(&elf, image, size, why);

    *info = (struct kernel_info){ 0 };
    if (ret)
        return ret;
    info->is_64bit = elf.is_64bit;
    *why = notes_read(&elf, &r);
    if (!*why && !r.found)
        *why = "it has no Xen notes: it is not built to run under this hypervisor";
    if (!*why && !r.has_entry)
        info->entry = elf.entry;
    if (!*why)
        *why = find_extent(&elf, &r);
    if (!*why)
        *why = check_addresses(info);
    if (!*why)
        *why = check_notes(info);
    info->paddr_offset = r.paddr_offset;
    return *why ? -EINVAL : 0;
}

int kernel_check_features(const struct kernel_info *info, uint32_t offered, bool dom0,
                          const char **why)
{
    *why = NULL;
    if (info->features_required & ~offered)
        *why = "it requires a feature that is not offered";
    else if (dom0 && info->has_supported_features &&
             !(info->features_supported & 1U << XENFEAT_dom0))
        *why = "it cannot run as the control domain";
    return *why ? -EINVAL : 0;
}

bool kernel_next_segment(const struct elf_file *elf, const struct kernel_info *info,
                         unsigned int *cursor, struct kernel_segment *segment)
{
    while (*cursor < elf->phnum) {
        struct elf64_phdr p = elf_phdr(elf, (*cursor)++);

        if (p.type != ELF_PT_LOAD || !p.memsz)
            continue;
        *segment = (struct kernel_segment){
            .phys = p.paddr - info->paddr_offset,
            .data = elf->data + p.offset,
            .data_size = p.filesz,
            .size = p.memsz,
        };
        return true;
    }
    return false;
}

void kernel_load(const void *image, size_t size, const struct kernel_info *info, void *dst)
{
    struct kernel_segment s;
    struct elf_file elf;
    unsigned int cursor = 0;
    const char *why;

    if (elf_open(&elf, image, size, &why))
        return;
    memset(dst, 0, info->phys_end - info->phys_start);
    while (kernel_next_segment(&elf, info, &cursor, &s))
        memcpy((uint8_t *)dst + (s.phys - info->phys_start), s.data, s.data_size);
}
