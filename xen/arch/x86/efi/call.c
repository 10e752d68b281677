/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calling the firmware. It stays at its physical addresses (SetVirtualAddressMap is never called),
 * in a page table of its own: the hypervisor's slots, and below them the runtime regions as
 * identity.
 */
#include <hv/alloc.h>
#include <hv/boot-info.h>
#include <hv/efi.h>
#include <hv/errno.h>
#include <hv/init.h>
#include <hv/printk.h>
#include <hv/spinlock.h>
#include <hv/string.h>

#include <asm/mm.h>
#include <asm/page.h>
#include <asm/processor.h>

#include "private.h"

#define RUNTIME_TABLE  (PTE_PRESENT | PTE_RW | PTE_ACCESSED | PTE_DIRTY)
#define RUNTIME_PAGE   (PTE_PRESENT | PTE_RW | PTE_ACCESSED | PTE_DIRTY)
#define IDENTITY_END   (1ULL << 47)
#define RESET_COLD     0
#define RESET_SHUTDOWN 2

struct efi_system_table efi_system;
struct efi_runtime_services efi_runtime;
uint16_t efi_vendor[EFI_VENDOR_LENGTH];

static struct spinlock efi_lock = SPINLOCK_INIT; /* the services are not reentrant (UEFI 8.1) */
static uint64_t efi_cr3;                         /* (c) */
static bool runtime_wanted = true;

/* efi=rs or efi=no-rs: whether runtime services may be used. */
static int efi_param(const char *value)
{
    if (strcmp(value, "rs") == 0 || strcmp(value, "rs=1") == 0)
        runtime_wanted = true;
    else if (strcmp(value, "no-rs") == 0 || strcmp(value, "rs=0") == 0)
        runtime_wanted = false;
    else
        return -EINVAL;
    return 0;
}
DEFINE_PARAM("efi", efi_param);

/* x87 and SSE registers are the guest's until here; the firmware may use them (UEFI 2.3.4). */
struct sse_state {
    uint8_t area[512] __aligned(16);
};
static struct sse_state saved; /* under efi_lock */

static void sse_begin(struct sse_state *s)
{
    static const uint32_t mxcsr = 0x1f80;

    asm volatile("clts; fxsave64 %0; fninit; ldmxcsr %1" : "=m"(*s) : "m"(mxcsr));
}

static void sse_end(const struct sse_state *s)
{
    asm volatile("fxrstor64 %0" ::"m"(*s));
}

typedef efi_status_t(__efiapi *service_fn)(uint64_t, uint64_t, uint64_t, uint64_t, uint64_t);

/* Interrupts off. The guest's entries are never global, so loading CR3 leaves none of them. */
__attribute__((force_align_arg_pointer, noinline)) static efi_status_t
call_locked(uint64_t service, const uint64_t arg[static 5])
{
    uint64_t cr0 = read_cr0(), cr3 = read_cr3();
    efi_status_t status;

    sse_begin(&saved);
    write_cr3(efi_cr3);
    status = ((service_fn)service)(arg[0], arg[1], arg[2], arg[3], arg[4]);
    write_cr3(cr3);
    sse_end(&saved);
    write_cr0(cr0);
    return status;
}

efi_status_t efi_call(uint64_t service, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e)
{
    const uint64_t arg[5] = { a, b, c, d, e };
    efi_status_t status;
    unsigned long flags;

    if (!service)
        return EFI_UNSUPPORTED;
    flags = spin_lock_irqsave(&efi_lock);
    status = call_locked(service, arg);
    spin_unlock_irqrestore(&efi_lock, flags);
    return status;
}

void efi_reset(bool power_off)
{
    const uint64_t arg[5] = { power_off ? RESET_SHUTDOWN : RESET_COLD };

    if (efi_runtime.reset_system)
        call_locked(efi_runtime.reset_system, arg);
}

