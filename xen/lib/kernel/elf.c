/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ELF side of a kernel file: segments and Xen notes. */
#include <hv/errno.h>
#include <hv/kernel-image.h>
#include <hv/string.h>

struct elf_header {
    uint8_t ident[16];
    uint16_t type, machine;
    uint32_t version;
    uint64_t entry, phoff, shoff;
    uint32_t flags;
    uint16_t ehsize, phentsize, phnum, shentsize, shnum, shstrndx;
};

struct elf_program {
    uint32_t type, flags;
    uint64_t offset, vaddr, paddr, filesz, memsz, align;
};

#define PT_LOAD 1
#define PT_NOTE 4
#define EM_X86_64 62

struct elf_note {
    uint32_t namesz, descsz, type;
};

static bool header_ok(const struct elf_header *h, size_t len)
{
    return len >= sizeof(*h) && !memcmp(h->ident, "\177ELF\2\1", 6) && h->machine == EM_X86_64 &&
           h->phentsize == sizeof(struct elf_program) && h->phoff <= len &&
           h->phnum <= (len - h->phoff) / sizeof(struct elf_program);
}

static const struct elf_program *program(const struct elf_header *h, unsigned int i)
{
    return (const struct elf_program *)((const char *)h + h->phoff) + i;
}

static uint64_t note_value(const void *desc, uint32_t size)
{
    uint64_t v = 0;

    memcpy(&v, desc, MIN(size, 8U));
    return v;
}

static void take_note(struct kernel_info *info, uint32_t type, const void *desc, uint32_t size)
{
    uint64_t v = note_value(desc, size);

    switch (type) {
    case XEN_ELFNOTE_ENTRY: info->entry = v; break;
    case XEN_ELFNOTE_VIRT_BASE: info->virt_base = v; break;
    case XEN_ELFNOTE_INIT_P2M:
        info->has_init_p2m = true;
        info->init_p2m = v;
        break;
    case XEN_ELFNOTE_MOD_START_PFN: info->mod_start_pfn = v; break;
    case XEN_ELFNOTE_HYPERCALL_PAGE:
        info->has_hypercall_page = true;
        info->hypercall_page = v;
        break;
    default: break;
    }
}

static bool read_notes(struct kernel_info *info, const char *p, uint64_t size)
{
    bool found = false;

    while (size >= sizeof(struct elf_note)) {
        const struct elf_note *n = (const void *)p;
        uint64_t name = ROUND_UP((uint64_t)n->namesz, 4), desc = ROUND_UP((uint64_t)n->descsz, 4);
        uint64_t total = sizeof(*n) + name + desc;

        if (total > size)
            break;
        if (n->namesz == 4 && !memcmp(n + 1, "Xen", 4)) {
            take_note(info, n->type, (const char *)(n + 1) + name, n->descsz);
            found = true;
        }
        p += total;
        size -= total;
    }
    return found;
}

int kernel_inspect(const void *elf, size_t len, struct kernel_info *info, const char **why)
{
    const struct elf_header *h = elf;
    bool notes = false;

    *info = (struct kernel_info){ .virt_start = ~0ULL };
    *why = "it is not a 64-bit x86 ELF file";
    if (!header_ok(h, len))
        return -EINVAL;
    *why = "it is truncated";
    for (unsigned int i = 0; i < h->phnum; i++) {
        const struct elf_program *p = program(h, i);

        if (p->type != PT_LOAD && p->type != PT_NOTE)
            continue;
        if (p->offset > len || p->filesz > len - p->offset)
            return -EINVAL;
        if (p->type == PT_NOTE) {
            notes |= read_notes(info, (const char *)elf + p->offset, p->filesz);
        } else if (p->memsz) {
            if (p->memsz < p->filesz || p->vaddr + p->memsz < p->vaddr)
                return -EINVAL;
            info->virt_start = MIN(info->virt_start, p->vaddr);
            info->virt_end = MAX(info->virt_end, p->vaddr + p->memsz);
        }
    }
    *why = "it has no Xen ELF notes: it was built without support for PV";
    if (!notes || !info->entry)
        return -EINVAL;
    *why = "its segments lie outside of its address range";
    if (info->virt_start >= info->virt_end || info->virt_start < info->virt_base)
        return -EINVAL;
    return 0;
}

bool kernel_segment(const void *elf, const struct kernel_info *info __unused, unsigned int index,
                    struct kernel_segment *out)
{
    const struct elf_header *h = elf;

    for (unsigned int i = 0; i < h->phnum; i++) {
        const struct elf_program *p = program(h, i);

        if (p->type != PT_LOAD || !p->memsz || index--)
            continue;
        *out = (struct kernel_segment){ p->vaddr, (const char *)elf + p->offset, p->filesz,
                                        p->memsz };
        return true;
    }
    return false;
}
