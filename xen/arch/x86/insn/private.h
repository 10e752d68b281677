/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of the instruction decoder and emulator share. */
#ifndef INSN_PRIVATE_H
#define INSN_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <abi/abi.h>
#include <asm/insn.h>

/* Where the operands are, destination first. */
enum insn_form {
    FORM_NONE,
    FORM_RM_R,    /* ModRM.rm, ModRM.reg */
    FORM_R_RM,    /* ModRM.reg, ModRM.rm */
    FORM_RM_IMM,  /* ModRM.rm, immediate */
    FORM_RM_1,    /* ModRM.rm, the constant one */
    FORM_RM_CL,   /* ModRM.rm, CL */
    FORM_RM,      /* ModRM.rm alone */
    FORM_R_IMM,   /* the opcode's register, immediate */
    FORM_R,       /* the opcode's register alone */
    FORM_A_R,     /* accumulator, the opcode's register */
    FORM_A_IMM,   /* accumulator, immediate */
    FORM_A_MOFFS, /* accumulator, memory at an absolute offset */
    FORM_MOFFS_A,
    FORM_IMM,      /* immediate alone */
    FORM_DX,       /* the port is in DX */
    FORM_RM_R_IMM, /* SHLD, SHRD */
    FORM_RM_R_CL,
};

enum insn_imm {
    IMM_NONE,
    IMM_8,
    IMM_16,
    IMM_Z,     /* 2 bytes, or 4 with an operand size of 4 or 8 */
    IMM_V,     /* as large as the operand */
    IMM_REL,   /* as IMM_Z, but always 4 in 64-bit mode */
    IMM_MOFFS, /* an address-sized offset of a memory operand */
    IMM_FAR,   /* selector and offset */
    IMM_ENTER, /* 2 bytes and 1 byte */
};

/* How to decode one opcode. */
#define DESC_MODRM 0x01 /* a ModRM byte follows */
#define DESC_BYTE  0x02 /* byte operands */
#define DESC_D64   0x04 /* operand size defaults to 64 bits in 64-bit mode */
#define DESC_F64   0x08 /* operand size is 64 bits in 64-bit mode */
#define DESC_NO64  0x10 /* undefined in 64-bit mode */
#define DESC_GROUP 0x20 /* ModRM or prefixes decide: see groups.c */
#define DESC_LOCK  0x40 /* LOCK is allowed when the destination is memory */
#define DESC_MAX32 0x80 /* REX.W does not widen the operand */
#define DESC_SIZE  (DESC_BYTE | DESC_D64 | DESC_F64 | DESC_MAX32)

struct insn_desc {
    uint8_t class; /* enum insn_class, or one of the following */
    uint8_t form;
    uint8_t imm;
    uint8_t flags;
    uint8_t detail; /* struct insn.detail */
};

/* Classes that only the decoder's tables know. */
enum insn_table_class {
    TABLE_GROUP_1 = INSN_CLASSES,
    TABLE_POP,
    TABLE_GROUP_2,
    TABLE_GROUP_3,
    TABLE_GROUP_4,
    TABLE_GROUP_5,
    TABLE_GROUP_7,
    TABLE_GROUP_8,
    TABLE_GROUP_9,
    TABLE_GROUP_11,
    TABLE_GROUP_15,
    TABLE_MOVSXD,
    TABLE_POPCNT,
    TABLE_EXTRQ,
    TABLE_MOVNTI,
    TABLE_MOVBE,
    TABLE_LEA,
    TABLE_PREFIX, /* this and the following are not the opcode yet */
    TABLE_ESCAPE,
    TABLE_VECTOR,
};

extern const struct insn_desc insn_table_1[256];
extern const struct insn_desc insn_table_0f[256];

/* Operations of INSN_ALU; the first eight and the rotates keep the order of the encodings. */
enum insn_alu {
    ALU_ADD,
    ALU_OR,
    ALU_ADC,
    ALU_SBB,
    ALU_AND,
    ALU_SUB,
    ALU_XOR,
    ALU_CMP,
    ALU_ROL,
    ALU_ROR,
    ALU_RCL,
    ALU_RCR,
    ALU_SHL,
    ALU_SHR,
    ALU_SAL,
    ALU_SAR,
    ALU_BT,
    ALU_BTS,
    ALU_BTR,
    ALU_BTC,
    ALU_TEST,
    ALU_INC,
    ALU_DEC,
    ALU_NOT,
    ALU_NEG,
    ALU_SHLD,
    ALU_SHRD,
    ALU_REPLACE, /* the result is the source: XCHG */
};

#define X86_FLAG_CF 0x0001u
#define X86_FLAG_PF 0x0004u
#define X86_FLAG_AF 0x0010u
#define X86_FLAG_ZF 0x0040u
#define X86_FLAG_SF 0x0080u
#define X86_FLAG_TF 0x0100u
#define X86_FLAG_DF 0x0400u
#define X86_FLAG_OF 0x0800u
#define X86_FLAG_RF 0x10000u
#define X86_FLAGS_ARITH \
    (X86_FLAG_CF | X86_FLAG_PF | X86_FLAG_AF | X86_FLAG_ZF | X86_FLAG_SF | X86_FLAG_OF)