static int map_identity(uint64_t pa, uint64_t flags)
{
    uint64_t *table = phys_to_virt(efi_cr3);

    for (unsigned int l = 4; l > 1; l--) {
        uint64_t *e = &table[pt_index(pa, l)];

        if (!*e) {
            void *next = page_alloc(0);

            if (!next)
                return -ENOMEM;
            *e = virt_to_phys(next) | RUNTIME_TABLE;
        }
        table = phys_to_virt(*e & PTE_ADDR_MASK);
    }
    table[pt_index(pa, 1)] = pa | flags;
    return 0;
}

/*
 * Code stays writable, since older firmware has its data in the same region; data is not
 * executable. Memory without write-back, and device registers, are uncached (PAT entry 3).
 */
static uint64_t runtime_flags(const struct efi_memory_descriptor *d)
{
    uint64_t flags = RUNTIME_PAGE;

    if (d->type != EFI_RUNTIME_SERVICES_CODE)
        flags |= PTE_NX;
    if (!(d->attribute & EFI_MEMORY_WB))
        flags |= PTE_PCD | PTE_PWT;
    return flags;
}

static int map_runtime_region(const struct efi_memory_descriptor *d)
{
    uint64_t first = ROUND_DOWN(d->physical, PAGE_SIZE);
    int ret = 0;

    if (first >= IDENTITY_END || d->pages > (IDENTITY_END - first) >> PAGE_SHIFT)
        return -EINVAL;
    for (uint64_t i = 0; !ret && i < d->pages; i++)
        ret = map_identity(first + (i << PAGE_SHIFT), runtime_flags(d));
    return ret;
}

static int map_runtime(const struct boot_efi *efi)
{
    uint64_t *l4 = page_alloc(0);
    const uint64_t *idle = phys_to_virt(idle_cr3);
    struct efi_memory_descriptor d;

    if (!l4)
        return -ENOMEM;
    efi_cr3 = virt_to_phys(l4);
    for (unsigned int slot = HV_SLOT_FIRST; slot <= HV_SLOT_LAST; slot++)
        l4[slot] = idle[slot];
    for (uint32_t at = 0; at + efi->descriptor_size <= efi->memory_map_size;
         at += efi->descriptor_size) {
        int ret;

        memcpy(&d, efi->memory_map + at, sizeof(d));
        ret = d.attribute & EFI_MEMORY_RUNTIME ? map_runtime_region(&d) : 0;
        if (ret)
            return ret;
    }
    return 0;
}

/* Copies @size bytes of the firmware's tables, which may lie outside of the direct map. */
static bool firmware_read(void *dst, paddr_t pa, size_t size)
{
    const void *src = pa ? ioremap_cached(pa, size) : NULL;

    if (src)
        memcpy(dst, src, size);
    return src;
}

void efi_init(void)
{
    const struct boot_efi *efi = &boot_info.efi;

    if (!efi->present)
        return;
    if (!firmware_read(&efi_system, efi->system_table, sizeof(efi_system)) ||
        efi_system.header.signature != EFI_SYSTEM_TABLE_SIGNATURE) {
        memset(&efi_system, 0, sizeof(efi_system));
        printk(LOG_ERR "EFI: no system table at %zx\n", (size_t)efi->system_table);
        return;
    }
    firmware_read(efi_vendor, efi_system.vendor, sizeof(efi_vendor) - sizeof(efi_vendor[0]));
    if (!runtime_wanted)
        return;
    if (map_runtime(efi) ||
        !firmware_read(&efi_runtime, efi_arg(efi_system.runtime), sizeof(efi_runtime))) {
        memset(&efi_runtime, 0, sizeof(efi_runtime));
        printk(LOG_WARN "EFI: the runtime services could not be mapped\n");
    }
    printk(LOG_INFO "EFI: revision %u.%02u, runtime services %s\n",
           efi_system.header.revision >> 16, efi_system.header.revision & 0xffff,
           efi_runtime.get_time ? "in use" : "not in use");
}
