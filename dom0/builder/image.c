/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A PV kernel's file: unpacked into memory of ours, and what its notes say. */
#include "private.h"

#include <stdlib.h>
#include <string.h>

#include <hv/decompress.h>

#define ARENA_ALIGNMENT 16

/* In user space the decoders run as they are. */
void arch_unpack_enter(void)
{
}

void arch_unpack_leave(void)
{
}

static int unpack(struct pv_image *image, const struct kernel_payload *payload, const char **why)
{
    void *arena = NULL;
    int ret;

    if (payload->format == KERNEL_ELF) {
        image->elf = payload->data;
        image->elf_size = payload->size;
        return 0;
    }
    image->unpacked = malloc(payload->unpacked_size);
    if (payload->arena_size && posix_memalign(&arena, ARENA_ALIGNMENT, payload->arena_size))
        arena = NULL;
    if (!image->unpacked || (payload->arena_size && !arena)) {
        *why = "there is no memory to unpack it";
        free(arena);
        return -1;
    }
    ret = kernel_unpack(payload, image->unpacked, arena, why);
    free(arena);
    image->elf = image->unpacked;
    image->elf_size = payload->unpacked_size;
    return ret ? -1 : 0;
}

static int inspect(struct pv_image *image, const char **why)
{
    if (kernel_inspect(image->elf, image->elf_size, &image->info, why))
        return -1;
    if (!image->info.is_64bit) {
        *why = "it is a 32-bit kernel: only 64-bit PV kernels are supported";
        return -1;
    }
    return elf_open(&image->file, image->elf, image->elf_size, why) ? -1 : 0;
}

struct pv_image *pv_image_open(const void *file, size_t size, const char **why)
{
    struct pv_image *image = calloc(1, sizeof(*image));
    struct kernel_payload payload;

    if (!image) {
        *why = "there is no memory for it";
        return NULL;
    }
    if (kernel_locate(file, size, &payload, why) || unpack(image, &payload, why) ||
        inspect(image, why)) {
        pv_image_close(image);
        return NULL;
    }
    return image;
}

void pv_image_close(struct pv_image *image)
{
    if (!image)
        return;
    free(image->unpacked);
    free(image);
}

const void *pv_image_unpacked(const struct pv_image *image, size_t *size)
{
    *size = image->elf_size;
    return image->unpacked;
}

int pv_image_check(const struct pv_image *image, uint32_t features, const char **why)
{
    return kernel_check_features(&image->info, features, false, why) ? -1 : 0;
}

bool pv_image_suspend_cancel(const struct pv_image *image)
{
    return image->info.suspend_cancel;
}

bool pv_image_segment(const struct pv_image *image, unsigned *cursor, struct pv_segment *segment)
{
    struct kernel_segment s;

    if (!kernel_next_segment(&image->file, &image->info, cursor, &s))
        return false;
    *segment = (struct pv_segment){ s.phys, s.data, s.data_size, s.size };
    return true;
}
