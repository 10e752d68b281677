/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one-byte and two-byte opcode maps of the AMD64 and Intel 64 manuals (appendix A in both) as
 * data. An entry left out is undefined. The three-byte maps are regular and need no table.
 */
#include "private.h"

/* clang-format off */
#define D(class, form, imm, flags) { INSN_##class, FORM_##form, IMM_##imm, (flags), 0 }
#define A(op, form, imm, flags)    { INSN_ALU, FORM_##form, IMM_##imm, (flags), ALU_##op }
#define X(class, bytes)            { INSN_##class, FORM_R_RM, IMM_NONE, M, bytes }
#define T(class, form, imm, flags) { TABLE_##class, FORM_##form, IMM_##imm, (flags), 0 }
#define M DESC_MODRM
#define B DESC_BYTE

/* Known by length only: without ModRM, with it, with an immediate byte after it. */
#define KNOWN       D(OTHER, NONE, NONE, 0)
#define KNOWN_M     D(OTHER, NONE, NONE, M)
#define KNOWN_M_IB  D(OTHER, NONE, 8, M)
#define KNOWN_NO64  D(OTHER, NONE, NONE, DESC_NO64)
#define PREFIX      T(PREFIX, NONE, NONE, 0)

#define ALU_ROW(base, op, lock)                                                                    \
    [(base) + 0] = A(op, RM_R, NONE, M | B | (lock)),                                              \
    [(base) + 1] = A(op, RM_R, NONE, M | (lock)),                                                  \
    [(base) + 2] = A(op, R_RM, NONE, M | B),          [(base) + 3] = A(op, R_RM, NONE, M),         \
    [(base) + 4] = A(op, A_IMM, 8, B),                [(base) + 5] = A(op, A_IMM, Z, 0)

