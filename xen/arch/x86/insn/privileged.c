/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Instructions that act on the processor rather than on data: ports, control and debug registers,
 * MSRs, CPUID, interrupts, caches. What they mean is the caller's, through its operations.
 */
#include "private.h"

#define MSR_FS_BASE 0xc0000100u
#define MSR_GS_BASE 0xc0000101u

/* CR0 bits that LMSW sets: PE, MP, EM, TS; it cannot clear PE. */
#define CR0_LMSW_SET   0xfu
#define CR0_LMSW_CLEAR 0xeu

static unsigned int port(const struct insn_ctxt *c)
{
    return c->insn.form == FORM_IMM ? (uint8_t)c->insn.imm : c->regs->dx;
}

int insn_do_in(struct insn_ctxt *c)
{
    uint32_t value = 0;
    int rc;

    if (!c->ops->io_read)
        return INSN_UNHANDLEABLE;
    rc = c->ops->io_read(c, port(c), c->insn.op_bytes, &value);
    if (rc == INSN_OK)
        insn_set_reg(c, INSN_REG_AX, c->insn.op_bytes, value);
    return rc;
}

int insn_do_out(struct insn_ctxt *c)
{
    if (!c->ops->io_write)
        return INSN_UNHANDLEABLE;
    return c->ops->io_write(c, port(c), c->insn.op_bytes,
                            insn_reg(c, INSN_REG_AX, c->insn.op_bytes));
}

static int call(struct insn_ctxt *c, int (*op)(struct insn_ctxt *c))
{
    return op ? op(c) : INSN_UNHANDLEABLE;
}

int insn_do_cli(struct insn_ctxt *c)
{
    return call(c, c->ops->cli);
}

int insn_do_sti(struct insn_ctxt *c)
{
    return call(c, c->ops->sti);
}

int insn_do_hlt(struct insn_ctxt *c)
{
    return call(c, c->ops->hlt);
}

int insn_do_clts(struct insn_ctxt *c)
{
    return call(c, c->ops->clts);
}

int insn_do_swapgs(struct insn_ctxt *c)
{
    return call(c, c->ops->swapgs);
}

int insn_do_invd(struct insn_ctxt *c)
{
    return c->ops->wbinvd ? c->ops->wbinvd(c, false) : INSN_UNHANDLEABLE;
}

int insn_do_wbinvd(struct insn_ctxt *c)
{
    return c->ops->wbinvd ? c->ops->wbinvd(c, true) : INSN_UNHANDLEABLE;
}

int insn_do_invlpg(struct insn_ctxt *c)
{
    uint64_t linear;
    int rc;

    if (!c->ops->invlpg)
        return INSN_UNHANDLEABLE;
    if (!c->insn.is_memory)
        return insn_exception(c, X86_VECTOR_UD);
    rc = insn_operand_linear(c, &linear);
    return rc == INSN_OK ? c->ops->invlpg(c, c->insn.segment, linear) : rc;
}

int insn_do_lmsw(struct insn_ctxt *c)
{
    uint64_t cr0, value;
    int rc;

    if (!c->ops->read_cr || !c->ops->write_cr)
        return INSN_UNHANDLEABLE;
    rc = insn_rm(c, &value, 2);
    if (rc == INSN_OK)
        rc = c->ops->read_cr(c, 0, &cr0);
    if (rc != INSN_OK)
        return rc;
    return c->ops->write_cr(c, 0, (cr0 & ~(uint64_t)CR0_LMSW_CLEAR) | (value & CR0_LMSW_SET));
}

int insn_do_smsw(struct insn_ctxt *c)
{
    uint64_t cr0;
    int rc;

    if (!c->ops->read_cr)
        return INSN_UNHANDLEABLE;
    rc = c->ops->read_cr(c, 0, &cr0);
    return rc == INSN_OK ? insn_set_rm(c, cr0, c->insn.is_memory ? 2 : c->insn.op_bytes) : rc;
}

static bool is_control_register(unsigned int reg)
{
    return reg == 0 || (reg >= 2 && reg <= 4) || reg == 8;
}

int insn_do_mov_cr(struct insn_ctxt *c)
{
    const struct insn *i = &c->insn;
    uint64_t value;
    int rc;

    if (!is_control_register(i->reg))
        return insn_exception(c, X86_VECTOR_UD);
    if (i->form == FORM_R_RM)
        return c->ops->write_cr ? c->ops->write_cr(c, i->reg, insn_reg(c, i->rm, i->op_bytes))
                                : INSN_UNHANDLEABLE;
    rc = c->ops->read_cr ? c->ops->read_cr(c, i->reg, &value) : INSN_UNHANDLEABLE;
    if (rc == INSN_OK)
        insn_set_reg(c, i->rm, i->op_bytes, value);
    return rc;
}

