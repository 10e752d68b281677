/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A return to the caller with another stack segment, by the iret hypercall. */
#include <xen/xen.h>

        .text
/* in: rdi = selector for ss; out: ss is it; clobbers: rcx, r11, rax */
        .globl return_with_ss
return_with_ss:
        pop %rcx
        mov %rsp, %rax
        push %rdi
        push %rax
        pushfq
        push $0xe030            /* the kernel's code */
        push %rcx
        push $0
        jmp hypercall_page + __HYPERVISOR_iret * 32

        .section .note.GNU-stack, "", @progbits
