/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Instructions that may fault in the hypervisor, and where to go on if they do. */
#ifndef ASM_EXTABLE_H
#define ASM_EXTABLE_H

#include <hv/types.h>

/* For inline assembly: a fault at label @at goes to label @fixup. */
#define EXTABLE_ENTRY(at, fixup)                                                                \
    ".pushsection .extable, \"a\"\n.balign 4\n.long " at " - .\n.long " at " - .\n.long " fixup \
    " - .\n.popsection\n"

/* The address to go on at, or 0. */
vaddr_t extable_find(vaddr_t rip);

/* stac and clac: nothing on a CPU without SMAP. */
#define SMAP_SITE(opcode)                                       \
    ".pushsection .smap_sites, \"a\"\n.long 9001f - ., " opcode \
    "\n.popsection\n9001: .byte 0x0f, 0x1f, 0x00\n"

static inline void guest_access_begin(void)
{
    asm volatile(SMAP_SITE("0xcb010f")::: "memory");
}

static inline void guest_access_end(void)
{
    asm volatile(SMAP_SITE("0xca010f")::: "memory");
}

#endif
