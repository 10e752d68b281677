/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Descriptor tables: GDT, LDT on demand, 32-bit user code, refusals; returns that cannot be. */
#include "user.h"

USER_PROGRAM(program_int80, "int $0x80");
USER_PROGRAM(program_ud2, "ud2");
USER_PROGRAM(program_syscall, "syscall; ud2");
/* 32-bit: push leaves 4 bytes on the stack; then a system call in the old way. */
USER_PROGRAM(program_32, ".code32; push %eax; mov %esp, %ebx; inc %ecx; int $0x80; .code64");
USER_PROGRAM(program_syscall32, ".code32; syscall; ud2; .code64");
USER_PROGRAM(program_sysenter32, ".code32; sysenter; ud2; .code64");
USER_PROGRAM(program_out32, ".code32; inc %eax; outb %al, $0x80; int $0x80; .code64");

#define DATA_DESC(base)                                         \
    (0x00cff3000000ffffUL | ((uint64_t)(base)&0xffffff) << 16 | \
     ((uint64_t)(base) >> 24 & 0xff) << 56)
#define CODE64 0x00affb000000ffffUL
#define CODE32 0x00cffb000000ffffUL

static volatile uint64_t page_aligned gdt[512], ldt[1024], plain[512];
static volatile uint32_t word = 0x5e9;
static struct iret_context context;

static const struct trap_frame *run(const void *start, const void *end)
{
    user_load(start, end);
    return user_run(&context, 0);
}
#define RUN(name) run(name, name##_end)

static long set_gdt(const volatile void *page, unsigned int entries)
{
    uint64_t frame = page ? frame_of(page) : 1UL << 40;

    return hypercall2(__HYPERVISOR_set_gdt, (unsigned long)&frame, (void *)(unsigned long)entries);
}

static long update_descriptor(const volatile void *at, uint64_t descriptor)
{
    return hypercall2(__HYPERVISOR_update_descriptor, machine_address(at), (void *)descriptor);
}

/* Loads a selector; what trap it met. */
static unsigned long load_fs(unsigned int selector)
{
    trap_caught.vector = TRAP_NONE;
    __asm__ volatile(TRAP_CAUGHT("mov %0, %%fs") : : "r"(selector) : "memory");
    return trap_caught.vector;
}

static uint32_t read_fs(void)
{
    uint32_t value;

    __asm__ volatile("mov %%fs:0, %0" : "=r"(value));
    return value;
}

static void test_gdt(void)
{
    gdt[1] = DATA_DESC(USER_DATA);
    check_equal(set_gdt(gdt, 512), -XEN_EINVAL); /* still writable */
    page_read_only(gdt);
    check_equal(set_gdt(NULL, 512), -XEN_EINVAL);
    check_equal(hypercall2(__HYPERVISOR_set_gdt, 0x10000, (void *)512), -XEN_EFAULT);
    check_equal(set_gdt(gdt, FIRST_RESERVED_GDT_ENTRY + 1), -XEN_EINVAL);
    check_equal(set_gdt(gdt, 512), 0);
    check_equal(update_va_mapping((void *)(unsigned long)gdt, entry_for(gdt, PAGE_RW), 0),
                -XEN_EBUSY);
    check_equal(update_descriptor(&gdt[2], DATA_DESC(USER_DATA)), 0);
    check_equal(gdt[2], DATA_DESC(USER_DATA));
    *(volatile uint32_t *)user_data = word;
    check_equal(load_fs(0x13), TRAP_NONE);
    check_equal(read_fs(), word);
    check_equal(load_fs(0x1b), TRAP_GP);
    check_equal(trap_caught.error, 0x18);
    check_equal(update_descriptor(&gdt[2], DATA_DESC(USER_DATA) & ~(1UL << 47)), 0);
    check_equal(load_fs(0x13), TRAP_NP);
    check_equal(trap_caught.error, 0x10);
    /* Nothing but code and data; whatever its level, it becomes 3. */
    check_equal(update_descriptor(&gdt[2], 0x0000890000000067), -XEN_EINVAL); /* task state */
    check_equal(update_descriptor(&gdt[2], 0x00008200000000ff), -XEN_EINVAL); /* LDT */
    check_equal(update_descriptor(&gdt[2], CODE64 | 4UL << 40), 0);           /* conforming */
    check_equal(update_descriptor(&gdt[3], DATA_DESC(0) & ~(3UL << 45)), 0);
    check_equal(gdt[3] >> 45 & 3, 3);
    check_equal(update_descriptor(&gdt[3], CODE64 & ~(3UL << 45)), 0);
    check_equal(gdt[3] >> 45 & 3, 3);
    check_equal(update_descriptor(&gdt[3], 0), 0);
    check_equal(hypercall2(__HYPERVISOR_update_descriptor, machine_address(gdt) + 4, 0),
                -XEN_EINVAL);
    check_equal(hypercall2(__HYPERVISOR_update_descriptor, 1UL << 50, 0), -XEN_EINVAL);
    check_equal(update_descriptor(&plain[5], DATA_DESC(0)), 0);
    check_equal(plain[5], DATA_DESC(0));
    check_equal(update_descriptor((void *)start_info->pt_base, DATA_DESC(0)), -XEN_EINVAL);
    check_equal(load_fs(0), TRAP_NONE);
}

