/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arithmetic instructions: where their operands come from and go to; alu.c computes. */
#include "private.h"

static bool writes_result(enum insn_alu op)
{
    return op != ALU_CMP && op != ALU_TEST && op != ALU_BT;
}

static bool is_bit_test(const struct insn *i)
{
    return i->detail >= ALU_BT && i->detail <= ALU_BTC;
}

/* The destination when it is a register. */
static unsigned int destination(const struct insn *i)
{
    switch (i->form) {
    case FORM_A_IMM: return INSN_REG_AX;
    case FORM_R_RM:
    case FORM_R: return i->reg;
    default: return i->rm;
    }
}

/* A bit number in a register reaches beyond the operand: it moves the address, with its sign. */
static int64_t bit_displacement(const struct insn *i, uint64_t bit)
{
    unsigned int unused = 64 - 8 * i->op_bytes, log2_bits = __builtin_ctz(8 * i->op_bytes);

    return ((int64_t)(bit << unused) >> unused >> log2_bits) * i->op_bytes;
}

static int memory_operand(struct insn_ctxt *c, const struct alu *a, uint64_t *linear)
{
    const struct insn *i = &c->insn;
    uint64_t offset = insn_effective_address(c);

    if (is_bit_test(i) && i->form == FORM_RM_R)
        offset = (offset + bit_displacement(i, a->src)) & insn_mask(i->addr_bytes);
    return insn_linear(c, i->segment, offset, linear);
}

static int alu_memory(struct insn_ctxt *c, struct alu *a)
{
    uint64_t linear;
    int rc = memory_operand(c, a, &linear);

    if (rc != INSN_OK)
        return rc;
    if (writes_result(c->insn.detail))
        return insn_update(c, linear, c->insn.detail, a);
    if (!c->ops->read)
        return INSN_UNHANDLEABLE;
    a->dst = 0;
    rc = c->ops->read(c, c->insn.segment, linear, &a->dst, a->bytes);
    if (rc == INSN_OK)
        insn_alu(c->insn.detail, a);
    return rc;
}

static void alu_register(struct insn_ctxt *c, struct alu *a)
{
    unsigned int reg = destination(&c->insn);

    a->dst = insn_reg(c, reg, a->bytes);
    insn_alu(c->insn.detail, a);
    if (writes_result(c->insn.detail))
        insn_set_reg(c, reg, a->bytes, a->result);
}

static int alu_source(struct insn_ctxt *c, struct alu *a)
{
    const struct insn *i = &c->insn;

    switch (i->form) {
    case FORM_RM: /* the destination alone */
    case FORM_R: return INSN_OK;
    case FORM_RM_R_IMM: a->count = (uint8_t)i->imm; break;
    case FORM_RM_R_CL: a->count = c->regs->rcx & 0xff; break;
    default: break;
    }
    return insn_source(c, &a->src, a->bytes);
}

int insn_do_alu(struct insn_ctxt *c)
{
    struct alu a = { .bytes = c->insn.op_bytes, .flags = c->regs->rflags };
    int rc = alu_source(c, &a);

    if (rc != INSN_OK)
        return rc;
    if (c->insn.is_memory && c->insn.form != FORM_R_RM)
        rc = alu_memory(c, &a);
    else
        alu_register(c, &a);
    if (rc == INSN_OK)
        insn_set_arith_flags(c, a.flags);
    return rc;
}

int insn_do_flag(struct insn_ctxt *c)
{
    switch (c->insn.opcode) {
    case 0xf5: c->regs->rflags ^= X86_FLAG_CF; break;
    case 0xf8: c->regs->rflags &= ~(uint64_t)X86_FLAG_CF; break;
    case 0xf9: c->regs->rflags |= X86_FLAG_CF; break;
    case 0xfc: c->regs->rflags &= ~(uint64_t)X86_FLAG_DF; break;
    default: c->regs->rflags |= X86_FLAG_DF; break;
    }
    return INSN_OK;
}
