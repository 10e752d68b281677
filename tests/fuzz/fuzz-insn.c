/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arbitrary bytes as instructions, in all modes, decoded and emulated over operations that answer
 * anything: no fault of ours, no read past the bytes, nothing changed by an exception. */
/* sources: xen/arch/x86/insn/decode.c xen/arch/x86/insn/tables.c xen/arch/x86/insn/groups.c
   xen/arch/x86/insn/emulate.c xen/arch/x86/insn/operand.c xen/arch/x86/insn/move.c
   xen/arch/x86/insn/alu.c xen/arch/x86/insn/arith.c xen/arch/x86/insn/exchange.c
   xen/arch/x86/insn/string.c xen/arch/x86/insn/privileged.c */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <abi/abi.h>
#include <asm/insn.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The input's tail gives the answers of the operations. */
static const uint8_t *answers;
static size_t answers_left;

static uint8_t answer(void)
{
    if (!answers_left)
        return 0;
    answers_left--;
    return *answers++;
}

static int result(struct insn_ctxt *c)
{
    switch (answer() & 15) {
    case 13: return INSN_RETRY;
    case 14: return insn_page_fault(c, 2, 0x1000);
    case 15: return INSN_UNHANDLEABLE;
    default: return INSN_OK;
    }
}

static void fill(void *buf, unsigned int bytes)
{
    for (unsigned int n = 0; n < bytes; n++)
        ((uint8_t *)buf)[n] = answer();
}

static void check_bytes(unsigned int bytes)
{
    if (bytes != 1 && bytes != 2 && bytes != 4 && bytes != 8)
        abort();
}

static int op_read(struct insn_ctxt *c, unsigned int seg, uint64_t linear, void *buf,
                   unsigned int bytes)
{
    (void)seg, (void)linear;
    check_bytes(bytes);
    fill(buf, bytes);
    return result(c);
}

static int op_write(struct insn_ctxt *c, unsigned int seg, uint64_t linear, const void *buf,
                    unsigned int bytes)
{
    volatile uint8_t sink;

    (void)seg, (void)linear;
    check_bytes(bytes);
    for (unsigned int n = 0; n < bytes; n++)
        sink = ((const uint8_t *)buf)[n];
    (void)sink;
    return result(c);
}

static int op_cmpxchg(struct insn_ctxt *c, unsigned int seg, uint64_t linear, void *old,
                      const void *new, unsigned int bytes)
{
    uint8_t copy[16];

    (void)seg, (void)linear;
    if (bytes != 16)
        check_bytes(bytes);
    memcpy(copy, new, bytes);
    if (answer() & 1)
        fill(old, bytes);
    return result(c);
}

static int op_base(struct insn_ctxt *c, unsigned int seg, uint64_t *base)
{
    if (seg > INSN_SEG_GS)
        abort();
    *base = (uint64_t)answer() << 12;
    return result(c);
}

static int op_io_read(struct insn_ctxt *c, unsigned int port, unsigned int bytes, uint32_t *value)
{
    if (port > 0xffff || bytes > 4)
        abort();
    *value = answer();
    return result(c);
}

static int op_io_write(struct insn_ctxt *c, unsigned int port, unsigned int bytes, uint32_t value)
{
    (void)value;
    if (port > 0xffff || bytes > 4)
        abort();
    return result(c);
}

static int op_read_reg(struct insn_ctxt *c, unsigned int reg, uint64_t *value)
{
    if (reg > 8)
        abort();
    *value = answer();
    return result(c);
}

static int op_write_reg(struct insn_ctxt *c, unsigned int reg, uint64_t value)
{
    (void)value;
    if (reg > 8)
        abort();
    return result(c);
}

static int op_read_index(struct insn_ctxt *c, uint32_t index, uint64_t *value)
{
    *value = index;
    return result(c);
}

static int op_write_index(struct insn_ctxt *c, uint32_t index, uint64_t value)
{
    (void)index, (void)value;
    return result(c);
}

static int op_cpuid(struct insn_ctxt *c, uint32_t leaf, uint32_t subleaf, uint32_t out[4])
{
    out[0] = out[1] = leaf;
    out[2] = out[3] = subleaf;
    return result(c);
}

static int op_invlpg(struct insn_ctxt *c, unsigned int seg, uint64_t linear)
{
    (void)seg, (void)linear;
    return result(c);
}

static int op_wbinvd(struct insn_ctxt *c, bool write_back)
{
    (void)write_back;
    return result(c);
}

static const struct insn_ops ops = {
    .read = op_read,
    .write = op_write,
    .cmpxchg = op_cmpxchg,
    .segment_base = op_base,
    .io_read = op_io_read,
    .io_write = op_io_write,
    .read_cr = op_read_reg,
    .write_cr = op_write_reg,
    .read_dr = op_read_reg,
    .write_dr = op_write_reg,
    .read_msr = op_read_index,
    .write_msr = op_write_index,
    .read_pmc = op_read_index,
    .read_xcr = op_read_index,
    .write_xcr = op_write_index,
    .cpuid = op_cpuid,
    .cli = result,
    .sti = result,
    .hlt = result,
    .clts = result,
    .swapgs = result,
    .invlpg = op_invlpg,
    .wbinvd = op_wbinvd,
};

static bool is_string(const struct insn *i)
{
    return i->class >= INSN_MOVS && i->class <= INSN_OUTS;
}

static void emulate(const struct insn *i)
{
    struct cpu_user_regs regs, before;
    struct insn_ctxt c = { .insn = *i, .regs = &regs, .ops = &ops };
    int rc;

    fill(&regs, sizeof(regs));
    before = regs;
    rc = insn_emulate(&c);
    if (rc == INSN_OK || is_string(i))
        return;
    if (rc < INSN_OK || rc > INSN_UNHANDLEABLE || memcmp(&regs, &before, sizeof(regs)))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    for (enum insn_mode mode = INSN_MODE_16; mode <= INSN_MODE_64; mode++) {
        struct insn i;

        if (insn_decode(&i, data, size, mode))
            continue;
        if (i.length == 0 || i.length > INSN_MAX_LENGTH || i.length > size)
            abort();
        answers = data + i.length;
        answers_left = size - i.length;
        emulate(&i);
    }
    return 0;
}
