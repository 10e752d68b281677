/* SPDX-License-Identifier: GPL-2.0-or-later */
/* User mode: calls into the kernel and back, traps of user programs, segments, 32-bit code. */
#include "user.h"

USER_PROGRAM(program_syscall, "mov $0x1111, %eax; mov $0x2222, %ebx; mov %rdi, %rdx\n"
                              "syscall; ud2");
USER_PROGRAM(program_registers, "ud2");
USER_PROGRAM(program_int80, "int $0x80");
USER_PROGRAM(program_int81, "int $0x81");
USER_PROGRAM(program_read, "mov (%rdi), %rax; ud2");
USER_PROGRAM(program_write, "mov %rax, (%rdi); ud2");
USER_PROGRAM(program_jump, "jmp *%rdi");
USER_PROGRAM(program_privileged, "hlt");
USER_PROGRAM(program_cli, "cli; ud2");
USER_PROGRAM(program_out, "outb %al, $0x80; ud2");
USER_PROGRAM(program_cr3, "mov %cr3, %rax");
USER_PROGRAM(program_step, "nop; nop; ud2");
USER_PROGRAM(program_cpuid, "xor %eax, %eax; ud2; .ascii \"xen\"; cpuid; syscall");
USER_PROGRAM(program_segments, "mov %fs:0, %rax; mov %gs:0, %rdx; syscall");
USER_PROGRAM(program_flags, "pushfq; pop %rax; syscall");

static struct iret_context context;

static const struct trap_frame *run(const void *start, const void *end, uint64_t rdi)
{
    user_load(start, end);
    return user_run(&context, rdi);
}
#define RUN(name, rdi) run(name, name##_end, rdi)

static void test_syscall(void)
{
    const struct trap_frame *f;

    context = user_context();
    f = RUN(program_syscall, 0x3333);
    check_equal(f->vector, ENTRY_SYSCALL);
    check_equal(f->rip, USER_CODE + (program_syscall_end - program_syscall) - 2);
    check_equal(f->rax, 0x1111);
    check_equal(f->rbx, 0x2222);
    check_equal(f->rdx, 0x3333);
    check_equal(f->rsp, USER_STACK);
    check_equal(f->cs, USER_CS64);
    check_equal(f->ss, USER_SS);
    check_equal(f->rflags & 0x3202, 0x202);
    check_equal(f->r11 & 0x3202, 0x202);
    check_equal(f->rcx, f->rip);
    /* The whole context comes back, whether in a system call or not. */
    context.rax = 0x123456789abc;
    context.rcx = 0xc0c0;
    context.r11 = 0x1b1b;
    f = RUN(program_registers, 5);
    check_equal(f->vector, TRAP_UD);
    check_equal(f->rax, 0x123456789abc);
    check_equal(f->rcx, 0xc0c0);
    check_equal(f->r11, 0x1b1b);
    check_equal(f->rip, USER_CODE);
    context.flags = VGCF_in_syscall;
    f = RUN(program_registers, 5);
    check_equal(f->vector, TRAP_UD);
    check_equal(f->rip, USER_CODE);
    check_equal(f->rax, 0x123456789abc);
    context.flags = 0;
}

