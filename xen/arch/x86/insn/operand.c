/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Operands of an emulated instruction: registers, addresses, memory, immediates. */
#include "private.h"

/* Where a register of the encoding's number lies in struct cpu_user_regs. */
static const uint8_t reg_offsets[16] = {
    offsetof(struct cpu_user_regs, rax), offsetof(struct cpu_user_regs, rcx),
    offsetof(struct cpu_user_regs, rdx), offsetof(struct cpu_user_regs, rbx),
    offsetof(struct cpu_user_regs, rsp), offsetof(struct cpu_user_regs, rbp),
    offsetof(struct cpu_user_regs, rsi), offsetof(struct cpu_user_regs, rdi),
    offsetof(struct cpu_user_regs, r8),  offsetof(struct cpu_user_regs, r9),
    offsetof(struct cpu_user_regs, r10), offsetof(struct cpu_user_regs, r11),
    offsetof(struct cpu_user_regs, r12), offsetof(struct cpu_user_regs, r13),
    offsetof(struct cpu_user_regs, r14), offsetof(struct cpu_user_regs, r15),
};

static inline uint64_t *reg_slot(const struct insn_ctxt *c, unsigned int reg)
{
    return (uint64_t *)((char *)c->regs + reg_offsets[reg & 15]);
}

/* Without REX, byte registers 4 to 7 are AH, CH, DH, BH. */
static inline bool is_high_byte(const struct insn_ctxt *c, unsigned int reg, unsigned int bytes)
{
    return bytes == 1 && reg >= 4 && reg < 8 && !c->insn.rex;
}

uint64_t insn_reg(const struct insn_ctxt *c, unsigned int reg, unsigned int bytes)
{
    if (is_high_byte(c, reg, bytes))
        return *reg_slot(c, reg - 4) >> 8 & 0xff;
    return *reg_slot(c, reg) & insn_mask(bytes);
}

void insn_set_reg(struct insn_ctxt *c, unsigned int reg, unsigned int bytes, uint64_t value)
{
    uint64_t *slot = reg_slot(c, reg);

    if (bytes == 8) {
        *slot = value;
    } else if (bytes == 4) {
        *slot = (uint32_t)value;
    } else if (is_high_byte(c, reg, bytes)) {
        slot = reg_slot(c, reg - 4);
        *slot = (*slot & ~0xff00ULL) | (value & 0xff) << 8;
    } else {
        *slot = (*slot & ~insn_mask(bytes)) | (value & insn_mask(bytes));
    }
}

uint64_t insn_effective_address(const struct insn_ctxt *c)
{
    const struct insn *i = &c->insn;
    uint64_t offset = i->disp;

    if (i->base == INSN_REG_RIP)
        offset += c->regs->rip + i->length;
    else if (i->base != INSN_NO_REG)
        offset += *reg_slot(c, i->base);
    if (i->index != INSN_NO_REG)
        offset += *reg_slot(c, i->index) << i->scale;
    return offset & insn_mask(i->addr_bytes);
}

int insn_linear_based(struct insn_ctxt *c, unsigned int seg, uint64_t offset, uint64_t *linear)
{
    uint64_t base = 0;
    int rc;

    if (!c->ops->segment_base)
        return INSN_UNHANDLEABLE;
    rc = c->ops->segment_base(c, seg, &base);
    if (rc != INSN_OK)
        return rc;
    *linear = base + offset;
    if (c->insn.mode != INSN_MODE_64)
        *linear = (uint32_t)*linear;
    return INSN_OK;
}

int insn_operand_linear(struct insn_ctxt *c, uint64_t *linear)
{
    return insn_linear(c, c->insn.segment, insn_effective_address(c), linear);
}

int insn_load_at(struct insn_ctxt *c, unsigned int seg, uint64_t offset, uint64_t *value,
                 unsigned int bytes)
{
    uint64_t linear, buf = 0;
    int rc;

    if (!c->ops->read)
        return INSN_UNHANDLEABLE;
    rc = insn_linear(c, seg, offset, &linear);
    if (rc == INSN_OK)
        rc = c->ops->read(c, seg, linear, &buf, bytes);
    if (rc == INSN_OK)
        *value = buf;
    return rc;
}

int insn_store_at(struct insn_ctxt *c, unsigned int seg, uint64_t offset, uint64_t value,
                  unsigned int bytes)
{
    uint64_t linear;
    int rc;

    if (!c->ops->write)
        return INSN_UNHANDLEABLE;
    rc = insn_linear(c, seg, offset, &linear);
    return rc == INSN_OK ? c->ops->write(c, seg, linear, &value, bytes) : rc;
}

int insn_load(struct insn_ctxt *c, uint64_t *value, unsigned int bytes)
{
    return insn_load_at(c, c->insn.segment, insn_effective_address(c), value, bytes);
}

int insn_store(struct insn_ctxt *c, uint64_t value, unsigned int bytes)
{
    return insn_store_at(c, c->insn.segment, insn_effective_address(c), value, bytes);
}

int insn_rm(struct insn_ctxt *c, uint64_t *value, unsigned int bytes)
{
    if (c->insn.is_memory)
        return insn_load(c, value, bytes);
    *value = insn_reg(c, c->insn.rm, bytes);
    return INSN_OK;
}

int insn_set_rm(struct insn_ctxt *c, uint64_t value, unsigned int bytes)
{
    if (c->insn.is_memory)
        return insn_store(c, value, bytes);
    insn_set_reg(c, c->insn.rm, bytes, value);
    return INSN_OK;
}

/* The source operand of the forms that have two operands, or the only one. */
int insn_source(struct insn_ctxt *c, uint64_t *value, unsigned int bytes)
{
    const struct insn *i = &c->insn;

    switch (i->form) {
    case FORM_R_RM:
    case FORM_RM: return insn_rm(c, value, bytes);
    case FORM_A_MOFFS: return insn_load(c, value, bytes);
    case FORM_RM_IMM:
    case FORM_R_IMM:
    case FORM_A_IMM:
    case FORM_IMM: *value = i->imm & insn_mask(bytes); break;
    case FORM_RM_1: *value = 1; break;
    case FORM_RM_CL: *value = insn_reg(c, INSN_REG_CX, 4) & 0xff; break;
    case FORM_MOFFS_A: *value = insn_reg(c, INSN_REG_AX, bytes); break;
    default: *value = insn_reg(c, i->reg, bytes); break;
    }
    return INSN_OK;
}
