/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Exceptions of the kernel itself: vectors, error codes, frames; debug registers; page faults. */
#include "entries.h"
#include "pages.h"
#include "traps.h"

static volatile page_table page_aligned a;
static volatile struct trap_frame last;

/* Keeps the frame and goes on at rip of the resume table, or where the trap says. */
static bool keep(struct trap_frame *frame)
{
    last = *frame;
    if (frame->vector == TRAP_DB || frame->vector == TRAP_BP || frame->vector >= 0x80) {
        frame->rflags &= ~0x100UL;
        return true;
    }
    return false;
}

#define CAUGHT(instruction, ...)                                                                   \
    do {                                                                                           \
        trap_caught.vector = TRAP_NONE;                                                            \
        last.vector = TRAP_NONE;                                                                   \
        __asm__ volatile(TRAP_CAUGHT(instruction) : : __VA_ARGS__ : "memory", "cc", "rax", "rdx"); \
    } while (0)

static void check_trap(int line, unsigned long vector, unsigned long error)
{
    if (last.vector != vector)
        guest_fail(__FILE__, line, "the trap", (long)last.vector, (long)vector);
    if (last.error != error)
        guest_fail(__FILE__, line, "the error code", (long)last.error, (long)error);
}

static void test_exceptions(void)
{
    static volatile uint32_t zero;

    CAUGHT("divl %0", "m"(zero));
    check_trap(__LINE__, TRAP_DE, 0);
    CAUGHT("ud2", "i"(0));
    check_trap(__LINE__, TRAP_UD, 0);
    check_equal(last.cs & 0xffffffff, FLAT_KERNEL_CS & ~3);
    check_equal(last.ss, FLAT_KERNEL_SS);
    check_equal(last.rsp & 7, 0);
    CAUGHT("mov %0, %%ds", "r"(0xfff8));
    check_trap(__LINE__, TRAP_GP, 0xfff8);
    CAUGHT("mov %0, %%ds", "r"(0x8));
    check_trap(__LINE__, TRAP_GP, 0x8);
    CAUGHT("mov %0, %%ds", "r"(0xd003));
    check_trap(__LINE__, TRAP_GP, 0xd000);
    CAUGHT("mov %0, %%ds", "r"(0x7));
    check_trap(__LINE__, TRAP_GP, 0x4);
    CAUGHT("mov %0, %%ss", "r"(0));
    check_trap(__LINE__, TRAP_GP, 0);
    CAUGHT("mov (%0), %%rax", "r"(1UL << 47));
    check_trap(__LINE__, TRAP_GP, 0);
    last.vector = TRAP_NONE;
    __asm__ volatile("int3");
    check_trap(__LINE__, TRAP_BP, 0);
    CAUGHT("int $0x80", "i"(0));
    check_trap(__LINE__, 0x80, 0);
    CAUGHT("int $0x81", "i"(0));
    check_equal(last.vector, TRAP_GP);
    check_equal(last.error & 2, 2);
    CAUGHT("int $0x90", "i"(0));
    check_equal(last.vector, TRAP_GP);
    CAUGHT("int $14", "i"(0));
    check_equal(last.vector, TRAP_GP);
}

static void test_page_faults(void)
{
    uint64_t value;

    check(!try_read((void *)0x10000, &value));
    check_trap(__LINE__, TRAP_PF, 0);
    check(!try_write((void *)0x10000, 0));
    check_trap(__LINE__, TRAP_PF, 2);
    page_read_only(a);
    check(!try_write(&a[3], 0));
    check_trap(__LINE__, TRAP_PF, 3);
    check_equal(trap_caught.cr2, &a[3]);
    check_equal(
        update_va_mapping((void *)(unsigned long)a, entry_for(a, PAGE_RW | PTE_NX), UVMF_INVLPG),
        0);
    a[0] = 0xc3; /* ret */
    /* A fetch fault resumes in the caller: by hand. */
    trap_caught.vector = TRAP_NONE;
    page_writable(a);
    check(!try_read((void *)(HYPERVISOR_VIRT_START + (64UL << 30)), &value));
    check_equal(last.vector, TRAP_PF);
    check_equal(last.error & ~1UL, 0);
    check(!try_write((void *)HYPERVISOR_VIRT_START, 0));
    check_trap(__LINE__, TRAP_PF, 3);
    __asm__ volatile("mov %0, %%cr2" : : "r"(0x12345678UL));
    __asm__ volatile("mov %%cr2, %0" : "=r"(value));
    check_equal(value, 0x12345678);
}

