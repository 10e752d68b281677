/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SYSCALL: a hypercall of the guest kernel, or a system call of its user mode, which goes to the
 * guest kernel at once (user.S), as IRET back to user mode does.
 */
#include "macros.h"

/* Copied to each CPU's window; its data page follows 4096 bytes behind. */
    .section .stub.text, "ax"
    .globl  syscall_stub, syscall_stub_end
syscall_stub:
    .set    stub_data, syscall_stub + 4096
    mov     %rsp, stub_data(%rip)
    mov     stub_data + 8(%rip), %rsp   /* -> cpu_info.guest_regs.es */
    push    $FLAT_KERNEL_SS
    push    stub_data(%rip)
    .byte   0xe9                        /* jmp syscall_entry; displacement set when copied */
    .long   0
syscall_stub_end:

    .text
    .balign 64
    .globl  syscall_entry
/* in: rcx = guest rip, r11 = guest rflags, rsp -> guest_regs.rsp, interrupts off */
syscall_entry:
    push    %r11
    push    $FLAT_KERNEL_CS
    push    %rcx
    movabs  $ENTRY_SYSCALL << 32, %rcx
    push    %rcx
    mov     ERROR_TO_INFO(current)(%rsp), %rcx
    testl   $1, VCPU_mode(%rcx)
    jz      syscall_user
    cmp     $__HYPERVISOR_iret, %eax
    je      iret_fast
/*
 * in: rsp -> error_code. Only what C may change is saved: it keeps the others, and they are saved
 * when the vcpu may be switched away (hypercall_slow_exit).
 */
    .globl  syscall_hypercall
syscall_hypercall:
    sub     $REGS_error_code, %rsp
    mov     %rdi, REGS_rdi(%rsp)
    mov     %rsi, REGS_rsi(%rsp)
    mov     %rdx, REGS_rdx(%rsp)
    mov     %r8, REGS_r8(%rsp)
    mov     %r9, REGS_r9(%rsp)
    mov     %r10, REGS_r10(%rsp)
    sti
    mov     %r10, %rcx
    cmp     $HYPERCALLS, %eax
    jae     hypercall_unknown
    sbb     %r11d, %r11d                /* all ones: below; a CPU that guessed wrong gets zero */
    and     %r11d, %eax
    lea     hypercall_table(%rip), %r11
    mov     (%r11,%rax,8), %rax
    call    __x86_indirect_thunk_rax
hypercall_exit:
    cli
    mov     INFO_current(%rsp), %rcx
    mov     INFO_softirq_pending(%rsp), %edx
    or      VCPU_work(%rcx), %edx
    mov     VCPU_info(%rcx), %rcx
    or      VCPUINFO_pending(%rcx), %dl /* the others fit into a byte too */
    jnz     hypercall_work
hypercall_sysret:
    testl   $ENTRY_SYSCALL, REGS_entry_vector(%rsp)
    jz      hypercall_slow_exit         /* the frame was replaced: all of it counts */
    mov     REGS_rip(%rsp), %rcx
    mov     %rcx, %r11
    shr     $47, %r11
    cmp     $1, %r11d                   /* SYSCALL at the end of user space: not canonical */
    je      hypercall_slow_exit
    mov     REGS_rdi(%rsp), %rdi
    mov     REGS_rsi(%rsp), %rsi
    mov     REGS_rdx(%rsp), %rdx
    mov     REGS_r8(%rsp), %r8
    mov     REGS_r9(%rsp), %r9
    mov     REGS_r10(%rsp), %r10
    mov     REGS_rflags(%rsp), %r11
    mov     REGS_rsp(%rsp), %rsp
    EXIT_SITE sysretq clearing_sysret
hypercall_unknown:
    mov     $-38, %rax                  /* -ENOSYS */
    jmp     hypercall_exit

