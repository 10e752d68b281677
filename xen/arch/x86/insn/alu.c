/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Integer arithmetic with its flags. Flags that the manuals call undefined are given the value
 * that current processors give where that costs nothing.
 */
#include "private.h"

static inline unsigned int bits(const struct alu *a)
{
    return 8 * a->bytes;
}

static inline bool sign(const struct alu *a, uint64_t value)
{
    return value >> (bits(a) - 1) & 1;
}

static void set_flag(struct alu *a, uint64_t flag, bool value)
{
    a->flags = value ? a->flags | flag : a->flags & ~flag;
}

/* SF, ZF and PF by the result. */
static void set_result_flags(struct alu *a)
{
    set_flag(a, X86_FLAG_SF, sign(a, a->result));
    set_flag(a, X86_FLAG_ZF, !a->result);
    set_flag(a, X86_FLAG_PF, !__builtin_parity(a->result & 0xff));
}

static void add(struct alu *a, uint64_t src, bool carry)
{
    uint64_t sum = (a->dst + src + carry) & insn_mask(a->bytes);

    a->result = sum;
    set_flag(a, X86_FLAG_CF, carry ? sum <= a->dst : sum < a->dst);
    set_flag(a, X86_FLAG_AF, (a->dst ^ src ^ sum) & 0x10);
    set_flag(a, X86_FLAG_OF, sign(a, (a->dst ^ sum) & (src ^ sum)));
    set_result_flags(a);
}

static void subtract(struct alu *a, uint64_t dst, uint64_t src, bool borrow)
{
    uint64_t difference = (dst - src - borrow) & insn_mask(a->bytes);

    a->result = difference;
    set_flag(a, X86_FLAG_CF, borrow ? dst <= src : dst < src);
    set_flag(a, X86_FLAG_AF, (dst ^ src ^ difference) & 0x10);
    set_flag(a, X86_FLAG_OF, sign(a, (dst ^ src) & (dst ^ difference)));
    set_result_flags(a);
}

static void logic(struct alu *a, uint64_t result)
{
    a->result = result;
    a->flags &= ~(uint64_t)(X86_FLAG_CF | X86_FLAG_OF | X86_FLAG_AF);
    set_result_flags(a);
}

/* INC and DEC leave CF alone. */
static void step(struct alu *a, bool up)
{
    uint64_t carry = a->flags & X86_FLAG_CF;

    if (up)
        add(a, 1, false);
    else
        subtract(a, a->dst, 1, false);
    a->flags = (a->flags & ~(uint64_t)X86_FLAG_CF) | carry;
}

static void bit_test(struct alu *a, enum insn_alu op)
{
    uint64_t bit = 1ULL << (a->src & (bits(a) - 1));

    set_flag(a, X86_FLAG_CF, a->dst & bit);
    a->result = op == ALU_BTS   ? a->dst | bit
                : op == ALU_BTR ? a->dst & ~bit
                : op == ALU_BTC ? a->dst ^ bit
                                : a->dst;
}

static inline unsigned int shift_count(const struct alu *a, uint64_t count)
{
    return count & (a->bytes == 8 ? 63 : 31);
}

static void shift_left(struct alu *a, unsigned int count)
{
    bool out = count <= bits(a) && (a->dst >> (bits(a) - count) & 1);

    a->result = count < bits(a) ? a->dst << count & insn_mask(a->bytes) : 0;
    set_flag(a, X86_FLAG_CF, out);
    set_flag(a, X86_FLAG_OF, sign(a, a->result) != out);
    set_flag(a, X86_FLAG_AF, false);
    set_result_flags(a);
}

static void shift_right(struct alu *a, unsigned int count, bool arithmetic)
{
    uint64_t wide = a->dst;
    unsigned int n = count < 63 ? count : 63;

    if (arithmetic)
        wide = (uint64_t)((int64_t)(wide << (64 - bits(a))) >> (64 - bits(a)));
    a->result = (arithmetic ? (uint64_t)((int64_t)wide >> n) : wide >> n) & insn_mask(a->bytes);
    set_flag(a, X86_FLAG_CF,
             (arithmetic ? (uint64_t)((int64_t)wide >> (n - 1)) : wide >> (n - 1)) & 1);
    set_flag(a, X86_FLAG_OF, !arithmetic && sign(a, a->dst));
    set_flag(a, X86_FLAG_AF, false);
    set_result_flags(a);
}

