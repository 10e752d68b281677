/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Thunks that the compiler uses for indirect branches and returns (branch target injection):
 * an indirect branch becomes a return whose prediction ends in a loop.
 */
    .text

.macro THUNK reg
    .balign 32
    .globl  __x86_indirect_thunk_\reg
    .hidden __x86_indirect_thunk_\reg
__x86_indirect_thunk_\reg:
    call    2f
1:  pause
    lfence
    jmp     1b
2:  mov     %\reg, (%rsp)
    ret
.endm

    .irp    reg, rax, rbx, rcx, rdx, rsi, rdi, rbp, r8, r9, r10, r11, r12, r13, r14, r15
    THUNK   \reg
    .endr

    .balign 32
    .globl  __x86_return_thunk
    .hidden __x86_return_thunk
__x86_return_thunk:
    ret
    int3
