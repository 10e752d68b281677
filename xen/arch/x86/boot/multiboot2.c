/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Multiboot 2 information, as GRUB gives it. Pure: everything lies in the one block, whose own size
 * bounds it; the EFI entry uses this at physical addresses, before our page tables are loaded.
 */
#include <hv/boot-info.h>
#include <hv/errno.h>
#include <hv/string.h>

#include "private.h"

#define MB2_MAX_SIZE 0x1000000U /* no loader passes more; it bounds a block that is not one */
#define RSDP_V1_SIZE 20U
#define FB_TYPE_RGB  1
#define FB_TYPE_TEXT 2

struct mb2_info {
    uint32_t total_size, reserved;
};

struct mb2_tag {
    uint32_t type, size; /* the size with this header, without padding to 8 bytes */
};

struct mb2_module {
    uint32_t start, end;
};

struct mb2_mmap {
    uint32_t entry_size, entry_version;
};

struct mb2_mmap_entry {
    uint64_t base, length;
    uint32_t type, reserved;
};

struct mb2_framebuffer {
    uint64_t base;
    uint32_t pitch, width, height;
    uint8_t bpp, type;
    uint16_t reserved;
    uint8_t red_pos, red_size, green_pos, green_size, blue_pos, blue_size;
} __packed;

struct mb2_efi_mmap {
    uint32_t descriptor_size, version;
};

/* The block's size; 0 if it cannot be one. */
static uint32_t block_size(const void *info)
{
    struct mb2_info head;

    memcpy(&head, info, sizeof(head));
    return head.total_size < sizeof(head) || head.total_size > MB2_MAX_SIZE ? 0 : head.total_size;
}

/* The tag at @offset, if it lies within the block and is not the last; its contents follow it. */
static bool tag_at(const void *info, uint32_t offset, struct mb2_tag *tag)
{
    uint32_t size = block_size(info);

    if (offset > size || size - offset < sizeof(*tag))
        return false;
    memcpy(tag, (const char *)info + offset, sizeof(*tag));
    return tag->type != MB2_TAG_END && tag->size >= sizeof(*tag) && tag->size <= size - offset;
}

static uint32_t next_offset(uint32_t offset, const struct mb2_tag *tag)
{
    return offset + ROUND_UP(tag->size, 8U);
}

const void *multiboot2_find(const void *info, uint32_t type, uint32_t *size)
{
    struct mb2_tag tag;

    for (uint32_t at = sizeof(struct mb2_info); tag_at(info, at, &tag); at = next_offset(at, &tag))
        if (tag.type == type) {
            *size = tag.size - (uint32_t)sizeof(tag);
            return (const char *)info + at + sizeof(tag);
        }
    return NULL;
}

/* A string that should end in a NUL within @len bytes; cut where it does not. */
static void copy_string(char *dst, size_t size, const void *src, uint32_t len)
{
    size_t n = strnlen(src, MIN(len, size - 1));

    memcpy(dst, src, n);
    dst[n] = '\0';
}

static void parse_cmdline(struct boot_info *bi, const void *data, uint32_t len)
{
    copy_string(bi->cmdline, sizeof(bi->cmdline), data, len);
}

static void parse_loader(struct boot_info *bi, const void *data, uint32_t len)
{
    copy_string(bi->loader, sizeof(bi->loader), data, len);
}

static void parse_module(struct boot_info *bi, const void *data, uint32_t len)
{
    struct mb2_module mod;
    struct boot_module *m;

    if (len < sizeof(mod) || bi->nr_modules == BOOT_MAX_MODULES)
        return;
    memcpy(&mod, data, sizeof(mod));
    if (mod.end < mod.start)
        return;
    m = &bi->modules[bi->nr_modules++];
    m->start = mod.start;
    m->size = mod.end - mod.start;
    copy_string(m->cmdline, sizeof(m->cmdline), (const char *)data + sizeof(mod),
                len - (uint32_t)sizeof(mod));
}

static void parse_mmap(struct boot_info *bi, const void *data, uint32_t len)
{
    struct mb2_mmap head;
    struct mb2_mmap_entry e;

    if (len < sizeof(head))
        return;
    memcpy(&head, data, sizeof(head));
    if (head.entry_size < sizeof(e))
        return;
    for (uint32_t at = sizeof(head); at <= len && len - at >= head.entry_size;
         at += head.entry_size) {
        memcpy(&e, (const char *)data + at, sizeof(e));
        boot_region_add(bi, e.base, e.length, e.type);
    }
}

