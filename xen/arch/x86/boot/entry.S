/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the boot loader to C: the multiboot headers, and the way from 32-bit protected mode to the
 * image's own addresses. Everything here works wherever the image was loaded (2 MiB aligned).
 */
#include <asm/current.h>
#include <asm/layout.h>
#include <asm/offsets.h>

#define PHYS(sym) ((sym) - IMAGE_BASE) /* an address relative to where IMAGE_BASE was loaded */
#define PAGE_RW_TABLE 0x067
#define PAGE_RW_2M    0x0e3

    .section .boot.header, "ax"

/* Multiboot 1: modules page-aligned, memory information wanted. */
    .balign 4
    .long 0x1badb002, 0x00000003, -(0x1badb002 + 0x00000003)

/* Multiboot 2. */
    .balign 8
mb2_header:
    .long 0xe85250d6, 0, mb2_header_end - mb2_header
    .long -(0xe85250d6 + 0 + (mb2_header_end - mb2_header))
    /* What we ask for: command line, modules, memory map; the rest if there. */
    .balign 8
1:  .short 1, 0
    .long 2f - 1b
    .long 1, 3, 6
2:
    .balign 8
1:  .short 1, 1
    .long 2f - 1b
    .long 8, 11, 12, 14, 15, 17, 20, 21
2:
    .balign 8
    .short 6, 1         /* modules on page boundaries */
    .long 8
    .balign 8
    .short 5, 1         /* a framebuffer, if there is one: the mode is the loader's choice */
    .long 20, 0, 0, 0
    .balign 8
1:  .short 10, 1        /* relocatable: 2 MiB aligned, below 4 GiB, as low as there is room */
    .long 2f - 1b
    .long 0x200000, 0xfff00000, 0x200000, 1
2:
    .balign 8
    .short 7, 1         /* EFI boot services stay on, and then we begin elsewhere */
    .long 8
    .balign 8
    .short 9, 1
    .long 12, PHYS(efi_start64)
    .balign 8
    .short 0, 0
    .long 8
mb2_header_end:

    .section .boot.text, "ax"
    .code32
    .globl boot_start32
/* in: eax = magic, ebx = multiboot information; no stack; out: does not return */
boot_start32:
    cli
    cld
    /* Where are we? The information block lends its first word as a stack. */
    mov     (%ebx), %edx
    lea     4(%ebx), %esp
    call    1f
1:  pop     %ebp
    mov     %edx, (%ebx)
    sub     $PHYS(1b), %ebp             /* ebp = physical address of IMAGE_BASE */
    lea     PHYS(boot_stack_top)(%ebp), %esp
    mov     %eax, %edi                  /* the C function's arguments */
    mov     %ebx, %esi

    /* The identity map of the first 4 GiB, which also begins the direct map. */
    lea     PHYS(boot_l2_low)(%ebp), %edx
    mov     $PAGE_RW_2M, %eax
    xor     %ecx, %ecx
1:  mov     %eax, (%edx,%ecx,8)
    add     $0x200000, %eax
    inc     %ecx
    cmp     $2048, %ecx
    jb      1b
    lea     PHYS(boot_l3_low)(%ebp), %ebx
    lea     PAGE_RW_TABLE(%edx), %eax
    xor     %ecx, %ecx
1:  mov     %eax, (%ebx,%ecx,8)
    add     $0x1000, %eax
    inc     %ecx
    cmp     $4, %ecx
    jb      1b

    /* The image: 8 large pages from IMAGE_BASE. */
    lea     PHYS(boot_l2_image)(%ebp), %edx
    lea     PAGE_RW_2M(%ebp), %eax
    xor     %ecx, %ecx
1:  mov     %eax, (%edx,%ecx,8)
    add     $0x200000, %eax
    inc     %ecx
    cmp     $8, %ecx
    jb      1b
    lea     PHYS(boot_l3_image)(%ebp), %ecx
    lea     PAGE_RW_TABLE(%edx), %eax
    mov     %eax, (%ecx)

    lea     PHYS(boot_l4)(%ebp), %edx
    lea     PAGE_RW_TABLE(%ebx), %eax
    mov     %eax, (%edx)
    mov     %eax, (8 * ((DIRECT_MAP_BASE >> 39) & 511))(%edx)
    lea     PAGE_RW_TABLE(%ecx), %eax
    mov     %eax, (8 * ((IMAGE_BASE >> 39) & 511))(%edx)

    /* PAE, then long mode and NX, then paging with write protection. */
    mov     $0x6a0, %eax                /* PAE, PGE, OSFXSR, OSXMMEXCPT */
    mov     %eax, %cr4
    mov     %edx, %cr3
    mov     %edi, %ebx
    mov     $0xc0000080, %ecx
    rdmsr
    or      $0x901, %eax                /* SCE, LME, NXE */
    wrmsr
    mov     %ebx, %edi
    mov     $0x80050033, %eax           /* PG AM WP NE ET MP PE */
    mov     %eax, %cr0
    lea     PHYS(boot_gdt)(%ebp), %eax
    mov     %eax, PHYS(boot_gdt_base)(%ebp)
    lgdt    PHYS(boot_gdt_pointer)(%ebp)
    lea     PHYS(boot_long_mode)(%ebp), %eax
    push    $8
    push    %eax
    lret

    .code64
    .globl boot_long_mode
boot_long_mode:             /* contract: boot_high's */
    movabs  $boot_high, %rax
    jmp     *%rax
/*
 * In the image's own addresses. The EFI path comes here too, with its own tables loaded.
 * in: edi = magic, esi = information (physical), rbp = physical address of IMAGE_BASE
 */
    .globl boot_high
boot_high:
    xor     %eax, %eax
    mov     %eax, %ds
    mov     %eax, %es
    mov     %eax, %ss
    mov     %eax, %fs
    mov     %eax, %gs
    lea     cpu0_stack + STACK_SIZE - CPU_INFO_SIZE(%rip), %rsp
    mov     %edi, %edi
    mov     %esi, %esi
    mov     %ebp, %edx
    xor     %ebp, %ebp
    push    %rbp
    call    boot_main
    ud2

    .section .data.boot, "aw"
    .balign 8
    .globl boot_gdt, boot_gdt_pointer, boot_gdt_base
boot_gdt:
    .quad 0, 0x00af9a000000ffff, 0x00cf92000000ffff
boot_gdt_pointer:
    .short 23
boot_gdt_base:
    .long 0, 0

    .section .bss.page_aligned, "aw", @nobits
    .balign 4096
    .globl boot_l4, boot_l3_low, boot_l2_low, boot_l3_image, boot_l2_image, boot_stack_top
boot_l4:        .skip 4096
boot_l3_low:    .skip 4096
boot_l2_low:    .skip 4 * 4096
boot_l3_image:  .skip 4096
boot_l2_image:  .skip 4096
boot_stack:     .skip 4096
boot_stack_top:
    .balign STACK_SIZE
    .globl cpu0_stack
cpu0_stack:     .skip STACK_SIZE