static void rotate(struct alu *a, unsigned int count, bool left)
{
    unsigned int n = count & (bits(a) - 1);

    if (!left)
        n = (bits(a) - n) & (bits(a) - 1);
    a->result = n ? (a->dst << n | a->dst >> (bits(a) - n)) & insn_mask(a->bytes) : a->dst;
    if (left) {
        set_flag(a, X86_FLAG_CF, a->result & 1);
        set_flag(a, X86_FLAG_OF, (a->result & 1) ^ sign(a, a->result));
    } else {
        set_flag(a, X86_FLAG_CF, sign(a, a->result));
        set_flag(a, X86_FLAG_OF, sign(a, a->result ^ a->result << 1));
    }
}

/* Rotates through carry go bit by bit: at most 63 steps of an instruction nobody hurries. */
static void rotate_carry(struct alu *a, unsigned int count, bool left)
{
    uint64_t value = a->dst;
    bool carry = a->flags & X86_FLAG_CF;

    for (unsigned int n = count % (bits(a) + 1); n; n--) {
        bool out = left ? sign(a, value) : value & 1;

        if (left)
            value = (value << 1 | carry) & insn_mask(a->bytes);
        else
            value = value >> 1 | (uint64_t)carry << (bits(a) - 1);
        carry = out;
    }
    a->result = value;
    set_flag(a, X86_FLAG_CF, carry);
    set_flag(a, X86_FLAG_OF, left ? sign(a, value) != carry : sign(a, value ^ value << 1));
}

static void shift(struct alu *a, enum insn_alu op)
{
    unsigned int count = shift_count(a, a->src);

    a->result = a->dst;
    if (!count)
        return;
    switch (op) {
    case ALU_ROL: rotate(a, count, true); break;
    case ALU_ROR: rotate(a, count, false); break;
    case ALU_RCL: rotate_carry(a, count, true); break;
    case ALU_RCR: rotate_carry(a, count, false); break;
    case ALU_SHR: shift_right(a, count, false); break;
    case ALU_SAR: shift_right(a, count, true); break;
    default: shift_left(a, count); break;
    }
}

/* Counts above the operand size (16 bits only) have an undefined result. */
static void shift_double(struct alu *a, bool left)
{
    unsigned int count = shift_count(a, a->count), width = bits(a);
    uint64_t result;

    a->result = a->dst;
    if (!count)
        return;
    if (count > width)
        count = width;
    if (count == width)
        result = a->src;
    else if (left)
        result = a->dst << count | a->src >> (width - count);
    else
        result = a->dst >> count | a->src << (width - count);
    a->result = result & insn_mask(a->bytes);
    set_flag(a, X86_FLAG_CF, (left ? a->dst >> (width - count) : a->dst >> (count - 1)) & 1);
    set_flag(a, X86_FLAG_OF, sign(a, a->result ^ a->dst));
    set_flag(a, X86_FLAG_AF, false);
    set_result_flags(a);
}

void insn_alu(enum insn_alu op, struct alu *a)
{
    bool carry = a->flags & X86_FLAG_CF;

    switch (op) {
    case ALU_ADD: add(a, a->src, false); break;
    case ALU_ADC: add(a, a->src, carry); break;
    case ALU_SBB: subtract(a, a->dst, a->src, carry); break;
    case ALU_SUB:
    case ALU_CMP: subtract(a, a->dst, a->src, false); break;
    case ALU_OR: logic(a, a->dst | a->src); break;
    case ALU_XOR: logic(a, a->dst ^ a->src); break;
    case ALU_AND:
    case ALU_TEST: logic(a, a->dst & a->src); break;
    case ALU_INC: step(a, true); break;
    case ALU_DEC: step(a, false); break;
    case ALU_NEG: subtract(a, 0, a->dst, false); break;
    case ALU_NOT: a->result = ~a->dst & insn_mask(a->bytes); break;
    case ALU_REPLACE: a->result = a->src; break;
    case ALU_BT:
    case ALU_BTS:
    case ALU_BTR:
    case ALU_BTC: bit_test(a, op); break;
    case ALU_SHLD: shift_double(a, true); break;
    case ALU_SHRD: shift_double(a, false); break;
    default: shift(a, op); break;
    }
}

bool insn_condition(unsigned int code, uint64_t flags)
{
    bool less = !!(flags & X86_FLAG_SF) != !!(flags & X86_FLAG_OF);
    bool met = false;

    switch (code >> 1 & 7) {
    case 0: met = flags & X86_FLAG_OF; break;
    case 1: met = flags & X86_FLAG_CF; break;
    case 2: met = flags & X86_FLAG_ZF; break;
    case 3: met = flags & (X86_FLAG_CF | X86_FLAG_ZF); break;
    case 4: met = flags & X86_FLAG_SF; break;
    case 5: met = flags & X86_FLAG_PF; break;
    case 6: met = less; break;
    default: met = less || flags & X86_FLAG_ZF; break;
    }
    return met != (code & 1);
}