static void parse_framebuffer(struct boot_info *bi, const void *data, uint32_t len)
{
    struct boot_framebuffer *fb = &bi->framebuffer;
    struct mb2_framebuffer in = { 0 };

    memcpy(&in, data, MIN(len, sizeof(in)));
    if (len < offsetof(struct mb2_framebuffer, reserved) ||
        (in.type == FB_TYPE_RGB ? len < sizeof(in) : in.type != FB_TYPE_TEXT))
        return;
    if (in.type == FB_TYPE_TEXT && fb->base)
        return;
    fb->width = in.width;
    fb->height = in.height;
    if (in.type == FB_TYPE_TEXT)
        return;
    fb->base = in.base;
    fb->pitch = in.pitch;
    fb->bpp = in.bpp;
    fb->red_pos = in.red_pos;
    fb->red_size = in.red_size;
    fb->green_pos = in.green_pos;
    fb->green_size = in.green_size;
    fb->blue_pos = in.blue_pos;
    fb->blue_size = in.blue_size;
}

/* The old tag has version 1's 20 bytes; the new one, if there is one, wins. */
static void parse_acpi_old(struct boot_info *bi, const void *data, uint32_t len)
{
    if (!bi->rsdp_copy_size && len >= RSDP_V1_SIZE) {
        memcpy(bi->rsdp_copy, data, RSDP_V1_SIZE);
        bi->rsdp_copy_size = RSDP_V1_SIZE;
    }
}

static void parse_acpi_new(struct boot_info *bi, const void *data, uint32_t len)
{
    if (len < RSDP_V1_SIZE)
        return;
    bi->rsdp_copy_size = MIN(len, sizeof(bi->rsdp_copy));
    memcpy(bi->rsdp_copy, data, bi->rsdp_copy_size);
}

static void parse_efi64(struct boot_info *bi, const void *data, uint32_t len)
{
    if (len >= sizeof(uint64_t))
        memcpy(&bi->efi.system_table, data, sizeof(uint64_t));
}

/* Only from a loader that has ended boot services itself: its map is the firmware's last word. */
static void parse_efi_mmap(struct boot_info *bi, const void *data, uint32_t len)
{
    struct mb2_efi_mmap head;
    uint32_t size;

    if (len < sizeof(head))
        return;
    memcpy(&head, data, sizeof(head));
    size = len - (uint32_t)sizeof(head);
    bi->efi.present = efi_map_keep(bi, (const char *)data + sizeof(head), size,
                                   head.descriptor_size, head.version);
}

static void (*parser_of(uint32_t type))(struct boot_info *, const void *, uint32_t)
{
    switch (type) {
    case MB2_TAG_CMDLINE: return parse_cmdline;
    case MB2_TAG_LOADER: return parse_loader;
    case MB2_TAG_MODULE: return parse_module;
    case MB2_TAG_MMAP: return parse_mmap;
    case MB2_TAG_FRAMEBUFFER: return parse_framebuffer;
    case MB2_TAG_ACPI_OLD: return parse_acpi_old;
    case MB2_TAG_ACPI_NEW: return parse_acpi_new;
    case MB2_TAG_EFI64: return parse_efi64;
    case MB2_TAG_EFI_MMAP: return parse_efi_mmap;
    default: return NULL;
    }
}

int multiboot2_parse(const void *info, struct boot_info *bi)
{
    bool efi = bi->efi.present; /* then the EFI entry has filled memory map and tables already */
    struct mb2_tag tag;

    for (uint32_t at = sizeof(struct mb2_info); tag_at(info, at, &tag);
         at = next_offset(at, &tag)) {
        void (*parse)(struct boot_info *, const void *, uint32_t) = parser_of(tag.type);
        bool efis_own = tag.type == MB2_TAG_MMAP || tag.type == MB2_TAG_EFI64 ||
                        tag.type == MB2_TAG_EFI_MMAP;

        if (parse && !(efi && efis_own))
            parse(bi, (const char *)info + at + sizeof(tag), tag.size - (uint32_t)sizeof(tag));
    }
    return bi->nr_regions ? 0 : -EINVAL;
}
