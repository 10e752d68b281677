/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Instructions that move data without computing: MOV and its kin, LEA, PUSH, POP. */
#include "private.h"

int insn_do_mov(struct insn_ctxt *c)
{
    const struct insn *i = &c->insn;
    uint64_t value;
    int rc;

    if (i->form == FORM_RM_R && i->is_memory) /* most page-table writes */
        return insn_store(c, insn_reg(c, i->reg, i->op_bytes), i->op_bytes);
    rc = insn_source(c, &value, i->op_bytes);
    if (rc != INSN_OK)
        return rc;
    switch (i->form) {
    case FORM_RM_R:
    case FORM_RM_IMM: return insn_set_rm(c, value, i->op_bytes);
    case FORM_MOFFS_A: return insn_store(c, value, i->op_bytes);
    case FORM_A_MOFFS: insn_set_reg(c, INSN_REG_AX, i->op_bytes, value); break;
    default: insn_set_reg(c, i->reg, i->op_bytes, value); break;
    }
    return INSN_OK;
}

int insn_do_movzx(struct insn_ctxt *c)
{
    uint64_t value;
    int rc = insn_rm(c, &value, c->insn.detail);

    if (rc == INSN_OK)
        insn_set_reg(c, c->insn.reg, c->insn.op_bytes, value);
    return rc;
}

int insn_do_movsx(struct insn_ctxt *c)
{
    unsigned int unused = 64 - 8 * c->insn.detail;
    uint64_t value;
    int rc = insn_rm(c, &value, c->insn.detail);

    if (rc == INSN_OK)
        insn_set_reg(c, c->insn.reg, c->insn.op_bytes,
                     (uint64_t)((int64_t)(value << unused) >> unused));
    return rc;
}

int insn_do_movbe(struct insn_ctxt *c)
{
    const struct insn *i = &c->insn;
    uint64_t value;
    int rc = insn_source(c, &value, i->op_bytes);

    if (rc != INSN_OK)
        return rc;
    value = __builtin_bswap64(value) >> (64 - 8 * i->op_bytes);
    if (i->form == FORM_RM_R)
        return insn_store(c, value, i->op_bytes);
    insn_set_reg(c, i->reg, i->op_bytes, value);
    return INSN_OK;
}

/* The source is read even when the condition is not met, and a 32-bit register zero-extends. */
int insn_do_cmov(struct insn_ctxt *c)
{
    const struct insn *i = &c->insn;
    uint64_t value;
    int rc = insn_rm(c, &value, i->op_bytes);

    if (rc != INSN_OK)
        return rc;
    if (!insn_condition(i->opcode, c->regs->rflags))
        value = insn_reg(c, i->reg, i->op_bytes);
    insn_set_reg(c, i->reg, i->op_bytes, value);
    return INSN_OK;
}

int insn_do_setcc(struct insn_ctxt *c)
{
    return insn_set_rm(c, insn_condition(c->insn.opcode, c->regs->rflags), 1);
}

int insn_do_lea(struct insn_ctxt *c)
{
    insn_set_reg(c, c->insn.reg, c->insn.op_bytes, insn_effective_address(c));
    return INSN_OK;
}

int insn_do_push(struct insn_ctxt *c)
{
    unsigned int width = insn_stack_bytes(c);
    uint64_t value, sp;
    int rc = insn_source(c, &value, c->insn.op_bytes);

    if (rc != INSN_OK)
        return rc;
    sp = (c->regs->rsp - c->insn.op_bytes) & insn_mask(width);
    rc = insn_store_at(c, INSN_SEG_SS, sp, value, c->insn.op_bytes);
    if (rc == INSN_OK)
        insn_set_reg(c, INSN_REG_SP, width, sp);
    return rc;
}

/* A memory destination based on RSP is addressed with RSP after the pop. */
int insn_do_pop(struct insn_ctxt *c)
{
    const struct insn *i = &c->insn;
    unsigned int width = insn_stack_bytes(c);
    uint64_t value, before = c->regs->rsp;
    int rc = insn_load_at(c, INSN_SEG_SS, before & insn_mask(width), &value, i->op_bytes);

    if (rc != INSN_OK)
        return rc;
    insn_set_reg(c, INSN_REG_SP, width, before + i->op_bytes);
    rc = insn_set_rm(c, value, i->op_bytes);
    if (rc != INSN_OK)
        c->regs->rsp = before;
    return rc;
}
