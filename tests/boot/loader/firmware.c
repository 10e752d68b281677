/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The runtime services through the hypervisor's own code, with the least it needs around it. */
#include "firmware.h"

#include <hv/alloc.h>
#include <hv/efi.h>
#include <hv/guest-access.h>
#include <hv/printk.h>
#include <hv/spinlock.h>
#include <hv/string.h>

#include <asm/mm.h>
#include <asm/processor.h>

#define POOL_PAGES 1024

static char pool[POOL_PAGES][PAGE_SIZE] __aligned(4096);
static unsigned int pool_used;
uint64_t idle_cr3;

void *page_alloc(unsigned int order)
{
    return order || pool_used == POOL_PAGES ? NULL : phys_to_virt(virt_to_phys(pool[pool_used++]));
}

void *heap_alloc(size_t size)
{
    return size > PAGE_SIZE ? NULL : page_alloc(0);
}

void *heap_zalloc(size_t size)
{
    return heap_alloc(size);
}

void heap_free(void *p __unused)
{
    pool_used--; /* in reverse order, as the code under test happens to do */
}

void *ioremap_cached(paddr_t pa, size_t size __unused)
{
    return phys_to_virt(pa);
}

int guest_copy_from(void *dst, const void *guest_src, size_t size)
{
    memcpy(dst, guest_src, size);
    return 0;
}

int guest_copy_to(void *guest_dst, const void *src, size_t size)
{
    memcpy(guest_dst, src, size);
    return 0;
}

void spin_lock_wait(struct spinlock *l __unused, uint16_t ticket __unused)
{
}

static struct xenpf_efi_runtime_call op;
static uint16_t name[512];
static char data[2048];

/* Calls and says the outcome; what it left in op is for the rest of the line. */
static bool call(uint32_t function, const char *what)
{
    bool good;

    op.function = function;
    good = efi_runtime_call(&op) == 0 && op.status == 0;
    if (what)
        say("%s %d ", what, good);
    return good;
}

static void try_time(void)
{
    memset(&op, 0, sizeof(op));
    call(XEN_EFI_get_time, "GetTime");
    say("year %u\n", op.u.get_time.time.year);
    memset(&op, 0, sizeof(op));
    call(XEN_EFI_get_next_high_monotonic_count, "GetNextHighMonotonicCount");
    say("%s\n", op.misc ? "counts" : "zero");
}

static void try_variables(void)
{
    static const struct xenpf_efi_guid ours = { 0x646f6d75, 0x7321, 0x4242, { 1, 2, 3 } };
    static uint16_t our_name[] = u"DomusProbe";
    unsigned int count = 0;
    bool found = false;

    memset(&op, 0, sizeof(op));
    op.u.set_variable.name.p = our_name;
    op.u.set_variable.size = 5;
    op.u.set_variable.data.p = data;
    op.u.set_variable.vendor_guid = ours;
    op.misc = XEN_EFI_VARIABLE_NON_VOLATILE | XEN_EFI_VARIABLE_BOOTSERVICE_ACCESS |
              XEN_EFI_VARIABLE_RUNTIME_ACCESS;
    memcpy(data, "hello", 5);
    call(XEN_EFI_set_variable, "SetVariable");

    op.misc = 0;
    op.u.get_variable.size = 2;
    call(XEN_EFI_get_variable, "\nGetVariable too small");
    say("needs %u\n", (unsigned int)op.u.get_variable.size);
    memset(data, 0, sizeof(data));
    op.misc = 0;
    op.u.get_variable.size = sizeof(data);
    call(XEN_EFI_get_variable, "GetVariable");
    say("size %u attributes %u %s\n", (unsigned int)op.u.get_variable.size, op.misc, data);

    memset(&op, 0, sizeof(op));
    op.u.get_next_variable_name.name.p = name;
    for (op.u.get_next_variable_name.size = sizeof(name);
         call(XEN_EFI_get_next_variable_name, NULL);
         op.u.get_next_variable_name.size = sizeof(name)) {
        found |= !memcmp(name, our_name, sizeof(our_name));
        count++;
    }
    say("GetNextVariableName %s, ours %d\n", count > 10 ? "many" : "few", found);
    memset(&op, 0, sizeof(op));
    op.u.query_variable_info.attr = 7;
    call(XEN_EFI_query_variable_info, "QueryVariableInfo");
    say("%s\n", op.u.query_variable_info.remain_store_size ? "has room" : "is full");
}

static void say_info(void)
{
    union xenpf_efi_info info = { .mem.addr = 0x100000, .mem.size = ~0ULL };
    char vendor[64] = "";

    int ret = efi_firmware_info(XEN_FW_EFI_MEM_INFO, &info);

    say("MEM_INFO %d type %u\n", ret, info.mem.type);
    info.vendor.bufsz = sizeof(name);
    info.vendor.name.p = name;
    ret = efi_firmware_info(XEN_FW_EFI_VENDOR, &info);
    for (unsigned int i = 0; i < sizeof(vendor) - 1 && name[i]; i++)
        vendor[i] = (char)name[i];
    say("VENDOR %d %s\n", ret, vendor);
    memset(name, 0, sizeof(name));
}

void firmware_try(void)
{
    static uint64_t xmm[2] __aligned(16) = { 0x1122334455667788, 0x99aabbccddeeff00 }, after[2];

    idle_cr3 = read_cr3();
    asm volatile("movdqa %0, %%xmm0" ::"m"(xmm));
    write_cr0(read_cr0() | CR0_TS);
    efi_init();
    say_info();
    try_time();
    try_variables();
    say("registers: cr3 %d, task-switched %d", read_cr3() == idle_cr3, !!(read_cr0() & CR0_TS));
    asm volatile("clts; movdqu %%xmm0, %0" : "=m"(after));
    say(", xmm0 %d\n", !memcmp(xmm, after, sizeof(xmm)));
    efi_reset(true);
    say("efi_reset came back\n");
}
