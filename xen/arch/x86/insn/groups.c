/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opcodes whose meaning hangs on ModRM or on prefixes: the manuals' groups and some loners. */
#include "private.h"

static void resolve_group_3(const struct insn *i, struct insn_desc *desc)
{
    static const uint8_t ops[4] = { ALU_TEST, ALU_TEST, ALU_NOT, ALU_NEG };
    unsigned int reg = i->modrm >> 3 & 7;

    if (reg >= 4) { /* mul, imul, div, idiv */
        desc->class = INSN_OTHER;
        return;
    }
    desc->class = INSN_ALU;
    desc->detail = ops[reg];
    if (reg < 2) {
        desc->form = FORM_RM_IMM;
        desc->imm = desc->flags & DESC_BYTE ? IMM_8 : IMM_Z;
    } else {
        desc->flags |= DESC_LOCK;
    }
}

/* Groups 4 and 5: inc, dec, then (FF only) calls, jumps and push. */
static void resolve_group_5(const struct insn *i, struct insn_desc *desc)
{
    unsigned int reg = i->modrm >> 3 & 7;

    if (reg < 2) {
        desc->class = INSN_ALU;
        desc->flags |= DESC_LOCK;
        desc->detail = reg ? ALU_DEC : ALU_INC;
    } else if (desc->class == TABLE_GROUP_4 || reg == 7) {
        desc->class = INSN_INVALID;
    } else if (reg == 6) {
        desc->class = INSN_PUSH;
        desc->flags |= DESC_D64;
    } else {
        desc->class = INSN_OTHER;
    }
}

static void resolve_group_7(const struct insn *i, struct insn_desc *desc)
{
    static const uint8_t classes[8] = { INSN_OTHER, INSN_OTHER, INSN_OTHER, INSN_OTHER,
                                        INSN_SMSW,  INSN_OTHER, INSN_LMSW,  INSN_INVLPG };

    desc->class = classes[i->modrm >> 3 & 7];
    if (i->is_memory)
        return;
    switch (i->modrm) {
    case 0xd0: desc->class = INSN_XGETBV; break;
    case 0xd1: desc->class = INSN_XSETBV; break;
    case 0xf8: desc->class = i->mode == INSN_MODE_64 ? INSN_SWAPGS : INSN_INVALID; break;
    case 0xf9: desc->class = INSN_RDTSCP; break;
    default:
        if (i->modrm >= 0xf8) /* monitorx, mwaitx, clzero, … */
            desc->class = INSN_OTHER;
        break;
    }
}

static void resolve_group_9(const struct insn *i, struct insn_desc *desc)
{
    desc->class = INSN_OTHER; /* rdrand, rdseed, xsaves, vmptrld, … */
    if ((i->modrm >> 3 & 7) == 1) {
        desc->class = i->is_memory ? INSN_CMPXCHG8B : INSN_INVALID;
        desc->flags |= DESC_LOCK;
    }
}

static void resolve_group_11(const struct insn *i, struct insn_desc *desc)
{
    if ((i->modrm >> 3 & 7) == 0)
        desc->class = INSN_MOV;
    else
        desc->class = i->modrm == 0xf8 ? INSN_OTHER : INSN_INVALID; /* xabort, xbegin */
}

static void resolve_group_15(const struct insn *i, struct insn_desc *desc)
{
    desc->class = INSN_OTHER;
    if (!i->is_memory && i->rep == INSN_REP_E && (i->modrm >> 3 & 7) < 4)
        desc->class = i->mode == INSN_MODE_64 ? INSN_FSGSBASE : INSN_INVALID;
}

static void resolve_movbe(const struct insn *i, struct insn_desc *desc)
{
    desc->class = INSN_OTHER; /* crc32 */
    if (i->rep == INSN_REP_NE)
        return;
    desc->class = i->is_memory && i->rep == INSN_REP_NONE ? INSN_MOVBE : INSN_INVALID;
    desc->form = i->opcode & 1 ? FORM_RM_R : FORM_R_RM;
}

static void resolve_movsxd(const struct insn *i, struct insn_desc *desc)
{
    if (i->mode != INSN_MODE_64) {
        desc->class = INSN_OTHER; /* arpl */
        return;
    }
    desc->class = INSN_MOVSX;
    desc->detail = i->opsize_prefix && !(i->rex & 8) ? 2 : 4;
}

void insn_resolve_group(const struct insn *i, struct insn_desc *desc)
{
    unsigned int reg = i->modrm >> 3 & 7;

    switch (desc->class) {
    case TABLE_GROUP_1:
        desc->class = INSN_ALU;
        desc->detail = reg;
        if (reg != ALU_CMP)
            desc->flags |= DESC_LOCK;
        break;
    case TABLE_GROUP_2:
        desc->class = INSN_ALU;
        desc->detail = ALU_ROL + reg;
        break;
    case TABLE_GROUP_8:
        desc->class = reg >= 4 ? INSN_ALU : INSN_INVALID;
        desc->detail = ALU_BT + (reg & 3);
        if (reg > 4)
            desc->flags |= DESC_LOCK;
        break;
    case TABLE_GROUP_3: resolve_group_3(i, desc); break;
    case TABLE_GROUP_4:
    case TABLE_GROUP_5: resolve_group_5(i, desc); break;
    case TABLE_GROUP_7: resolve_group_7(i, desc); break;
    case TABLE_GROUP_9: resolve_group_9(i, desc); break;
    case TABLE_GROUP_11: resolve_group_11(i, desc); break;
    case TABLE_GROUP_15: resolve_group_15(i, desc); break;
    case TABLE_MOVSXD: resolve_movsxd(i, desc); break;
    case TABLE_MOVBE: resolve_movbe(i, desc); break;
    case TABLE_LEA: desc->class = i->is_memory ? INSN_LEA : INSN_INVALID; break;
    case TABLE_POP: desc->class = reg ? INSN_INVALID : INSN_POP; break;
    case TABLE_POPCNT: desc->class = i->rep == INSN_REP_E ? INSN_OTHER : INSN_INVALID; break;
    case TABLE_MOVNTI:
        desc->class = i->is_memory && !i->rep && !i->opsize_prefix ? INSN_MOV : INSN_INVALID;
        break;
    case TABLE_EXTRQ: /* with 66 or F2 two immediate bytes, else VMREAD */
        desc->class = INSN_OTHER;
        if (i->opsize_prefix || i->rep == INSN_REP_NE)
            desc->imm = IMM_16;
        break;
    default: desc->class = INSN_INVALID; break;
    }
}
