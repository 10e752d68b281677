/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Handlers that go back at once: for events and NMIs that come although nobody wants them. */
#include <xen/xen.h>

        .text
/* in: 0(rsp) rcx, 8 r11, 16 rip cs rflags rsp ss; out: continues there */
        .globl fuzz_entry
fuzz_entry:
        mov 0(%rsp), %rcx
        mov 8(%rsp), %r11
        add $16, %rsp
        push $0
        jmp hypercall_page + __HYPERVISOR_iret * 32

        .section .note.GNU-stack, "", @progbits
