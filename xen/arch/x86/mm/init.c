/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hypervisor's final address space: direct map, frame table, M2P, image with proper rights. */
#include <hv/frame.h>
#include <hv/printk.h>
#include <hv/string.h>

#include <asm/boot.h>
#include <asm/cpuid.h>
#include <asm/early.h>
#include <asm/mm.h>
#include <asm/page.h>
#include <asm/processor.h>

#define SIZE_2M 0x200000ULL

struct frame *const frame_table = (struct frame *)FRAME_TABLE_BASE;
uint64_t frame_limit;
uint64_t idle_cr3;
uint32_t trampoline_phys;

static uint64_t *idle_l4;

paddr_t virt_to_phys(const void *va)
{
    uint64_t a = (uint64_t)va;

    if (a >= DIRECT_MAP_BASE)
        return a - DIRECT_MAP_BASE;
    return a - IMAGE_BASE + boot_info.image_base;
}

/* The entry for @va at @level, making the tables above it. */
static uint64_t *early_entry(vaddr_t va, unsigned int level)
{
    uint64_t *table = idle_l4;

    for (unsigned int l = 4; l > level; l--) {
        uint64_t *e = &table[pt_index(va, l)];

        if (!*e)
            *e = early_alloc(PAGE_SIZE, PAGE_SIZE) | PTE_HV_TABLE;
        table = phys_to_virt(*e & PTE_ADDR_MASK);
    }
    return &table[pt_index(va, level)];
}

static void map_2m(vaddr_t va, paddr_t pa, uint64_t flags)
{
    *early_entry(va, 2) = pa | flags | PTE_PSE;
}

/* All RAM, and whatever else lies between its regions inside a large page. */
static void map_direct(paddr_t start, paddr_t end)
{
    for (paddr_t pa = ROUND_DOWN(start, SIZE_2M); pa < end; pa += SIZE_2M)
        map_2m(DIRECT_MAP_BASE + pa, pa, PTE_HV_RW);
}

static void fill_hole(paddr_t pa);

static bool range_has_ram(paddr_t start, paddr_t end)
{
    for (unsigned int i = 0; i < boot_info.nr_regions; i++) {
        const struct boot_region *r = &boot_info.regions[i];

        if (r->type == REGION_RAM && r->start < end && r->start + r->size > start)
            return true;
    }
    return false;
}

/*
 * A table indexed by frame number, of 2 MiB pieces; a piece whose frames are all holes is one
 * shared page of zeroes, read-only, so that a hole reads as a frame that nobody owns.
 */
static void map_table(vaddr_t base, uint64_t entry_size, vaddr_t alias, uint64_t alias_flags,
                      int fill)
{
    paddr_t hole = 0, pa;
    uint64_t span = SIZE_2M / entry_size << PAGE_SHIFT; /* bytes of memory that a piece describes */

    for (uint64_t off = 0; off < frame_limit * entry_size; off += SIZE_2M) {
        paddr_t first = off / SIZE_2M * span;
        bool used = range_has_ram(first, first + span);

        if (used || !hole) {
            pa = early_alloc(SIZE_2M, SIZE_2M);
            memset(phys_to_virt(pa), fill, SIZE_2M);
        } else {
            pa = hole;
        }
        if (!used) {
            hole = pa;
            if (base == FRAME_TABLE_BASE)
                fill_hole(pa);
        }
        map_2m(base + off, pa, used ? PTE_HV_RW : PTE_HV_RO);
        if (alias)
            map_2m(alias + off, pa, alias_flags);
    }
}

/* Whatever is not RAM, or lies in the first MiB, is device memory; holes too. */
static void mark_io_frames(void)
{
    uint64_t per_piece = SIZE_2M / sizeof(struct frame), n;

    for (n = 0; n < ROUND_UP(frame_limit, per_piece); n++) {
        uint64_t first = ROUND_DOWN(n, per_piece);

        if (range_has_ram(first << PAGE_SHIFT, (first + per_piece) << PAGE_SHIFT))
            frame_table[n].refs = FRAME_IO;
        else
            n = first + per_piece - 1;
    }
    for (unsigned int i = 0; i < boot_info.nr_regions; i++) {
        const struct boot_region *r = &boot_info.regions[i];

        for (n = MAX(r->start, 0x100000ULL) >> PAGE_SHIFT;
             r->type == REGION_RAM && n < (r->start + r->size) >> PAGE_SHIFT; n++)
            frame_table[n].refs = 0;
    }
}

