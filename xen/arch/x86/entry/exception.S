/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Exceptions and interrupts: from the CPU's frame to C and back. */
#include <asm/desc.h>

#include "macros.h"

    .text

/*
 * The vector lands in the upper half of the error code's slot (struct cpu_user_regs). Conditions are
 * written without <, > and !, which mean something else to .altmacro.
 */
.macro ENTRY_STUB vector has_error
    .balign 16
entry_\vector:
    .ifeq   \has_error
    push    $0
    .endif
    movl    $\vector, 4(%rsp)
    .if \vector == 1
    jmp     entry_debug
    .elseif \vector == 2 || \vector == 8 || \vector == 18
    jmp     entry_ist
    .elseif \vector == 14
    jmp     entry_page_fault
    .elseif \vector / 32 == 0 || \vector == 0x80
    jmp     entry_exception
    .else
    jmp     entry_interrupt
    .endif
.endm

    .altmacro
.macro STUB n
    ENTRY_STUB \n %(\n == 8 || (\n / 5 == 2) || \n == 17 || \n == 21 || \n == 29 || \n == 30)
.endm
    .set    i, 0
    .rept 256
    STUB %i
    .set    i, i + 1
    .endr

/* in: rsp -> error_code of the CPU's frame, interrupts off; out: to the guest or the place of fault */
    .globl  entry_exception
entry_exception:
    SAVE_REGS
    ASM_CLAC
    cld
    mov     %rsp, %rdi
    testb   $3, REGS_cs(%rsp)
    jz      1f
    call    exception_from_guest
    jmp     exit_to_guest
1:  call    exception_from_hypervisor
    RESTORE_REGS
    add     $8, %rsp
    iretq

entry_interrupt:
    SAVE_REGS
    ASM_CLAC
    cld
    mov     %rsp, %rdi
    call    interrupt_handle
    testb   $3, REGS_cs(%rsp)
    jnz     exit_to_guest
    RESTORE_REGS
    add     $8, %rsp
    iretq

/* NMI, double fault, machine check: on a stack of their own, whatever they interrupted. */
entry_ist:
    SAVE_REGS
    ASM_CLAC
    cld
    mov     %rsp, %rdi
    call    exception_ist
    RESTORE_REGS
    add     $8, %rsp
    iretq

/*
 * A guest that has a breakpoint on what MOV SS reads, and a SYSCALL behind it, gets its debug
 * exception delayed into the SYSCALL entry, where rsp is still its own. So there is a stack for it;
 * what comes from the guest itself goes on as any exception, from the stack of those.
 * in: rsp -> error_code of the CPU's frame, interrupts off
 */
entry_debug:
    testb   $3, REGS_cs - REGS_error_code(%rsp)
    jz      entry_ist
    push    %rax
    mov     %rsp, %rax
    or      $(STACK_SIZE - 1), %rax
    lea     1 - CPU_INFO_SIZE + REGS_es(%rax), %rax
    .irp    word, 6, 5, 4, 3, 2, 1, 0   /* ss, rsp, rflags, cs, rip, error_code, our rax */
    pushq   8 * \word(%rsp)
    popq    8 * \word - 56(%rax)
    .endr
    lea     -56(%rax), %rsp
    pop     %rax
    jmp     entry_exception

/*
 * Back to the current vcpu.
 * in: rsp -> cpu_info.guest_regs; out: does not return
 */
    .globl exit_to_guest
exit_to_guest:
    cli
    mov     INFO_current(%rsp), %rbx
    cmpl    $0, INFO_softirq_pending(%rsp)
    jne     exit_softirq
    mov     VCPU_info(%rbx), %rax
    cmpb    $0, VCPUINFO_pending(%rax)
    jne     exit_event
exit_work:
    cmpl    $0, VCPU_work(%rbx)
    jne     exit_nmi
exit_restore:
    testl   $ENTRY_SYSCALL, REGS_entry_vector(%rsp)
    jnz     exit_sysret
exit_iret:
    RESTORE_REGS
    add     $8, %rsp
    .globl  guest_iret
guest_iret:
    EXIT_SITE iretq clearing_iret
    EXTABLE guest_iret, guest_iret, guest_iret_fault

exit_sysret:
    mov     REGS_rip(%rsp), %rdx
    mov     %rdx, %rax
    shl     $16, %rax
    sar     $16, %rax
    cmp     %rax, %rdx
    jne     exit_iret                   /* SYSRET would fault in our ring: let IRET do it */
    RESTORE_REGS
    mov     REGS_rip - REGS_error_code(%rsp), %rcx
    mov     REGS_rflags - REGS_error_code(%rsp), %r11
    mov     REGS_rsp - REGS_error_code(%rsp), %rsp
    EXIT_SITE sysretq clearing_sysret

exit_softirq:
    sti
    call    softirq_process
    jmp     exit_to_guest

exit_event:
    cmpb    $0, VCPUINFO_mask(%rax)
    jne     exit_work
    call    pv_deliver_event
    test    %eax, %eax
    jz      exit_restore                /* delivered: masked now, nothing more to look at */
    jmp     exit_to_guest
exit_nmi:
    call    pv_deliver_work
    test    %eax, %eax
    jz      exit_restore
    jmp     exit_to_guest

/* The same returns on a CPU whose buffers hold what other code touched: VERW clears them. */
    .globl  clearing_sysret
clearing_iret:
    verw    clearing_selector(%rip)
clearing_iretq:
    iretq
    EXTABLE clearing_iretq, clearing_iretq, guest_iret_fault
clearing_sysret:
    verw    clearing_selector(%rip)
    sysretq

/* IRET to the guest faulted: the frame it used still lies at the top; make it a trap for the guest. */
guest_iret_fault:
    push    $0
    SAVE_REGS
    mov     %rsp, %rdi
    mov     INFO_scratch(%rsp), %rsi    /* vector and error code, from exception_from_hypervisor() */
    sti
    call    pv_iret_fault
    jmp     exit_to_guest

    .section .rodata
    .balign 2
clearing_selector:
    .word   HV_SS
    .balign 8
    .globl  entry_stubs
entry_stubs:
    .set    i, 0
.macro STUB_ADDRESS n
    .quad   entry_\n
.endm
    .rept 256
    STUB_ADDRESS %i
    .set    i, i + 1
    .endr