static void test_traps(void)
{
    const struct trap_frame *f;

    f = RUN(program_int80, 0);
    check_equal(f->vector, 0x80);
    check_equal(f->rip, USER_CODE + 2);
    f = RUN(program_int81, 0);
    check_equal(f->vector, TRAP_GP);
    check_equal(f->error & 2, 2);
    check_equal(f->rip, USER_CODE);
    f = RUN(program_read, 0x10);
    check_equal(f->vector, TRAP_PF);
    check_equal(f->error, 4);
    f = RUN(program_read, USER_DATA);
    check_equal(f->vector, TRAP_UD);
    f = RUN(program_write, USER_CODE);
    check_equal(f->vector, TRAP_PF);
    check_equal(f->error, 7);
    f = RUN(program_write, 0x10);
    check_equal(f->error, 6);
    f = RUN(program_read, HYPERVISOR_VIRT_START + (64UL << 30));
    check_equal(f->vector, TRAP_PF);
    check_equal(f->error & ~1UL, 4);
    f = RUN(program_read, 1UL << 47);
    check_equal(f->vector, TRAP_GP);
    check_equal(f->error, 0);
    f = RUN(program_jump, 0x20);
    check_equal(f->vector, TRAP_PF);
    check_equal(f->error, 0x14);
    check_equal(f->rip, 0x20);
    check_equal(update_one(machine_address(&user_l1[1]), entry_for(user_data, PAGE_RW | PTE_NX)),
                0);
    f = RUN(program_jump, USER_DATA);
    check_equal(f->vector, TRAP_PF);
    check_equal(f->error, 0x15);
    check_equal(f->rip, USER_DATA);
    f = RUN(program_privileged, 0);
    check_equal(f->vector, TRAP_GP);
    check_equal(f->rip, USER_CODE);
    f = RUN(program_cli, 0);
    check_equal(f->vector, TRAP_GP);
    f = RUN(program_out, 0);
    check_equal(f->vector, TRAP_GP);
    check_equal(f->error, 0);
    f = RUN(program_cr3, 0);
    check_equal(f->vector, TRAP_GP);
    context.rflags |= 0x100;
    f = RUN(program_step, 0);
    check_equal(f->vector, TRAP_DB);
    check_equal(f->rip, USER_CODE + 1);
    check_equal(f->rflags & 0x100, 0x100);
    check_equal(hypercall1(__HYPERVISOR_get_debugreg, 6) & 0x4000, 0x4000);
    f = RUN(program_syscall, 0);
    check_equal(f->vector, TRAP_DB);
    context.rflags &= ~0x100UL;
    f = RUN(program_cpuid, 0);
    check_equal(f->vector, ENTRY_SYSCALL);
    check(f->rax >= 0xd);
}

static void test_io_rights(void)
{
    struct physdev_set_iopl iopl = { .iopl = 3 };
    static uint8_t bitmap[32];
    struct physdev_set_iobitmap map = { .nr_ports = 256 };
    const struct trap_frame *f;

    check_equal(hypercall2(__HYPERVISOR_physdev_op, PHYSDEVOP_set_iopl, &iopl), 0);
    f = RUN(program_out, 0);
    check_equal(f->vector, TRAP_UD);
    f = RUN(program_cli, 0);
    check_equal(f->vector, TRAP_UD);
    check_equal(f->rflags & 0x200, 0x200);
    iopl.iopl = 1;
    check_equal(hypercall2(__HYPERVISOR_physdev_op, PHYSDEVOP_set_iopl, &iopl), 0);
    f = RUN(program_out, 0);
    check_equal(f->vector, TRAP_GP);
    iopl.iopl = 4;
    check_equal(hypercall2(__HYPERVISOR_physdev_op, PHYSDEVOP_set_iopl, &iopl), -XEN_EINVAL);
    set_xen_guest_handle(map.bitmap, bitmap);
    check_equal(hypercall2(__HYPERVISOR_physdev_op, PHYSDEVOP_set_iobitmap, &map), 0);
    f = RUN(program_out, 0);
    check_equal(f->vector, TRAP_UD);
    bitmap[0x80 / 8] = 1;
    f = RUN(program_out, 0);
    check_equal(f->vector, TRAP_GP);
    map.nr_ports = 65537;
    check_equal(hypercall2(__HYPERVISOR_physdev_op, PHYSDEVOP_set_iobitmap, &map), -XEN_EINVAL);
    map.nr_ports = 0;
    check_equal(hypercall2(__HYPERVISOR_physdev_op, PHYSDEVOP_set_iobitmap, &map), 0);
    iopl.iopl = 0;
    check_equal(hypercall2(__HYPERVISOR_physdev_op, PHYSDEVOP_set_iopl, &iopl), 0);
}

static long segment_base(unsigned int which, unsigned long base)
{
    return hypercall2(__HYPERVISOR_set_segment_base, which, (void *)base);
}