/* The page that stands for all pieces that are holes. */
static void fill_hole(paddr_t pa)
{
    struct frame *pg = phys_to_virt(pa);

    for (uint64_t i = 0; i < SIZE_2M / sizeof(*pg); i++)
        pg[i].refs = FRAME_IO;
}

static void map_image_part(const char *start, const char *end, uint64_t flags)
{
    for (const char *p = start; p < end; p += PAGE_SIZE)
        *early_entry((vaddr_t)p, 1) = virt_to_phys(p) | flags;
}

static void map_image(void)
{
    map_image_part(image_start, image_rodata, PTE_HV_RX);
    map_image_part(image_rodata, image_data, PTE_HV_RO);
    map_image_part(image_data, image_end, PTE_HV_RW);
}

/* GRUB puts small modules below 1 MiB when it runs on EFI. */
static bool page_has_module(paddr_t pa)
{
    for (unsigned int i = 0; i < boot_info.nr_modules; i++) {
        const struct boot_module *m = &boot_info.modules[i];

        if (m->start < pa + PAGE_SIZE && m->start + m->size > pa)
            return true;
    }
    return false;
}

static bool page_is_ram(paddr_t pa)
{
    for (unsigned int i = 0; i < boot_info.nr_regions; i++) {
        const struct boot_region *r = &boot_info.regions[i];

        if (r->type == REGION_RAM && r->start <= pa && r->start + r->size >= pa + PAGE_SIZE)
            return true;
    }
    return false;
}

/* A page below 1 MiB for the code that starts other CPUs. */
static uint32_t find_trampoline(void)
{
    for (paddr_t pa = 0x8f000; pa >= 0x1000; pa -= 0x1000)
        if (page_is_ram(pa) && !page_has_module(pa))
            return (uint32_t)pa;
    return 0;
}

void mm_init(void)
{
    uint64_t ram = 0;

    trampoline_phys = find_trampoline();
    for (unsigned int i = 0; i < boot_info.nr_regions; i++) {
        const struct boot_region *r = &boot_info.regions[i];

        if (r->type != REGION_RAM)
            continue;
        ram += r->size;
        frame_limit = MAX(frame_limit, (r->start + r->size) >> PAGE_SHIFT);
    }
    idle_cr3 = early_alloc(PAGE_SIZE, PAGE_SIZE);
    idle_l4 = phys_to_virt(idle_cr3);
    /* The tables right below L4 exist for every slot, so that all page tables can share them. */
    for (unsigned int slot = HV_SLOT_FIRST; slot <= HV_SLOT_LAST; slot++)
        idle_l4[slot] = early_alloc(PAGE_SIZE, PAGE_SIZE) | PTE_HV_TABLE;
    for (unsigned int i = 0; i < boot_info.nr_regions; i++) {
        const struct boot_region *r = &boot_info.regions[i];

        if (r->type == REGION_RAM || r->type == REGION_ACPI || r->type == REGION_NVS)
            map_direct(r->start, r->start + r->size);
    }
    map_direct(0, 0x100000);
    map_table(FRAME_TABLE_BASE, sizeof(struct frame), 0, 0, 0);
    map_table(M2P_RW_BASE, sizeof(uint64_t), M2P_RO_BASE,
              PTE_PRESENT | PTE_USER | PTE_ACCESSED | PTE_NX, 0xff);
    map_image();
    write_cr3(idle_cr3);
    mark_io_frames();
    printk(LOG_INFO "memory: %zu MiB of RAM, %zu MiB for the tables that describe it\n",
           (size_t)(ram >> 20),
           (size_t)(frame_limit * (sizeof(struct frame) + sizeof(uint64_t)) >> 20));
}
