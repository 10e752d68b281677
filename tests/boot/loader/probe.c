/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stands in for the hypervisor behind its real boot code: prints boot_info to the serial line. */
#include "firmware.h"

#include <hv/boot-info.h>
#include <hv/printf.h>
#include <hv/printk.h>
#include <hv/string.h>

#include <asm/boot.h>
#include <asm/current.h>
#include <asm/io.h>
#include <asm/mm.h>

#define COM1       0x3f8
#define DEBUG_EXIT 0xf4

paddr_t virt_to_phys(const void *va)
{
    return (uint64_t)va >= DIRECT_MAP_BASE ? (uint64_t)va - DIRECT_MAP_BASE
                                           : (uint64_t)va - IMAGE_BASE + boot_info.image_base;
}

static void vsay(const char *fmt, va_list args)
{
    static char line[BOOT_CMDLINE_MAX + 128];

    vsnprintf(line, sizeof(line), fmt, args);
    for (const char *s = line; *s; s++) {
        while (!(inb(COM1 + 5) & 0x20))
            ;
        outb(COM1, (uint8_t)*s);
    }
}

void say(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    vsay(fmt, args);
    va_end(args);
}

void printk(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    vsay(fmt, args);
    va_end(args);
}

static uint32_t sum(paddr_t pa, uint64_t size)
{
    const uint8_t *p = phys_to_virt(pa);
    uint32_t s = 0;

    while (size--)
        s = s * 31 + *p++;
    return s;
}

static void say_regions(void)
{
    uint64_t ram = 0;

    for (unsigned int i = 0; i < boot_info.nr_regions; i++) {
        const struct boot_region *r = &boot_info.regions[i];

        say("region %zx-%zx %u\n", (size_t)r->start, (size_t)(r->start + r->size), r->type);
        ram += r->type == REGION_RAM ? r->size : 0;
    }
    say("ram %zu MiB\n", (size_t)(ram >> 20));
}

static void say_tables(void)
{
    const struct boot_framebuffer *fb = &boot_info.framebuffer;
    const struct boot_efi *efi = &boot_info.efi;

    say("framebuffer %zx %ux%u pitch %u bpp %u rgb %u:%u %u:%u %u:%u\n", (size_t)fb->base,
        fb->width, fb->height, fb->pitch, fb->bpp, fb->red_pos, fb->red_size, fb->green_pos,
        fb->green_size, fb->blue_pos, fb->blue_size);
    say("rsdp %s\n", boot_info.rsdp && boot_info.rsdp < 0x100000000 &&
                             !memcmp(phys_to_virt(boot_info.rsdp), "RSD PTR ", 8)
                         ? "good"
                         : "none");
    if (!efi->present)
        return;
    say("efi system table %s, %u descriptors, smbios %s\n",
        memcmp(phys_to_virt(efi->system_table), "IBI SYST", 8) ? "bad" : "good",
        efi->memory_map_size / efi->descriptor_size,
        (efi->smbios && !memcmp(phys_to_virt(efi->smbios), "_SM_", 4)) ||
                (efi->smbios3 && !memcmp(phys_to_virt(efi->smbios3), "_SM3_", 5))
            ? "good"
            : "none");
}

void start_hypervisor(int boot_error)
{
    say("\nprobe: error %d, loader %s, command line: %s\n", boot_error, boot_info.loader,
        boot_info.cmdline);
    say("image base %zx, stack in the image %d\n", (size_t)boot_info.image_base,
        (char *)cpu_info() > image_start && (char *)cpu_info() < image_end);
    say_regions();
    for (unsigned int i = 0; i < boot_info.nr_modules; i++) {
        const struct boot_module *m = &boot_info.modules[i];

        say("module %zx size %zu sum %08x: %s\n", (size_t)m->start, (size_t)m->size,
            sum(m->start, m->size), m->cmdline);
    }
    say_tables();
    say("probe: end\n");
    if (boot_info.efi.present)
        firmware_try();
    outb(DEBUG_EXIT, 0);
    for (;;)
        asm volatile("hlt");
}
