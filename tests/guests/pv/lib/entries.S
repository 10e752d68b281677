/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Entries besides exceptions, and the way to the guest's user mode and back. */
#include <xen/xen.h>

#include "entries.h"

        .text
/* in: 0(rsp) rcx, 8 r11, 16 rip cs rflags rsp ss; as a trap with a number of its own (entries.h) */
.macro plain_entry name, number
        .balign 16
        .globl \name
\name:
        mov 0(%rsp), %rcx
        mov 8(%rsp), %r11
        add $16, %rsp
        push $0
        push $\number
        jmp trap_common
.endm

        plain_entry int80_entry, 0x80
        plain_entry int81_entry, 0x81
        plain_entry syscall_entry, ENTRY_SYSCALL
        plain_entry event_entry, ENTRY_EVENT
        plain_entry nmi_entry, ENTRY_NMI
        plain_entry syscall32_entry, ENTRY_SYSCALL32
        plain_entry sysenter_entry, ENTRY_SYSENTER

/* in: 0(rsp) rcx, 8 r11, 16 ds, es, fs, gs, 48 rip cs rflags rsp ss */
        .globl failsafe_entry
failsafe_entry:
        mov 16(%rsp), %rcx
        mov %rcx, failsafe_selectors(%rip)
        mov 24(%rsp), %rcx
        mov %rcx, failsafe_selectors + 8(%rip)
        mov 32(%rsp), %rcx
        mov %rcx, failsafe_selectors + 16(%rip)
        mov 40(%rsp), %rcx
        mov %rcx, failsafe_selectors + 24(%rip)
        mov 0(%rsp), %rcx
        mov 8(%rsp), %r11
        add $48, %rsp
        push $0
        push $ENTRY_FAILSAFE
        jmp trap_common

/* in: rdi -> struct iret_context; out: when user_leave is returned to. Clobbers what C may. */
        .globl user_enter_raw
user_enter_raw:
        push %rbx
        push %rbp
        push %r12
        push %r13
        push %r14
        push %r15
        mov %rsp, kernel_rsp(%rip)
        mov 0(%rdi), %rax
        mov 8(%rdi), %r11
        mov 16(%rdi), %rcx
        lea 24(%rdi), %rsp
        mov user_rdi(%rip), %rdi
        jmp hypercall_page + __HYPERVISOR_iret * 32

/* Where a handler goes on that leaves the user program for good. */
        .globl user_leave
user_leave:
        mov kernel_rsp(%rip), %rsp
        pop %r15
        pop %r14
        pop %r13
        pop %r12
        pop %rbp
        pop %rbx
        ret

        .bss
        .balign 8
        .globl user_rdi
user_rdi:
        .quad 0
kernel_rsp:
        .quad 0
        .globl failsafe_selectors
failsafe_selectors:
        .fill 32

        .section .note.GNU-stack, "", @progbits