static void test_ldt(void)
{
    struct mmuext_op op = { .cmd = MMUEXT_SET_LDT, .arg1.linear_addr = (unsigned long)ldt };

    op.arg2.nr_ents = 8193;
    check_equal(mmuext_op(&op, 1, NULL), -XEN_EINVAL);
    op.arg2.nr_ents = 1024;
    op.arg1.linear_addr = (unsigned long)ldt + 8;
    check_equal(mmuext_op(&op, 1, NULL), -XEN_EINVAL);
    op.arg1.linear_addr = HYPERVISOR_VIRT_START;
    check_equal(mmuext_op(&op, 1, NULL), -XEN_EINVAL);
    op.arg1.linear_addr = 0x10000;
    check_equal(mmuext_op(&op, 1, NULL), 0);
    /* Not mapped: the fault of the load is at the descriptor's own address. */
    check_equal(load_fs(0xf), TRAP_PF);
    check_equal(trap_caught.cr2, 0x10008);
    check_equal(trap_caught.error, 0);
    ldt[1] = DATA_DESC(USER_DATA);
    ldt[513] = DATA_DESC(USER_DATA + 4);
    op.arg1.linear_addr = (unsigned long)ldt;
    check_equal(mmuext_op(&op, 1, NULL), 0);
    /* Writable descriptors are not used. */
    check_equal(load_fs(0xf), TRAP_PF);
    check_equal(trap_caught.cr2, &ldt[1]);
    page_read_only(&ldt[0]);
    page_read_only(&ldt[512]);
    check_equal(load_fs(0xf), TRAP_NONE);
    check_equal(read_fs(), word);
    ((volatile uint32_t *)user_data)[1] = word + 1;
    check_equal(load_fs(513 << 3 | 7), TRAP_NONE);
    check_equal(read_fs(), word + 1);
    check_equal(
        update_va_mapping((void *)(unsigned long)&ldt[512], entry_for(&ldt[512], PAGE_RW), 0),
        -XEN_EBUSY);
    check_equal(load_fs(2 << 3 | 7), TRAP_GP);
    check_equal(load_fs(1024 << 3 | 7), TRAP_GP);
    check_equal(update_descriptor(&ldt[2], CODE64), 0);
    check_equal(update_descriptor(&ldt[3], CODE32), 0);
    check_equal(update_descriptor(&ldt[4], CODE64 & ~(1UL << 47)), 0);
    check_equal(load_fs(0), TRAP_NONE);
    /* A new base pointer forgets what was read; IRET reads it again. */
    check_equal(mmuext(MMUEXT_NEW_BASEPTR, frame_of((void *)start_info->pt_base), 0), 0);
    context.cs = 2 << 3 | 7;
    check_equal(RUN(program_ud2)->vector, TRAP_UD);
    check_equal(mmuext_op(&op, 1, NULL), 0);
    check_equal(RUN(program_ud2)->vector, TRAP_UD);
    check_equal(RUN(program_syscall)->cs & 0xffff, USER_CS64);
    check_equal(RUN(program_int80)->cs & 0xffff, 2 << 3 | 7);
    context.cs = USER_CS64;
}

