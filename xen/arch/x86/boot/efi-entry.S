/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The way in for loaders that keep EFI boot services: 64-bit, at physical addresses. */
#include <asm/layout.h>

#define PHYS(sym) ((sym) - IMAGE_BASE)

    .section .boot.text, "ax"
    .code64
    .globl efi_start64
/*
 * in: eax = magic, ebx = multiboot information; the firmware's stack, page tables, interrupts on
 * out: does not return
 */
efi_start64:
    cld
    mov     %eax, %r12d
    mov     %ebx, %r13d
    lea     efi_start64(%rip), %rbp
    sub     $PHYS(efi_start64), %rbp    /* the physical address of IMAGE_BASE */
    and     $-16, %rsp
    mov     %r12d, %edi
    mov     %r13d, %esi
    lea     boot_info(%rip), %rdx
    mov     %rbp, %rcx
    call    efi_boot                    /* returns when the machine is ours */

    cli
    lea     boot_stack_top(%rip), %rsp
    mov     $0x6a0, %eax                /* PAE, PGE, OSFXSR, OSXMMEXCPT */
    mov     %rax, %cr4
    mov     $0xc0000080, %ecx
    rdmsr
    or      $0x901, %eax                /* SCE, LME, NXE */
    wrmsr
    lea     boot_l4(%rip), %rax
    mov     %rax, %cr3
    mov     $0x80050033, %eax           /* PG AM WP NE ET MP PE */
    mov     %rax, %cr0
    lea     boot_gdt(%rip), %rax
    mov     %rax, boot_gdt_base(%rip)
    lgdt    boot_gdt_pointer(%rip)
    mov     %r12d, %edi
    mov     %r13d, %esi
    lea     boot_long_mode(%rip), %rax
    push    $8
    push    %rax
    lretq