#define X86_VECTOR_UD 6
#define X86_VECTOR_SS 12
#define X86_VECTOR_GP 13
#define X86_VECTOR_PF 14

#define INSN_REG_AX 0
#define INSN_REG_CX 1
#define INSN_REG_DX 2
#define INSN_REG_BX 3
#define INSN_REG_SP 4
#define INSN_REG_BP 5
#define INSN_REG_SI 6
#define INSN_REG_DI 7

/* One arithmetic step: dst op src, with flags as in RFLAGS before and after. */
struct alu {
    uint64_t dst;
    uint64_t src;
    unsigned int count; /* SHLD and SHRD */
    unsigned int bytes;
    uint64_t flags;
    uint64_t result;
};

/* groups.c: completes the caller's copy of an entry with DESC_GROUP; ModRM is decoded */
void insn_resolve_group(const struct insn *i, struct insn_desc *desc);

/* alu.c */
void insn_alu(enum insn_alu op, struct alu *a);
bool insn_condition(unsigned int code, uint64_t flags);

/* operand.c: bytes is 1, 2, 4 or 8; values are zero-extended */
uint64_t insn_reg(const struct insn_ctxt *c, unsigned int reg, unsigned int bytes);
void insn_set_reg(struct insn_ctxt *c, unsigned int reg, unsigned int bytes, uint64_t value);
int insn_linear_based(struct insn_ctxt *c, unsigned int seg, uint64_t offset, uint64_t *linear);
int insn_operand_linear(struct insn_ctxt *c, uint64_t *linear);
int insn_load(struct insn_ctxt *c, uint64_t *value, unsigned int bytes);
int insn_store(struct insn_ctxt *c, uint64_t value, unsigned int bytes);
int insn_load_at(struct insn_ctxt *c, unsigned int seg, uint64_t offset, uint64_t *value,
                 unsigned int bytes);
int insn_store_at(struct insn_ctxt *c, unsigned int seg, uint64_t offset, uint64_t value,
                  unsigned int bytes);
int insn_source(struct insn_ctxt *c, uint64_t *value, unsigned int bytes);
int insn_rm(struct insn_ctxt *c, uint64_t *value, unsigned int bytes);
int insn_set_rm(struct insn_ctxt *c, uint64_t value, unsigned int bytes);

static inline uint64_t insn_mask(unsigned int bytes)
{
    return ~0ULL >> (64 - 8 * bytes);
}

/* The linear address of an offset in a segment; most segments have no base in 64-bit mode. */
static inline int insn_linear(struct insn_ctxt *c, unsigned int seg, uint64_t offset,
                              uint64_t *linear)
{
    if (c->insn.mode != INSN_MODE_64 || seg >= INSN_SEG_FS)
        return insn_linear_based(c, seg, offset, linear);
    *linear = offset;
    return INSN_OK;
}

static inline unsigned int insn_stack_bytes(const struct insn_ctxt *c)
{
    return c->insn.mode == INSN_MODE_64 ? 8 : c->insn.mode == INSN_MODE_32 ? 4 : 2;
}

static inline void insn_set_arith_flags(struct insn_ctxt *c, uint64_t flags)
{
    c->regs->rflags = (c->regs->rflags & ~(uint64_t)X86_FLAGS_ARITH) | (flags & X86_FLAGS_ARITH);
}

typedef int insn_handler(struct insn_ctxt *c);

/* move.c */
insn_handler insn_do_mov, insn_do_movzx, insn_do_movsx, insn_do_movbe, insn_do_cmov, insn_do_setcc;
insn_handler insn_do_lea, insn_do_push, insn_do_pop;
/* arith.c */
insn_handler insn_do_alu, insn_do_flag;
/* exchange.c */
insn_handler insn_do_xchg, insn_do_xadd, insn_do_cmpxchg, insn_do_cmpxchg8b;
int insn_update(struct insn_ctxt *c, uint64_t linear, enum insn_alu op, struct alu *a);
/* string.c */
insn_handler insn_do_string;
/* privileged.c */
insn_handler insn_do_in, insn_do_out, insn_do_cli, insn_do_sti, insn_do_hlt, insn_do_clts;
insn_handler insn_do_lmsw, insn_do_smsw, insn_do_invd, insn_do_wbinvd, insn_do_invlpg;
insn_handler insn_do_mov_cr, insn_do_mov_dr, insn_do_rdmsr, insn_do_wrmsr, insn_do_rdpmc;
insn_handler insn_do_rdtsc, insn_do_rdtscp, insn_do_cpuid, insn_do_xgetbv, insn_do_xsetbv;
insn_handler insn_do_fsgsbase, insn_do_swapgs;

#endif