static void test_fpu(void)
{
    uint64_t cr0;

    check_equal(hypercall1(__HYPERVISOR_fpu_taskswitch, 1), 0);
    __asm__ volatile("mov %%cr0, %0" : "=r"(cr0));
    check_equal(cr0 & 8, 8);
    CAUGHT("fninit", "i"(0));
    check_trap(__LINE__, TRAP_NM, 0);
    /* The handler is entered with TS clear. */
    __asm__ volatile("mov %%cr0, %0" : "=r"(cr0));
    check_equal(cr0 & 8, 0);
    CAUGHT("fninit", "i"(0));
    check_equal(last.vector, TRAP_NONE);
    __asm__ volatile("mov %0, %%cr0" : : "r"(cr0 | 8));
    CAUGHT("fninit", "i"(0));
    check_trap(__LINE__, TRAP_NM, 0);
    __asm__ volatile("mov %0, %%cr0" : : "r"(cr0 | 8));
    __asm__ volatile("clts");
    CAUGHT("fninit", "i"(0));
    check_equal(last.vector, TRAP_NONE);
    check_equal(hypercall1(__HYPERVISOR_fpu_taskswitch, 1), 0);
    check_equal(hypercall1(__HYPERVISOR_fpu_taskswitch, 0), 0);
    CAUGHT("fninit", "i"(0));
    check_equal(last.vector, TRAP_NONE);
}

static void test_step(void)
{
    last.vector = TRAP_NONE;
    __asm__ volatile("pushfq; orq $0x100, (%%rsp); popfq; nop; nop" : : : "memory", "cc");
    check_trap(__LINE__, TRAP_DB, 0);
    check_equal(last.rflags & 0x100, 0x100);
    check_equal(hypercall1(__HYPERVISOR_get_debugreg, 6) & 0x400f, 0x4000);
    check_equal(hypercall2(__HYPERVISOR_set_debugreg, 6, NULL), 0);
    check_equal(hypercall1(__HYPERVISOR_get_debugreg, 6), 0xffff0ff0);
    /* Stepping over an instruction that is emulated. */
    last.vector = TRAP_NONE;
    __asm__ volatile("pushfq; orq $0x100, (%%rsp); popfq; mov %%cr2, %%rax; nop; nop"
                     :
                     :
                     : "memory", "cc", "rax");
    check_trap(__LINE__, TRAP_DB, 0);
}

