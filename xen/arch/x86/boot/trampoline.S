/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a started CPU begins: in real mode, on a page below 1 MiB to which this code is copied.
 * From there through protected mode into long mode, then to C on a stack of its own.
 */
#include <asm/processor.h>

#define OFF(sym) ((sym) - trampoline_start)

#define TRAMPOLINE_CS32 8
#define TRAMPOLINE_CS64 16
#define TRAMPOLINE_DS   24

#define MSR_EFER 0xc0000080

    .section .rodata.trampoline, "a"
    .balign 8
    .globl trampoline_start, trampoline_end, trampoline_data, trampoline_gdt_base
    .globl trampoline_code32, trampoline_code64, trampoline_to32, trampoline_to64

    .code16
/* in: cs:0 -> this page, no stack, interrupts off; out: does not return; clobbers: all */
trampoline_start:
    cli
    cld
    mov     %cs, %ax
    mov     %ax, %ds
    xor     %ebx, %ebx
    mov     %ax, %bx
    shl     $4, %ebx                    /* ebx = physical address of the page */
    lgdtl   OFF(trampoline_gdt_pointer)
    mov     $(CR0_ET | CR0_PE), %eax    /* INIT left the caches off */
    mov     %eax, %cr0
    ljmpl   *OFF(trampoline_to32)

    .code32
trampoline_code32:
    mov     $TRAMPOLINE_DS, %eax
    mov     %eax, %ds
    mov     %eax, %es
    mov     %eax, %ss
    mov     OFF(data_cr4)(%ebx), %eax
    mov     %eax, %cr4
    mov     OFF(data_cr3)(%ebx), %eax
    mov     %eax, %cr3
    mov     $MSR_EFER, %ecx
    rdmsr
    or      OFF(data_efer)(%ebx), %eax
    wrmsr
    mov     OFF(data_cr0)(%ebx), %eax
    mov     %eax, %cr0
    ljmpl   *OFF(trampoline_to64)(%ebx)

    .code64
trampoline_code64:
    mov     %ebx, %ebx                  /* the upper half is undefined after the switch */
    mov     OFF(data_stack)(%rbx), %rsp
    mov     OFF(data_cpu)(%rbx), %edi
    mov     OFF(data_entry)(%rbx), %rax
    movl    $1, OFF(data_started)(%rbx)
    xor     %ebp, %ebp
    push    %rbp                        /* the end of every backtrace */
    jmp     *%rax

    .balign 8
trampoline_gdt:
    .quad   0
    .quad   0x00cf9b000000ffff          /* 32-bit code */
    .quad   0x00af9b000000ffff          /* 64-bit code */
    .quad   0x00cf93000000ffff          /* data */
trampoline_gdt_pointer:
    .short  4 * 8 - 1
trampoline_gdt_base:
    .long   0
    .short  0
trampoline_to32:
    .long   0
    .short  TRAMPOLINE_CS32, 0
trampoline_to64:
    .long   0
    .short  TRAMPOLINE_CS64, 0
    .balign 8
/* struct trampoline_data of cpu/smp-boot.c */
trampoline_data:
data_stack:   .quad 0
data_entry:   .quad 0
data_cr3:     .long 0
data_cr4:     .long 0
data_cr0:     .long 0
data_efer:    .long 0
data_cpu:     .long 0
data_started: .long 0
trampoline_end:
    .globl trampoline_gdt
