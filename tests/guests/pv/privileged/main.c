/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Privileged instructions of the kernel, which the hypervisor does for it. */
#include "pages.h"
#include "traps.h"

#define MSR_EFER      0xc0000080
#define MSR_FS_BASE   0xc0000100
#define MSR_GS_BASE   0xc0000101
#define MSR_KERNEL_GS 0xc0000102

struct cpuid {
    uint32_t a, b, c, d;
};

static struct cpuid cpuid_forced(uint32_t leaf, uint32_t subleaf)
{
    struct cpuid r = { .a = leaf, .c = subleaf };

    __asm__ volatile("ud2; .ascii \"xen\"; cpuid" : "+a"(r.a), "=b"(r.b), "+c"(r.c), "=d"(r.d));
    return r;
}

static bool read_msr(uint32_t index, uint64_t *value)
{
    uint32_t low = 0, high = 0;

    trap_caught.vector = TRAP_NONE;
    __asm__ volatile(TRAP_CAUGHT("rdmsr") : "+a"(low), "+d"(high) : "c"(index) : "memory");
    *value = (uint64_t)high << 32 | low;
    return trap_caught.vector == TRAP_NONE;
}

static bool write_msr(uint32_t index, uint64_t value)
{
    trap_caught.vector = TRAP_NONE;
    __asm__ volatile(TRAP_CAUGHT("wrmsr")
                     :
                     : "a"((uint32_t)value), "d"((uint32_t)(value >> 32)), "c"(index)
                     : "memory");
    return trap_caught.vector == TRAP_NONE;
}

#define TRY(instruction, ...)                                                        \
    ({                                                                               \
        trap_caught.vector = TRAP_NONE;                                              \
        __asm__ volatile(TRAP_CAUGHT(instruction) : : __VA_ARGS__ : "memory", "cc"); \
        trap_caught.vector;                                                          \
    })

static void test_cpuid(void)
{
    struct cpuid first = cpuid_forced(0, 0), hv, features = cpuid_forced(1, 0);
    uint32_t base = 0x40000000;

    check(first.a >= 0xd);
    check(features.c & 1U << 31); /* runs under a hypervisor */
    hv = cpuid_forced(base, 0);
    check(hv.a >= base + 4);
    check_equal(hv.b, 0x566e6558); /* XenVMMXenVMM */
    check_equal(hv.c, 0x65584d4d);
    check_equal(hv.d, 0x4d4d566e);
    check_equal(cpuid_forced(base + 1, 0).a, 4 << 16 | 17);
    check(cpuid_forced(base + 2, 0).a >= 1);
    check_equal(!!(features.c & 1U << 27), !!(features.c & 1U << 26)); /* OSXSAVE as XSAVE */
    check_equal(features.d & 1U << 3, 0);                              /* no large pages */
    check_equal(features.c & 1U << 5, 0);                              /* no VMX */
    check(cpuid_forced(base + 5, 0).b >= 29); /* this machine has 512 MiB */
    check(cpuid_forced(base + 5, 0).b <= (cpuid_forced(0x80000008, 0).a & 0xff));
}

static void test_control_registers(void)
{
    uint64_t cr0, cr3, cr4;

    __asm__ volatile("mov %%cr0, %0" : "=r"(cr0));
    check_equal(cr0 & 0x80010001, 0x80010001);
    __asm__ volatile("mov %%cr3, %0" : "=r"(cr3));
    check_equal(cr3 >> 12, frame_of((void *)start_info->pt_base));
    __asm__ volatile("mov %%cr4, %0" : "=r"(cr4));
    check_equal(cr4 & 0x20, 0x20);
    check_equal(TRY("mov %0, %%cr0", "r"(cr0)), TRAP_NONE);
    check_equal(TRY("mov %0, %%cr0", "r"(cr0 & ~1UL)), TRAP_GP);
    check_equal(TRY("mov %0, %%cr0", "r"(cr0 & ~0x80000000UL)), TRAP_GP);
    check_equal(TRY("mov %0, %%cr0", "r"(cr0 ^ 0x10000UL)), TRAP_GP);
    check_equal(TRY("mov %0, %%cr3", "r"(cr3)), TRAP_NONE);
    check_equal(TRY("mov %0, %%cr3", "r"(frame_of(start_info) << 12)), TRAP_GP);
    check_equal(TRY("mov %0, %%cr4", "r"(cr4)), TRAP_NONE);
    check_equal(TRY("mov %%cr8, %%rax", "i"(0)), TRAP_GP);
    check_equal(TRY("smsw %%ax", "i"(0)), TRAP_NONE);
}

