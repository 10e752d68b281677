/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How we were started, in one form, whatever the boot loader and firmware. */
#ifndef HV_BOOT_INFO_H
#define HV_BOOT_INFO_H

#include <hv/types.h>

#define BOOT_MAX_REGIONS 256
#define BOOT_MAX_MODULES 8
#define BOOT_CMDLINE_MAX 2048
#define BOOT_EFI_MAP_MAX 32768 /* bytes; some 680 descriptors */
#define BOOT_RSDP_MAX    36

/* The types of an E820 map. */
enum boot_region_type {
    REGION_RAM = 1,
    REGION_RESERVED = 2,
    REGION_ACPI = 3,
    REGION_NVS = 4,
    REGION_UNUSABLE = 5,
};

struct boot_region {
    paddr_t start;
    uint64_t size;
    uint32_t type; /* enum boot_region_type, or what the firmware said */
};

struct boot_module {
    paddr_t start;
    uint64_t size;
    char cmdline[BOOT_CMDLINE_MAX];
};

struct boot_framebuffer {
    paddr_t base;                  /* 0: none, text mode */
    uint32_t width, height, pitch; /* pixels and bytes; in text mode characters, 0 if not told */
    uint8_t bpp;
    uint8_t red_pos, red_size, green_pos, green_size, blue_pos, blue_size;
};

/* Boot services have ended; runtime services and the tables in reserved memory are still there. */
struct boot_efi {
    bool present;
    paddr_t system_table;
    paddr_t smbios, smbios3; /* entry points; 0: none */
    uint32_t memory_map_size, descriptor_size, descriptor_version;
    uint8_t memory_map[BOOT_EFI_MAP_MAX] __aligned(8);
};

struct boot_info {
    char loader[64];
    char cmdline[BOOT_CMDLINE_MAX];
    struct boot_region regions[BOOT_MAX_REGIONS]; /* sorted, page-aligned, not overlapping */
    unsigned int nr_regions;
    struct boot_module modules[BOOT_MAX_MODULES];
    unsigned int nr_modules;
    struct boot_framebuffer framebuffer;
    struct boot_efi efi;
    paddr_t rsdp;                     /* 0: not told */
    uint8_t rsdp_copy[BOOT_RSDP_MAX]; /* the loader's copy; @rsdp may point to it */
    uint32_t rsdp_copy_size;          /* 0: none */
    paddr_t image_base;               /* where IMAGE_BASE was loaded */
};

extern struct boot_info boot_info; /* (c) after boot_main */

/*
 * Fills the structure from a multiboot 1 or 2 information block. 0, or -EINVAL if it has no memory
 * map. The second leaves out what the EFI entry has filled in already (efi.present).
 */
int multiboot1_parse(const void *info, struct boot_info *bi);
int multiboot2_parse(const void *info, struct boot_info *bi);

/*
 * Sorts the regions and makes them disjoint and page-aligned: RAM shrinks to whole pages,
 * everything else grows; where two overlap the higher type wins. Pure.
 */
void boot_regions_sanitize(struct boot_info *bi);
/* Adds a region; false if the table is full. */
bool boot_region_add(struct boot_info *bi, paddr_t start, uint64_t size, uint32_t type);

#endif
