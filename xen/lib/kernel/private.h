/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the files that read a kernel. */
#ifndef KERNEL_PRIVATE_H
#define KERNEL_PRIVATE_H

#include <hv/elf.h>
#include <hv/kernel-image.h>

/* What reading the notes gave. The caller sets info and clears the rest. */
struct notes_result {
    struct kernel_info *info;
    uint64_t paddr_offset;
    bool has_entry;
    bool found; /* any Xen note */
};

/*
 * Reads all Xen notes: of the note segments, and of the note sections if the former have none.
 * NULL, or what is wrong with them.
 */
const char *notes_read(const struct elf_file *elf, struct notes_result *result);

/* Sets arena_size for a compressed payload whose sizes are known. NULL, or what is wrong with it.
 */
const char *payload_find_arena(struct kernel_payload *payload);

#endif
