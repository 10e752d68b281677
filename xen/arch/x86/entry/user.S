/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Between a guest's user mode and its kernel, without C: system calls and page faults in, IRET out.
 * Each goes the long way when something is unusual, before a thing was changed. What is needed lies
 * in struct pv_fast. A pending softirq needs no look here: only interrupts and hypercalls raise one,
 * and both look before they leave.
 */
#include "macros.h"

/*
 * To the guest's kernel mode, from one with events unmasked (so the saved mask above cs is 0).
 * in: rcx = current vcpu, rdx = its vcpu_info; clobbers rax
 * out: rdx = top of the kernel's stack (kernel_sp was checked when it was set)
 */
.macro ENTER_KERNEL_MODE mask_field
    mov     VCPU_cr3_kernel(%rcx), %rax
    mov     %rax, %cr3
    swapgs
    movl    $1, VCPU_mode(%rcx)
    movzbl  \mask_field(%rcx), %eax
    or      %al, VCPUINFO_mask(%rdx)
    mov     VCPU_kernel_sp(%rcx), %rdx
    and     $~15, %rdx
.endm

#define STORE_FRAME_WORD(field, offset, pushed)                                                    \
    mov     FROM_ERROR(field) + pushed(%rsp), %rax;                                                \
    mov     %rax, offset(%rdx)

/* in: rcx = current vcpu, rsp -> error_code */
    .globl  syscall_user
syscall_user:
    cmpq    $0, VCPU_fast_syscall(%rcx)
    je      syscall_user_slow
    push    %rax
    push    %rdx
    mov     VCPU_info(%rcx), %rdx
    cmpb    $0, VCPUINFO_mask(%rdx)
    jne     syscall_user_masked         /* its IF reads as clear: rare */
    ENTER_KERNEL_MODE VCPU_fast_syscall_mask
    ASM_STAC
1:  STORE_FRAME_WORD(ss, -8, 16)
    STORE_FRAME_WORD(rsp, -16, 16)
    mov     %r11, -24(%rdx)
    STORE_FRAME_WORD(cs, -32, 16)
    STORE_FRAME_WORD(rip, -40, 16)
    mov     %r11, -48(%rdx)
2:  mov     %rax, -56(%rdx)
    ASM_CLAC
    EXTABLE 1b, 2b, kernel_stack_fault
    and     $~(FLAGS_TF | FLAGS_NT | FLAGS_RF | FLAGS_AC | FLAGS_DF), %r11d
    mov     VCPU_fast_syscall(%rcx), %rcx
    lea     -56(%rdx), %rax
    mov     %rax, FROM_ERROR(rsp) + 16(%rsp)
    pop     %rdx
    pop     %rax
    mov     FROM_ERROR(rsp)(%rsp), %rsp
    EXIT_SITE sysretq clearing_sysret

/* in: rsp -> error_code of the CPU's frame, interrupts off */
    .globl  entry_page_fault
entry_page_fault:
    testb   $3, FROM_ERROR(cs)(%rsp)
    jz      entry_exception
    push    %rcx
    push    %rax
    push    %rdx
    mov     ERROR_TO_INFO(current) + 24(%rsp), %rcx
    testl   $1, VCPU_mode(%rcx)
    jnz     3f
    mov     %cr2, %rax
    test    %rax, %rax
    js      3f                          /* perhaps in the hypervisor's range: LDT */
    cmpq    $0, VCPU_fast_pf(%rcx)
    je      3f
    mov     VCPU_info(%rcx), %rdx
    cmpb    $0, VCPUINFO_mask(%rdx)
    jne     3f
    mov     %rax, VCPUINFO_cr2(%rdx)
    ENTER_KERNEL_MODE VCPU_fast_pf_mask
    ASM_STAC
1:  STORE_FRAME_WORD(ss, -8, 24)
    STORE_FRAME_WORD(rsp, -16, 24)
    STORE_FRAME_WORD(rflags, -24, 24)
    STORE_FRAME_WORD(cs, -32, 24)
    STORE_FRAME_WORD(rip, -40, 24)
    mov     24(%rsp), %eax              /* the error code without the vector above it */
    mov     %rax, -48(%rdx)
    mov     %r11, -56(%rdx)
    mov     16(%rsp), %rax
2:  mov     %rax, -64(%rdx)             /* rcx */
    ASM_CLAC
    EXTABLE 1b, 2b, kernel_stack_fault
    mov     FROM_ERROR(rflags) + 24(%rsp), %r11
    and     $~(FLAGS_TF | FLAGS_NT | FLAGS_RF | FLAGS_AC), %r11d
    mov     VCPU_fast_pf(%rcx), %rcx
    lea     -64(%rdx), %rax
    mov     %rax, FROM_ERROR(rsp) + 24(%rsp)
    pop     %rdx
    pop     %rax
    mov     FROM_ERROR(rsp) + 8(%rsp), %rsp
    EXIT_SITE sysretq clearing_sysret