const struct insn_desc insn_table_1[256] = {
    ALU_ROW(0x00, ADD, DESC_LOCK), ALU_ROW(0x08, OR, DESC_LOCK), ALU_ROW(0x10, ADC, DESC_LOCK),
    ALU_ROW(0x18, SBB, DESC_LOCK), ALU_ROW(0x20, AND, DESC_LOCK), ALU_ROW(0x28, SUB, DESC_LOCK),
    ALU_ROW(0x30, XOR, DESC_LOCK), ALU_ROW(0x38, CMP, 0),
    [0x06 ... 0x07] = KNOWN_NO64, [0x0e] = KNOWN_NO64,
    [0x0f] = T(ESCAPE, NONE, NONE, 0),
    [0x16 ... 0x17] = KNOWN_NO64, [0x1e ... 0x1f] = KNOWN_NO64,
    [0x26] = PREFIX, [0x27] = KNOWN_NO64, [0x2e] = PREFIX, [0x2f] = KNOWN_NO64,
    [0x36] = PREFIX, [0x37] = KNOWN_NO64, [0x3e] = PREFIX, [0x3f] = KNOWN_NO64,
    [0x40 ... 0x47] = A(INC, R, NONE, DESC_NO64), /* REX in 64-bit mode */
    [0x48 ... 0x4f] = A(DEC, R, NONE, DESC_NO64),
    [0x50 ... 0x57] = D(PUSH, R, NONE, DESC_D64),
    [0x58 ... 0x5f] = D(POP, R, NONE, DESC_D64),
    [0x60 ... 0x61] = KNOWN_NO64,
    [0x62] = T(VECTOR, NONE, NONE, 0), /* EVEX, or bound */
    [0x63] = T(MOVSXD, R_RM, NONE, M | DESC_GROUP),
    [0x64 ... 0x67] = PREFIX,
    [0x68] = D(PUSH, IMM, Z, DESC_D64),
    [0x69] = D(OTHER, NONE, Z, M),
    [0x6a] = D(PUSH, IMM, 8, DESC_D64),
    [0x6b] = KNOWN_M_IB,
    [0x6c] = D(INS, NONE, NONE, B),  [0x6d] = D(INS, NONE, NONE, DESC_MAX32),
    [0x6e] = D(OUTS, NONE, NONE, B), [0x6f] = D(OUTS, NONE, NONE, DESC_MAX32),
    [0x70 ... 0x7f] = D(OTHER, NONE, 8, 0), /* jcc */
    [0x80] = T(GROUP_1, RM_IMM, 8, M | B | DESC_GROUP),
    [0x81] = T(GROUP_1, RM_IMM, Z, M | DESC_GROUP),
    [0x82] = T(GROUP_1, RM_IMM, 8, M | B | DESC_GROUP | DESC_NO64),
    [0x83] = T(GROUP_1, RM_IMM, 8, M | DESC_GROUP),
    [0x84] = A(TEST, RM_R, NONE, M | B),             [0x85] = A(TEST, RM_R, NONE, M),
    [0x86] = D(XCHG, RM_R, NONE, M | B | DESC_LOCK), [0x87] = D(XCHG, RM_R, NONE, M | DESC_LOCK),
    [0x88] = D(MOV, RM_R, NONE, M | B),              [0x89] = D(MOV, RM_R, NONE, M),
    [0x8a] = D(MOV, R_RM, NONE, M | B),              [0x8b] = D(MOV, R_RM, NONE, M),
    [0x8c] = KNOWN_M, /* mov from segment register */
    [0x8d] = T(LEA, R_RM, NONE, M | DESC_GROUP),
    [0x8e] = KNOWN_M, /* mov to segment register */
    [0x8f] = T(VECTOR, NONE, NONE, 0), /* XOP, or pop */
    [0x90 ... 0x97] = D(XCHG, A_R, NONE, 0),
    [0x98 ... 0x99] = KNOWN,
    [0x9a] = D(OTHER, NONE, FAR, DESC_NO64),
    [0x9b ... 0x9f] = KNOWN,
    [0xa0] = D(MOV, A_MOFFS, MOFFS, B), [0xa1] = D(MOV, A_MOFFS, MOFFS, 0),
    [0xa2] = D(MOV, MOFFS_A, MOFFS, B), [0xa3] = D(MOV, MOFFS_A, MOFFS, 0),
    [0xa4] = D(MOVS, NONE, NONE, B),    [0xa5] = D(MOVS, NONE, NONE, 0),
    [0xa6] = D(CMPS, NONE, NONE, B),    [0xa7] = D(CMPS, NONE, NONE, 0),
    [0xa8] = A(TEST, A_IMM, 8, B),      [0xa9] = A(TEST, A_IMM, Z, 0),
    [0xaa] = D(STOS, NONE, NONE, B),    [0xab] = D(STOS, NONE, NONE, 0),
    [0xac] = D(LODS, NONE, NONE, B),    [0xad] = D(LODS, NONE, NONE, 0),
    [0xae] = D(SCAS, NONE, NONE, B),    [0xaf] = D(SCAS, NONE, NONE, 0),
    [0xb0 ... 0xb7] = D(MOV, R_IMM, 8, B),
    [0xb8 ... 0xbf] = D(MOV, R_IMM, V, 0),
    [0xc0] = T(GROUP_2, RM_IMM, 8, M | B | DESC_GROUP),
    [0xc1] = T(GROUP_2, RM_IMM, 8, M | DESC_GROUP),
    [0xc2] = D(OTHER, NONE, 16, DESC_F64),
    [0xc3] = D(OTHER, NONE, NONE, DESC_F64),
    [0xc4 ... 0xc5] = T(VECTOR, NONE, NONE, 0), /* VEX, or les and lds */
    [0xc6] = T(GROUP_11, RM_IMM, 8, M | B | DESC_GROUP),
    [0xc7] = T(GROUP_11, RM_IMM, Z, M | DESC_GROUP),
    [0xc8] = D(OTHER, NONE, ENTER, DESC_D64),
    [0xc9] = D(OTHER, NONE, NONE, DESC_D64),
    [0xca] = D(OTHER, NONE, 16, 0),
    [0xcb ... 0xcc] = KNOWN,
    [0xcd] = D(OTHER, NONE, 8, 0),
    [0xce] = KNOWN_NO64,
    [0xcf] = KNOWN, /* iret */
    [0xd0] = T(GROUP_2, RM_1, NONE, M | B | DESC_GROUP),
    [0xd1] = T(GROUP_2, RM_1, NONE, M | DESC_GROUP),
    [0xd2] = T(GROUP_2, RM_CL, NONE, M | B | DESC_GROUP),
    [0xd3] = T(GROUP_2, RM_CL, NONE, M | DESC_GROUP),
    [0xd4 ... 0xd5] = D(OTHER, NONE, 8, DESC_NO64),
    [0xd6] = KNOWN_NO64,
    [0xd7] = KNOWN,
    [0xd8 ... 0xdf] = KNOWN_M, /* x87 */
    [0xe0 ... 0xe3] = D(OTHER, NONE, 8, 0),
    [0xe4] = D(IN, IMM, 8, B),  [0xe5] = D(IN, IMM, 8, DESC_MAX32),
    [0xe6] = D(OUT, IMM, 8, B), [0xe7] = D(OUT, IMM, 8, DESC_MAX32),
    [0xe8 ... 0xe9] = D(OTHER, NONE, REL, DESC_F64),
    [0xea] = D(OTHER, NONE, FAR, DESC_NO64),
    [0xeb] = D(OTHER, NONE, 8, 0),
    [0xec] = D(IN, DX, NONE, B),  [0xed] = D(IN, DX, NONE, DESC_MAX32),
    [0xee] = D(OUT, DX, NONE, B), [0xef] = D(OUT, DX, NONE, DESC_MAX32),
    [0xf0] = PREFIX,
    [0xf1] = KNOWN,
    [0xf2 ... 0xf3] = PREFIX,
    [0xf4] = D(HLT, NONE, NONE, 0),
    [0xf5] = D(FLAG, NONE, NONE, 0),
    [0xf6] = T(GROUP_3, RM, NONE, M | B | DESC_GROUP),
    [0xf7] = T(GROUP_3, RM, NONE, M | DESC_GROUP),
    [0xf8 ... 0xf9] = D(FLAG, NONE, NONE, 0),
    [0xfa] = D(CLI, NONE, NONE, 0),
    [0xfb] = D(STI, NONE, NONE, 0),
    [0xfc ... 0xfd] = D(FLAG, NONE, NONE, 0),
    [0xfe] = T(GROUP_4, RM, NONE, M | B | DESC_GROUP),
    [0xff] = T(GROUP_5, RM, NONE, M | DESC_GROUP),
};

