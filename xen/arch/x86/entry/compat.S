/* SPDX-License-Identifier: GPL-2.0-or-later */
/* System calls of 32-bit programs in a 64-bit guest; rare enough to go through C. */
#include "macros.h"

    .text
/* SYSCALL of 32-bit code. in: ecx = guest eip, r11 = guest rflags, rsp -> guest_regs.rsp */
    .globl  syscall32_entry
syscall32_entry:
    push    %r11
    push    $FLAT_USER_CS32
    push    %rcx
    push    $0
    SAVE_REGS
    mov     %rsp, %rdi
    sti
    call    pv_syscall32
    jmp     exit_to_guest

/* SYSENTER: where it came from, nobody knows. in: rsp -> guest_regs.es, no flag but IF was cleared */
    .globl  sysenter_entry
sysenter_entry:
    push    $FLAT_USER_SS
    push    $0                          /* rsp */
    pushfq
    orl     $0x200, (%rsp)
    push    $FLAT_USER_CS32
    push    $0                          /* rip */
    push    $0
    SAVE_REGS
    push    $2
    popfq
    mov     %rsp, %rdi
    sti
    call    pv_sysenter
    jmp     exit_to_guest
