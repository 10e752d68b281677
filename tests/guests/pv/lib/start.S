/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a tiny PV kernel starts: its ELF notes, the hypercall page, its stack; and its trap entries. */
#include <xen/elfnote.h>
#include <xen/xen.h>

#define BASE 0xffffffff80000000

.macro note_string type, value
        .pushsection .note.xen, "a", @note
        .balign 4
        .long 4, 2f - 1f, \type
        .asciz "Xen"
1:      .asciz "\value"
2:      .balign 4
        .popsection
.endm

.macro note_number type, value
        .pushsection .note.xen, "a", @note
        .balign 4
        .long 4, 8, \type
        .asciz "Xen"
        .quad \value
        .popsection
.endm

        note_string XEN_ELFNOTE_GUEST_OS, "domus-test"
        note_string XEN_ELFNOTE_GUEST_VERSION, "1"
        note_string XEN_ELFNOTE_LOADER, "generic"
        note_string XEN_ELFNOTE_XEN_VERSION, "xen-3.0"
        note_number XEN_ELFNOTE_VIRT_BASE, BASE
        note_number XEN_ELFNOTE_PADDR_OFFSET, 0
        note_number XEN_ELFNOTE_ENTRY, _start
        note_number XEN_ELFNOTE_HYPERCALL_PAGE, hypercall_page

        .section .text.hypercall_page, "ax", @progbits
        .balign 4096
        .globl hypercall_page
hypercall_page:
        .fill 4096, 1, 0xcc

        .text
/* in: rsi -> struct start_info; out: does not return */
        .globl _start
_start:
        cld
        lea boot_stack_end(%rip), %rsp
        xor %ebp, %ebp
        mov %rsi, %rdi
        call guest_start
1:      pause
        jmp 1b

/*
 * A trap arrives with rcx and r11 pushed by the hypervisor below the processor's frame.
 * in: 0(rsp) rcx, 8 r11, 16 [error code,] rip cs rflags rsp ss
 * The stubs build struct trap_frame (traps.h) and leave by the iret hypercall.
 */
.macro trap_entry vector, has_error
        .balign 16
trap_\vector:
        mov 0(%rsp), %rcx
        mov 8(%rsp), %r11
        add $16, %rsp
    .if !\has_error
        push $0
    .endif
        push $\vector
        jmp trap_common
        .pushsection .rodata.traps, "a"
        .quad trap_\vector
        .popsection
.endm

        .pushsection .rodata.traps, "a"
        .balign 8
        .globl trap_entries
trap_entries:
        .popsection

        .irp vector, 0, 1, 2, 3, 4, 5, 6, 7
        trap_entry \vector, 0
        .endr
        trap_entry 8, 1
        trap_entry 9, 0
        .irp vector, 10, 11, 12, 13, 14
        trap_entry \vector, 1
        .endr
        trap_entry 15, 0
        trap_entry 16, 0
        trap_entry 17, 1
        trap_entry 18, 0
        trap_entry 19, 0

        .globl trap_common
trap_common:
        push %rdi
        push %rsi
        push %rdx
        push %rcx
        push %rax
        push %r8
        push %r9
        push %r10
        push %r11
        push %rbx
        push %rbp
        push %r12
        push %r13
        push %r14
        push %r15
        mov %rsp, %rdi
        mov %rsp, %rbp
        and $-16, %rsp
        call trap_handle
        mov %rbp, %rsp
        pop %r15
        pop %r14
        pop %r13
        pop %r12
        pop %rbp
        pop %rbx
        pop %r11
        pop %r10
        pop %r9
        pop %r8
        pop %rax
        pop %rcx
        pop %rdx
        pop %rsi
        pop %rdi
        add $16, %rsp
        /* struct iret_context: the slot of the hypercall page pushes rcx, r11 and rax below flags. */
        push $0
        jmp hypercall_page + __HYPERVISOR_iret * 32

        .bss
        .balign 4096
        .fill 16384
boot_stack_end:

        .section .note.GNU-stack, "", @progbits