static void test_msrs(void)
{
    static const uint32_t refused[] = { 0x48,       0x49,       0x122,      0x174,
                                        0x175,      0x176,      0x1d9,      0x38f,
                                        0x6e0,      0x800,      0xda0,      0x123456,
                                        0xc0000081, 0xc0000082, 0xc0000083, 0xc0000084 };
    uint64_t value, again = 0;
    unsigned int i;

    for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        if (read_msr(refused[i], &value) || write_msr(refused[i], 0))
            print("msr %x:\n", refused[i]);
        check(!read_msr(refused[i], &value));
        check_equal(trap_caught.vector, TRAP_GP);
        check(!write_msr(refused[i], 0));
        check_equal(trap_caught.vector, TRAP_GP);
    }
    /* What is read may be written back. */
    check(read_msr(MSR_EFER, &value) && write_msr(MSR_EFER, value));
    check(!write_msr(MSR_EFER, value ^ 1));
    check(read_msr(0xc0010015, &value) && write_msr(0xc0010015, value));
    check(read_msr(0x1a0, &value) && write_msr(0x1a0, value));
    check(read_msr(0x277, &value));
    check_equal(value, 0x50100070406);
    check(read_msr(MSR_EFER, &value));
    check_equal(value & 0x501, 0x501);
    check(!read_msr(0x123456, &value));
    check_equal(trap_caught.vector, TRAP_GP);
    check(!write_msr(0x123456, 0));
    check(write_msr(MSR_FS_BASE, 0x1234567890));
    check(read_msr(MSR_FS_BASE, &value));
    check_equal(value, 0x1234567890);
    check(write_msr(MSR_GS_BASE, 0x1234567891));
    check(write_msr(MSR_KERNEL_GS, 0x1234567892));
    check(read_msr(MSR_GS_BASE, &value) && value == 0x1234567891);
    check(read_msr(MSR_KERNEL_GS, &value) && value == 0x1234567892);
    check(!write_msr(MSR_FS_BASE, 1UL << 47));
    check(!write_msr(MSR_GS_BASE, 1UL << 47));
    check(!write_msr(MSR_KERNEL_GS, 1UL << 47));
    check(read_msr(0x10, &value) && read_msr(0x10, &again));
    check(again > value);
}

