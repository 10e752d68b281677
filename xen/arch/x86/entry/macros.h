/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Saving and restoring the registers of struct cpu_user_regs, side by side. */
#ifndef ENTRY_MACROS_H
#define ENTRY_MACROS_H

#include <abi/abi.h>

#include <asm/current.h>
#include <asm/offsets.h>
#include <asm/processor.h>

/* entry_vector of a frame made by SYSCALL: rcx and r11 are not the guest's, SYSRET may return. */
#define ENTRY_SYSCALL 0x100

/* From a pointer to error_code of cpu_info.guest_regs to other registers, and to struct cpu_info. */
#define FROM_ERROR(reg)      REGS_##reg - REGS_error_code
#define ERROR_TO_INFO(field) INFO_##field - REGS_error_code

/* Size of hypercall_table. */
#define HYPERCALLS 56

/* in: rsp -> error_code of a frame; out: rsp -> the frame */
.macro SAVE_REGS
    push    %rdi
    push    %rsi
    push    %rdx
    push    %rcx
    push    %rax
    push    %r8
    push    %r9
    push    %r10
    push    %r11
    push    %rbx
    push    %rbp
    push    %r12
    push    %r13
    push    %r14
    push    %r15
.endm

/* in: rsp -> a frame; out: rsp -> its error_code, all registers but rsp restored */
.macro RESTORE_REGS
    pop     %r15
    pop     %r14
    pop     %r13
    pop     %r12
    pop     %rbp
    pop     %rbx
    pop     %r11
    pop     %r10
    pop     %r9
    pop     %r8
    pop     %rax
    pop     %rcx
    pop     %rdx
    pop     %rsi
    pop     %rdi
.endm

/* A fault at an instruction from \first to \last continues at \fixup. */
.macro EXTABLE first last fixup
    .pushsection .extable, "a"
    .balign 4
    .long   \first - .
    .long   \last - .
    .long   \fixup - .
    .popsection
.endm

/* Three bytes that become \insn (stac, clac) on a CPU with SMAP. */
.macro SMAP_SITE opcode
    .pushsection .smap_sites, "a"
    .long   9001f - .
    .long   \opcode
    .popsection
9001:
    .byte   0x0f, 0x1f, 0x00
.endm
#define ASM_STAC SMAP_SITE 0xcb010f
#define ASM_CLAC SMAP_SITE 0xca010f

/*
 * The instruction that returns to a guest, with room for a jump to @clearing in its place: where
 * the CPU's buffers are to be cleared, spec_ctrl_init() puts it there.
 */
.macro EXIT_SITE insn clearing
9101:
    \insn
    .fill   9101b + 5 - ., 1, 0xcc
    .pushsection .exit_sites, "a"
    .balign 4
    .long   9101b - .
    .long   \clearing - .
    .popsection
.endm

#endif
