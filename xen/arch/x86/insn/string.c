/* SPDX-License-Identifier: GPL-2.0-or-later */
/* String instructions, repeated or not: MOVS, CMPS, STOS, LODS, SCAS, INS, OUTS. */
#include "private.h"

/* After so many iterations the guest gets its chance to take an interrupt. */
#define STRING_BATCH 1024

struct iteration {
    uint64_t si;
    uint64_t di;
    bool uses_si;
    bool uses_di;
    unsigned int bytes;
};

static void compare(struct insn_ctxt *c, uint64_t dst, uint64_t src, unsigned int bytes)
{
    struct alu a = { .dst = dst, .src = src, .bytes = bytes, .flags = c->regs->rflags };

    insn_alu(ALU_CMP, &a);
    insn_set_arith_flags(c, a.flags);
}

static int do_movs(struct insn_ctxt *c, const struct iteration *it)
{
    uint64_t value;
    int rc = insn_load_at(c, c->insn.segment, it->si, &value, it->bytes);

    return rc == INSN_OK ? insn_store_at(c, INSN_SEG_ES, it->di, value, it->bytes) : rc;
}

static int do_cmps(struct insn_ctxt *c, const struct iteration *it)
{
    uint64_t first, second;
    int rc = insn_load_at(c, c->insn.segment, it->si, &first, it->bytes);

    if (rc == INSN_OK)
        rc = insn_load_at(c, INSN_SEG_ES, it->di, &second, it->bytes);
    if (rc == INSN_OK)
        compare(c, first, second, it->bytes);
    return rc;
}

static int do_stos(struct insn_ctxt *c, const struct iteration *it)
{
    return insn_store_at(c, INSN_SEG_ES, it->di, insn_reg(c, INSN_REG_AX, it->bytes), it->bytes);
}

static int do_lods(struct insn_ctxt *c, const struct iteration *it)
{
    uint64_t value;
    int rc = insn_load_at(c, c->insn.segment, it->si, &value, it->bytes);

    if (rc == INSN_OK)
        insn_set_reg(c, INSN_REG_AX, it->bytes, value);
    return rc;
}

static int do_scas(struct insn_ctxt *c, const struct iteration *it)
{
    uint64_t value;
    int rc = insn_load_at(c, INSN_SEG_ES, it->di, &value, it->bytes);

    if (rc == INSN_OK)
        compare(c, insn_reg(c, INSN_REG_AX, it->bytes), value, it->bytes);
    return rc;
}

static int do_ins(struct insn_ctxt *c, const struct iteration *it)
{
    uint32_t value = 0;
    uint64_t linear;
    int rc = insn_linear(c, INSN_SEG_ES, it->di, &linear);

    if (rc != INSN_OK)
        return rc;
    if (!c->ops->io_read || !c->ops->write)
        return INSN_UNHANDLEABLE;
    if (c->ops->probe_write)
        rc = c->ops->probe_write(c, INSN_SEG_ES, linear, it->bytes);
    if (rc == INSN_OK)
        rc = c->ops->io_read(c, c->regs->dx, it->bytes, &value);
    return rc == INSN_OK ? c->ops->write(c, INSN_SEG_ES, linear, &value, it->bytes) : rc;
}

static int do_outs(struct insn_ctxt *c, const struct iteration *it)
{
    uint64_t value;
    int rc;

    if (!c->ops->io_write)
        return INSN_UNHANDLEABLE;
    rc = insn_load_at(c, c->insn.segment, it->si, &value, it->bytes);
    return rc == INSN_OK ? c->ops->io_write(c, c->regs->dx, it->bytes, value) : rc;
}

static int iterate(struct insn_ctxt *c, struct iteration *it)
{
    switch (c->insn.class) {
    case INSN_MOVS: it->uses_si = it->uses_di = true; return do_movs(c, it);
    case INSN_CMPS: it->uses_si = it->uses_di = true; return do_cmps(c, it);
    case INSN_STOS: it->uses_di = true; return do_stos(c, it);
    case INSN_LODS: it->uses_si = true; return do_lods(c, it);
    case INSN_SCAS: it->uses_di = true; return do_scas(c, it);
    case INSN_INS: it->uses_di = true; return do_ins(c, it);
    default: it->uses_si = true; return do_outs(c, it);
    }
}

/* One iteration with its move of SI and DI, which is kept even if a later one faults. */
static int iterate_and_advance(struct insn_ctxt *c)
{
    unsigned int width = c->insn.addr_bytes;
    struct iteration it = { .bytes = c->insn.op_bytes };
    uint64_t move;
    int rc;

    it.si = insn_reg(c, INSN_REG_SI, width);
    it.di = insn_reg(c, INSN_REG_DI, width);
    rc = iterate(c, &it);
    if (rc != INSN_OK)
        return rc;
    move = c->regs->rflags & X86_FLAG_DF ? -(uint64_t)it.bytes : it.bytes;
    if (it.uses_si)
        insn_set_reg(c, INSN_REG_SI, width, it.si + move);
    if (it.uses_di)
        insn_set_reg(c, INSN_REG_DI, width, it.di + move);
    return INSN_OK;
}

/* REPE and REPNE end a comparison by ZF; the others take either prefix for REP. */
static bool comparison_ends(const struct insn_ctxt *c)
{
    bool equal = c->regs->rflags & X86_FLAG_ZF;

    if (c->insn.class != INSN_CMPS && c->insn.class != INSN_SCAS)
        return false;
    return equal == (c->insn.rep == INSN_REP_NE);
}

int insn_do_string(struct insn_ctxt *c)
{
    unsigned int width = c->insn.addr_bytes;
    unsigned int batch = c->regs->rflags & X86_FLAG_TF ? 1 : STRING_BATCH;
    uint64_t count;

    if (c->insn.rep == INSN_REP_NONE)
        return iterate_and_advance(c);
    for (count = insn_reg(c, INSN_REG_CX, width); count; batch--) {
        int rc;

        if (!batch) {
            c->single_step = c->regs->rflags & X86_FLAG_TF;
            return INSN_RETRY;
        }
        rc = iterate_and_advance(c);
        if (rc != INSN_OK)
            return rc;
        insn_set_reg(c, INSN_REG_CX, width, --count);
        if (comparison_ends(c))
            break;
    }
    return INSN_OK;
}
