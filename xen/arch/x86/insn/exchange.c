/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Read-modify-write of memory, plain and atomic: XCHG, XADD, CMPXCHG and what LOCK may precede. */
#include "private.h"

/* How often an atomic update may lose against others before the guest is asked to try again. */
#define UPDATE_TRIES 16

static int update_atomic(struct insn_ctxt *c, uint64_t linear, enum insn_alu op, struct alu *a)
{
    uint64_t flags = a->flags, seen;

    for (unsigned int n = 0; n < UPDATE_TRIES; n++) {
        int rc;

        a->flags = flags;
        insn_alu(op, a);
        seen = a->dst;
        rc = c->ops->cmpxchg(c, c->insn.segment, linear, &seen, &a->result, a->bytes);
        if (rc != INSN_OK || seen == a->dst)
            return rc;
        a->dst = seen;
    }
    return INSN_RETRY;
}

/*
 * Replaces the memory at linear by (memory op a->src), atomically if the instruction is locked,
 * which XCHG always is. a->dst becomes the old value; a->result and a->flags are set.
 */
int insn_update(struct insn_ctxt *c, uint64_t linear, enum insn_alu op, struct alu *a)
{
    bool atomic = c->insn.lock || op == ALU_REPLACE;
    int rc;

    if (!c->ops->read || (atomic ? !c->ops->cmpxchg : !c->ops->write))
        return INSN_UNHANDLEABLE;
    a->dst = 0;
    rc = c->ops->read(c, c->insn.segment, linear, &a->dst, a->bytes);
    if (rc != INSN_OK)
        return rc;
    if (atomic)
        return update_atomic(c, linear, op, a);
    insn_alu(op, a);
    return c->ops->write(c, c->insn.segment, linear, &a->result, a->bytes);
}

/* 90 is NOP, and does not clear the upper half of RAX, unless REX.B makes it an exchange. */
static void xchg_accumulator(struct insn_ctxt *c)
{
    unsigned int bytes = c->insn.op_bytes;
    uint64_t value = insn_reg(c, c->insn.reg, bytes);

    if (c->insn.reg == INSN_REG_AX)
        return;
    insn_set_reg(c, c->insn.reg, bytes, insn_reg(c, INSN_REG_AX, bytes));
    insn_set_reg(c, INSN_REG_AX, bytes, value);
}

int insn_do_xchg(struct insn_ctxt *c)
{
    const struct insn *i = &c->insn;
    struct alu a = { .bytes = i->op_bytes };
    uint64_t linear;
    int rc;

    if (i->form == FORM_A_R) {
        xchg_accumulator(c);
        return INSN_OK;
    }
    a.src = insn_reg(c, i->reg, a.bytes);
    if (!i->is_memory) {
        a.dst = insn_reg(c, i->rm, a.bytes);
        insn_set_reg(c, i->rm, a.bytes, a.src);
        insn_set_reg(c, i->reg, a.bytes, a.dst);
        return INSN_OK;
    }
    rc = insn_operand_linear(c, &linear);
    if (rc == INSN_OK)
        rc = insn_update(c, linear, ALU_REPLACE, &a);
    if (rc == INSN_OK)
        insn_set_reg(c, i->reg, a.bytes, a.dst);
    return rc;
}

int insn_do_xadd(struct insn_ctxt *c)
{
    const struct insn *i = &c->insn;
    struct alu a = { .bytes = i->op_bytes, .flags = c->regs->rflags };
    uint64_t linear;
    int rc;

    a.src = insn_reg(c, i->reg, a.bytes);
    if (i->is_memory) {
        rc = insn_operand_linear(c, &linear);
        if (rc == INSN_OK)
            rc = insn_update(c, linear, ALU_ADD, &a);
        if (rc != INSN_OK)
            return rc;
        insn_set_reg(c, i->reg, a.bytes, a.dst);
    } else {
        a.dst = insn_reg(c, i->rm, a.bytes);
        insn_alu(ALU_ADD, &a);
        insn_set_reg(c, i->reg, a.bytes, a.dst); /* first: the sum wins if both are one register */
        insn_set_reg(c, i->rm, a.bytes, a.result);
    }
    insn_set_arith_flags(c, a.flags);
    return INSN_OK;
}

/*
 * The comparison is the operation's, with or without LOCK: a guest cannot tell, and page-table
 * writes want the atomic one anyway.
 */
static int cmpxchg_memory(struct insn_ctxt *c, struct alu *a)
{
    uint64_t linear, seen = a->dst, new = a->src;
    int rc;

    if (!c->ops->cmpxchg)
        return INSN_UNHANDLEABLE;
    rc = insn_operand_linear(c, &linear);
    if (rc == INSN_OK)
        rc = c->ops->cmpxchg(c, c->insn.segment, linear, &seen, &new, a->bytes);
    a->src = seen;
    return rc;
}

int insn_do_cmpxchg(struct insn_ctxt *c)
{
    const struct insn *i = &c->insn;
    uint64_t new = insn_reg(c, i->reg, i->op_bytes);
    struct alu a = { .bytes = i->op_bytes, .flags = c->regs->rflags, .src = new };
    bool equal;

    a.dst = insn_reg(c, INSN_REG_AX, a.bytes);
    if (i->is_memory) {
        int rc = cmpxchg_memory(c, &a);

        if (rc != INSN_OK)
            return rc;
    } else {
        a.src = insn_reg(c, i->rm, a.bytes);
    }
    equal = a.dst == a.src;
    insn_alu(ALU_CMP, &a);
    insn_set_arith_flags(c, a.flags);
    if (!equal)
        insn_set_reg(c, INSN_REG_AX, a.bytes, a.src);
    else if (!i->is_memory) /* an unequal destination is not touched, not even zero-extended */
        insn_set_reg(c, i->rm, a.bytes, new);
    return INSN_OK;
}

int insn_do_cmpxchg8b(struct insn_ctxt *c)
{
    unsigned int half = c->insn.op_bytes == 8 ? 8 : 4;
    uint64_t linear, old[2], new[2], seen[2];
    bool equal;
    int rc;

    if (!c->ops->cmpxchg)
        return INSN_UNHANDLEABLE;
    rc = insn_operand_linear(c, &linear);
    if (rc != INSN_OK)
        return rc;
    if (half == 8 && linear & 15)
        return insn_exception_code(c, X86_VECTOR_GP, 0);
    if (half == 8) {
        old[0] = c->regs->rax, old[1] = c->regs->rdx;
        new[0] = c->regs->rbx, new[1] = c->regs->rcx;
    } else {
        old[0] = c->regs->eax | (uint64_t)c->regs->edx << 32, old[1] = 0;
        new[0] = c->regs->ebx | (uint64_t)c->regs->ecx << 32, new[1] = 0;
    }
    seen[0] = old[0], seen[1] = old[1];
    rc = c->ops->cmpxchg(c, c->insn.segment, linear, seen, new, 2 * half);
    if (rc != INSN_OK)
        return rc;
    equal = seen[0] == old[0] && seen[1] == old[1];
    if (!equal) {
        insn_set_reg(c, INSN_REG_AX, half, seen[0]);
        insn_set_reg(c, INSN_REG_DX, half, half == 8 ? seen[1] : seen[0] >> 32);
    }
    c->regs->rflags = (c->regs->rflags & ~(uint64_t)X86_FLAG_ZF) | (equal ? X86_FLAG_ZF : 0);
    return INSN_OK;
}