static void test_breakpoints(void)
{
    uint64_t value;

    check_equal(hypercall2(__HYPERVISOR_set_debugreg, 6, NULL), 0);
    check_equal(hypercall2(__HYPERVISOR_set_debugreg, 0, (void *)(unsigned long)&a[7]), 0);
    check_equal(hypercall2(__HYPERVISOR_set_debugreg, 7, (void *)0xd0001UL), 0);
    check_equal(hypercall1(__HYPERVISOR_get_debugreg, 0), &a[7]);
    check_equal(hypercall1(__HYPERVISOR_get_debugreg, 7), 0xd0401);
    last.vector = TRAP_NONE;
    a[7] = 1;
    check_trap(__LINE__, TRAP_DB, 0);
    check_equal(hypercall1(__HYPERVISOR_get_debugreg, 6) & 0x400f, 1);
    last.vector = TRAP_NONE;
    a[8] = 1;
    check_equal(last.vector, TRAP_NONE);
    check_equal(hypercall2(__HYPERVISOR_set_debugreg, 7, (void *)0x400UL), 0);
    a[7] = 1;
    check_equal(last.vector, TRAP_NONE);
    check_equal(hypercall2(__HYPERVISOR_set_debugreg, 0, (void *)(HYPERVISOR_VIRT_START + 4096)),
                -XEN_EPERM);
    check_equal(hypercall2(__HYPERVISOR_set_debugreg, 1, (void *)(1UL << 47)), -XEN_EPERM);
    check_equal(hypercall2(__HYPERVISOR_set_debugreg, 7, (void *)0x2000UL), -XEN_EPERM);
    check_equal(hypercall2(__HYPERVISOR_set_debugreg, 7, (void *)0x20001UL), -XEN_EPERM);
    check_equal(hypercall2(__HYPERVISOR_set_debugreg, 8, NULL), -XEN_ENODEV);
    check_equal(hypercall2(__HYPERVISOR_set_debugreg, 7, (void *)(1UL << 32)), -XEN_EINVAL);
    check_equal(hypercall2(__HYPERVISOR_set_debugreg, 6, (void *)~0UL), -XEN_EINVAL);
    check_equal(hypercall2(__HYPERVISOR_set_debugreg, 6, (void *)0xffffffffUL), 0);
    check_equal(hypercall1(__HYPERVISOR_get_debugreg, 6), 0xffffefff);
    check_equal(hypercall2(__HYPERVISOR_set_debugreg, 7, (void *)0xdc00UL), 0);
    check_equal(hypercall1(__HYPERVISOR_get_debugreg, 7), 0x400);
    check_equal(hypercall2(__HYPERVISOR_set_debugreg, 7, NULL), 0);
    check_equal(hypercall1(__HYPERVISOR_get_debugreg, 7), 0x400);
    check_equal(hypercall1(__HYPERVISOR_get_debugreg, 8), -XEN_ENODEV);
    check_equal(hypercall2(__HYPERVISOR_set_debugreg, 6, (void *)0xffff0ff0UL), 0);
    /* The instructions themselves. */
    __asm__ volatile("mov %0, %%dr3" : : "r"(0x7777UL));
    __asm__ volatile("mov %%dr3, %0" : "=r"(value));
    check_equal(value, 0x7777);
    __asm__ volatile("mov %%dr7, %0" : "=r"(value));
    check_equal(value, 0x400);
    CAUGHT("mov %0, %%dr1", "r"(1UL << 47));
    check_trap(__LINE__, TRAP_GP, 0);
}

static void test_table_calls(void)
{
    static struct trap_info bad[] = { { .vector = 0x90, .address = 1UL << 47 }, { 0 } };

    check_equal(hypercall1(__HYPERVISOR_set_trap_table, (unsigned long)bad), -XEN_EINVAL);
    check_equal(hypercall1(__HYPERVISOR_set_trap_table, 0x10000), -XEN_EFAULT);
    check_equal(hypercall2(__HYPERVISOR_vm_assist, VMASST_CMD_enable, (void *)1000UL), -XEN_EINVAL);
    check_equal(hypercall2(__HYPERVISOR_vm_assist, 7, (void *)VMASST_TYPE_writable_pagetables),
                -XEN_ENOSYS);
    check_equal(
        hypercall2(__HYPERVISOR_vm_assist, VMASST_CMD_enable, (void *)VMASST_TYPE_4gb_segments), 0);
    check_equal(hypercall2(__HYPERVISOR_vm_assist, VMASST_CMD_enable,
                           (void *)VMASST_TYPE_4gb_segments_notify),
                0);
    check_equal(
        hypercall2(__HYPERVISOR_vm_assist, VMASST_CMD_enable, (void *)VMASST_TYPE_pae_extended_cr3),
        0);
    check_equal(hypercall2(__HYPERVISOR_vm_assist, VMASST_CMD_enable,
                           (void *)VMASST_TYPE_runstate_update_flag),
                0);
    check_equal(hypercall2(__HYPERVISOR_vm_assist, VMASST_CMD_disable,
                           (void *)VMASST_TYPE_runstate_update_flag),
                0);
    check_equal(
        hypercall2(__HYPERVISOR_vm_assist, VMASST_CMD_enable, (void *)VMASST_TYPE_m2p_strict), 0);
}

void guest_main(void)
{
    static struct trap_info table[] = {
        { .vector = 0x80, .flags = 1, .cs = FLAT_KERNEL_CS },
        { .vector = 0x81, .flags = 0, .cs = FLAT_KERNEL_CS },
        { .address = 0 },
    };

    table[0].address = (unsigned long)int80_entry;
    table[1].address = (unsigned long)int81_entry;
    check_equal(hypercall1(__HYPERVISOR_set_trap_table, (unsigned long)table), 0);
    trap_hook = keep;
    test_exceptions();
    test_page_faults();
    test_fpu();
    test_step();
    test_breakpoints();
    test_table_calls();
}