static void test_segment_bases(void)
{
    const struct trap_frame *f;
    uint64_t kernel_gs;

    ((volatile uint64_t *)user_data)[0] = 0xf5;
    ((volatile uint64_t *)user_data)[1] = 0x65;
    ((volatile uint64_t *)user_data)[2] = 0x77;
    check_equal(segment_base(SEGBASE_FS, USER_DATA), 0);
    check_equal(segment_base(SEGBASE_GS_USER, USER_DATA + 8), 0);
    check_equal(segment_base(SEGBASE_GS_KERNEL, (unsigned long)user_data + 16), 0);
    f = RUN(program_segments, 0);
    check_equal(f->vector, ENTRY_SYSCALL);
    check_equal(f->rax, 0xf5);
    check_equal(f->rdx, 0x65);
    __asm__ volatile("mov %%gs:0, %0" : "=r"(kernel_gs));
    check_equal(kernel_gs, 0x77);
    check_equal(segment_base(SEGBASE_FS, 1UL << 47), -XEN_EINVAL);
    check_equal(segment_base(SEGBASE_GS_USER, 1UL << 47), -XEN_EINVAL);
    check_equal(segment_base(SEGBASE_GS_KERNEL, 1UL << 47), -XEN_EINVAL);
    check_equal(segment_base(17, 0), -XEN_EINVAL);
    check_equal(segment_base(SEGBASE_GS_USER_SEL, 0), 0);
    check_equal(segment_base(SEGBASE_GS_USER_SEL, USER_SS), 0);
    check_equal(segment_base(SEGBASE_GS_USER_SEL, 0xfff3), 0);
    check_equal(segment_base(SEGBASE_GS_USER_SEL, 0), 0);
}

static void test_masks(void)
{
    struct callback_register reg = { .type = CALLBACKTYPE_syscall,
                                     .flags = CALLBACKF_mask_events,
                                     .address = (unsigned long)syscall_entry };
    const struct trap_frame *f;

    f = RUN(program_syscall, 0);
    check_equal(f->cs >> 32, 0);
    f = RUN(program_flags, 0);
    check_equal(f->rax & 0x200, 0x200);
    check_equal(hypercall2(__HYPERVISOR_callback_op, CALLBACKOP_register, &reg), 0);
    f = RUN(program_syscall, 0);
    check_equal(f->rflags & 0x200, 0x200);
    context.rflags &= ~0x200UL; /* the user runs with events masked */
    f = RUN(program_syscall, 0);
    check_equal(f->rflags & 0x200, 0);
    check_equal(f->cs >> 32, 1);
    f = RUN(program_registers, 0);
    check_equal(f->rflags & 0x200, 0);
    check_equal(f->cs >> 32, 1);
    context.rflags |= 0x200;
    reg.flags = 0;
    check_equal(hypercall2(__HYPERVISOR_callback_op, CALLBACKOP_register, &reg), 0);
}

/* With strict rules, user programs do not see the machine-to-physical table; the kernel does. */
static void test_m2p(void)
{
    const struct trap_frame *f;
    uint64_t value;

    check_equal(
        hypercall2(__HYPERVISOR_vm_assist, VMASST_CMD_enable, (void *)VMASST_TYPE_m2p_strict), 0);
    check_equal(mmuext(MMUEXT_NEW_USER_BASEPTR, frame_of(user_l4), 0), 0);
    f = RUN(program_read, HYPERVISOR_VIRT_START);
    check_equal(f->vector, TRAP_PF);
    check_equal(f->error & ~1UL, 4);
    check(try_read((void *)HYPERVISOR_VIRT_START, &value));
}

void guest_main(void)
{
    static struct trap_info table[] = {
        { .vector = 0x80, .flags = 3, .cs = FLAT_KERNEL_CS },
        { .vector = 0x81, .flags = 0, .cs = FLAT_KERNEL_CS },
        { .address = 0 },
    };

    table[0].address = (unsigned long)int80_entry;
    table[1].address = (unsigned long)int81_entry;
    check_equal(hypercall1(__HYPERVISOR_set_trap_table, (unsigned long)table), 0);
    user_init();
    test_syscall();
    test_traps();
    test_io_rights();
    test_segment_bases();
    test_masks();
    test_m2p();
}
