/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Leaving EFI boot services. This runs at its physical address under the firmware's page tables, so
 * nothing here may follow a pointer that the linker wrote: no tables of strings or functions.
 */
#include <hv/string.h>

#include <asm/boot.h>
#include <asm/efi-abi.h>
#include <asm/layout.h>
#include <asm/page.h>
#include <asm/processor.h>

#include "private.h"

#define EXIT_ATTEMPTS 8
#define TABLE_FLAGS   (PTE_PRESENT | PTE_RW | PTE_USER | PTE_ACCESSED | PTE_DIRTY)
#define PAGE_FLAGS    (PTE_PRESENT | PTE_RW | PTE_ACCESSED | PTE_DIRTY | PTE_PSE)
#define LARGE_PAGE    0x200000ULL
#define LOW_PAGES     2048U /* 4 GiB, four tables in a row */
#define IMAGE_PAGES   8U

static __noreturn void give_up(struct efi_system_table *st, const uint16_t *why)
{
    if (st && st->console_out)
        st->console_out->output_string(st->console_out, why);
    for (;;)
        asm volatile("hlt");
}

static bool guid_is(const struct efi_guid *a, const struct efi_guid *b)
{
    return memcmp(a, b, sizeof(*a)) == 0;
}

static void take_tables(const struct efi_system_table *st, struct boot_info *bi)
{
    static const struct efi_guid acpi20 = EFI_ACPI_20_GUID, acpi = EFI_ACPI_GUID,
                                 smbios = EFI_SMBIOS_GUID, smbios3 = EFI_SMBIOS3_GUID;
    paddr_t old_rsdp = 0;

    for (uint64_t i = 0; i < st->nr_tables; i++) {
        const struct efi_configuration_table *t = &st->tables[i];

        if (guid_is(&t->guid, &acpi20))
            bi->rsdp = t->table;
        else if (guid_is(&t->guid, &acpi))
            old_rsdp = t->table;
        else if (guid_is(&t->guid, &smbios))
            bi->efi.smbios = t->table;
        else if (guid_is(&t->guid, &smbios3))
            bi->efi.smbios3 = t->table;
    }
    if (!bi->rsdp)
        bi->rsdp = old_rsdp;
}

static void mask_to_field(uint32_t mask, uint8_t *pos, uint8_t *size)
{
    *pos = mask ? (uint8_t)__builtin_ctz(mask) : 0;
    *size = 0;
    for (uint32_t bits = mask >> *pos; bits & 1; bits >>= 1)
        ++*size;
}

/* The mode that is on. What the loader says about the framebuffer comes later and wins. */
static void take_framebuffer(const struct efi_system_table *st, struct boot_framebuffer *fb)
{
    static const struct efi_guid guid = EFI_GOP_GUID;
    const struct efi_gop_info *info;
    struct efi_gop *gop = NULL;
    uint32_t red = 0xff, green = 0xff00, blue = 0xff0000;

    if (st->boot->locate_protocol(&guid, NULL, (void **)&gop) || !gop || !gop->mode)
        return;
    info = gop->mode->info;
    if (info->format > EFI_PIXEL_MASKS)
        return;
    if (info->format == EFI_PIXEL_BGRX) {
        red = 0xff0000;
        blue = 0xff;
    } else if (info->format == EFI_PIXEL_MASKS) {
        red = info->red_mask;
        green = info->green_mask;
        blue = info->blue_mask;
    }
    fb->base = gop->mode->base;
    fb->width = info->width;
    fb->height = info->height;
    fb->pitch = info->pixels_per_line * 4;
    fb->bpp = 32;
    mask_to_field(red, &fb->red_pos, &fb->red_size);
    mask_to_field(green, &fb->green_pos, &fb->green_size);
    mask_to_field(blue, &fb->blue_pos, &fb->blue_size);
}

/*
 * The map's key must be of the last change, and the firmware may change the map while it ends
 * (UEFI 7.4.6): then only these two calls are allowed, once more. The map goes to our own image,
 * since nothing may be allocated: the loader did not tell the firmware about all that it placed.
 */
static bool leave_boot_services(const struct efi_boot_services *bs, uint64_t image,
                                struct boot_efi *efi)
{
    for (unsigned int i = 0; i < EXIT_ATTEMPTS; i++) {
        uint64_t size = sizeof(efi->memory_map), key = 0, descriptor_size = 0;

        if (bs->get_memory_map(&size, efi->memory_map, &key, &descriptor_size,
                               &efi->descriptor_version))
            return false;
        if (bs->exit_boot_services(image, key) == EFI_SUCCESS) {
            efi->memory_map_size = (uint32_t)size;
            efi->descriptor_size = (uint32_t)descriptor_size;
            return true;
        }
    }
    return false;
}

/* What boot_start32 builds: the first 4 GiB at 0 and as the direct map's beginning, the image. */
static void build_tables(paddr_t image_base)
{
    for (unsigned int i = 0; i < LOW_PAGES; i++)
        boot_l2_low[i] = i * LARGE_PAGE | PAGE_FLAGS;
    for (unsigned int i = 0; i < LOW_PAGES / PT_ENTRIES; i++)
        boot_l3_low[i] = (uint64_t)&boot_l2_low[i * PT_ENTRIES] | TABLE_FLAGS;
    for (unsigned int i = 0; i < IMAGE_PAGES; i++)
        boot_l2_image[i] = (image_base + i * LARGE_PAGE) | PAGE_FLAGS;
    boot_l3_image[pt_index(IMAGE_BASE, 3)] = (uint64_t)boot_l2_image | TABLE_FLAGS;
    boot_l4[0] = (uint64_t)boot_l3_low | TABLE_FLAGS;
    boot_l4[pt_index(DIRECT_MAP_BASE, 4)] = boot_l4[0];
    boot_l4[pt_index(IMAGE_BASE, 4)] = (uint64_t)boot_l3_image | TABLE_FLAGS;
}

void efi_boot(uint32_t magic, const void *info, struct boot_info *bi, paddr_t image_base)
{
    const void *system_table, *image;
    struct efi_system_table *st;
    uint64_t handle;
    uint32_t size = 0;

    if (magic != MB2_MAGIC)
        give_up(NULL, u"");
    system_table = multiboot2_find(info, MB2_TAG_EFI64, &size);
    if (!system_table || size < sizeof(st))
        give_up(NULL, u"");
    memcpy(&st, system_table, sizeof(st));
    image = multiboot2_find(info, MB2_TAG_EFI64_IMAGE, &size);
    if (!image || size < sizeof(handle))
        give_up(st, u"Domus: the loader did not pass its EFI image handle.\r\n");
    memcpy(&handle, image, sizeof(handle));
    if (!multiboot2_find(info, MB2_TAG_EFI_BS, &size))
        give_up(st, u"Domus: the loader has ended EFI boot services.\r\n");
    if (read_cr4() & CR4_LA57)
        give_up(st, u"Domus: the firmware uses 5-level page tables; switch them off.\r\n");

    bi->efi.system_table = (paddr_t)st;
    take_tables(st, bi);
    take_framebuffer(st, &bi->framebuffer);
    if (!leave_boot_services(st->boot, handle, &bi->efi))
        give_up(st, u"Domus: EFI boot services could not be ended.\r\n");
    asm volatile("cli" ::: "memory");
    bi->efi.present = true;
    efi_map_regions(bi);
    build_tables(image_base);
}