int insn_do_mov_dr(struct insn_ctxt *c)
{
    const struct insn *i = &c->insn;
    uint64_t value;
    int rc;

    if (i->reg > 7)
        return insn_exception(c, X86_VECTOR_UD);
    if (i->form == FORM_R_RM)
        return c->ops->write_dr ? c->ops->write_dr(c, i->reg, insn_reg(c, i->rm, i->op_bytes))
                                : INSN_UNHANDLEABLE;
    rc = c->ops->read_dr ? c->ops->read_dr(c, i->reg, &value) : INSN_UNHANDLEABLE;
    if (rc == INSN_OK)
        insn_set_reg(c, i->rm, i->op_bytes, value);
    return rc;
}

static void set_edx_eax(struct insn_ctxt *c, uint64_t value)
{
    c->regs->rax = (uint32_t)value;
    c->regs->rdx = value >> 32;
}

static uint64_t edx_eax(const struct insn_ctxt *c)
{
    return c->regs->eax | (uint64_t)c->regs->edx << 32;
}

/* Reads the register that ECX names into EDX:EAX. */
static int read_indexed(struct insn_ctxt *c,
                        int (*op)(struct insn_ctxt *c, uint32_t index, uint64_t *value))
{
    uint64_t value;
    int rc = op ? op(c, c->regs->ecx, &value) : INSN_UNHANDLEABLE;

    if (rc == INSN_OK)
        set_edx_eax(c, value);
    return rc;
}

int insn_do_rdmsr(struct insn_ctxt *c)
{
    return read_indexed(c, c->ops->read_msr);
}

int insn_do_rdpmc(struct insn_ctxt *c)
{
    return read_indexed(c, c->ops->read_pmc);
}

int insn_do_xgetbv(struct insn_ctxt *c)
{
    return read_indexed(c, c->ops->read_xcr);
}

int insn_do_wrmsr(struct insn_ctxt *c)
{
    return c->ops->write_msr ? c->ops->write_msr(c, c->regs->ecx, edx_eax(c)) : INSN_UNHANDLEABLE;
}

int insn_do_xsetbv(struct insn_ctxt *c)
{
    return c->ops->write_xcr ? c->ops->write_xcr(c, c->regs->ecx, edx_eax(c)) : INSN_UNHANDLEABLE;
}

int insn_do_rdtsc(struct insn_ctxt *c)
{
    uint64_t tsc;
    int rc = c->ops->rdtsc ? c->ops->rdtsc(c, &tsc) : INSN_UNHANDLEABLE;

    if (rc == INSN_OK)
        set_edx_eax(c, tsc);
    return rc;
}

int insn_do_rdtscp(struct insn_ctxt *c)
{
    uint64_t tsc;
    uint32_t aux;
    int rc = c->ops->rdtscp ? c->ops->rdtscp(c, &tsc, &aux) : INSN_UNHANDLEABLE;

    if (rc == INSN_OK) {
        set_edx_eax(c, tsc);
        c->regs->rcx = aux;
    }
    return rc;
}

int insn_do_cpuid(struct insn_ctxt *c)
{
    uint32_t out[4];
    int rc = c->ops->cpuid ? c->ops->cpuid(c, c->regs->eax, c->regs->ecx, out) : INSN_UNHANDLEABLE;

    if (rc == INSN_OK) {
        c->regs->rax = out[0];
        c->regs->rbx = out[1];
        c->regs->rcx = out[2];
        c->regs->rdx = out[3];
    }
    return rc;
}

/* RDFSBASE, RDGSBASE, WRFSBASE, WRGSBASE are views of two MSRs. */
int insn_do_fsgsbase(struct insn_ctxt *c)
{
    const struct insn *i = &c->insn;
    unsigned int bytes = i->op_bytes == 8 ? 8 : 4, which = i->modrm >> 3 & 3;
    uint32_t msr = which & 1 ? MSR_GS_BASE : MSR_FS_BASE;
    uint64_t value;
    int rc;

    if (which & 2)
        return c->ops->write_msr ? c->ops->write_msr(c, msr, insn_reg(c, i->rm, bytes))
                                 : INSN_UNHANDLEABLE;
    rc = c->ops->read_msr ? c->ops->read_msr(c, msr, &value) : INSN_UNHANDLEABLE;
    if (rc == INSN_OK)
        insn_set_reg(c, i->rm, bytes, value);
    return rc;
}