/*
 * Something to do before the guest goes on. Mostly it is an event for its kernel, which made the
 * call: a frame for the handler at its stack pointer, as pv_bounce() makes it, and SYSRET there.
 * Anything else goes the slow way, before a thing was changed.
 * in: rcx = vcpu_info, rax = the call's result; out: does not return
 */
hypercall_work:
    mov     INFO_current(%rsp), %rdx
    mov     INFO_softirq_pending(%rsp), %esi
    or      VCPU_work(%rdx), %esi
    jnz     hypercall_slow_exit
    cmpb    $0, VCPUINFO_mask(%rcx)
    jne     hypercall_sysret            /* pending, but masked */
    testl   $ENTRY_SYSCALL, REGS_entry_vector(%rsp)
    jz      hypercall_slow_exit
    testl   $1, VCPU_mode(%rdx)
    jz      hypercall_slow_exit         /* IRET went to user mode */
    mov     VCPU_fast_event(%rdx), %rdx
    test    %rdx, %rdx
    jz      hypercall_slow_exit
    mov     REGS_rsp(%rsp), %rdi
    mov     %rdi, %r8
    and     $~15, %rdi
    movabs  $0x800000000000, %r9        /* from the start of our slots, and a frame more */
    movabs  $0x80000000040, %r10
    add     %rdi, %r9
    cmp     %r10, %r9
    jb      hypercall_slow_exit         /* a stack pointer of ours */
    mov     REGS_ss(%rsp), %r9
    mov     REGS_rflags(%rsp), %r11
    mov     REGS_cs(%rsp), %r10
    mov     REGS_rip(%rsp), %rsi
    and     $~3, %r10                   /* the guest kernel believes to be in ring 0 */
    ASM_STAC
1:  mov     %rsi, -56(%rdi)             /* rcx and r11 as SYSCALL leaves them */
    mov     %r11, -48(%rdi)
    mov     %rsi, -40(%rdi)
    mov     %r10, -32(%rdi)             /* events were not masked: nothing above cs */
    mov     %r11, %r10
    and     $~(FLAGS_IOPL), %r10
    or      $0x200, %r10
    mov     %r10, -24(%rdi)
    mov     %r8, -16(%rdi)
2:  mov     %r9, -8(%rdi)
    ASM_CLAC
    EXTABLE 1b, 2b, hypercall_stack_fault
    movb    $1, VCPUINFO_mask(%rcx)
    mov     %rdx, %rcx
    lea     -56(%rdi), %rdi
    mov     %rdi, REGS_rsp(%rsp)
    and     $~(FLAGS_TF | FLAGS_NT | FLAGS_RF | FLAGS_VM | FLAGS_AC), %r11d
    mov     REGS_rsi(%rsp), %rsi
    mov     REGS_rdx(%rsp), %rdx
    mov     REGS_r8(%rsp), %r8
    mov     REGS_r9(%rsp), %r9
    mov     REGS_r10(%rsp), %r10
    mov     REGS_rdi(%rsp), %rdi
    mov     REGS_rsp(%rsp), %rsp
    EXIT_SITE sysretq clearing_sysret
hypercall_stack_fault:
    ASM_CLAC                            /* C finds it again, and ends the domain */
    jmp     hypercall_slow_exit

/* The rest of the registers, so that the frame is whole. */
hypercall_slow_exit:
    testl   $ENTRY_SYSCALL, REGS_entry_vector(%rsp)
    jz      1f
    mov     REGS_rip(%rsp), %rcx
    mov     REGS_rflags(%rsp), %r11
    mov     %rcx, REGS_rcx(%rsp)
    mov     %r11, REGS_r11(%rsp)
1:  mov     %rax, REGS_rax(%rsp)
    mov     %rbx, REGS_rbx(%rsp)
    mov     %rbp, REGS_rbp(%rsp)
    mov     %r12, REGS_r12(%rsp)
    mov     %r13, REGS_r13(%rsp)
    mov     %r14, REGS_r14(%rsp)
    mov     %r15, REGS_r15(%rsp)
    jmp     exit_to_guest