const struct insn_desc insn_table_0f[256] = {
    [0x00] = KNOWN_M, /* group 6 */
    [0x01] = T(GROUP_7, RM, NONE, M | DESC_GROUP),
    [0x02 ... 0x03] = KNOWN_M,
    [0x05] = KNOWN,
    [0x06] = D(CLTS, NONE, NONE, 0),
    [0x07] = KNOWN,
    [0x08] = D(INVD, NONE, NONE, 0),
    [0x09] = D(WBINVD, NONE, NONE, 0),
    [0x0d] = KNOWN_M,
    [0x0e] = KNOWN,
    [0x0f] = KNOWN_M_IB, /* 3DNow!: the opcode is the immediate */
    [0x10 ... 0x1f] = KNOWN_M,
    [0x20] = D(MOV_CR, RM_R, NONE, M | DESC_F64), [0x21] = D(MOV_DR, RM_R, NONE, M | DESC_F64),
    [0x22] = D(MOV_CR, R_RM, NONE, M | DESC_F64), [0x23] = D(MOV_DR, R_RM, NONE, M | DESC_F64),
    [0x28 ... 0x2f] = KNOWN_M,
    [0x30] = D(WRMSR, NONE, NONE, 0),
    [0x31] = D(RDTSC, NONE, NONE, 0),
    [0x32] = D(RDMSR, NONE, NONE, 0),
    [0x33] = D(RDPMC, NONE, NONE, 0),
    [0x34 ... 0x35] = KNOWN,
    [0x37] = KNOWN,
    [0x38] = T(ESCAPE, NONE, NONE, 0),
    [0x3a] = T(ESCAPE, NONE, NONE, 0),
    [0x40 ... 0x4f] = D(CMOV, R_RM, NONE, M),
    [0x50 ... 0x6f] = KNOWN_M,
    [0x70 ... 0x73] = KNOWN_M_IB,
    [0x74 ... 0x76] = KNOWN_M,
    [0x77] = KNOWN,
    [0x78] = T(EXTRQ, NONE, NONE, M | DESC_GROUP),
    [0x79] = KNOWN_M,
    [0x7c ... 0x7f] = KNOWN_M,
    [0x80 ... 0x8f] = D(OTHER, NONE, REL, DESC_F64),
    [0x90 ... 0x9f] = D(SETCC, RM, NONE, M | B),
    [0xa0 ... 0xa1] = D(OTHER, NONE, NONE, DESC_D64),
    [0xa2] = D(CPUID, NONE, NONE, 0),
    [0xa3] = A(BT, RM_R, NONE, M),
    [0xa4] = A(SHLD, RM_R_IMM, 8, M),
    [0xa5] = A(SHLD, RM_R_CL, NONE, M),
    [0xa8 ... 0xa9] = D(OTHER, NONE, NONE, DESC_D64),
    [0xaa] = KNOWN,
    [0xab] = A(BTS, RM_R, NONE, M | DESC_LOCK),
    [0xac] = A(SHRD, RM_R_IMM, 8, M),
    [0xad] = A(SHRD, RM_R_CL, NONE, M),
    [0xae] = T(GROUP_15, RM, NONE, M | DESC_GROUP),
    [0xaf] = KNOWN_M,
    [0xb0] = D(CMPXCHG, RM_R, NONE, M | B | DESC_LOCK),
    [0xb1] = D(CMPXCHG, RM_R, NONE, M | DESC_LOCK),
    [0xb2] = KNOWN_M,
    [0xb3] = A(BTR, RM_R, NONE, M | DESC_LOCK),
    [0xb4 ... 0xb5] = KNOWN_M,
    [0xb6] = X(MOVZX, 1), [0xb7] = X(MOVZX, 2),
    [0xb8] = T(POPCNT, NONE, NONE, M | DESC_GROUP),
    [0xba] = T(GROUP_8, RM_IMM, 8, M | DESC_GROUP),
    [0xbb] = A(BTC, RM_R, NONE, M | DESC_LOCK),
    [0xbc ... 0xbd] = KNOWN_M,
    [0xbe] = X(MOVSX, 1), [0xbf] = X(MOVSX, 2),
    [0xc0] = D(XADD, RM_R, NONE, M | B | DESC_LOCK),
    [0xc1] = D(XADD, RM_R, NONE, M | DESC_LOCK),
    [0xc2] = KNOWN_M_IB,
    [0xc3] = T(MOVNTI, RM_R, NONE, M | DESC_GROUP),
    [0xc4 ... 0xc6] = KNOWN_M_IB,
    [0xc7] = T(GROUP_9, RM, NONE, M | DESC_GROUP),
    [0xc8 ... 0xcf] = KNOWN, /* bswap */
    [0xd0 ... 0xfe] = KNOWN_M,
};
