/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SYSCALL: a system call of the guest's user mode, which goes to the guest kernel at once, or a
 * hypercall of the guest kernel. The two shortest ways, user call in and IRET out, stay in assembly.
 */
#include "macros.h"

#define FRAME_TO_INFO(field) (INFO_##field - REGS_error_code)
#define FROM_ERROR(reg)      (REGS_##reg - REGS_error_code)

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
    mov     FRAME_TO_INFO(current)(%rsp), %rcx
    testl   $1, VCPU_mode(%rcx)
    jz      syscall_user
    cmp     $__HYPERVISOR_iret, %eax
    je      iret_fast
syscall_hypercall:
    SAVE_REGS
    sti
    mov     %r10, %rcx
    cmp     $HYPERCALLS, %eax
    jae     hypercall_unknown
    mov     %eax, %eax
    lea     hypercall_table(%rip), %r11
    mov     (%r11,%rax,8), %rax
    call    __x86_indirect_thunk_rax
    mov     %rax, REGS_rax(%rsp)
    jmp     exit_to_guest
hypercall_unknown:
    movq    $-38, REGS_rax(%rsp)        /* -ENOSYS */
    jmp     exit_to_guest

/*
 * A system call from user mode: the frame rcx, r11, rip, cs, rflags, rsp, ss on the kernel's stack.
 * in: rcx = current vcpu, rsp -> error_code. kernel_sp was checked when it was set.
 */
syscall_user:
    cmpl    $0, FRAME_TO_INFO(softirq_pending)(%rsp)
    jne     syscall_user_slow
    cmpq    $0, VCPU_syscall_address(%rcx)
    je      syscall_user_slow
    push    %rax
    push    %rdx
    mov     VCPU_cr3_kernel(%rcx), %rax
    mov     %rax, %cr3
    swapgs
    movl    $1, VCPU_mode(%rcx)
    mov     VCPU_info(%rcx), %rdx
    movzbl  VCPUINFO_mask(%rdx), %eax
    shl     $32, %rax
    or      $FLAT_KERNEL_CS, %rax       /* cs, and the saved mask above it */
    mov     %rax, FROM_ERROR(cs) + 16(%rsp)
    movzbl  VCPU_syscall_masks(%rcx), %eax
    or      %al, VCPUINFO_mask(%rdx)
    mov     VCPU_kernel_sp(%rcx), %rdx
    and     $~15, %rdx
    ASM_STAC
    mov     FROM_ERROR(ss) + 16(%rsp), %rax
1:  mov     %rax, -8(%rdx)
    mov     FROM_ERROR(rsp) + 16(%rsp), %rax
    mov     %rax, -16(%rdx)
    mov     %r11, -24(%rdx)
    mov     FROM_ERROR(cs) + 16(%rsp), %rax
    mov     %rax, -32(%rdx)
    mov     FROM_ERROR(rip) + 16(%rsp), %rax
    mov     %rax, -40(%rdx)
    mov     %r11, -48(%rdx)
2:  mov     %rax, -56(%rdx)
    ASM_CLAC
    and     $~(FLAGS_TF | FLAGS_NT | FLAGS_RF | FLAGS_AC | FLAGS_DF), %r11d
    or      $0x200, %r11d
    mov     VCPU_syscall_address(%rcx), %rcx
    lea     -56(%rdx), %rax
    mov     %rax, FROM_ERROR(rsp) + 16(%rsp)
    pop     %rdx
    pop     %rax
    mov     FROM_ERROR(rsp)(%rsp), %rsp
    EXIT_SITE sysretq clearing_sysret
    EXTABLE 1b, 2b, syscall_user_fault

/* The kernel's stack could not be written; we are in kernel mode already. */
syscall_user_fault:
    ASM_CLAC
    pop     %rdx
    pop     %rax
    SAVE_REGS
    mov     %rsp, %rdi
    sti
    call    pv_bad_kernel_stack
    jmp     exit_to_guest
/* Something to do first, or no handler: through C. */
syscall_user_slow:
    SAVE_REGS
    mov     %rsp, %rdi
    sti
    call    pv_syscall_from_user
    jmp     exit_to_guest

/*
 * The IRET hypercall to user mode (xen-x86_64.h: struct iret_context at the guest's rsp).
 * Anything unusual goes the long way through C before a thing was changed.
 * in: rcx = current vcpu, rsp -> error_code; all guest registers but rsp, rcx, r11 are dead or restored
 * from the guest's frame (rax, rcx, r11), the others must be kept
 */
iret_fast:
    push    %rdx
    mov     FROM_ERROR(rsp) + 8(%rsp), %rdx
    mov     %rdx, %rax
    shr     $43, %rax                   /* bits 47-43: 0xffff8000.. to 0xffff87ff.. is 0x1ffff0 */
    cmp     $0x1ffff0, %eax
    je      iret_slow
    cmpq    $0, VCPU_cr3_user(%rcx)
    je      iret_slow
    ASM_STAC
1:  mov     24(%rdx), %rax              /* flags */
    or      FRAME_TO_INFO(softirq_pending) + 8(%rsp), %eax
    jnz     iret_slow
    mov     40(%rdx), %rax              /* cs */
    mov     %al, %r11b
    not     %r11b
    test    $3, %r11b
    jnz     iret_slow                   /* not to user mode */
    mov     %rax, FROM_ERROR(cs) + 8(%rsp)
    mov     48(%rdx), %rax              /* rflags */
    test    $0x200, %eax
    jz      iret_slow                   /* with events masked: rare */
    and     $~(FLAGS_IOPL | FLAGS_VM), %eax
    mov     %rax, FROM_ERROR(rflags) + 8(%rsp)
    mov     VCPU_info(%rcx), %rax
    cmpb    $0, VCPUINFO_pending(%rax)
    jne     iret_slow
    cmpl    $0, VCPU_work(%rcx)
    jne     iret_slow
    movb    $0, VCPUINFO_mask(%rax)
    mov     64(%rdx), %rax              /* ss */
    or      $3, %eax
    mov     %rax, FROM_ERROR(ss) + 8(%rsp)
    mov     32(%rdx), %rax
    mov     %rax, FROM_ERROR(rip) + 8(%rsp)
    mov     56(%rdx), %rax
    mov     %rax, FRAME_TO_INFO(scratch) + 8(%rsp) /* rsp, until nothing can go wrong */
    mov     8(%rdx), %r11
    mov     (%rdx), %rax
2:  mov     16(%rdx), %rdx              /* rcx */
    ASM_CLAC
    movl    $0, VCPU_mode(%rcx)
    mov     VCPU_cr3_user(%rcx), %rcx
    mov     %rcx, %cr3
    swapgs
    mov     FRAME_TO_INFO(scratch) + 8(%rsp), %rcx
    mov     %rcx, FROM_ERROR(rsp) + 8(%rsp)
    mov     %rdx, %rcx
    pop     %rdx
    movl    $0, 4(%rsp)                 /* entry_vector: no SYSCALL frame any more */
    add     $8, %rsp
    jmp     guest_iret
    EXTABLE 1b, 2b, iret_slow
iret_slow:
    ASM_CLAC
    mov     FRAME_TO_INFO(current) + 8(%rsp), %rcx
    pop     %rdx
    mov     $__HYPERVISOR_iret, %eax
    jmp     syscall_hypercall
