/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a PV kernel: what is accepted has a layout whose tables stay within their pages. */
/* sources: dom0/builder/image.c dom0/builder/layout.c dom0/builder/start.c dom0/builder/tables.c
   xen/lib/kernel/bzimage.c xen/lib/kernel/unpack.c xen/lib/kernel/decoders.c
   xen/lib/kernel/elf.c xen/lib/kernel/load.c xen/lib/kernel/notes.c */
/* cflags: -I. -D_GNU_SOURCE */
/* libs: -lz -llzma -lzstd -llz4 */
#include <stdlib.h>

#include <dom0/builder/pv.h>

#define PAGES 16384

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static xen_pfn_t p2m[PAGES];
    const char *why = NULL;
    struct pv_image *image = pv_image_open(data, size, &why);
    struct pv_segment s;
    struct pv_layout l;
    unsigned cursor = 0;
    void *tables;

    if (!image) {
        if (!why)
            abort();
        return 0;
    }
    while (pv_image_segment(image, &cursor, &s))
        if (s.data_size > s.size || (s.data_size && s.data < data) ||
            s.data + s.data_size > data + size)
            if (!pv_image_unpacked(image, &(size_t){ 0 }))
                abort();
    if (!pv_layout_plan(&l, image, PAGES, size, &why)) {
        tables = calloc(l.n_tables, PV_PAGE_SIZE);
        pv_tables_build(&l, p2m, tables);
        free(tables);
    }
    pv_image_close(image);
    return 0;
}
