/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The emulator's entry: finds the handler of a decoded instruction and retires it. */
#include "private.h"

static insn_handler *const handlers[INSN_CLASSES] = {
    [INSN_MOV] = insn_do_mov,         [INSN_MOVZX] = insn_do_movzx,
    [INSN_MOVSX] = insn_do_movsx,     [INSN_MOVBE] = insn_do_movbe,
    [INSN_CMOV] = insn_do_cmov,       [INSN_SETCC] = insn_do_setcc,
    [INSN_LEA] = insn_do_lea,         [INSN_PUSH] = insn_do_push,
    [INSN_POP] = insn_do_pop,         [INSN_ALU] = insn_do_alu,
    [INSN_XCHG] = insn_do_xchg,       [INSN_XADD] = insn_do_xadd,
    [INSN_CMPXCHG] = insn_do_cmpxchg, [INSN_CMPXCHG8B] = insn_do_cmpxchg8b,
    [INSN_FLAG] = insn_do_flag,       [INSN_MOVS] = insn_do_string,
    [INSN_CMPS] = insn_do_string,     [INSN_STOS] = insn_do_string,
    [INSN_LODS] = insn_do_string,     [INSN_SCAS] = insn_do_string,
    [INSN_INS] = insn_do_string,      [INSN_OUTS] = insn_do_string,
    [INSN_IN] = insn_do_in,           [INSN_OUT] = insn_do_out,
    [INSN_CLI] = insn_do_cli,         [INSN_STI] = insn_do_sti,
    [INSN_HLT] = insn_do_hlt,         [INSN_CLTS] = insn_do_clts,
    [INSN_LMSW] = insn_do_lmsw,       [INSN_SMSW] = insn_do_smsw,
    [INSN_INVD] = insn_do_invd,       [INSN_WBINVD] = insn_do_wbinvd,
    [INSN_INVLPG] = insn_do_invlpg,   [INSN_MOV_CR] = insn_do_mov_cr,
    [INSN_MOV_DR] = insn_do_mov_dr,   [INSN_RDMSR] = insn_do_rdmsr,
    [INSN_WRMSR] = insn_do_wrmsr,     [INSN_RDPMC] = insn_do_rdpmc,
    [INSN_RDTSC] = insn_do_rdtsc,     [INSN_RDTSCP] = insn_do_rdtscp,
    [INSN_CPUID] = insn_do_cpuid,     [INSN_XGETBV] = insn_do_xgetbv,
    [INSN_XSETBV] = insn_do_xsetbv,   [INSN_FSGSBASE] = insn_do_fsgsbase,
    [INSN_SWAPGS] = insn_do_swapgs,
};

int insn_exception(struct insn_ctxt *c, unsigned int vector)
{
    c->exception = (struct insn_exception){ .vector = vector };
    return INSN_EXCEPTION;
}

int insn_exception_code(struct insn_ctxt *c, unsigned int vector, uint32_t error_code)
{
    c->exception = (struct insn_exception){ .vector = vector,
                                            .has_error_code = true,
                                            .error_code = error_code };
    return INSN_EXCEPTION;
}

int insn_page_fault(struct insn_ctxt *c, uint32_t error_code, uint64_t cr2)
{
    insn_exception_code(c, X86_VECTOR_PF, error_code);
    c->exception.cr2 = cr2;
    return INSN_EXCEPTION;
}

/* TF is sampled before the instruction, which may be the one that changes it. */
static void retire(struct insn_ctxt *c, uint64_t flags)
{
    c->regs->rip += c->insn.length;
    if (c->insn.mode != INSN_MODE_64)
        c->regs->rip = (uint32_t)c->regs->rip;
    c->regs->rflags &= ~(uint64_t)X86_FLAG_RF;
    c->single_step = flags & X86_FLAG_TF;
}

int insn_emulate(struct insn_ctxt *c)
{
    uint64_t flags = c->regs->rflags;
    int rc;

    c->single_step = false;
    if (c->insn.class == INSN_MOV) { /* most page-table writes */
        rc = insn_do_mov(c);
    } else {
        insn_handler *handler = c->insn.class < INSN_CLASSES ? handlers[c->insn.class] : NULL;

        rc = handler ? handler(c) : INSN_UNHANDLEABLE;
    }
    if (rc == INSN_RETRY && c->single_step) /* one iteration of a repeated instruction */
        return INSN_OK;
    if (rc != INSN_OK)
        return rc;
    retire(c, flags);
    return INSN_OK;
}
