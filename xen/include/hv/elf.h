/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ELF files in memory: the format's structures, and a reader that never leaves the buffer. */
#ifndef HV_ELF_H
#define HV_ELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ELF_CLASS_32       1
#define ELF_CLASS_64       2
#define ELF_DATA_LE        1
#define ELF_MACHINE_X86    3
#define ELF_MACHINE_X86_64 62
#define ELF_PT_LOAD        1
#define ELF_PT_NOTE        4
#define ELF_SHT_NOTE       7

struct elf_ident {
    uint8_t magic[4]; /* 0x7f E L F */
    uint8_t class, data, version;
    uint8_t pad[9];
};

struct elf64_header {
    struct elf_ident ident;
    uint16_t type, machine;
    uint32_t version;
    uint64_t entry, phoff, shoff;
    uint32_t flags;
    uint16_t ehsize, phentsize, phnum, shentsize, shnum, shstrndx;
};

struct elf64_phdr {
    uint32_t type, flags;
    uint64_t offset, vaddr, paddr, filesz, memsz, align;
};

struct elf64_shdr {
    uint32_t name, type;
    uint64_t flags, addr, offset, size;
    uint32_t link, info;
    uint64_t addralign, entsize;
};

struct elf32_header {
    struct elf_ident ident;
    uint16_t type, machine;
    uint32_t version, entry, phoff, shoff, flags;
    uint16_t ehsize, phentsize, phnum, shentsize, shnum, shstrndx;
};

struct elf32_phdr {
    uint32_t type, offset, vaddr, paddr, filesz, memsz, flags, align;
};

struct elf32_shdr {
    uint32_t name, type, flags, addr, offset, size, link, info, addralign, entsize;
};

struct elf_note {
    uint32_t namesz, descsz, type;
};

/* A file that elf_open() has accepted: its tables lie inside the buffer. */
struct elf_file {
    const uint8_t *data;
    size_t size;
    bool is_64bit;
    uint64_t entry, phoff, shoff;
    uint16_t phentsize, phnum, shentsize, shnum;
};

/*
 * Checks the header and that the tables of program and section headers lie in the buffer. The
 * buffer needs no alignment and stays the caller's. 0, or -EINVAL with one sentence in *why.
 */
int elf_open(struct elf_file *elf, const void *data, size_t size, const char **why);

/* The program header or section with that index, in the 64-bit form; @index must be in range. */
struct elf64_phdr elf_phdr(const struct elf_file *elf, unsigned int index);
struct elf64_shdr elf_shdr(const struct elf_file *elf, unsigned int index);

/* Whether @size bytes at @offset lie inside the file; no sum can overflow. */
bool elf_has(const struct elf_file *elf, uint64_t offset, uint64_t size);

#endif