3:  pop     %rdx
    pop     %rax
    pop     %rcx
    jmp     entry_exception

/* The guest kernel's stack could not be written; the domain ends, so what was pushed does not count. */
kernel_stack_fault:
    ASM_CLAC
    or      $(STACK_SIZE - 1), %rsp
    sub     $(CPU_INFO_SIZE - 1), %rsp  /* guest_regs, whole or not */
    mov     %rsp, %rdi
    sti
    call    pv_bad_kernel_stack
    jmp     exit_to_guest

syscall_user_masked:
    pop     %rdx
    pop     %rax
/* Something unusual: through C. */
syscall_user_slow:
    mov     FROM_ERROR(rip)(%rsp), %rcx /* as SYSCALL leaves it: nothing of ours gets out */
    SAVE_REGS
    mov     %rsp, %rdi
    sti
    call    pv_syscall_from_user
    jmp     exit_to_guest

/*
 * The IRET hypercall (xen-x86_64.h: struct iret_context at the guest's rsp), to user or kernel mode.
 * in: rcx = current vcpu, rsp -> error_code; rax, rcx and r11 come from the guest's frame, the others
 * are kept
 */
    .globl  iret_fast
iret_fast:
    push    %rdx
    mov     FROM_ERROR(rsp) + 8(%rsp), %rdx
    mov     %rdx, %rax
    shr     $43, %rax                   /* 0xffff8000.. to 0xffff87ff.. is 0x1ffff0: ours */
    cmp     $0x1ffff0, %eax
    je      iret_slow
    cmpl    $0, VCPU_work(%rcx)
    jne     iret_slow
    ASM_STAC
1:  cmpq    $0, 24(%rdx)                /* flags */
    jne     iret_slow
    mov     48(%rdx), %rax              /* rflags */
    mov     VCPU_info(%rcx), %r11
    bt      $9, %eax
    jnc     3f
    cmpb    $0, VCPUINFO_pending(%r11)
    jne     iret_slow
    movb    $0, VCPUINFO_mask(%r11)
4:  and     $~(FLAGS_IOPL | FLAGS_VM), %eax
    or      $0x200, %eax
    mov     %rax, FROM_ERROR(rflags) + 8(%rsp)
    mov     40(%rdx), %rax              /* cs */
    mov     %eax, %r11d
    or      $3, %eax
    mov     %rax, FROM_ERROR(cs) + 8(%rsp)
    mov     64(%rdx), %rax              /* ss */
    or      $3, %eax
    mov     %rax, FROM_ERROR(ss) + 8(%rsp)
    mov     32(%rdx), %rax
    mov     %rax, FROM_ERROR(rip) + 8(%rsp)
    not     %r11d
    test    $3, %r11b
    mov     56(%rdx), %rax
    jz      iret_user
    mov     %rax, ERROR_TO_INFO(scratch) + 8(%rsp) /* rsp, until nothing can go wrong */
    mov     8(%rdx), %r11
    mov     (%rdx), %rax
    mov     16(%rdx), %rcx
    ASM_CLAC
    mov     ERROR_TO_INFO(scratch) + 8(%rsp), %rdx
    mov     %rdx, FROM_ERROR(rsp) + 8(%rsp)
    pop     %rdx
    movl    $0, 4(%rsp)                 /* entry_vector: no SYSCALL frame any more */
    add     $8, %rsp
    jmp     guest_iret
3:  movb    $1, VCPUINFO_mask(%r11)
    jmp     4b

iret_user:
    cmpq    $0, VCPU_fast_cr3_user(%rcx)
    je      iret_slow
    mov     8(%rdx), %r11
    mov     %rax, ERROR_TO_INFO(scratch) + 8(%rsp) /* rsp, until nothing can go wrong */
    mov     (%rdx), %rax
2:  mov     16(%rdx), %rdx              /* rcx */
    ASM_CLAC
    EXTABLE 1b, 2b, iret_slow
    movl    $0, VCPU_mode(%rcx)
    mov     VCPU_fast_cr3_user(%rcx), %rcx
    mov     %rcx, %cr3
    swapgs
    mov     ERROR_TO_INFO(scratch) + 8(%rsp), %rcx
    mov     %rcx, FROM_ERROR(rsp) + 8(%rsp)
    mov     %rdx, %rcx
    pop     %rdx
    movl    $0, 4(%rsp)
    add     $8, %rsp
    jmp     guest_iret

/* The frame's address in FROM_ERROR(rsp) is still the guest's. */
iret_slow:
    ASM_CLAC
    pop     %rdx
    mov     $__HYPERVISOR_iret, %eax
    jmp     syscall_hypercall
