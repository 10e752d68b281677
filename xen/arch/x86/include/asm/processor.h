/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Control registers and flags. */
#ifndef ASM_PROCESSOR_H
#define ASM_PROCESSOR_H

#define CR0_PE 0x00000001
#define CR0_MP 0x00000002
#define CR0_EM 0x00000004
#define CR0_TS 0x00000008
#define CR0_ET 0x00000010
#define CR0_NE 0x00000020
#define CR0_WP 0x00010000
#define CR0_AM 0x00040000
#define CR0_NW 0x20000000
#define CR0_CD 0x40000000
#define CR0_PG 0x80000000

#define CR4_VME        0x00000001
#define CR4_PVI        0x00000002
#define CR4_TSD        0x00000004
#define CR4_DE         0x00000008
#define CR4_PSE        0x00000010
#define CR4_PAE        0x00000020
#define CR4_MCE        0x00000040
#define CR4_PGE        0x00000080
#define CR4_PCE        0x00000100
#define CR4_OSFXSR     0x00000200
#define CR4_OSXMMEXCPT 0x00000400
#define CR4_UMIP       0x00000800
#define CR4_LA57       0x00001000
#define CR4_FSGSBASE   0x00010000
#define CR4_PCIDE      0x00020000
#define CR4_OSXSAVE    0x00040000
#define CR4_SMEP       0x00100000
#define CR4_SMAP       0x00200000

#define FLAGS_CF         0x00000001
#define FLAGS_TF         0x00000100
#define FLAGS_DF         0x00000400
#define FLAGS_IOPL       0x00003000
#define FLAGS_NT         0x00004000
#define FLAGS_RF         0x00010000
#define FLAGS_VM         0x00020000
#define FLAGS_AC         0x00040000
#define FLAGS_VIF        0x00080000
#define FLAGS_VIP        0x00100000
#define FLAGS_ID         0x00200000
#define FLAGS_RESERVED_1 0x00000002 /* reads as one */

#define TRAP_DE  0
#define TRAP_DB  1
#define TRAP_NMI 2
#define TRAP_BP  3
#define TRAP_OF  4
#define TRAP_BR  5
#define TRAP_UD  6
#define TRAP_NM  7
#define TRAP_DF  8
#define TRAP_TS  10
#define TRAP_NP  11
#define TRAP_SS  12
#define TRAP_GP  13
#define TRAP_PF  14
#define TRAP_MF  16
#define TRAP_AC  17
#define TRAP_MC  18
#define TRAP_XM  19

#define PFEC_PRESENT 0x01
#define PFEC_WRITE   0x02
#define PFEC_USER    0x04
#define PFEC_RSVD    0x08
#define PFEC_FETCH   0x10

#ifndef __ASSEMBLY__
#include <stdint.h>

#define DEFINE_CR_ACCESS(n)                                  \
    static inline uint64_t read_cr##n(void)                  \
    {                                                        \
        uint64_t v;                                          \
        asm volatile("mov %%cr" #n ", %0" : "=r"(v));        \
        return v;                                            \
    }                                                        \
    static inline void write_cr##n(uint64_t v)               \
    {                                                        \
        asm volatile("mov %0, %%cr" #n ::"r"(v) : "memory"); \
    }
DEFINE_CR_ACCESS(0)
DEFINE_CR_ACCESS(2)
DEFINE_CR_ACCESS(3)
DEFINE_CR_ACCESS(4)
#undef DEFINE_CR_ACCESS

static inline void write_xcr0(uint64_t v)
{
    asm volatile("xsetbv" ::"c"(0), "a"((uint32_t)v), "d"((uint32_t)(v >> 32)));
}
#endif
#endif