static void test_32bit(void)
{
    struct callback_register reg = { .type = CALLBACKTYPE_syscall32,
                                     .address = (unsigned long)syscall32_entry };
    struct callback_register enter = { .type = CALLBACKTYPE_sysenter,
                                       .address = (unsigned long)sysenter_entry };
    struct physdev_set_iopl iopl = { .iopl = 3 };
    const struct trap_frame *f;
    unsigned int i;

    context.rsp = USER_STACK;
    for (i = 0; i < 2; i++) {
        context.cs = i ? 3 << 3 | 7 : USER_CS32;
        context.rcx = 0xffffffff;
        f = RUN(program_32);
        check_equal(f->vector, 0x80);
        check_equal(f->cs & 0xffff, context.cs);
        check_equal(f->rbx, USER_STACK - 4);
        check_equal(f->rsp, USER_STACK - 4);
        check_equal(f->rcx, 0);
        f = RUN(program_syscall32);
        check_equal(f->vector, i ? ENTRY_SYSCALL32 : TRAP_UD);
        if (!i)
            check_equal(f->rip, USER_CODE);
        f = RUN(program_sysenter32);
        if (i && f->vector == ENTRY_SYSENTER) { /* only Intel's processors are told of it */
            check_equal(f->cs & 3, 3);
            check_equal(f->rflags & 0x200, 0x200);
        } else {
            check_equal(f->vector, TRAP_GP);
            check_equal(f->error, 0);
            check_equal(f->rip, USER_CODE);
        }
        check_equal(hypercall2(__HYPERVISOR_physdev_op, PHYSDEVOP_set_iopl, &iopl), 0);
        context.rax = 0x41;
        f = RUN(program_out32);
        check_equal(f->vector, 0x80);
        check_equal(f->rax, 0x42);
        check_equal(hypercall2(__HYPERVISOR_callback_op, CALLBACKOP_register, &reg), 0);
        f = RUN(program_syscall32);
        check_equal(f->vector, ENTRY_SYSCALL32);
        check_equal(f->rip, USER_CODE + 2);
        check_equal(f->cs & 0xffff, USER_CS32);
        check_equal(hypercall2(__HYPERVISOR_callback_op, CALLBACKOP_register, &enter), 0);
    }
    context.cs = USER_CS64;
}

/* A return that the processor refuses is a fault at its target. */
static void test_bad_returns(void)
{
    const struct trap_frame *f;

    context.cs = 0x8003;
    f = RUN(program_ud2);
    check_equal(f->vector, TRAP_GP);
    check_equal(f->error, 0x8000);
    check_equal(f->cs & 0xffff, 0x8003);
    check_equal(f->rip, USER_CODE);
    check_equal(f->rsp, context.rsp);
    context.cs = 4 << 3 | 7; /* not present */
    f = RUN(program_ud2);
    check_equal(f->vector, TRAP_NP);
    check_equal(f->error, 4 << 3 | 4);
    context.cs = USER_CS64;
    context.ss = 0x8003;
    f = RUN(program_ud2);
    check_equal(f->vector, TRAP_GP);
    check_equal(f->error, 0x8000);
    context.ss = USER_SS;
    context.rip = 1UL << 47;
    f = RUN(program_ud2);
    check_equal(f->vector, TRAP_GP);
    check_equal(f->error, 0);
    check_equal(f->rip, 1UL << 47);
    context.rip = USER_CODE;
    check_equal(RUN(program_ud2)->vector, TRAP_UD);
}

void guest_main(void)
{
    static struct trap_info table[] = {
        { .vector = 0x80, .flags = 3, .cs = FLAT_KERNEL_CS },
        { .address = 0 },
    };
    const struct trap_frame *f;

    table[0].address = (unsigned long)int80_entry;
    user_init();
    context = user_context();
    /* A system call gate that the kernel did not open to its user. */
    f = RUN(program_int80);
    check_equal(f->vector, TRAP_GP);
    check_equal(f->error, 0x80 << 3 | 2);
    check_equal(f->rip, USER_CODE);
    check_equal(hypercall1(__HYPERVISOR_set_trap_table, (unsigned long)table), 0);
    test_gdt();
    test_ldt();
    test_32bit();
    test_bad_returns();
}
