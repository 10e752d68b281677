/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a kernel's ELF file: what is accepted must also load without leaving its bounds. */
/* sources: xen/lib/kernel/elf.c xen/lib/kernel/load.c xen/lib/kernel/notes.c */
#include <stdlib.h>
#include <string.h>

#include <hv/kernel-image.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kernel_info info;
    const char *why = NULL;
    uint64_t span;
    void *image;

    if (kernel_inspect(data, size, &info, &why)) {
        if (!why)
            abort();
        return 0;
    }
    span = info.phys_end - info.phys_start;
    if (info.entry < info.virt_start || info.entry >= info.virt_end || span > 1ULL << 30)
        abort();
    if (kernel_check_features(&info, 1, true, &why) && !why)
        abort();
    if (span > 1 << 20)
        return 0;
    image = malloc(span);
    kernel_load(data, size, &info, image);
    free(image);
    return 0;
}
