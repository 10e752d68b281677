/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory before the frame allocator is up. Boot CPU only. */
#ifndef ASM_EARLY_H
#define ASM_EARLY_H

#include <hv/boot-info.h>

/* Marks what is in use in the memory map: image, modules, first MiB. Then early_alloc() works. */
void early_memory_init(void);
/* @size bytes of zeroed memory below 4 GiB, aligned; panics when there is none. */
paddr_t early_alloc(uint64_t size, uint64_t align);
/* Hands what is left over to the frame allocator; early_alloc() must not be called any more. */
void early_memory_finish(void);
/* A range that was reserved (a module) becomes free memory. */
void early_memory_release(paddr_t start, uint64_t size);

/* mm/init.c: the final page tables, frame table and M2P. */
void mm_init(void);

#endif
