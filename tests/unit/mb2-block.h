/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Builds a multiboot 2 information block in memory of exactly its size: ASan sees its end. */
#ifndef MB2_BLOCK_H
#define MB2_BLOCK_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct mb2_block {
    uint8_t *bytes; /* owned; free() it */
    uint32_t size;
};

static inline void mb2_begin(struct mb2_block *b)
{
    b->size = 8;
    b->bytes = calloc(1, b->size);
    memcpy(b->bytes, &b->size, sizeof(b->size));
}

/* @claimed is the size that the tag says it has (without the header), @size what there is. */
static inline void mb2_add_claiming(struct mb2_block *b, uint32_t type, const void *data,
                                    uint32_t size, uint32_t claimed)
{
    uint32_t padded = (8 + size + 7) & ~7U, tag[2] = { type, claimed + 8 };

    b->bytes = realloc(b->bytes, b->size + padded);
    memset(b->bytes + b->size, 0, padded);
    memcpy(b->bytes + b->size, tag, sizeof(tag));
    if (size)
        memcpy(b->bytes + b->size + 8, data, size);
    b->size += padded;
    memcpy(b->bytes, &b->size, sizeof(b->size));
}

static inline void mb2_add(struct mb2_block *b, uint32_t type, const void *data, uint32_t size)
{
    mb2_add_claiming(b, type, data, size, size);
}

#endif
