/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading ELF files, both classes seen as the 64-bit one. */
#include <hv/elf.h>
#include <hv/errno.h>
#include <hv/string.h>

bool elf_has(const struct elf_file *elf, uint64_t offset, uint64_t size)
{
    return offset <= elf->size && size <= elf->size - offset;
}

static void open_64(struct elf_file *elf)
{
    struct elf64_header h;

    memcpy(&h, elf->data, sizeof(h));
    elf->entry = h.entry;
    elf->phoff = h.phoff;
    elf->shoff = h.shoff;
    elf->phentsize = h.phentsize;
    elf->phnum = h.phnum;
    elf->shentsize = h.shentsize;
    elf->shnum = h.shnum;
}

static void open_32(struct elf_file *elf)
{
    struct elf32_header h;

    memcpy(&h, elf->data, sizeof(h));
    elf->entry = h.entry;
    elf->phoff = h.phoff;
    elf->shoff = h.shoff;
    elf->phentsize = h.phentsize;
    elf->phnum = h.phnum;
    elf->shentsize = h.shentsize;
    elf->shnum = h.shnum;
}

static const char *check_tables(const struct elf_file *elf)
{
    size_t phdr = elf->is_64bit ? sizeof(struct elf64_phdr) : sizeof(struct elf32_phdr);
    size_t shdr = elf->is_64bit ? sizeof(struct elf64_shdr) : sizeof(struct elf32_shdr);

    if (!elf->phnum)
        return "the ELF file has no program headers";
    if (elf->phentsize < phdr || (elf->shnum && elf->shentsize < shdr))
        return "the ELF file's headers are too small";
    if (!elf_has(elf, elf->phoff, (uint64_t)elf->phnum * elf->phentsize))
        return "the ELF file is truncated: its program headers lie beyond its end";
    if (elf->shnum && !elf_has(elf, elf->shoff, (uint64_t)elf->shnum * elf->shentsize))
        return "the ELF file is truncated: its section headers lie beyond its end";
    return NULL;
}

static const char *check_header(const struct elf_file *elf, const struct elf64_header *h)
{
    uint16_t machine = elf->is_64bit ? ELF_MACHINE_X86_64 : ELF_MACHINE_X86;

    if (memcmp(h->ident.magic, "\177ELF", 4))
        return "it is not an ELF file";
    if (h->ident.class != ELF_CLASS_64 && h->ident.class != ELF_CLASS_32)
        return "the ELF file is of an unknown class";
    if (elf->size < (elf->is_64bit ? sizeof(struct elf64_header) : sizeof(struct elf32_header)))
        return "the ELF file is shorter than its header";
    if (h->ident.data != ELF_DATA_LE || h->machine != machine)
        return "the ELF file is for another processor";
    return NULL;
}

int elf_open(struct elf_file *elf, const void *data, size_t size, const char **why)
{
    struct elf64_header h = { 0 }; /* type and machine stand at the same place in both classes */

    *elf = (struct elf_file){ .data = data, .size = size };
    *why = "the ELF file is shorter than its header";
    if (size < sizeof(struct elf32_header))
        return -EINVAL;
    memcpy(&h, data, sizeof(struct elf32_header));
    elf->is_64bit = h.ident.class == ELF_CLASS_64;
    *why = check_header(elf, &h);
    if (*why)
        return -EINVAL;
    if (elf->is_64bit)
        open_64(elf);
    else
        open_32(elf);
    *why = check_tables(elf);
    return *why ? -EINVAL : 0;
}

struct elf64_phdr elf_phdr(const struct elf_file *elf, unsigned int index)
{
    const uint8_t *at = elf->data + elf->phoff + (size_t)index * elf->phentsize;
    struct elf64_phdr p;
    struct elf32_phdr q;

    if (elf->is_64bit) {
        memcpy(&p, at, sizeof(p));
        return p;
    }
    memcpy(&q, at, sizeof(q));
    return (struct elf64_phdr){
        .type = q.type,
        .flags = q.flags,
        .offset = q.offset,
        .vaddr = q.vaddr,
        .paddr = q.paddr,
        .filesz = q.filesz,
        .memsz = q.memsz,
        .align = q.align,
    };
}

struct elf64_shdr elf_shdr(const struct elf_file *elf, unsigned int index)
{
    const uint8_t *at = elf->data + elf->shoff + (size_t)index * elf->shentsize;
    struct elf64_shdr s;
    struct elf32_shdr t;

    if (elf->is_64bit) {
        memcpy(&s, at, sizeof(s));
        return s;
    }
    memcpy(&t, at, sizeof(t));
    return (struct elf64_shdr){
        .name = t.name,
        .type = t.type,
        .flags = t.flags,
        .addr = t.addr,
        .offset = t.offset,
        .size = t.size,
        .link = t.link,
        .info = t.info,
        .addralign = t.addralign,
        .entsize = t.entsize,
    };
}