static void test_others(void)
{
    uint32_t low, high;
    unsigned char byte;
    uint64_t flags;

    check_equal(TRY("wbinvd", "i"(0)), TRAP_NONE);
    check_equal(TRY("invd", "i"(0)), TRAP_GP);
    check_equal(TRY("clts", "i"(0)), TRAP_NONE);
    check_equal(TRY("rdtsc", "i"(0)), TRAP_NONE);
    check_equal(TRY("cli", "i"(0)), TRAP_GP); /* IOPL 0 */
    check_equal(TRY("sti", "i"(0)), TRAP_GP);
    check_equal(TRY("outb %%al, $0x80", "a"(0)), TRAP_GP);
    check_equal(TRY("lgdt (%0)", "r"(&flags)), TRAP_GP);
    check_equal(TRY("lidt (%0)", "r"(&flags)), TRAP_GP);
    check_equal(TRY("lldt %%ax", "a"(0)), TRAP_GP);
    check_equal(TRY("ltr %%ax", "a"(0)), TRAP_GP);
    check_equal(TRY("swapgs", "i"(0)), TRAP_GP);
    struct physdev_set_iopl iopl = { .iopl = 1 };
    check_equal(hypercall2(__HYPERVISOR_physdev_op, PHYSDEVOP_set_iopl, &iopl), 0);
    check_equal(TRY("cli", "i"(0)), TRAP_NONE);
    check_equal(TRY("sti", "i"(0)), TRAP_NONE);
    check_equal(TRY("outb %%al, $0x80", "a"(0)), TRAP_NONE);
    __asm__ volatile("pushfq; pop %0" : "=r"(flags));
    check_equal(flags & 0x3000, 0); /* the processor's IOPL stays */
    /* The PCI bridge of the machine, by ports; the CMOS clock's status; a port of nobody's. */
    __asm__ volatile("outl %%eax, %%dx" : : "a"(0x80000000), "d"(0xcf8));
    __asm__ volatile("inl %%dx, %%eax" : "=a"(low) : "d"(0xcfc));
    check_equal(low & 0xffff, 0x8086);
    __asm__ volatile("inl %%dx, %%eax" : "=a"(high) : "d"(0xcf8));
    check_equal(high, 0x80000000);
    __asm__ volatile("inb $0x61, %0" : "=a"(byte));
    __asm__ volatile("inb $0x20, %0" : "=a"(byte));
    check_equal(byte, 0xff);
    __asm__ volatile("inb $0x40, %0" : "=a"(byte));
    check_equal(byte, 0xff);
    /* The timer's counter 2 is dom0's: counting down from 0xff00, mode 0. */
    __asm__ volatile("outb %%al, $0x61" : : "a"(1));
    __asm__ volatile("outb %%al, $0x43" : : "a"(0xb0));
    __asm__ volatile("outb %%al, $0x42" : : "a"(0));
    __asm__ volatile("outb %%al, $0x42" : : "a"(0xff));
    __asm__ volatile("outb %%al, $0x43" : : "a"(0x80));
    __asm__ volatile("inb $0x42, %0" : "=a"(byte));
    __asm__ volatile("inb $0x42, %0" : "=a"(byte));
    check(byte >= 0xc0 && byte < 0xff);
}

static void test_xsetbv(void)
{
    uint32_t low, high;
    uint64_t cr4;

    if (!(cpuid_forced(1, 0).c & 1U << 26))
        return;
    __asm__ volatile("mov %%cr4, %0" : "=r"(cr4));
    check_equal(TRY("mov %0, %%cr4", "r"(cr4 | 1UL << 18)), TRAP_NONE);
    __asm__ volatile("mov %%cr4, %0" : "=r"(cr4));
    check(cr4 & 1UL << 18);
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    check_equal(low & 1, 1);
    check_equal(high, 0);
    check_equal(TRY("xsetbv", "a"(low), "d"(high), "c"(0)), TRAP_NONE);
    check_equal(TRY("xsetbv", "a"(low & ~1U), "d"(high), "c"(0)), TRAP_GP);
    check_equal(TRY("xsetbv", "a"(low), "d"(high), "c"(1)), TRAP_GP);
    check_equal(TRY("xsetbv", "a"(5), "d"(0), "c"(0)), TRAP_GP);
    check_equal(TRY("xsetbv", "a"(1), "d"(0x80000000), "c"(0)), TRAP_GP);
    check_equal(TRY("xsetbv", "a"(3), "d"(0), "c"(0)), TRAP_NONE);
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    check_equal(low, 3);
    check_equal(TRY("xsetbv", "a"(7), "d"(0), "c"(0)), TRAP_NONE);
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    check_equal(low, 7);
}

void guest_main(void)
{
    test_cpuid();
    test_control_registers();
    test_msrs();
    test_others();
    test_xsetbv();
}
