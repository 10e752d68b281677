/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Multiboot 1 information, as `qemu -kernel` and GRUB's multiboot command give it. */
#include <hv/boot-info.h>
#include <hv/errno.h>
#include <hv/string.h>

#include <asm/mm.h>

#define MB1_HAS_CMDLINE 0x004
#define MB1_HAS_MODULES 0x008
#define MB1_HAS_MMAP    0x040
#define MB1_HAS_LOADER  0x200
#define MB1_HAS_FB      0x1000

/* Multiboot specification 0.6.96, 3.3. */
struct mb1_info {
    uint32_t flags, mem_lower, mem_upper, boot_device, cmdline, mods_count, mods_addr;
    uint32_t syms[4];
    uint32_t mmap_length, mmap_addr, drives_length, drives_addr, config_table, loader_name;
    uint32_t apm_table, vbe_control, vbe_mode_info;
    uint16_t vbe_mode, vbe_seg, vbe_off, vbe_len;
    uint64_t fb_addr;
    uint32_t fb_pitch, fb_width, fb_height;
    uint8_t fb_bpp, fb_type, fb_colors[6];
} __packed;

struct mb1_module {
    uint32_t start, end, cmdline, reserved;
};

struct mb1_mmap {
    uint32_t size;
    uint64_t base, length;
    uint32_t type;
} __packed;

static void copy_string(char *dst, uint32_t pa, size_t size)
{
    if (pa)
        strlcpy(dst, phys_to_virt(pa), size);
}

/* Here, unlike in multiboot 2, the command line begins with the name of our file. */
static void copy_command_line(char *dst, uint32_t pa, size_t size)
{
    const char *s = pa ? phys_to_virt(pa) : "";

    while (*s && *s != ' ')
        s++;
    while (*s == ' ')
        s++;
    strlcpy(dst, s, size);
}

static void parse_modules(const struct mb1_info *mb, struct boot_info *bi)
{
    const struct mb1_module *mod = phys_to_virt(mb->mods_addr);

    for (uint32_t i = 0; i < mb->mods_count && bi->nr_modules < BOOT_MAX_MODULES; i++, mod++) {
        struct boot_module *m = &bi->modules[bi->nr_modules];

        if (mod->end < mod->start)
            continue;
        bi->nr_modules++;
        m->start = mod->start;
        m->size = mod->end - mod->start;
        copy_string(m->cmdline, mod->cmdline, sizeof(m->cmdline));
    }
}

static void parse_memory_map(const struct mb1_info *mb, struct boot_info *bi)
{
    const char *p = phys_to_virt(mb->mmap_addr), *end = p + mb->mmap_length;

    while (p + sizeof(struct mb1_mmap) <= end) {
        const struct mb1_mmap *e = (const void *)p;

        boot_region_add(bi, e->base, e->length, e->type);
        p += e->size + sizeof(e->size);
    }
}

static void parse_framebuffer(const struct mb1_info *mb, struct boot_framebuffer *fb)
{
    if (mb->fb_type != 1) /* direct colour */
        return;
    fb->base = mb->fb_addr;
    fb->pitch = mb->fb_pitch;
    fb->width = mb->fb_width;
    fb->height = mb->fb_height;
    fb->bpp = mb->fb_bpp;
    fb->red_pos = mb->fb_colors[0];
    fb->red_size = mb->fb_colors[1];
    fb->green_pos = mb->fb_colors[2];
    fb->green_size = mb->fb_colors[3];
    fb->blue_pos = mb->fb_colors[4];
    fb->blue_size = mb->fb_colors[5];
}

int multiboot1_parse(const void *info, struct boot_info *bi)
{
    const struct mb1_info *mb = info;

    if (!(mb->flags & MB1_HAS_MMAP))
        return -EINVAL;
    parse_memory_map(mb, bi);
    if (mb->flags & MB1_HAS_CMDLINE)
        copy_command_line(bi->cmdline, mb->cmdline, sizeof(bi->cmdline));
    if (mb->flags & MB1_HAS_MODULES)
        parse_modules(mb, bi);
    if (mb->flags & MB1_HAS_LOADER)
        copy_string(bi->loader, mb->loader_name, sizeof(bi->loader));
    if (mb->flags & MB1_HAS_FB)
        parse_framebuffer(mb, &bi->framebuffer);
    return 0;
}
